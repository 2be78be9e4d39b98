//! What the code itself says to be secret.

use serde_json::{Value, json};

use super::told;

#[test]
fn variables_of_the_stack() {
    let variables = json!({"v": {"value": {"k": ["SECRET"]}}, "plain": {"value": "kept"}});
    let code = |declared: Value| json!({"root_module": {"variables": declared}});
    for (place, declared) in [
        ("sensitive", json!({"v": {"sensitive": true}, "plain": {}})),
        ("not declared", json!({"plain": {"sensitive": false}})),
    ] {
        told(place, json!({"variables": variables, "configuration": code(declared)}), None);
    }
    let variables = json!({"db_password": {"value": "SECRET"}});
    let declared = code(json!({"db_password": {"sensitive": false}}));
    told("named", json!({"variables": variables, "configuration": declared}), None);
}

#[test]
fn what_the_code_says_is_secret() {
    let constant = json!({"constant_value": "SECRET"});
    let blocks = json!([{"k": {"constant_value": "SECRET"}, "l": [{"m": {"constant_value": "SECRET"}}]}]);
    let module = |module: Value| {
        [
            ("the root", json!({"configuration": {"root_module": module}})),
            (
                "a module",
                json!({"configuration": {"root_module": {"module_calls": {"m": {"module": {
                "module_calls": {"n": {"module": module}}}}}}}}),
            ),
        ]
    };
    for (what, code) in [
        (
            "default",
            json!({"variables": {"v": {"default": "SECRET", "sensitive": true}, "w": {"default": "kept"}}}),
        ),
        ("named default", json!({"variables": {"db_password": {"default": {"k": "SECRET"}}}})),
        (
            "output",
            json!({"outputs": {"o": {"expression": constant, "sensitive": true},
            "p": {"expression": {"constant_value": "kept"}, "sensitive": false}}}),
        ),
        (
            "argument of a sensitive variable",
            json!({"module_calls": {"c": {
            "expressions": {"v": constant, "w": {"constant_value": "kept"}},
            "module": {"variables": {"v": {"sensitive": true}, "w": {}}}}}}),
        ),
        (
            "argument of a variable with a name",
            json!({"module_calls": {"c": {
            "expressions": {"db_password": {"constant_value": {"k": "SECRET"}}},
            "module": {"variables": {"db_password": {}}}}}}),
        ),
        (
            "blocks",
            json!({"module_calls": {"c": {
            "expressions": {"v": blocks}, "module": {"variables": {"v": {"sensitive": true}}}}}}),
        ),
    ] {
        for (place, sections) in module(code) {
            told(&format!("{what}, {place}"), sections, None);
        }
    }
    let expressions =
        json!({"secret_key": constant, "credentials": blocks, "region": {"constant_value": "kept"}});
    told(
        "provider",
        json!({"configuration": {"provider_config": {"box": {"expressions": expressions}}}}),
        None,
    );
}
