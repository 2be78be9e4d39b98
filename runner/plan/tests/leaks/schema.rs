//! What only a provider's schema says to be secret.

use serde_json::json;
use tfpilot_plan::ProviderSchemas;

use super::{change, code, places_of_changes, places_of_values, told};

const SCHEMAS: &[u8] = br#"{"provider_schemas": {"example.com/box": {
    "provider": {"block": {"attributes": {"pin": {"sensitive": true}},
        "block_types": {"login": {"nesting_mode": "list", "block": {"attributes": {"pw": {"sensitive": true}}}}}}},
    "data_source_schemas": {"box": {"block": {"attributes": {"read": {"sensitive": true}}}}},
    "resource_schemas": {"box": {"block": {
        "attributes": {"pin": {"sensitive": true}, "once": {"write_only": true}, "name": {},
            "one": {"nested_type": {"nesting_mode": "single", "attributes": {"code": {"sensitive": true}}}},
            "users": {"nested_type": {"nesting_mode": "map", "attributes": {"code": {"sensitive": true}}}}},
        "block_types": {
            "login": {"nesting_mode": "list", "block": {"attributes": {"pw": {"sensitive": true}, "user": {}}}},
            "by_name": {"nesting_mode": "map", "block": {"attributes": {"pw": {"sensitive": true}}}}}}}}}}}"#;

#[test]
fn what_a_providers_schema_says_is_secret() {
    let schemas = ProviderSchemas::parse(SCHEMAS).expect("a schema");
    for values in [
        json!({"pin": "SECRET", "name": "kept"}),
        json!({"once": {"deep": "SECRET"}}),
        json!({"one": {"code": "SECRET", "user": "kept"}}),
        json!({"users": {"anybody": {"code": "SECRET", "user": "kept"}}}),
        json!({"login": [{"pw": "kept".len()}, {"pw": "SECRET", "user": "kept"}]}),
        json!({"by_name": {"anybody": {"pw": "SECRET", "user": "kept"}}}),
    ] {
        for side in ["before", "after"] {
            for (place, sections) in places_of_changes(&json!({side: values})) {
                told(&format!("{place}, {side}: {values}"), sections, Some(&schemas));
            }
        }
        let resource = json!({"address": "box.a", "mode": "managed", "type": "box", "values": values});
        for (place, sections) in places_of_values(&resource) {
            told(&format!("{place}: {values}"), sections, Some(&schemas));
        }
    }
    let data = json!({"address": "data.box.a", "mode": "data", "type": "box", "values": {"read": "SECRET", "pin": "kept"}});
    for (place, sections) in places_of_values(&data) {
        told(&format!("data, {place}"), sections, Some(&schemas));
    }
}

#[test]
fn literals_that_a_providers_schema_says_are_secret() {
    let schemas = ProviderSchemas::parse(SCHEMAS).expect("a schema");
    let constant = json!({"constant_value": "SECRET"});
    for expressions in [
        json!({"pin": constant, "name": {"constant_value": "kept"}}),
        json!({"once": constant}),
        json!({"users": {"constant_value": {"anybody": {"code": "SECRET", "user": "kept"}}}}),
        json!({"login": [{"pw": {"references": ["kept"]}}, {"pw": constant, "user": {"constant_value": "kept"}}]}),
        json!({"by_name": {"anybody": {"pw": constant, "user": {"constant_value": "kept"}}}}),
    ] {
        told(&expressions.to_string(), code(expressions.clone()), Some(&schemas));
        let module = code(expressions.clone())["configuration"]["root_module"].take();
        let calls = json!({"configuration": {"root_module": {"module_calls": {"m": {"module": module}}}}});
        told(&format!("a module: {expressions}"), calls, Some(&schemas));
    }
    let expressions =
        json!({"pin": constant, "login": [{"pw": constant, "user": {"constant_value": "kept"}}]});
    let provider = json!({"box": {"full_name": "example.com/box", "expressions": expressions}});
    told("provider", json!({"configuration": {"provider_config": provider}}), Some(&schemas));
}

#[test]
fn a_type_of_which_two_providers_have_a_schema() {
    let schemas = ProviderSchemas::parse(
        br#"{"provider_schemas":{
            "a":{"resource_schemas":{"box":{"block":{"attributes":{"pin":{"sensitive":true}}}}}},
            "b":{"resource_schemas":{"box":{"block":{"attributes":{"code":{"sensitive":true}}}}}}}}"#,
    )
    .expect("schemas");
    for name in ["pin", "code"] {
        told(name, json!({"resource_changes": [change(json!({"after": {name: "SECRET"}}))]}), Some(&schemas));
    }
}
