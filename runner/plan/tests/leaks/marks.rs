//! Marks: of Terraform, wherever it puts them.

use serde_json::{Value, json};

use super::{change, code, named, of_values, places_of_changes, places_of_values, redacted, told};

#[test]
fn what_terraform_marks() {
    for side in ["before", "after"] {
        let marks = format!("{side}_sensitive");
        let changed =
            json!({side: {"k": "SECRET", "name": "kept"}, marks.as_str(): {"name": false, "k": true}});
        for (place, sections) in places_of_changes(&changed) {
            told(&format!("{place}, {side}"), sections, None);
        }
        let output =
            json!({"o": {side: "SECRET", marks.as_str(): true}, "p": {side: "kept", marks.as_str(): false}});
        told(&format!("an output, {side}"), json!({"output_changes": output}), None);
    }
    let resource = json!({"address": "box.a", "values": {"k": "SECRET", "name": "kept"}, "sensitive_values": {"k": true}});
    for (place, sections) in places_of_values(&resource) {
        told(&place, sections, None);
    }
    for section in ["planned_values", "prior_state"] {
        let outputs =
            json!({"o": {"value": "SECRET", "sensitive": true}, "p": {"value": "kept", "sensitive": false}});
        told(&format!("outputs of {section}"), of_values(section, &json!({"outputs": outputs})), None);
    }
}

#[test]
fn marks_of_every_shape() {
    for (marks, value) in [
        (json!({"k": true}), json!({"k": {"deep": ["SECRET"]}})),
        (json!({"k": {"l": {"m": true}}}), json!({"k": {"l": {"m": "SECRET", "n": "kept"}}})),
        (json!({"k": [false, true]}), json!({"k": ["kept", "SECRET"]})),
        (json!({"k": [{}, {"l": true}]}), json!({"k": [{"l": "kept"}, {"l": "SECRET"}]})),
        // What cannot be matched is taken for marked.
        (json!({"k": {"l": false}}), json!({"k": "SECRET"})),
        (json!({"k": [false]}), json!({"k": {"l": "SECRET"}})),
        (json!({"k": "yes"}), json!({"k": "SECRET"})),
        (json!(true), json!("SECRET")),
    ] {
        let changed = json!({"after": value, "after_sensitive": marks});
        told(&marks.to_string(), json!({"resource_changes": [change(changed)]}), None);
    }
}

/// What is said to be secret may be a number or a document: elsewhere its parts are secret as well.
#[test]
fn secrets_that_are_no_plain_text() {
    for (value, parts) in [
        (json!(12_345_678), vec!["12345678"]),
        (json!({"a": [12_345_678, "horse-battery"]}), vec!["12345678", "horse-battery"]),
        (
            json!(r#"{"user": "kept", "db": {"password": ["horse-battery", 12345678]}}"#),
            vec!["horse-battery", "12345678"],
        ),
        (json!(r#" [{"api_key": "horse-battery"}]"#), vec!["horse-battery"]),
        (json!(r#"{"secrets": {"a": {"b": "horse-battery"}}}"#), vec!["horse-battery"]),
    ] {
        for part in parts {
            let message = json!([{"status": "fail", "instances": [{"problems": [{"message": format!("it is {part}")}]}]}]);
            let changed = change(json!({"after": {"k": value}, "after_sensitive": {"k": true}}));
            let plan = redacted(&json!({"resource_changes": [changed], "checks": message}), "", None, &[]);
            assert!(!plan.document().to_string().contains(part), "{part} of {value}");
        }
    }
}

#[test]
fn marks_in_sections_of_a_newer_terraform() {
    for news in [
        json!({"k": "SECRET", "k_sensitive": true, "l": "kept", "l_sensitive": false}),
        json!({"k": ["kept", "SECRET"], "sensitive_k": [false, true]}),
        json!({"list": [{"deep": {"k": "SECRET", "k_sensitive": true}}]}),
        json!([{"value": "SECRET", "sensitive": true}, {"value": "kept", "sensitive": false}]),
        json!({"deep": {"v": {"default": "SECRET", "sensitive": true}}}),
        json!({"expression": {"constant_value": "SECRET"}, "sensitive": true}),
    ] {
        told(&news.to_string(), json!({"news": news}), None);
    }
}

/// A resource has literals in the code; what its changes are marked with says which of them are secret.
#[test]
fn literals_in_the_code_that_changes_mark() {
    let marked = |place: &str, changes: Value, expressions: Value| {
        let mut sections = code(expressions);
        sections["resource_changes"] = changes;
        told(place, sections, None);
    };
    let literal = json!({"k": {"constant_value": "SECRET"}, "name": {"constant_value": "kept"}});
    marked("before", json!([change(json!({"before_sensitive": {"k": true}}))]), literal.clone());
    marked("after", json!([change(json!({"after_sensitive": {"k": true}}))]), literal.clone());
    let mut sections = code(literal.clone());
    sections["resource_drift"] = json!([change(json!({"after_sensitive": {"k": true}}))]);
    told("drift", sections, None);
    let instances = |marks: [Value; 2]| json!(marks.map(|marks| change(json!({"after_sensitive": marks}))));
    let both = json!({"k": {"constant_value": "SECRET"}, "l": {"constant_value": "SECRET"}});
    marked("two instances", instances([json!({"k": true}), json!({"l": true})]), both);
    let parts = json!({"k": {"constant_value": {"x": "SECRET", "y": "SECRET", "z": "kept"}}});
    marked("two parts", instances([json!({"k": {"x": true}}), json!({"k": {"y": true}})]), parts);
    marked("a part and all", instances([json!({"k": {"x": true}}), json!({"k": true})]), literal);
    let second = json!([{"x": {"constant_value": "kept"}}, {"y": {"constant_value": "SECRET"}}]);
    let whole = json!([{"x": {"constant_value": "SECRET"}}]);
    marked("a block as a whole", instances([json!({"k": true}), json!({})]), json!({"k": whole}));
    marked("a block", instances([json!({"k": [{}, {"y": true}]}), json!({})]), json!({"k": second}));
}

#[test]
fn literals_in_the_code_of_a_change_that_was_put_off() {
    let mut sections = code(json!({"key": {"constant_value": "SECRET"}, "name": {"constant_value": "kept"}}));
    sections["deferred_changes"] = json!([{"reason": "unknown", "resource_change": change(json!(
        {"after": {"key": "SECRET"}, "after_sensitive": {"key": true}}))}]);
    told("deferred", sections, None);
}

/// The same resource in another module is another one.
#[test]
fn literals_of_modules_of_the_code() {
    let resources = |literal: &str| {
        json!({"resources": [
        {"address": "box.a", "expressions": {"k": {"constant_value": literal}}}]})
    };
    let mut inner = resources("kept");
    inner["module_calls"] = json!({"n": {"module": resources("SECRET")}});
    let mut root = resources("kept");
    root["module_calls"] = json!({"m": {"module": inner}});
    let mut changed = change(json!({"after_sensitive": {"k": true}}));
    changed["module_address"] = json!("module.m[\"x.y\"].module.n[0]");
    told("two below", json!({"resource_changes": [changed], "configuration": {"root_module": root}}), None);
}

/// What only begins like what stands for a secret is one all the same.
#[test]
fn a_marked_value_that_begins_like_a_marker() {
    let sections = json!({"resource_changes": [change(json!(
        {"after": {"k": "redacted:SECRET", "name": "kept"}, "after_sensitive": {"k": true}}))]});
    named("marker", sections);
}
