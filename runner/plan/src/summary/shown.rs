//! A value as people see it: short, and honest about what is not known or not shown.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::is_redacted;

/// Characters of one value; the rest is cut.
pub(crate) const MAX_VALUE_CHARS: usize = 80;

/// One side of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "text")]
pub enum Shown {
    /// Not set.
    Absent,
    /// Known after apply.
    Unknown,
    /// Removed by the redactor.
    Sensitive,
    /// JSON, cut at 80 characters.
    Value(String),
}

impl Shown {
    pub(super) fn of(value: &Value, unknown: bool) -> Self {
        match value {
            _ if unknown => Self::Unknown,
            Value::Null => Self::Absent,
            value if is_redacted(value) => Self::Sensitive,
            // Large values are cut before they are written out.
            Value::String(text) if text.len() > MAX_VALUE_CHARS * 4 => {
                let head: String = text.chars().take(MAX_VALUE_CHARS).collect();
                Self::text(&Value::from(head).to_string())
            }
            value => Self::text(&value.to_string()),
        }
    }

    /// A text of ours about the value.
    pub(super) fn text(text: &str) -> Self {
        Self::Value(cut(text, MAX_VALUE_CHARS))
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "(not set)",
            Self::Unknown => "(known after apply)",
            Self::Sensitive => "(sensitive)",
            Self::Value(text) => text,
        })
    }
}

/// The first characters of a text; an ellipsis stands for the rest.
pub(crate) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(chars.saturating_sub(1)).chain(['…']).collect(),
    }
}
