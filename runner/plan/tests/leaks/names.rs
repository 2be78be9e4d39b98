//! Names that say that something is secret.

use serde_json::json;

use super::{assert_gone, change, code, named, redacted};

#[test]
fn what_has_the_name_of_a_secret() {
    for field in ["value", "default", "constant_value", "before", "after"] {
        named(field, json!({"news": {"api_token": {field: "SECRET"}, "plain": {field: "kept"}}}));
    }
    for side in ["before", "after"] {
        named("output", json!({"output_changes": {"api_token": {side: "SECRET"}, "plain": {side: "kept"}}}));
        let inner = json!({"k": [{"DB_PASSWORD": "SECRET", "secret_arn": "kept"}]});
        named("attribute", json!({"resource_changes": [change(json!({side: inner}))]}));
    }
    let nested =
        json!({"k": [{"db-password": {"constant_value": "SECRET"}, "name": {"constant_value": "kept"}}]});
    named("argument", code(nested));
    named("section", json!({"api_token": {"value": "SECRET"}}));
}

#[test]
fn outputs_of_the_state_that_are_named_like_a_secret() {
    let outputs = json!({"api_token": {"value": "SECRET", "sensitive": false}, "plain": {"value": "kept"}});
    named("the state's", json!({"prior_state": {"values": {"outputs": outputs}}}));
    named("the planned", json!({"planned_values": {"outputs": outputs}}));
}

#[test]
fn arguments_named_like_a_secret_in_modules_and_blocks_named_like_a_field() {
    let resources = json!([{"address": "box.a", "expressions": {"password": {"constant_value": "SECRET"}}}]);
    for module in ["default", "values", "before", "message", "m"] {
        let calls = json!({module: {"module": {"resources": resources}}});
        named(module, json!({"configuration": {"root_module": {"module_calls": calls}}}));
    }
    for block in ["default", "value", "identity", "message", "attribute", "b"] {
        named(block, code(json!({block: [{"password": {"constant_value": "SECRET"}}]})));
    }
}

#[test]
fn numbers_named_like_a_secret() {
    for sections in [
        code(json!({"password": {"constant_value": 12_345_678}})),
        json!({"resource_changes": [change(json!({"after": {"password": 12_345_678}}))]}),
    ] {
        assert_gone("number", &redacted(&sections, "", None, &[]), &sections, "12345678");
    }
}

#[test]
fn pairs_of_a_name_and_a_value() {
    for (name, other) in [("name", "kind"), ("key", "type")] {
        let pairs =
            json!([{name: "DB_PASSWORD", "value": "SECRET", other: "kept"}, {name: "MODE", "value": "kept"}]);
        named(name, json!({"resource_changes": [change(json!({"after": {"environment": pairs}}))]}));
        let constant = |value: &str| json!({"constant_value": value});
        let pairs = json!([{name: constant("api.token"), "value": constant("SECRET")},
            {name: constant("MODE"), "value": constant("kept")}, {name: {"references": ["r"]}, "value": constant("kept")}]);
        named(name, code(json!({"set": pairs})));
    }
}
