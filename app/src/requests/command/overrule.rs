//! `override RULE reason="…"`: let a finding pass, for a reason.

use super::arguments::Arguments;

/// Let a finding pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The rule, such as `required-tags` or `admission/shared-config-files`.
    pub rule: String,
    /// Why; empty where nothing was said, which is refused with an answer of its own.
    pub reason: String,
}

impl Override {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        let rule = given.word().ok_or("it needs the id of a rule")?;
        Ok(Self { rule: rule.trim_matches('`').to_owned(), reason: given.said_reason() })
    }
}
