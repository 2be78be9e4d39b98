//! Hides secrets in every text that leaves the runner: its own tokens and its clouds' credentials, and whatever
//! the plan's redactor learned. How a secret is found (raw, in base64, by shape) is [`tfpilot_plan`]'s.

use std::sync::Arc;

use tfpilot_plan::Redactor;
use tfpilot_protocol::Secret;

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

    /// `value` with every string and key in it masked.
    pub fn json(&self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Value::Object(map) => {
                map.into_iter().map(|(key, item)| (self.text(&key), self.json(item))).collect()
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

    #[test]
    fn own_secrets_are_hidden_raw_and_in_base64_at_any_offset() {
        let mask = Mask::new([&Secret::new("job-token-0123456789")]);
        for before in ["", "a", "ab", "x-access-token:"] {
            let coded = STANDARD.encode(format!("{before}job-token-0123456789"));
            for text in [format!("{before}job-token-0123456789!"), coded.clone()] {
                let masked = mask.text(&text);
                assert!(masked.contains("redacted:") && !masked.contains("0123456789"), "{text}: {masked}");
            }
            assert_ne!(
                mask.json(serde_json::json!({"a": [coded.clone()]})),
                serde_json::json!({"a": [coded]})
            );
        }
    }
}
