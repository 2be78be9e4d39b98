//! Owns: the difference between two trees as GitHub lists it: one row a file, with counts and patch.
//! Leaves to [`crate::git`]: running git.

use std::collections::BTreeMap;

use crate::git::{Git, GitError};

/// One changed file.
#[derive(Debug, Clone)]
pub(crate) struct FileDiff {
    pub(crate) path: String,
    /// The name before a rename.
    pub(crate) previous: Option<String>,
    /// `added`, `removed`, `modified`, `renamed` or `changed`.
    pub(crate) status: &'static str,
    /// The blob after (before, for a removed file).
    pub(crate) sha: String,
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    /// The hunks; `None` for binary files.
    pub(crate) patch: Option<String>,
}

/// What changed from one tree or commit to another, by path.
pub(crate) fn diff(git: &Git, from: &str, to: &str) -> Result<Vec<FileDiff>, GitError> {
    let raw = git.run(&["diff-tree", "-r", "-z", "-M", "--raw", "--no-abbrev", from, to], None, &[])?;
    let raw = String::from_utf8_lossy(&raw).into_owned();
    let mut files = parse_raw(&raw);
    let counts = git.run(&["diff-tree", "-r", "-z", "--no-renames", "--numstat", from, to], None, &[])?;
    let counts = parse_counts(&String::from_utf8_lossy(&counts));
    for file in &mut files {
        match counts.get(&file.path) {
            Some(Some((added, deleted))) if file.previous.is_none() => {
                (file.additions, file.deletions) = (*added, *deleted);
                file.patch = patch(git, from, to, &[&file.path])?;
            }
            _ => {
                let paths: Vec<&str> =
                    file.previous.iter().map(String::as_str).chain([file.path.as_str()]).collect();
                file.patch = patch(git, from, to, &paths)?;
                let lines = file.patch.as_deref().unwrap_or_default().lines();
                let (mut added, mut deleted) = (0, 0);
                for line in lines {
                    added += u64::from(line.starts_with('+'));
                    deleted += u64::from(line.starts_with('-'));
                }
                (file.additions, file.deletions) = (added, deleted);
            }
        }
    }
    Ok(files)
}

/// The paths that changed, with how (`added`, `removed`, `modified`).
pub(crate) fn names(git: &Git, from: &str, to: &str) -> Result<Vec<(String, &'static str)>, GitError> {
    let raw =
        git.run(&["diff-tree", "-r", "-z", "--no-renames", "--raw", "--no-abbrev", from, to], None, &[])?;
    let short = |status| if matches!(status, "added" | "removed") { status } else { "modified" };
    let rows = parse_raw(&String::from_utf8_lossy(&raw));
    Ok(rows.into_iter().map(|file| (file.path, short(file.status))).collect())
}

fn parse_raw(raw: &str) -> Vec<FileDiff> {
    let mut parts = raw.split('\0');
    let mut files = Vec::new();
    while let Some(head) = parts.next().filter(|head| head.starts_with(':')) {
        let words: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
        let [_, _, old, new, letter] = words.as_slice() else { break };
        let Some(first) = parts.next() else { break };
        let renamed = letter.starts_with('R');
        let second = if renamed { parts.next() } else { None };
        let status = match letter.chars().next() {
            Some('A') => "added",
            Some('D') => "removed",
            Some('R') => "renamed",
            Some('T') => "changed",
            _ => "modified",
        };
        files.push(FileDiff {
            path: second.unwrap_or(first).to_owned(),
            previous: second.map(|_| first.to_owned()),
            status,
            sha: if status == "removed" { (*old).to_owned() } else { (*new).to_owned() },
            additions: 0,
            deletions: 0,
            patch: None,
        });
    }
    files
}

/// Lines added and deleted by path; `None` for binary files.
fn parse_counts(text: &str) -> BTreeMap<String, Option<(u64, u64)>> {
    let row = |line: &str| {
        let mut words = line.splitn(3, '\t');
        let (added, deleted, path) = (words.next()?, words.next()?, words.next()?);
        Some((path.to_owned(), added.parse().ok().zip(deleted.parse().ok())))
    };
    text.split('\0').filter_map(row).collect()
}

fn patch(git: &Git, from: &str, to: &str, paths: &[&str]) -> Result<Option<String>, GitError> {
    let mut args = vec!["--literal-pathspecs", "diff-tree", "-r", "-p", "-M", from, to, "--"];
    args.extend(paths);
    let out = git.run(&args, None, &[])?;
    let text = String::from_utf8_lossy(&out).into_owned();
    Ok(text
        .find("\n@@ ")
        .and_then(|at| text.get(at + 1..))
        .map(|hunks| hunks.trim_end_matches('\n').to_owned()))
}
