//! Names that conftest gives a meaning: which rules are asked, what they mean, and what findings are called.

use serde::{Deserialize, Serialize};

use crate::Enforcement;

/// What a rule's results mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `deny`, `deny_…`: a violation.
    Deny,
    /// `violation`, `violation_…`: a violation.
    Violation,
    /// `warn`, `warn_…`: an advice.
    Warn,
}

/// The rule that lets others off.
pub(crate) const EXCEPTION: &str = "exception";

/// What the names of tests end with; conftest does not ask them.
const TEST: &str = "_test.rego";

impl Kind {
    const ALL: [(&'static str, Self); 3] =
        [("deny", Self::Deny), ("violation", Self::Violation), ("warn", Self::Warn)];

    /// What a result means where violations mean this.
    pub fn enforcement(self, violations: Enforcement) -> Enforcement {
        match self {
            Self::Deny | Self::Violation => violations,
            Self::Warn => violations.min(Enforcement::Advisory),
        }
    }

    /// What a rule of this name means; none when it is a helper.
    pub fn of(rule: &str) -> Option<Self> {
        Self::ALL.iter().find_map(|(word, kind)| {
            let rest = rule.strip_prefix(word)?;
            let words = rest.split('_').skip(1);
            let good = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
            let named = rest.is_empty() || rest.starts_with('_') && words.clone().all(good);
            named.then_some(*kind)
        })
    }
}

/// How exceptions call a rule: without the word that says what it means.
pub(crate) fn excepted(rule: &str) -> &str {
    let rule = rule.strip_prefix("violation_").unwrap_or(rule);
    let rule = rule.strip_prefix("deny_").unwrap_or(rule);
    rule.strip_prefix("warn_").unwrap_or(rule)
}

/// Whether a file holds tests of policies.
pub(crate) fn is_test(path: &str) -> bool {
    path.ends_with(TEST)
}

/// What findings of a file begin with: its name without the extension, in letters that an id may have.
pub fn stem(path: &str) -> String {
    let name = path.rsplit(['/', ':']).next().unwrap_or(path);
    let name = name.strip_suffix(".rego").unwrap_or(name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_asked_by_conftests_names() {
        for (name, kind) in [
            ("deny", Some(Kind::Deny)),
            ("deny_public_ACL2", Some(Kind::Deny)),
            ("violation_x", Some(Kind::Violation)),
            ("warn", Some(Kind::Warn)),
            ("warn_a_b", Some(Kind::Warn)),
            ("denylist", None),
            ("deny_", None),
            ("deny__x", None),
            ("is_deny", None),
            ("exception", None),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
    }

    #[test]
    fn exceptions_name_rules_without_their_word() {
        for (rule, name) in [("deny", "deny"), ("deny_public", "public"), ("warn_a_b", "a_b")] {
            assert_eq!(excepted(rule), name);
        }
    }

    #[test]
    fn findings_are_called_after_the_file() {
        assert_eq!(stem(".github/tfpilot/policies/s3.rego"), "s3");
        assert_eq!(stem("acme/policies:policies/my rules@1.rego"), "my-rules-1");
    }
}
