//! Where modules of a repository's own may lie: in directories that are not those of stacks and of copies, and in other
//! repositories on the same GitHub, at a commit. And where policies of an organisation lie.

use tfpilot_modules::render::VENDOR_ROOT;

use super::{Checking, relative};
use crate::config::repository::shipped;
use crate::config::suggest::nearest;
use crate::github::{CommitSha, RepoName};

/// Directories and repositories with modules; each is asked for on GitHub.
const MOST_SOURCES: usize = 10;

impl Checking<'_> {
    pub(super) fn sources(&mut self) {
        let catalog = &self.config.catalog;
        for (index, directory) in catalog.directories.iter().enumerate() {
            self.directory(&["catalog", "directories", &index.to_string()], directory);
        }
        for (index, source) in catalog.repositories.iter().enumerate() {
            let index = index.to_string();
            let at = |key: &'static str| ["catalog", "repositories", index.as_str(), key];
            if RepoName::parse(&source.repository).is_err() {
                self.error(
                    &at("repository"),
                    format!("{} is no repository of this GitHub", source.repository.escape_debug()),
                    "write owner/name of one that the App is installed on, such as acme/modules",
                );
            }
            if CommitSha::parse(&source.commit).is_err() {
                self.error(
                    &at("commit"),
                    format!("{} is no commit", source.commit.escape_debug()),
                    "write its whole id, 40 lower case hexadecimal digits; a branch or tag could be moved",
                );
            }
            if !source.path.is_empty()
                && let Err(why) = relative(&source.path)
            {
                self.error(&at("path"), format!("path {why}"), "write a directory such as catalog");
            }
        }
        let sources = catalog.directories.len() + catalog.repositories.len();
        if sources > MOST_SOURCES {
            self.error(
                &["catalog"],
                format!("{sources} directories and repositories hold modules, more than the {MOST_SOURCES} that are read"),
                "bring them together",
            );
        }
    }

    /// The repository that holds an organisation's policies.
    pub(super) fn policy_repository(&mut self) {
        let Some(source) = &self.config.policies.repository else { return };
        let at = |key: &'static str| ["policies", "repository", key];
        if RepoName::parse(&source.repository).is_err() {
            self.error(
                &at("repository"),
                format!("{} is no repository of this GitHub", source.repository.escape_debug()),
                "write owner/name of one that the App is installed on, such as acme/policies",
            );
        }
        if let Err(why) = relative(&source.path) {
            self.error(&at("path"), format!("path {why}"), "write a directory such as policies");
        }
    }

    /// Shipped policies that are wanted otherwise.
    pub(super) fn shipped_policies(&mut self) {
        let config = self.config;
        let known: Vec<&str> =
            tfpilot_policies::shipped::policies().iter().map(|policy| &*policy.id).collect();
        for (id, wanted) in &config.policies.shipped {
            if !known.contains(&id.as_str()) {
                let hint = match nearest(id, known.iter().copied()) {
                    Some(near) => format!("write {near}"),
                    None => "see tfpilot policy list".to_owned(),
                };
                self.error(&["policies", "shipped", id], format!("there is no shipped policy {id}"), hint);
            }
            for (index, team) in wanted.overriders.teams.iter().enumerate() {
                self.team(&["policies", "shipped", id, "override", "teams", &index.to_string()], team);
            }
            for (index, exempt) in wanted.exempt.iter().enumerate() {
                if shipped::exemption(exempt).is_none() {
                    self.error(
                        &["policies", "shipped", id, "exempt", &index.to_string()],
                        "address, reason or last day is missing or none".to_owned(),
                        "write {address: module.sandbox.**, reason: throwaway, expires: 2027-01-31}",
                    );
                }
            }
        }
    }

    fn directory(&mut self, at: &[&str], directory: &str) {
        if let Err(why) = relative(directory) {
            self.error(at, format!("the directory {why}"), "write one such as infra/modules");
            return;
        }
        let plain = directory.trim_end_matches('/');
        if holds(VENDOR_ROOT, plain) {
            self.error(
                at,
                format!("{VENDOR_ROOT} holds the copies of modules that stacks use"),
                "choose another directory, such as infra/modules",
            );
        }
        let stacks = self
            .config
            .environments
            .iter()
            .find(|(_, environment)| holds(environment.path.trim_end_matches('/'), plain));
        if let Some((name, _)) = stacks {
            self.error(
                at,
                format!("the directory belongs to the stacks of {name}"),
                "choose another directory, such as infra/modules",
            );
        }
    }
}

/// Whether a directory is another, or lies in it.
fn holds(directory: &str, other: &str) -> bool {
    other.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
