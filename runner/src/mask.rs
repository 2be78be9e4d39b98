//! Hides secrets in every text that leaves the runner: its own tokens and its clouds' credentials, and whatever
//! the plan's redactor learned. How a secret is found (raw, in base64, by shape) is [`tfpilot_plan`]'s.

use std::sync::Arc;

use serde_json::Value;
use tfpilot_plan::{Redactor, is_secret_name};
use tfpilot_protocol::Secret;

/// What stands for a text that its name makes a secret.
const HIDDEN_STRING: &str = "redacted:string";
/// What stands for a number that is one.
const HIDDEN_NUMBER: &str = "redacted:number";

/// Knows the secrets of one job. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Mask(Arc<Redactor>);

impl Mask {
    /// Hides these.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self(Arc::new(Redactor::new(secrets.into_iter().map(|secret| secret.expose().to_owned()))))
    }

    /// What the plan's redaction returned, which includes what this one knew.
    pub fn from_redactor(redactor: Redactor) -> Self {
        Self(Arc::new(redactor))
    }

    /// The same with more secrets.
    pub fn extended(&self, more: impl IntoIterator<Item = String>) -> Self {
        Self(Arc::new(self.0.extended(more)))
    }

    /// For the plan's redaction.
    pub fn redactor(&self) -> &Redactor {
        &self.0
    }

    /// `text` without secrets.
    pub fn text(&self, text: &str) -> String {
        self.0.mask_text(text)
    }

    /// The value of something with a name: every string, number and key in it masked, and what has the name of a secret
    /// hidden, as in a plan.
    pub fn json(&self, name: &str, value: Value) -> Value {
        match value {
            Value::String(text) if !text.is_empty() && is_secret_name(name) => HIDDEN_STRING.into(),
            Value::Number(_) if is_secret_name(name) => HIDDEN_NUMBER.into(),
            Value::String(text) => self.text(&text).into(),
            Value::Number(number) => {
                let text = number.to_string();
                if self.text(&text) == text { Value::Number(number) } else { HIDDEN_NUMBER.into() }
            }
            Value::Array(items) => items.into_iter().map(|item| self.json("", item)).collect(),
            Value::Object(map) => {
                map.into_iter().map(|(key, item)| (self.text(&key), self.json(&key, item))).collect()
            }
            plain => plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    #[test]
    fn own_secrets_are_hidden_raw_and_in_base64_at_any_offset() {
        let mask = Mask::new([&Secret::new("job-token-0123456789")]);
        for before in ["", "a", "ab", "x-access-token:"] {
            let coded = STANDARD.encode(format!("{before}job-token-0123456789"));
            for text in [format!("{before}job-token-0123456789!"), coded.clone()] {
                let masked = mask.text(&text);
                assert!(masked.contains("redacted:") && !masked.contains("0123456789"), "{text}: {masked}");
            }
            assert_ne!(mask.json("", json!({"a": [coded.clone()]})), json!({"a": [coded]}));
        }
    }

    #[test]
    fn values_are_hidden_for_their_names_and_numbers_and_keys_for_themselves() {
        let mask = Mask::new([&Secret::new("12345678")]);
        for (name, value, expect) in [
            ("api_token", json!("a"), json!("redacted:string")),
            ("api_token", json!(1), json!("redacted:number")),
            ("api_token", json!(""), json!("")),
            (
                "login",
                json!([{"password": "a", "user": "b"}]),
                json!([{"password": "redacted:string", "user": "b"}]),
            ),
            ("pins", json!([12345678, 1234567]), json!(["redacted:number", 1234567])),
            ("map", json!({"of 12345678": true}), json!({"of redacted:string": true})),
        ] {
            assert_eq!(mask.json(name, value), expect, "{name}");
        }
    }
}
