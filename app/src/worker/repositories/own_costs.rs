//! Negotiated prices and expected usage of a repository, read from its default branch whenever the configuration is.

use tracing::warn;

use super::{LoadError, Repositories, Row};
use crate::config::repository::own_costs::{CostFile, FOLDER, MAX_BYTES, OwnCosts, PRICES, USAGE};
use crate::github::RepoClient;
use crate::github::content::EntryKind;

impl Repositories {
    /// Reads the files anew, of those that stayed as they were only the list.
    pub(super) async fn refresh_costs(&self, client: &RepoClient, row: &mut Row) -> Result<(), LoadError> {
        let entries = client.folder(FOLDER, Some(&row.default_branch)).await?.unwrap_or_default();
        let mut files = Vec::new();
        for entry in entries.into_iter().filter(|entry| [PRICES, USAGE].contains(&entry.path.as_str())) {
            let sha = entry.sha.to_string();
            let known = row.costs.iter().find(|file| file.path == entry.path && file.sha == sha);
            let text = match known {
                Some(file) => file.text.clone(),
                None if entry.kind != EntryKind::Blob || entry.size > MAX_BYTES => None,
                None => String::from_utf8(client.blob(&entry.sha).await?).ok(),
            };
            files.push(CostFile { path: entry.path, sha, text });
        }
        let (_, problems) = OwnCosts::read(&files);
        if let Some(first) = problems.first() {
            warn!(repository = row.full_name, %first, problems = problems.len(), "files about costs are wrong");
        }
        row.diagnostics.extend(problems);
        row.costs = files;
        Ok(())
    }
}
