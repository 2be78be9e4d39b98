//! What a repository says of costs besides limits: prices that were negotiated and what is expected to be used, from files beside
//! its configuration on the default branch. A file that cannot be used is told, and the list's prices stand in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tfpilot_policies::cost::{Options, Prices, Usage};

use crate::config::{Diagnostic, Severity};

/// The folder of both.
pub const FOLDER: &str = ".github/tfpilot";

/// Negotiated prices and discounts.
pub const PRICES: &str = ".github/tfpilot/prices.csv";

/// What is expected to be used, as infracost's usage files have it.
pub const USAGE: &str = ".github/tfpilot/usage.yml";

/// Bytes of a file that are read.
pub const MAX_BYTES: u64 = 1 << 20;

/// Lines of a file of which it is told what is wrong with them.
const TOLD: usize = 20;

/// One of the files as it is on the default branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostFile {
    /// Its path.
    pub path: String,
    /// Its blob.
    pub sha: String,
    /// Its content; none when it is none that is read.
    pub text: Option<String>,
}

/// What the files say.
#[derive(Debug, Clone, Default)]
pub struct OwnCosts {
    prices: Option<Arc<Prices>>,
    usage: Option<Arc<Usage>>,
    /// What is shown beside estimates, as they are made without it.
    notices: Vec<String>,
    /// Equal ones price alike.
    digest: String,
}

impl PartialEq for OwnCosts {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl OwnCosts {
    /// Reads the files.
    pub fn read(files: &[CostFile]) -> (Self, Vec<Diagnostic>) {
        let (mut own, mut diagnostics) = (Self::default(), Vec::new());
        let mut digest = Sha256::new();
        for file in files {
            digest.update(serde_json::json!([file.path, file.text]).to_string());
            let problems = own.add(file);
            if !problems.is_empty() {
                own.notices.push(format!("`{}` cannot be used; it is left out.", file.path));
            }
            diagnostics.extend(problems);
        }
        if !files.is_empty() {
            own.digest = hex::encode(digest.finalize());
        }
        (own, diagnostics)
    }

    fn add(&mut self, file: &CostFile) -> Vec<Diagnostic> {
        let at = |line: usize, column: usize, what: String, hint: String| Diagnostic {
            file: file.path.clone(),
            line,
            column,
            what,
            hint,
            severity: Severity::Warning,
        };
        let Some(text) = &file.text else {
            let what = format!("is no file of UTF-8 text with at most {} KiB", MAX_BYTES / 1024);
            return vec![at(0, 0, what, "shorten it, or remove it".to_owned())];
        };
        if file.path == PRICES {
            match Prices::read(text) {
                Ok(prices) => self.prices = Some(Arc::new(prices)),
                Err(problems) => {
                    let told = problems.into_iter().take(TOLD);
                    return told.map(|it| at(it.line, 0, it.what, it.hint)).collect();
                }
            }
        } else {
            match Usage::read(text) {
                Ok(usage) => self.usage = Some(Arc::new(usage)),
                Err(problem) => return vec![at(problem.line, problem.column, problem.what, problem.hint)],
            }
        }
        Vec::new()
    }

    /// How estimates are made.
    pub fn options(&self) -> Options<'_> {
        Options { proxies: false, usage: self.usage.as_deref(), prices: self.prices.as_deref() }
    }

    /// What is shown beside estimates (Markdown).
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Names what they say.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: Option<&str>) -> (OwnCosts, Vec<String>) {
        let file = CostFile { path: path.to_owned(), sha: "1".to_owned(), text: text.map(str::to_owned) };
        let (own, problems) = OwnCosts::read(&[file]);
        (own, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn good_files_have_a_say() {
        let usage =
            "version: 0.1\nresource_usage:\n  aws_s3_bucket.a:\n    standard:\n      storage_gb: 100\n";
        let (own, problems) = read(USAGE, Some(usage));
        assert_eq!(problems, Vec::<String>::new());
        assert!(own.options().usage.is_some() && own.options().prices.is_none() && own.notices().is_empty());
        assert_ne!(own, OwnCosts::default());
    }

    #[test]
    fn broken_ones_are_told_and_left_out() {
        let (own, problems) = read(USAGE, Some("resource_usage: 7\n"));
        assert_eq!((problems.len(), own.options().usage.is_none()), (1, true), "{problems:?}");
        assert_eq!(own.notices(), ["`.github/tfpilot/usage.yml` cannot be used; it is left out."]);
        let (own, problems) = read(PRICES, Some("nonsense\n"));
        assert!(!problems.is_empty() && own.options().prices.is_none(), "{problems:?}");
        let (_, problems) = read(PRICES, None);
        assert!(problems[0].contains("at most 1024 KiB"), "{problems:?}");
    }
}
