//! The code of a job: exactly one commit, laid out from Git's blobs by this crate, so that admission, Terraform
//! and the app's digest see the same bytes. No checkout filter, no LFS, no submodule, no symlink.

mod git;
mod layout;

pub use git::Git;
pub use layout::{Checkout, Entry, Kind};

use std::path::Path;

use thiserror::Error;

/// Why the code could not be laid out.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The address is none the runner fetches from.
    #[error("the clone address {url:?} is not fetched from: {why}; it must be https, or http on loopback")]
    Address {
        /// The address.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// Not 40 (or 64) hex digits.
    #[error("{0:?} is no commit id; branches and tags are never fetched")]
    NotACommit(String),
    /// No Git on PATH.
    #[error("no `git` on PATH; install it")]
    NoGit,
    /// Git failed. Its message is masked by the caller.
    #[error("git {command}: {message}")]
    Git {
        /// Its first argument.
        command: String,
        /// What it said.
        message: String,
    },
    /// A path of the tree that no file system should see.
    #[error("the commit has the path {0:?}, which is not laid out")]
    Path(String),
    /// Too many or too large files.
    #[error("the commit has more than {limit}; {what}")]
    TooLarge {
        /// The limit.
        limit: String,
        /// What to do.
        what: &'static str,
    },
    /// The disk.
    #[error("laying out {path}: {error}")]
    Io {
        /// Where.
        path: String,
        /// What.
        error: std::io::Error,
    },
    /// A child process.
    #[error("git could not be run: {0}")]
    Run(#[from] std::io::Error),
}

/// Refuses every commit name that could mean something else.
pub(crate) fn check_commit(head: &str) -> Result<(), SourceError> {
    let hex = matches!(head.len(), 40 | 64) && head.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if hex { Ok(()) } else { Err(SourceError::NotACommit(head.to_owned())) }
}

/// Refuses every address but https and loopback http, and logins in it: a token comes apart from it.
pub(crate) fn check_address(text: &str) -> Result<reqwest::Url, SourceError> {
    let refuse = |why| SourceError::Address { url: text.to_owned(), why };
    let url = reqwest::Url::parse(text).map_err(|_| refuse("it is no URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SourceError::Address { url: "(hidden)".into(), why: "it carries a login" });
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if crate::client::is_loopback(&url) => Ok(url),
        "http" => Err(refuse("plain http would show the token to the network")),
        _ => Err(refuse("its scheme is unknown")),
    }
}

pub(crate) fn io_at(path: &Path) -> impl FnOnce(std::io::Error) -> SourceError + '_ {
    |error| SourceError::Io { path: path.display().to_string(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commits_and_safe_addresses_are_fetched() {
        check_commit(&"a1".repeat(20)).unwrap();
        for bad in ["", "main", "HEAD", "--upload-pack=x", &"A1".repeat(20), &"a1".repeat(21)] {
            check_commit(bad).unwrap_err();
        }
        for good in ["https://github.com/acme/infra.git", "http://127.0.0.1:7800/a/b.git", "http://[::1]:1/a"]
        {
            check_address(good).unwrap();
        }
        for bad in [
            "http://github.com/a/b",
            "file:///tmp/x",
            "ssh://git@github.com/a",
            "ext::sh -c x",
            "-x",
            "https://u:p@github.com/a",
            "http://127.0.0.1.evil.com/a",
            "http://localhost.evil.com/a",
        ] {
            check_address(bad).unwrap_err();
        }
    }
}
