//! What is wrong in a file that people wrote: the place, the matter, and what to write instead.
//!
//! How a diagnostic becomes an annotation or a comment is the surface's business.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The file is used, though probably not as its author meant.
    Warning,
    /// The file is not used; the last good version stays in force.
    Error,
}

/// One thing to repair in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Path in the repository, or of the settings file.
    pub file: String,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Column, from 1; 0 when the whole line is meant.
    pub column: usize,
    /// What is wrong, such as `unknown key enviroments`.
    pub what: String,
    /// What to do, such as `write environments`.
    pub hint: String,
    /// How much it matters.
    pub severity: Severity,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People know the file by its name; its folder is fixed.
        let name = self.file.rsplit('/').next().unwrap_or(&self.file);
        match (self.line, self.column) {
            (0, _) => write!(f, "{name} {} | {}", self.what, self.hint),
            (line, 0) => write!(f, "{name}:{line} {} | {}", self.what, self.hint),
            (line, column) => write!(f, "{name}:{line}:{column} {} | {}", self.what, self.hint),
        }
    }
}

/// True when the file must not be used.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The first diagnostic of a severity, as people read it.
pub fn first(diagnostics: &[Diagnostic], severity: Severity) -> Option<String> {
    diagnostics.iter().find(|diagnostic| diagnostic.severity == severity).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_as_far_as_it_is_known() {
        let mut diagnostic = Diagnostic {
            file: ".github/tfpilot.yml".into(),
            line: 14,
            column: 3,
            what: "unknown key enviroments".into(),
            hint: "write environments".into(),
            severity: Severity::Error,
        };
        assert_eq!(diagnostic.to_string(), "tfpilot.yml:14:3 unknown key enviroments | write environments");
        diagnostic.line = 0;
        assert_eq!(diagnostic.to_string(), "tfpilot.yml unknown key enviroments | write environments");
    }
}
