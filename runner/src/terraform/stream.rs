//! Terraform's JSON lines (`-json`), read leniently: what is not understood is text, never an error.

use serde::Deserialize;

/// One line of `init`, `plan` or `apply` with `-json`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Line {
    /// Such as `diagnostic`, `apply_start`, `outputs`; empty for text.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// What a person reads.
    #[serde(default, rename = "@message")]
    pub message: String,
    /// When, RFC 3339.
    #[serde(default, rename = "@timestamp")]
    pub at: String,
    /// Set for `diagnostic`.
    #[serde(default)]
    pub diagnostic: Option<RawDiagnostic>,
    /// Set for `apply_start`, `apply_complete`, `apply_errored`.
    #[serde(default)]
    pub hook: Option<Hook>,
    /// Set for `change_summary`.
    #[serde(default)]
    pub changes: Option<Changes>,
    /// Set for `outputs`.
    #[serde(default)]
    pub outputs: Option<std::collections::BTreeMap<String, Output>>,
}

impl Line {
    /// Reads one line; one that is no JSON object becomes its own message.
    pub fn parse(text: &str) -> Self {
        // Fields in a form we do not know must not hide the message, so a second try reads that alone.
        #[derive(Deserialize)]
        struct Message {
            #[serde(rename = "@message")]
            message: String,
        }
        serde_json::from_str(text).unwrap_or_else(|_| Self {
            message: serde_json::from_str::<Message>(text).map_or_else(|_| text.to_owned(), |m| m.message),
            ..Self::default()
        })
    }
}

/// A message of Terraform about the configuration or the operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct RawDiagnostic {
    /// `error` or `warning`.
    #[serde(default)]
    pub severity: String,
    /// First line.
    #[serde(default)]
    pub summary: String,
    /// The rest.
    #[serde(default)]
    pub detail: String,
    /// The resource concerned.
    #[serde(default)]
    pub address: Option<String>,
    /// Where in the configuration.
    #[serde(default)]
    pub range: Option<Range>,
}

/// A place in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Range {
    /// Relative to the stack's directory.
    #[serde(default)]
    pub filename: String,
    /// Where it begins.
    #[serde(default)]
    pub start: Position,
}

/// A position.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// From 1.
    #[serde(default)]
    pub line: u32,
}

/// What happens to one resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Hook {
    /// Which resource.
    #[serde(default)]
    pub resource: HookResource,
    /// `create`, `update`, `delete`, `read`, …
    #[serde(default)]
    pub action: String,
    /// The resource's id, once known.
    #[serde(default)]
    pub id_value: Option<String>,
}

/// Names a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct HookResource {
    /// Full address.
    #[serde(default)]
    pub addr: String,
}

/// The counts of a `change_summary`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Changes {
    /// Created.
    #[serde(default)]
    pub add: u32,
    /// Updated.
    #[serde(default)]
    pub change: u32,
    /// Imported.
    #[serde(default)]
    pub import: u32,
    /// Destroyed.
    #[serde(default)]
    pub remove: u32,
    /// `plan` or `apply`.
    #[serde(default)]
    pub operation: String,
}

/// One output in an `outputs` line.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Output {
    /// Terraform's mark; a sensitive one carries no value here.
    #[serde(default)]
    pub sensitive: bool,
    /// The value.
    #[serde(default)]
    pub value: Option<serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_text() {
        for text in ["", "plain", "{", "[1]", r#"{"type":3}"#, r#"{"hook":3}"#, "\u{feff}{}"] {
            assert_eq!(Line::parse(text).message, text, "{text}");
        }
        assert_eq!(Line::parse(r#"{"@message":"kept","hook":3}"#).message, "kept");
    }

    #[test]
    fn a_completed_create_names_its_resource_and_id() {
        let text = r#"{"@level":"info","@message":"x","@timestamp":"2026-11-24T19:30:18.676227Z","hook":{"resource":
            {"addr":"terraform_data.y"},"action":"create","id_key":"id","id_value":"952c"},"type":"apply_complete"}"#;
        let line = Line::parse(&text.replace('\n', ""));
        let hook = line.hook.unwrap();
        assert_eq!(
            (hook.resource.addr.as_str(), hook.id_value.as_deref()),
            ("terraform_data.y", Some("952c"))
        );
    }
}
