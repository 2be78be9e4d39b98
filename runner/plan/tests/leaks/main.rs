//! What leaks when one of redaction's passes is left out: for each pass the places that only it covers.
//!
//! In the plans below `SECRET` stands for the secret, and what begins with `kept` is none.

#![expect(clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

mod code;
mod known;
mod marks;
mod names;
mod schema;
mod sides;

use serde_json::{Value, json};
use tfpilot_plan::{ProviderSchemas, RedactedPlan, Redactor, redact};

/// Too short to be looked for: it goes only where something says that it is a secret.
const SHORT: &str = "Zk9";

/// Long enough to be known wherever it stands, and spelled like a name in the code.
const LONG: &str = "horse-battery-staple";

/// Redacts a plan of these sections, in which a secret is written, and says what is left.
#[track_caller]
fn redacted(
    sections: &Value,
    secret: &str,
    schemas: Option<&ProviderSchemas>,
    known: &[&str],
) -> RedactedPlan {
    let mut document = sections.clone();
    document["format_version"] = json!("1.2");
    let text = document.to_string().replace("SECRET", escaped(secret).as_str());
    let known = Redactor::new(known.iter().map(|secret| (*secret).to_owned()));
    redact(text.as_bytes(), schemas, &known).expect("a plan").plan
}

/// As it stands in JSON.
fn escaped(secret: &str) -> String {
    json!(secret).to_string().trim_matches('"').to_owned()
}

#[track_caller]
fn assert_gone(place: &str, plan: &RedactedPlan, sections: &Value, secret: &str) {
    let (text, before) = (plan.document().to_string(), sections.to_string());
    assert!(!text.contains(&escaped(secret)), "{place}: {text}");
    let kept = |text: &str| text.matches("kept").count();
    assert_eq!(kept(&text), kept(&before), "{place}: {text}");
}

/// Something in the sections says what the secret is: it goes there, however short, and from any other text.
#[track_caller]
fn told(place: &str, sections: Value, schemas: Option<&ProviderSchemas>) {
    assert_gone(place, &redacted(&sections, SHORT, schemas, &[]), &sections, SHORT);
    let mut sections = sections;
    sections["checks"] =
        json!([{"status": "fail", "instances": [{"problems": [{"message": "it is SECRET"}]}]}]);
    assert_gone(place, &redacted(&sections, LONG, schemas, &[]), &sections, LONG);
}

/// The secret is known beforehand.
#[track_caller]
fn known(place: &str, sections: Value, secret: &str) {
    assert_gone(place, &redacted(&sections, secret, None, &[secret]), &sections, secret);
}

/// The secret goes in its place, for its name; it is not looked for elsewhere.
#[track_caller]
fn named(place: &str, sections: Value) {
    assert_gone(place, &redacted(&sections, SHORT, None, &[]), &sections, SHORT);
}

/// A resource in the root module of the code with these arguments.
fn code(expressions: Value) -> Value {
    json!({"configuration": {"root_module": {"resources": [
        {"address": "box.a", "mode": "managed", "type": "box", "name": "a", "expressions": expressions}]}}})
}

/// A change of one resource.
fn change(change: Value) -> Value {
    json!({"address": "box.a", "mode": "managed", "type": "box", "name": "a", "change": change})
}

/// The places of a resource's values: planned and in the state, in the root module and far below it.
fn places_of_values(resource: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    for section in ["planned_values", "prior_state"] {
        for (module, values) in [
            ("the root", json!({"resources": [resource]})),
            ("a module", json!({"child_modules": [{"child_modules": [{"resources": [resource]}]}]})),
        ] {
            places
                .push((format!("{section}, {module}"), of_values(section, &json!({"root_module": values}))));
        }
    }
    places
}

/// Values as planned, or of the state.
fn of_values(section: &str, values: &Value) -> Value {
    if section == "prior_state" { json!({section: {"values": values}}) } else { json!({section: values}) }
}

/// The places of a change of a resource.
fn places_of_changes(changes: &Value) -> [(String, Value); 3] {
    let changed = change(changes.clone());
    [
        ("a change".to_owned(), json!({"resource_changes": [changed]})),
        ("drift".to_owned(), json!({"resource_drift": [changed]})),
        (
            "put off".to_owned(),
            json!({"deferred_changes": [{"reason": "unknown", "resource_change": changed}]}),
        ),
    ]
}
