//! Terraform's diagnostics in the protocol's form: masked, with the file's path in the repository.

use tfpilot_protocol::{Diagnostic, Severity};

use super::stream::RawDiagnostic;
use crate::mask::Mask;

/// Longer details are cut, in bytes.
const DETAIL_BYTES: usize = 4000;
/// More diagnostics of one step are counted, not kept.
const MOST: usize = 50;

/// Collects the diagnostics of a step.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    left_out: usize,
}

impl Diagnostics {
    /// Adds one of Terraform's, masked. `stack` is the directory Terraform ran in.
    pub fn add(&mut self, raw: &RawDiagnostic, stack: &str, mask: &Mask) {
        if self.kept.len() >= MOST {
            self.left_out += 1;
            return;
        }
        let range = raw.range.as_ref();
        self.kept.push(Diagnostic {
            severity: if raw.severity == "warning" { Severity::Warning } else { Severity::Error },
            summary: cut(&mask.text(&raw.summary), 500),
            detail: cut(&mask.text(&raw.detail), DETAIL_BYTES),
            path: range.and_then(|range| in_repository(stack, &range.filename)).map(|path| mask.text(&path)),
            line: range.map(|range| range.start.line).filter(|line| *line > 0),
            address: raw.address.as_deref().map(|address| mask.text(address)),
        });
    }

    /// True when one of them is an error.
    pub fn failed(&self) -> bool {
        self.kept.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The warnings alone.
    pub fn warnings(self) -> Vec<Diagnostic> {
        self.kept.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).collect()
    }

    /// All, errors first, with a last one that says how many were left out.
    pub fn all(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|diagnostic| diagnostic.severity == Severity::Warning);
        if self.left_out > 0 {
            self.kept.push(message(
                Severity::Warning,
                format!("{} more messages are not shown", self.left_out),
                "",
            ));
        }
        self.kept
    }
}

/// A message of the runner's own, without a place.
pub fn message(severity: Severity, summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
    Diagnostic {
        severity,
        summary: summary.into(),
        detail: detail.into(),
        path: None,
        line: None,
        address: None,
    }
}

/// `filename` as Terraform says it, relative to the stack, as a path in the repository; none when it leads out
/// of it.
pub fn in_repository(stack: &str, filename: &str) -> Option<String> {
    if filename.is_empty() || filename.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in stack.split('/').chain(filename.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The first `bytes` of `text`, at a character's border.
pub fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// Terraform's text for terminals without colours and frames.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\u{1b}' => {
                // A control sequence ends with a letter.
                for char in chars.by_ref() {
                    if char.is_ascii_alphabetic() {
                        break;
                    }
                }
            }
            '╷' | '│' | '╵' => {}
            char if char.is_control() && char != '\n' => {}
            char => out.push(char),
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_repository() {
        let cases = [
            ("live/dev/a", "main.tf", Some("live/dev/a/main.tf")),
            ("live/dev/a", "../../../modules/x/main.tf", Some("modules/x/main.tf")),
            (".", "main.tf", Some("main.tf")),
            ("", "sub/main.tf", Some("sub/main.tf")),
            ("live", "../../etc/passwd", None),
            ("live", "/etc/passwd", None),
            ("live", "", None),
        ];
        for (stack, filename, expected) in cases {
            assert_eq!(in_repository(stack, filename).as_deref(), expected, "{stack} {filename}");
        }
    }

    #[test]
    fn frames_and_colours_are_taken_off() {
        let text =
            "\u{1b}[31m╷\u{1b}[0m\n\u{1b}[31m│\u{1b}[0m \u{1b}[1mError: \u{1b}[0mno\u{7} such thing\n╵\n";
        assert_eq!(plain(text), "Error: no such thing");
    }

    #[test]
    fn cutting_keeps_characters_whole() {
        assert_eq!(cut("größe", 3), "gr…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
