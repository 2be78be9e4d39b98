//! The policies of a repository's own, read from its default branch whenever the configuration is.

use tracing::warn;

use super::{LoadError, Repositories, Row};
use crate::config::document::MAX_BYTES;
use crate::config::repository::own_policies::{FOLDER, OwnPolicies, PolicyFile};
use crate::config::{Diagnostic, Severity};
use crate::github::RepoClient;
use crate::github::content::{EntryKind, FolderEntry};

/// Files that are read.
const MOST_FILES: usize = 100;

impl Repositories {
    /// Reads the files of the folder anew, of those that stayed as they were only the list. What is wrong in them is told,
    /// and fails closed where plans are judged.
    pub(super) async fn refresh_policies(&self, client: &RepoClient, row: &mut Row) -> Result<(), LoadError> {
        let entries = client.folder(FOLDER, &row.default_branch).await?;
        let mut wanted: Vec<FolderEntry> = entries.into_iter().filter(is_policy).collect();
        wanted.sort_by(|a, b| a.path.cmp(&b.path));
        let left_out = wanted.len().saturating_sub(MOST_FILES);
        let mut files = Vec::new();
        for entry in wanted.into_iter().take(MOST_FILES) {
            let sha = entry.sha.to_string();
            let known = row.policies.iter().find(|file| file.path == entry.path && file.sha == sha);
            let text = match known {
                Some(file) => file.text.clone(),
                None if entry.kind != EntryKind::Blob || entry.size > MAX_BYTES as u64 => None,
                None => String::from_utf8(client.blob(&entry.sha).await?).ok(),
            };
            files.push(PolicyFile { path: entry.path, sha, text });
        }
        if left_out > 0 {
            // What is not read must not be taken for what asks nothing.
            let path = format!("{FOLDER}/*");
            files.push(PolicyFile { path, sha: String::new(), text: None });
            row.diagnostics.push(Diagnostic {
                file: FOLDER.to_owned(),
                line: 0,
                column: 0,
                what: format!("holds {left_out} more files than the {MOST_FILES} that are read"),
                hint: "write several policies into a file".to_owned(),
                severity: Severity::Warning,
            });
        }
        let (_, problems) = OwnPolicies::read(&files);
        if let Some(first) = problems.first() {
            warn!(repository = row.full_name, %first, problems = problems.len(), "policies of its own are wrong");
        }
        row.diagnostics.extend(problems);
        row.policies = files;
        Ok(())
    }
}

fn is_policy(entry: &FolderEntry) -> bool {
    let yaml = entry.path.ends_with(".yml") || entry.path.ends_with(".yaml");
    yaml && entry.kind != EntryKind::Tree
}
