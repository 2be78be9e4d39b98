//! Reads the project's pages and, as far as they speak of it, its source: links, tables, code spans, names.
//!
//! What must hold between the two is said by the tests of this crate. Source is read as text, so that a page can be
//! checked without building what it is about.

pub mod markdown;
pub mod rust;

use std::path::{Path, PathBuf};

pub use markdown::{Link, Page};

/// Pages whose every link and path must lead somewhere.
pub const PAGES: [&str; 18] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/adr/language-model.md",
    "docs/architecture.md",
    "docs/benchmarks.md",
    "docs/checks.md",
    "docs/commands.md",
    "docs/configuration.md",
    "docs/cost.md",
    "docs/modules.md",
    "docs/operations.md",
    "docs/policies.md",
    "docs/requests.md",
    "docs/roles.md",
    "docs/runner-protocol.md",
    "docs/second-opinion.md",
    "docs/security.md",
];

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the checkout as text; the error names it.
pub fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(root().join(path)).map_err(|error| format!("{path} cannot be read: {error}"))
}

/// Every file below a folder whose name ends with `ending`.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files(&path, ending) } else { vec![path] }
        })
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

/// Without `.` and with every `..` taken back; `None` where it would leave the checkout.
pub fn normal(path: &str) -> Option<String> {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_checkout() {
        assert_eq!(normal("docs/../app/./src/lib.rs").as_deref(), Some("app/src/lib.rs"));
        assert_eq!(normal("docs/../../x"), None);
    }
}
