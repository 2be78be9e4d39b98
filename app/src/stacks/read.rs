//! A pull request's head: the stacks it affects and what each depends on.

use std::collections::{BTreeMap, BTreeSet};

use tfpilot_engine::{PullSnapshot, StackAtHead, StackPath, TreeReading};

use crate::app::App;
use crate::github::content::{EntryKind, TreeEntry};
use crate::github::{CommitSha, NotAName};
use crate::stacks::digest::{inputs_digest, ClosureEntry};
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// Reads the head's tree, finds the affected stacks and hashes what they depend on.
pub(crate) async fn read_head(
    app: &App,
    repository: &Repository,
    pull: &PullSnapshot,
) -> Result<TreeReading, CommandError> {
    let broken = |error: NotAName| CommandError::Impossible(error.to_string());
    let base = CommitSha::parse(pull.base.as_str()).map_err(broken)?;
    let head = CommitSha::parse(pull.head.as_str()).map_err(broken)?;
    let merge_base = repository.client.compare(&base, &head).await?.merge_base;
    let before = blobs(repository.client.tree(&merge_base).await?);
    let after = blobs(repository.client.tree(&head).await?);
    let changed: BTreeSet<&String> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path).map(fingerprint) != after.get(*path).map(fingerprint))
        .collect();
    let version = repository.config.terraform_version.as_deref().unwrap_or(&app.terraform_version);
    let mut stacks = Vec::new();
    for directory in root_modules(&after) {
        let path = StackPath::new(directory.clone());
        let Some(environment) = repository.rules.environment_of(&path) else { continue };
        let prefix = format!("{directory}/");
        if !changed.iter().any(|path| path.starts_with(&prefix)) {
            continue;
        }
        let entries = after.values().filter(|entry| {
            entry.path.starts_with(&prefix) || entry.path.starts_with("modules/")
        });
        let settings = repository.config.environments.get(environment.as_str());
        let digest = inputs_digest(
            entries.map(|entry| ClosureEntry {
                path: entry.path.as_bytes(),
                mode: &entry.mode,
                blob: entry.sha.as_str(),
            }),
            settings.map(|settings| (environment.as_str(), settings)),
            version,
        );
        stacks.push(StackAtHead { path, environment: Some(environment.clone()), inputs_digest: digest });
    }
    Ok(TreeReading { head: pull.head.clone(), stacks, findings: Vec::new() })
}

fn blobs(entries: Vec<TreeEntry>) -> BTreeMap<String, TreeEntry> {
    entries
        .into_iter()
        .filter(|entry| entry.kind != EntryKind::Tree)
        .map(|entry| (entry.path.clone(), entry))
        .collect()
}

fn fingerprint(entry: &TreeEntry) -> (&str, &str) {
    (&entry.mode, entry.sha.as_str())
}

/// Directories with Terraform files.
fn root_modules(tree: &BTreeMap<String, TreeEntry>) -> BTreeSet<String> {
    tree.keys()
        .filter(|path| path.ends_with(".tf") || path.ends_with(".tf.json"))
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(directory, _)| directory.to_owned())
        .collect()
}
