//! What is wrong with a Rego file, with the place that the interpreter names.

use std::sync::OnceLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// Characters of a message that are kept.
const KEPT: usize = 300;

/// Why a file cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    /// The file; empty is the policy's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Line, from 1; 0 is the file as a whole.
    pub line: u32,
    /// Column, from 1; 0 with line 0.
    pub column: u32,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// One of a place.
    pub(crate) fn at(line: u32, column: u32, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { path: String::new(), line, column, what: what.into(), hint: hint.into() }
    }

    /// One of the whole file.
    pub fn whole(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::at(0, 0, what, hint)
    }

    /// What the interpreter says, where it says where. Its picture of the line is left out: values may stand in it.
    pub(crate) fn told(error: &anyhow::Error, policy: &str, hint: &str) -> Self {
        let text = format!("{error:#}");
        let what = text.rsplit("error: ").next().unwrap_or(&text);
        let what = what.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it cannot be read");
        let what: String = tfpilot_plan::plain(&what.replace('`', "'")).chars().take(KEPT).collect();
        let mut fault = Self::whole(what, hint);
        if let Some(found) = place().and_then(|place| place.captures(&text)) {
            let number = |at: usize| found.get(at).and_then(|it| it.as_str().parse().ok()).unwrap_or(0);
            (fault.line, fault.column) = (number(2), number(3));
            let path = found.get(1).map_or("", |it| it.as_str());
            if path != policy {
                path.clone_into(&mut fault.path);
            }
        }
        fault
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        write!(f, "{}; {}", self.what, self.hint)
    }
}

/// `--> PATH:LINE:COLUMN`.
fn place() -> Option<&'static Regex> {
    static PLACE: OnceLock<Option<Regex>> = OnceLock::new();
    PLACE.get_or_init(|| Regex::new(r"(?m)^--> (.+):([0-9]+):([0-9]+)$").ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_and_the_line_is_not() {
        let text = "\n--> a/b.rego:7:11\n  |\n7 | x := \"secret\"\n  |           ^\nerror: expecting `}`";
        let fault = Fault::told(&anyhow::anyhow!("{text}"), "a/b.rego", "repair it");
        assert_eq!((fault.line, fault.column), (7, 11));
        assert_eq!(fault.to_string(), "line 7: expecting '}'; repair it");
        let other = Fault::told(&anyhow::anyhow!("{text}"), "c.rego", "repair it");
        assert_eq!(other.to_string(), "a/b.rego: line 7: expecting '}'; repair it");
        assert_eq!(Fault::told(&anyhow::anyhow!("no place"), "", "x").to_string(), "no place; x");
    }
}
