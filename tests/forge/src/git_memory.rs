//! Owns: answers of git that never change, because they are about objects named by their id. A page of GitHub's asks
//! the same of the same commits again and again, and a process for each is what a story would mostly wait for.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::git::is_sha;

/// Answers kept; then the memory starts anew.
const KEPT: usize = 4096;

/// Commands that only read.
const READERS: [&str; 7] =
    ["cat-file", "diff-tree", "ls-tree", "merge-base", "merge-tree", "rev-list", "rev-parse"];

/// Answers by the arguments that asked for them.
type Answers = HashMap<Vec<OsString>, Arc<[u8]>>;

/// What git answered so far. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    answers: Arc<Mutex<Answers>>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("answers", &self.lock().len()).finish()
    }
}

impl Memory {
    /// The key of a command whose success says the same for ever.
    pub(crate) fn key<A: AsRef<OsStr>>(args: &[A]) -> Option<Vec<OsString>> {
        let mut words = args.iter().map(|arg| arg.as_ref().to_str()).skip_while(|word| {
            // An option of git itself.
            *word == Some("--literal-pathspecs")
        });
        let reads = words.next().flatten().is_some_and(|command| READERS.contains(&command));
        let mut revisions = words.take_while(|word| *word != Some("--"));
        let settled = revisions.all(|word| word.is_some_and(is_settled));
        (reads && settled).then(|| args.iter().map(|arg| arg.as_ref().to_owned()).collect())
    }

    pub(crate) fn find(&self, key: &[OsString]) -> Option<Vec<u8>> {
        self.lock().get(key).map(|answer| answer.to_vec())
    }

    pub(crate) fn keep(&self, key: Vec<OsString>, answer: &[u8]) {
        let mut answers = self.lock();
        if answers.len() >= KEPT {
            answers.clear();
        }
        answers.insert(key, answer.into());
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An option, a kind of object, or an object by its id: nothing that can come to mean something else. An option that
/// takes a revision must be written with `=`.
fn is_settled(word: &str) -> bool {
    let revision = word.strip_prefix("--merge-base=").or(word.strip_prefix('^')).unwrap_or(word);
    let id = revision.split([':', '^']).next().unwrap_or_default();
    is_sha(id) || revision.starts_with('-') || matches!(word, "blob" | "commit" | "tree")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "3bcf0fb0167c99da48f37703e4ba24ab417a9288";

    #[track_caller]
    fn check(args: &[&str], kept: bool) {
        assert_eq!(Memory::key(args).is_some(), kept, "{args:?}");
    }

    #[test]
    fn only_what_names_objects_by_their_id_is_kept() {
        check(&["cat-file", "commit", SHA], true);
        check(&["rev-list", "--reverse", SHA, &format!("^{SHA}")], true);
        check(&["rev-parse", "--verify", &format!("{SHA}:main.tf")], true);
        check(&["--literal-pathspecs", "diff-tree", "-r", SHA, SHA, "--", "heads/main"], true);
        check(&["merge-tree", &format!("--merge-base={SHA}"), SHA, SHA], true);
        check(&["merge-tree", "--merge-base=main", SHA, SHA], false);
        check(&["rev-parse", "--verify", "refs/heads/main^{commit}"], false);
        check(&["rev-list", SHA, "^main"], false);
        check(&["rev-parse", "3bcf0fb"], false);
        check(&["update-ref", "refs/heads/main", SHA], false);
        check(&["for-each-ref"], false);
    }
}
