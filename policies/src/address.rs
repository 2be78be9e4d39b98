//! Addresses of resources, taken apart: module path, code address, index.

use regex::{Regex, RegexBuilder};

/// Splits at dots outside of index keys.
pub(crate) fn split(address: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, character) in address.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => {
                parts.push(address.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(address.get(start..).unwrap_or_default());
    parts
}

/// `module.a["x.y"].module.b[0]` → `a`, `b`.
pub(crate) fn module_names(address: &str) -> Vec<String> {
    // Every second part: a module may itself be called "module".
    let names = split(address).into_iter().skip(1).step_by(2);
    names.map(|part| part.split('[').next().unwrap_or_default().to_owned()).collect()
}

/// How the code calls a resource, whatever its instances: `module.a.aws_s3_bucket.b`.
pub(crate) fn code_address(modules: &[String], mode: &str, kind: &str, name: &str) -> String {
    let mut address: String = modules.iter().map(|module| format!("module.{module}.")).collect();
    if mode == "data" {
        address.push_str("data.");
    }
    address.push_str(&format!("{kind}.{name}"));
    address
}

/// Whether a word is a glob's: `*` stands for any characters.
pub(crate) fn glob(pattern: &str, word: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| word.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// A pattern of addresses and paths: `*` stays within one step, `**` goes through all. Keys of instances may be left out.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    text: String,
    pattern: Regex,
}

impl Glob {
    /// Reads a pattern; none when it is too long.
    pub(crate) fn new(text: &str) -> Option<Self> {
        const LONGEST: usize = 400;
        if text.trim().is_empty() || text.len() > LONGEST {
            return None;
        }
        let mut pattern = String::from("\\A");
        for (at, part) in text.trim().split("**").enumerate() {
            if at > 0 {
                pattern.push_str(".*");
            }
            let steps: Vec<String> = part.split('*').map(regex::escape).collect();
            pattern.push_str(&steps.join(r"(?:[^./\[\]]|\[[^\]]*\])*"));
        }
        pattern.push_str("\\z");
        let pattern =
            RegexBuilder::new(&pattern).size_limit(1 << 20).dot_matches_new_line(true).build().ok()?;
        Some(Self { text: text.to_owned(), pattern })
    }

    /// Whether an address or path is meant.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.pattern.is_match(text) || (text.contains('[') && self.pattern.is_match(&without_keys(text)))
    }
}

impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

/// An address without the keys of instances.
fn without_keys(address: &str) -> String {
    let parts = split(address).into_iter();
    parts.map(|part| part.split('[').next().unwrap_or_default()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_without_their_keys() {
        assert_eq!(module_names(r#"module.a["x.module.y\"]."].module.b[0]"#), ["a", "b"]);
        assert_eq!(module_names("module.module"), ["module"]);
        assert!(module_names("").is_empty());
    }

    #[test]
    fn instances_share_their_code_address() {
        let modules = module_names(r#"module.svc["a"]"#);
        assert_eq!(code_address(&modules, "managed", "aws_sqs_queue", "q"), "module.svc.aws_sqs_queue.q");
        assert_eq!(code_address(&[], "data", "aws_region", "r"), "data.aws_region.r");
    }

    #[test]
    fn globs_match_whole_words() {
        for (pattern, word, expect) in [
            ("aws_iam_*", "aws_iam_role", true),
            ("aws_iam_*", "aws_s3_bucket", false),
            ("aws_s3_bucket", "aws_s3_bucket", true),
            ("aws_s3_bucket", "aws_s3_bucket_policy", false),
            ("*_policy", "aws_s3_bucket_policy", true),
            ("a*b*c", "a1b2c", true),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, word), expect, "{pattern} {word}");
        }
    }

    #[test]
    fn patterns_of_addresses_go_through_steps_and_leave_keys_out() {
        for (pattern, address, expect) in [
            ("module.sandbox.**", r#"module.sandbox["a.b"].aws_s3_bucket.x[0]"#, true),
            ("module.sandbox.**", "module.sandboxes.aws_s3_bucket.x", false),
            ("module.*.aws_s3_bucket.*", "module.a[0].aws_s3_bucket.x", true),
            ("module.*.aws_s3_bucket.*", "module.a.module.b.aws_s3_bucket.x", false),
            ("aws_s3_bucket.x", r#"aws_s3_bucket.x["k"]"#, true),
            (r#"aws_s3_bucket.x["k"]"#, r#"aws_s3_bucket.x["l"]"#, false),
            ("live/prod/*", "live/prod/orders", true),
            ("live/prod/*", "live/prod/a/b", false),
            ("live/**", "live/prod/a/b", true),
        ] {
            assert_eq!(
                Glob::new(pattern).is_some_and(|it| it.is_match(address)),
                expect,
                "{pattern} {address}"
            );
        }
        assert!(Glob::new("").is_none() && Glob::new(&"a".repeat(401)).is_none());
    }
}
