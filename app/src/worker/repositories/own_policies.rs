//! The policies that a repository's plans are asked: of an organisation's policy repository, and of its own. They are read from
//! default branches whenever the configuration is, and when the policy repository moves.

use tracing::{info, warn};

use super::{LoadError, Repositories, Repository, Row};
use crate::config::document::MAX_BYTES;
use tfpilot_policies::rego::Source;

use crate::config::repository::own_policies::{FOLDER, OwnPolicies, PolicyFile, name};
use crate::config::repository::policies::PolicyRepository;
use crate::config::repository::rego_files::{RegoRead, is_rego};
use crate::config::{Diagnostic, Severity};
use crate::github::content::{EntryKind, FolderEntry};
use crate::github::{RepoClient, RepoName};
use crate::rego::FileRead;
use crate::store::View;
use crate::worker::views;

/// Files that are read of one place.
const MOST_FILES: usize = 100;

impl Repositories {
    /// Reads the files anew, of those that stayed as they were only the list. What is wrong in them is told, and fails
    /// closed where plans are judged.
    pub(super) async fn refresh_policies(&self, client: &RepoClient, row: &mut Row) -> Result<(), LoadError> {
        let config = self.parse(row.config.as_deref().unwrap_or_default());
        let mut files = match &config.policies.repository {
            Some(source) => self.of_organisation(client, source, row).await?,
            None => Vec::new(),
        };
        let entries = client.folder(FOLDER, Some(&row.default_branch)).await?.unwrap_or_default();
        files.extend(read(client, "", FOLDER, entries, row).await?);
        self.read_rego(&mut files, row).await;
        let (_, problems) = OwnPolicies::read(&files, &config.policies.rego);
        if let Some(first) = problems.first() {
            warn!(repository = row.full_name, %first, problems = problems.len(), "policies are wrong");
        }
        row.diagnostics.extend(problems);
        row.policies = files;
        Ok(())
    }

    /// Has what is Rego read by processes, unless it was read before.
    async fn read_rego(&self, files: &mut [PolicyFile], row: &Row) {
        for file in files.iter_mut().filter(|file| is_rego(&file.path)) {
            let Some(text) = &file.text else { continue };
            let same = |known: &&PolicyFile| known.path == file.path && known.sha == file.sha;
            let known = row.policies.iter().find(same).and_then(|known| known.rego.clone());
            file.rego = match known.filter(RegoRead::lasts) {
                Some(known) => Some(known),
                None => {
                    let source = Source { path: name(&file.path), text: text.clone() };
                    let FileRead { read, passing } = self.rego.read(source).await;
                    Some(RegoRead::new(read, passing))
                }
            };
        }
    }

    /// Those of the policy repository. While it cannot be read, the last ones stay in force; where there are none yet, nothing
    /// is known of what would be asked.
    async fn of_organisation(
        &self,
        client: &RepoClient,
        source: &PolicyRepository,
        row: &mut Row,
    ) -> Result<Vec<PolicyFile>, LoadError> {
        let PolicyRepository { repository, path } = source;
        let prefix = format!("{repository}:");
        let entries = match RepoName::parse(repository) {
            Ok(name) => {
                let other = self.github.repository(client.installation(), name);
                let entries = other.folder(path, None).await?;
                entries.map(|entries| (other, entries))
            }
            Err(_) => None,
        };
        if let Some((other, entries)) = entries {
            return read(&other, &prefix, path, entries, row).await;
        }
        let what = format!("the folder {path} of {repository} cannot be read");
        let hint = "write its policies there, and install the App on it";
        row.diagnostics.push(whole(&prefix, what, hint));
        let mut known: Vec<PolicyFile> =
            row.policies.iter().filter(|file| file.path.starts_with(&prefix)).cloned().collect();
        if known.is_empty() {
            known.push(PolicyFile {
                path: format!("{prefix}{path}"),
                sha: String::new(),
                text: None,
                rego: None,
            });
        }
        Ok(known)
    }

    /// Repositories whose plans are asked the policies of this one.
    pub(crate) async fn governed_by(&self, policies: &Repository) -> Result<Vec<Repository>, LoadError> {
        let name = policies.name.to_string();
        let mut governed = Vec::new();
        for (key, bytes) in self.store.scan(View::Repositories, "", usize::MAX).await? {
            let row: Row = views::read(View::Repositories, &key, &bytes)?;
            let text = row.config.as_deref().unwrap_or_default();
            // Most configurations name no policy repository: they need not be read for this.
            if !text.contains("repository") {
                continue;
            }
            let config = self.parse(text);
            let source = config.policies.repository.as_ref();
            let same = source.is_some_and(|source| source.repository.eq_ignore_ascii_case(&name));
            if same && row.id != policies.id && row.barred.is_none() {
                info!(repository = row.full_name, policies = name, "policies moved");
                governed.push(self.open(row).await?);
            }
        }
        Ok(governed)
    }
}

/// The policy files of a folder, in the order of their names.
async fn read(
    client: &RepoClient,
    prefix: &str,
    folder: &str,
    entries: Vec<FolderEntry>,
    row: &mut Row,
) -> Result<Vec<PolicyFile>, LoadError> {
    let mut wanted: Vec<FolderEntry> = entries.into_iter().filter(is_policy).collect();
    wanted.sort_by(|a, b| a.path.cmp(&b.path));
    let left_out = wanted.len().saturating_sub(MOST_FILES);
    let mut files = Vec::new();
    for entry in wanted.into_iter().take(MOST_FILES) {
        let (path, sha) = (format!("{prefix}{}", entry.path), entry.sha.to_string());
        let known = row.policies.iter().find(|file| file.path == path && file.sha == sha);
        let text = match known {
            Some(file) => file.text.clone(),
            None if entry.kind != EntryKind::Blob || entry.size > MAX_BYTES as u64 => None,
            None => String::from_utf8(client.blob(&entry.sha).await?).ok(),
        };
        files.push(PolicyFile { path, sha, text, rego: None });
    }
    if left_out > 0 {
        // What is not read must not be taken for what asks nothing.
        let path = format!("{prefix}{folder}/*");
        files.push(PolicyFile { path, sha: String::new(), text: None, rego: None });
        let what = format!("holds {left_out} more files than the {MOST_FILES} that are read");
        row.diagnostics.push(whole(&format!("{prefix}{folder}"), what, "write several policies into a file"));
    }
    Ok(files)
}

fn whole(file: &str, what: String, hint: &str) -> Diagnostic {
    let severity = Severity::Warning;
    Diagnostic { file: file.to_owned(), line: 0, column: 0, what, hint: hint.to_owned(), severity }
}

fn is_policy(entry: &FolderEntry) -> bool {
    let yaml = entry.path.ends_with(".yml") || entry.path.ends_with(".yaml");
    let rego = is_rego(&entry.path) && !entry.path.ends_with("_test.rego");
    (yaml || rego) && entry.kind != EntryKind::Tree
}
