//! What one commit changes, checked before anything is sent: paths that stay inside, no path twice.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// Text up to this size travels inside the tree: one call instead of one per file.
const INLINE_BYTES: usize = 256 * 1024;

/// A file's mode; links and submodules are never committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum FileMode {
    /// A file.
    #[serde(rename = "100644")]
    Regular,
    /// A file that may be run.
    #[serde(rename = "100755")]
    Executable,
}

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path in the repository.
    pub path: String,
    /// Its mode.
    pub mode: FileMode,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a commit changes, and its message. Trailers (`Name: value` lines at the end) tell our commits apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitContent {
    /// Files to write.
    pub files: Vec<NewFile>,
    /// Files to remove.
    pub deletions: Vec<String>,
    /// The message.
    pub message: String,
}

impl NewFile {
    pub(super) fn as_text(&self) -> Option<&str> {
        let small = self.bytes.len() <= INLINE_BYTES && !self.bytes.contains(&0);
        small.then(|| std::str::from_utf8(&self.bytes).ok()).flatten()
    }

    pub(super) fn as_base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }
}

impl CommitContent {
    /// Says what is wrong with the paths, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        let paths = || self.files.iter().map(|file| &file.path).chain(&self.deletions);
        if let Some(bad) = paths().find(|path| !is_inside(path)) {
            return Err(format!("{bad:?} is not a path inside the repository"));
        }
        let mut seen = BTreeSet::new();
        match paths().find(|path| !seen.insert(path.as_str())) {
            Some(twice) => Err(format!("{twice:?} is named twice")),
            None if seen.is_empty() => Err("there is nothing to commit".to_owned()),
            None => Ok(()),
        }
    }
}

fn is_inside(path: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git");
    path.len() <= 1024 && !path.contains(|c: char| c.is_control() || c == '\\') && path.split('/').all(part)
}

/// The `Name: value` lines of the last paragraph, if it consists of such lines.
fn trailers(message: &str) -> Vec<(&str, &str)> {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let read = |line| str::split_once(line, ": ").filter(|(name, _)| is_name(name));
    let lines: Option<Vec<_>> = last.lines().map(read).collect();
    lines.unwrap_or_default()
}

/// Same trailers; without any, the same words.
pub(super) fn same_message(found: &str, made: &str) -> bool {
    let wanted = trailers(made);
    if wanted.is_empty() { found.trim() == made.trim() } else { trailers(found) == wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(paths: &[&str], deletions: &[&str]) -> CommitContent {
        let file =
            |path: &&str| NewFile { path: (*path).into(), mode: FileMode::Regular, bytes: b"x".to_vec() };
        CommitContent {
            files: paths.iter().map(file).collect(),
            deletions: deletions.iter().map(ToString::to_string).collect(),
            message: "m".into(),
        }
    }

    #[test]
    fn paths_stay_inside_and_are_named_once() {
        assert_eq!(content(&["live/dev/a/main.tf"], &["old.tf"]).check(), Ok(()));
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            ".git/config",
            "a/.GIT/hooks/x",
            "a\nb",
            "a\\b",
        ] {
            assert!(content(&[bad], &[]).check().is_err(), "{bad:?}");
            assert!(content(&["ok"], &[bad]).check().is_err(), "{bad:?}");
        }
        assert!(content(&["a", "a"], &[]).check().is_err());
        assert!(content(&["a"], &["a"]).check().is_err());
        assert!(content(&[], &[]).check().is_err());
    }

    #[test]
    fn our_commits_are_told_by_their_trailers() {
        let check = |found, made, same| assert_eq!(same_message(found, made), same, "{found:?} {made:?}");
        check("Add x\n\nTfPilot-Request: acme/infra#1\n", "Add x\n\nTfPilot-Request: acme/infra#1", true);
        check("Other words\n\nTfPilot-Request: acme/infra#1", "Add x\n\nTfPilot-Request: acme/infra#1", true);
        check("Add x\n\nTfPilot-Request: acme/infra#2", "Add x\n\nTfPilot-Request: acme/infra#1", false);
        check("Add x", "Add x\n\nTfPilot-Request: acme/infra#1", false);
        check("Add x\n", "Add x", true);
        check("Add y", "Add x", false);
        check("Add x\n\nno trailer", "Add x\n\nA: 1", false);
    }
}
