//! What is known to be secret, and what looks like it, wherever it stands.

use serde_json::{Value, json};
use tfpilot_plan::{Redactor, redact};

use super::{LONG, SHORT, assert_gone, change, code, known, named, of_values, places_of_values, redacted};

/// A secret that is spelled like a name in the code goes from where values stand.
#[test]
fn known_secrets_at_every_place_of_a_value() {
    let module = |module: Value| json!({"configuration": {"root_module": module}});
    let changed =
        |field: &str| json!({"resource_changes": [change(json!({field: {"k": ["SECRET", "kept"]}}))]});
    for field in ["before", "after", "importing", "before_identity", "after_identity"] {
        known(field, changed(field), LONG);
    }
    let generated = json!({"resource_changes": [change(json!({"generated_config": "SECRET"}))]});
    known("generated_config", generated, LONG);
    let resource = json!({"address": "box.kept", "values": {"k": {"l": "SECRET"}}});
    for (place, sections) in places_of_values(&resource) {
        known(&place, sections, LONG);
    }
    for section in ["planned_values", "prior_state"] {
        let outputs = json!({"outputs": {"o": {"value": "SECRET", "sensitive": false}}});
        known(&format!("value, {section}"), of_values(section, &outputs), LONG);
    }
    known("default", module(json!({"variables": {"v": {"default": "SECRET"}}})), LONG);
    known("description", module(json!({"outputs": {"o": {"description": "SECRET"}}})), LONG);
    known("constant_value", code(json!({"k": [{"l": {"constant_value": ["SECRET"]}}]})), LONG);
    let problem = json!({"instances": [{"problems": [{"message": "SECRET"}]}]});
    known("message", json!({"checks": [problem]}), LONG);
}

/// Elsewhere are words of the code: those that cannot be are removed, and of addresses the keys of instances.
#[test]
fn known_secrets_among_words() {
    let calls = |call: Value| json!({"configuration": {"root_module": {"module_calls": {"m": call}}}});
    known("a source", calls(json!({"source": "git::https://SECRET"})), "horse+battery");
    known("a list", calls(json!({"depends_on": ["box.kept", "box.kept[\"SECRET\"]"]})), LONG);
    known("a quote", calls(json!({"depends_on": ["SECRET"]})), "pa\"ss-word");
    known("an open quote", calls(json!({"depends_on": ["SECRET\"x"]})), LONG);
    known("two quotes", calls(json!({"depends_on": ["box.SECRET"]})), "p\"a\"ss-word");
    let resource = json!({"address": "box.kept", "schema_version": 12_345_678});
    let number = json!({"configuration": {"root_module": {"resources": [resource]}}});
    let value = json!({"resource_changes": [change(json!({"after": {"k": [12_345_678, "kept"]}}))]});
    assert_gone("a value", &redacted(&value, "", None, &["12345678"]), &value, "12345678");
    // No state of Terraform looks like this.
    known("a list for an object", json!({"prior_state": {"values": ["SECRET", "kept"]}}), LONG);
    assert_gone("a number", &redacted(&number, "", None, &["12345678"]), &number, "12345678");
    let key = "a/secret.key";
    known(
        "a key",
        json!({"resource_changes": [change(json!({"after_unknown": {"tags": {"SECRET": true, "kept": true}}}))]}),
        key,
    );
    known(
        "a key of values",
        json!({"resource_changes": [change(json!({"after": {"tags": {"SECRET": 1, "kept": 1}}}))]}),
        key,
    );
    known("a section", json!({"SECRET": {"k": 1}}), key);
    let under = json!({"resource_changes": [change(json!({"after": {key: "SECRET", "name": "kept"}}))], key: "SECRET"});
    assert_gone("under a key", &redacted(&under, SHORT, None, &[key]), &under, SHORT);
}

/// Nobody needs to know a token.
#[test]
fn tokens_wherever_they_stand() {
    let token = format!("ghp_{}", "aB3dE5gH7jK9".repeat(3));
    let inside =
        |sections: Value| assert_gone("token", &redacted(&sections, &token, None, &[]), &sections, &token);
    for field in ["after", "before_sensitive"] {
        inside(json!({"resource_changes": [change(json!({field: {"tags": {"SECRET": 1, "kept": 1}}}))]}));
    }
    inside(json!({"resource_changes": [change(json!({"after": {"tags": ["kept", "use SECRET"]}}))]}));
    inside(json!({"resource_changes": [{"address": "box.kept[\"SECRET\"]"}, {"address": "SECRET.box"}]}));
    inside(json!({"SECRET": {"k": 1}}));
    // A module of this name is refused.
    let code = json!({"root_module": {"module_calls": {token.as_str(): {"source": "./x"}}}});
    let plan = json!({"format_version": "1.2", "configuration": code}).to_string();
    let error = redact(plan.as_bytes(), None, &Redactor::default()).expect_err("no call").to_string();
    assert!(error.contains("module_calls") && !error.contains(&token), "{error}");
}

#[test]
fn keys_of_instances() {
    let index = |address: &str| json!({"address": address, "index": "SECRET", "name": "kept"});
    known("of a change", json!({"resource_changes": [index("a.b[\"SECRET\"]")]}), LONG);
    let values = json!({"resources": [index("a.b[\"SECRET\"]")]});
    known("of planned values", json!({"planned_values": {"root_module": values}}), LONG);
    known("of the state", json!({"prior_state": {"values": {"root_module": values}}}), LONG);
    let instance = json!({"address": {"to_display": "a.b[\"SECRET\"]", "instance_key": "SECRET"}});
    known("of a check", json!({"checks": [{"instances": [instance]}]}), LONG);
}

#[test]
fn identities() {
    let resource = json!({"address": "a.b", "identity": {"id": "SECRET", "zone": "kept"}});
    let values = json!({"root_module": {"resources": [resource]}});
    known("in the state", json!({"prior_state": {"values": values}}), LONG);
    known("as planned", json!({"planned_values": values}), LONG);
}

#[test]
fn steps_of_paths() {
    let path = json!(["tags", "SECRET", "kept"]);
    known(
        "of a replacement",
        json!({"resource_changes": [change(json!({"replace_paths": [path]}))]}),
        "a/secret.key",
    );
    let relevant = json!([{"resource": "box.kept", "attribute": path}]);
    known("of what is relevant", json!({"relevant_attributes": relevant}), "a/secret.key");
}

#[test]
fn values_in_sections_of_a_newer_terraform() {
    known("a word", json!({"news": [{"config": {"k": "SECRET", "l": "kept"}}]}), LONG);
    named("a name", json!({"news": {"api_token": {"value": "SECRET"}, "plain": {"value": "kept"}}}));
    named("a string", json!({"news": {"api_token": "SECRET"}}));
}

#[test]
fn secrets_as_terraform_writes_them_into_other_texts() {
    let secret = "pa ss\"w<rd & m?re";
    let more = "a=1\n      SECOND_LINE=of it all\n";
    for (how, written) in [
        ("urlencode", "pa+ss%22w%3Crd+%26+m%3Fre".to_owned()),
        ("jsonencode of jsonencode", json!({"k": json!({"k": secret}).to_string()}).to_string()),
        (
            "the same, as Terraform escapes",
            r#"{"k":"{\"k\":\"pa ss\\\"w\\u003crd \\u0026 m?re\"}"}"#.to_owned(),
        ),
        ("indent", "    a=1\n    SECOND_LINE=of it all\n".to_owned()),
    ] {
        let sections =
            json!({"resource_changes": [change(json!({"after": {"note": format!("<{written}>")}}))]});
        let plan = redacted(&sections, "", None, &[secret, more]);
        assert_eq!(plan.change(0).expect("planned").change.after["note"], "redacted:string", "{how}");
    }
}
