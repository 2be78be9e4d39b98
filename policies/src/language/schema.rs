//! The JSON Schema of policy files, for editors: made of the same words as the reader's.

use serde_json::{Map, Value, json};

use super::read::{ENFORCEMENTS, ON_UNKNOWN, OPERATORS, QUANTIFIERS, SEVERITIES};
use super::{Act, Kind};

fn words<T>(words: &[(&'static str, T)]) -> Value {
    json!({ "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
}

fn texts() -> Value {
    json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] })
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

fn described(mut schema: Value, description: &str) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), description.into());
    }
    schema
}

/// The schema, draft 2020-12.
pub fn schema() -> Value {
    let expression = json!({ "$ref": "#/$defs/expression" });
    let parts = json!({ "type": "array", "items": expression, "minItems": 1, "maxItems": 100 });
    let leaf = object(
        json!({
            "attr": described(json!({ "type": "string" }), "Where the value is, such as ingress[*].cidr_blocks[*]."),
            "op": described(words(&OPERATORS), "How it is compared."),
            "value": described(json!({}), "What it is compared with."),
            "default": described(json!({}), "The value that the provider takes where nothing is set."),
            "quantifier": described(words(&QUANTIFIERS), "Of how many values it must hold. Default: every."),
        }),
        &["attr", "op"],
    );
    let each = object(
        json!({
            "each": described(json!({ "type": "string" }), "A list, such as json(policy).Statement[*]."),
            "assert": described(expression.clone(), "What must hold of an entry; its values are item.…."),
            "quantifier": described(words(&QUANTIFIERS), "Of how many entries it must hold. Default: every."),
        }),
        &["each", "assert"],
    );
    let defaults = json!({
        "enforcement": described(words(&ENFORCEMENTS), "Default: advisory."),
        "on_unknown": described(words(&ON_UNKNOWN), "Default: warn."),
        "severity": described(words(&SEVERITIES), "Default: medium."),
    });
    let mut schema = Map::new();
    for (key, value) in [
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("title", json!("TfPilot policies")),
        ("type", json!("object")),
        ("additionalProperties", json!(false)),
        ("required", json!(["version", "policies"])),
        (
            "properties",
            json!({
                "version": described(json!({ "const": 1 }), "Version of this file's format: 1."),
                "defaults": described(object(defaults, &[]), "What policies of this file are that do not say."),
                "policies": { "type": "array", "items": { "$ref": "#/$defs/policy" }, "maxItems": 200 },
            }),
        ),
        (
            "$defs",
            json!({
                "expression": {
                    "oneOf": [
                        { "type": "boolean" },
                        object(json!({ "all": parts }), &["all"]),
                        object(json!({ "any": parts }), &["any"]),
                        object(json!({ "not": expression }), &["not"]),
                        leaf,
                        each,
                    ],
                },
                "policy": policy(&expression),
            }),
        ),
    ] {
        schema.insert(key.to_owned(), value);
    }
    Value::Object(schema)
}

fn policy(expression: &Value) -> Value {
    let phase = json!({ "enum": ["pre_plan", "post_plan"] });
    let subjects = object(
        json!({
            "kind": described(words(&Kind::ALL), "Default: resource."),
            "types": described(texts(), "Resource types; * stands for any characters. Default: all."),
            "not_types": described(texts(), "Resource types that are not meant."),
            "actions": described(
                json!({ "oneOf": [words(&Act::ALL), { "type": "array", "items": words(&Act::ALL), "minItems": 1 }] }),
                "Default: create, update, replace, import.",
            ),
            "addresses": described(texts(), "Patterns of addresses: * within a step, ** through all."),
            "taggable": described(json!({ "type": "boolean" }), "Only what can carry tags, or only what cannot."),
            "where": described(expression.clone(), "Only where this holds."),
        }),
        &[],
    );
    let exemption = object(
        json!({
            "address": described(json!({ "type": "string" }), "Pattern of addresses."),
            "stacks": texts(),
            "reason": { "type": "string" },
            "expires": described(json!({ "type": "string", "format": "date" }), "The last day on which it counts."),
        }),
        &["address", "reason", "expires"],
    );
    let overriders = object(
        json!({
            "teams": described(texts(), "Teams, such as acme/finops."),
            "users": described(texts(), "GitHub logins."),
            "count": described(json!({ "type": "integer", "minimum": 1, "maximum": 10 }), "How many must agree."),
            "reason": described(json!({ "const": "required" }), "A reason is asked for always."),
        }),
        &[],
    );
    let approvals = object(
        json!({
            "teams": described(texts(), "Teams, such as acme/sre."),
            "users": described(texts(), "GitHub logins. Without teams and logins: anybody who may approve."),
            "count": described(json!({ "type": "integer", "minimum": 1, "maximum": 10 }), "How many of them. Default: 1."),
            "bind": described(json!({ "const": "plan_sha256" }), "An approval is of one plan always."),
        }),
        &[],
    );
    let mut policy = object(
        json!({
            "id": described(json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$" }), "Its name."),
            "title": described(json!({ "type": "string", "maxLength": 400 }), "What it is for."),
            "severity": words(&SEVERITIES),
            "enforcement": words(&ENFORCEMENTS),
            "require_approvals": described(approvals, "Whose approvals a plan needs of which it is asked."),
            "override": described(overriders, "Who may override it, when it is soft-mandatory."),
            "phase": described(
                json!({ "oneOf": [phase, { "type": "array", "items": phase, "minItems": 1 }] }),
                "When it is asked. Default: both.",
            ),
            "scope": described(
                object(json!({ "stacks": texts(), "environments": texts() }), &[]),
                "Where it is asked. Default: everywhere.",
            ),
            "match": described(subjects, "What it is asked of."),
            "assert": described(expression.clone(), "What must hold."),
            "on_unknown": words(&ON_UNKNOWN),
            "message": described(
                json!({ "type": "string", "maxLength": 400 }),
                "What to say; {value} is the value that was found.",
            ),
            "hint": described(json!({ "type": "string", "maxLength": 400 }), "What to write."),
            "exempt": described(json!({ "type": "array", "items": exemption }), "What is let off."),
            "aliases": described(texts(), "Ids of other tools for the same rule."),
        }),
        &["id", "match"],
    );
    if let Some(policy) = policy.as_object_mut() {
        let either = json!([{ "required": ["assert"] }, { "required": ["require_approvals"] }]);
        policy.insert("anyOf".to_owned(), either);
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema/policies.v1.json");
        let text = serde_json::to_string_pretty(&schema()).expect("it is JSON") + "\n";
        if std::env::var_os("INSTA_UPDATE").is_some_and(|it| it == "always") {
            std::fs::write(path, &text).expect("it is written");
        }
        assert_eq!(
            std::fs::read_to_string(path).expect("it is there"),
            text,
            "INSTA_UPDATE=always writes it"
        );
    }
}
