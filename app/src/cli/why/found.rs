//! The change that a number means, with its facts and the configuration in force.

use std::sync::Arc;

use anyhow::bail;
use jiff::Timestamp;
use tfpilot_engine::{Event, Facts};

use crate::clock::Clock;
use crate::config::RepositoryConfig;
use crate::store::{Store, StreamId, View};
use crate::worker::ledger::{Ledger, read_event};
use crate::worker::repositories::{Known, known};
use crate::worker::views;

/// Most repositories named in an error.
const NAMED: usize = 20;

/// A change as the store knows it.
pub(super) struct Found {
    pub(super) repository: Known,
    pub(super) stream: StreamId,
    pub(super) facts: Facts,
    /// When something of the pull request was last seen to be new.
    pub(super) seen_at: Option<Timestamp>,
}

impl Found {
    pub(super) fn config(&self) -> &RepositoryConfig {
        &self.repository.config
    }
}

/// Finds a change by the number of its pull request or issue.
///
/// # Errors
/// When there is none, several repositories have one, or the store cannot be read.
pub(super) async fn find(
    store: Arc<dyn Store>,
    number: u64,
    repository: Option<&str>,
) -> anyhow::Result<Found> {
    let mut places = Vec::new();
    let all = known(store.as_ref()).await?;
    let names: Vec<String> = all.iter().take(NAMED).map(|one| one.name.clone()).collect();
    for one in chosen(all, repository)? {
        let key = views::subject_key(one.id, number);
        if let Some(bytes) = store.view(View::Subjects, &key).await? {
            let stream: StreamId = views::read(View::Subjects, &key, &bytes)?;
            places.push((one, stream));
        }
    }
    if places.len() > 1 {
        let names: Vec<&str> = places.iter().take(NAMED).map(|(one, _)| one.name.as_str()).collect();
        bail!("{} have a change {number}; name one with --repository", names.join(" and "));
    }
    let Some((repository, stream)) = places.pop() else {
        let where_known = if names.is_empty() { "no repository".to_owned() } else { names.join(", ") };
        bail!("no change {number} is known; the store knows {where_known}");
    };
    let clock = Clock::default();
    let rules = repository.config.rules_at(clock.now());
    let facts = Ledger::new(Arc::clone(&store), clock).facts(&stream, &rules).await?;
    let mut seen_at = None;
    for record in store.load(&stream).await? {
        if matches!(read_event(&record)?, Event::PullObserved { .. } | Event::TreeRead { .. }) {
            seen_at = Some(record.at);
        }
    }
    Ok(Found { repository, stream, facts, seen_at })
}

/// The repository that is named, or all.
fn chosen(all: Vec<Known>, named: Option<&str>) -> anyhow::Result<Vec<Known>> {
    let Some(named) = named else { return Ok(all) };
    let is_it = |one: &Known| one.name.eq_ignore_ascii_case(named) || one.id.to_string() == named;
    let found: Vec<Known> = all.into_iter().filter(is_it).collect();
    if found.is_empty() {
        bail!("the store knows no repository {named:?}; write it like acme/infra, or give its id");
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{SledStore, ViewChange};

    fn row(view: View, key: &str, value: &serde_json::Value) -> ViewChange {
        ViewChange { view, key: key.to_owned(), value: Some(value.to_string().into_bytes()) }
    }

    #[tokio::test]
    async fn a_number_that_two_repositories_have_is_ambiguous() {
        let dir = tempfile::tempdir().expect("a directory");
        let store: Arc<dyn Store> = Arc::new(SledStore::open(dir.path().join("store")).expect("a store"));
        let repository = |id: u64, name: &str| {
            let row = serde_json::json!({ "id": id, "full_name": name, "default_branch": "main", "private": true,
                "installation": 1, "config": null });
            (id.to_string(), row)
        };
        let mut rows = Vec::new();
        for (key, value) in [repository(1, "acme/infra"), repository(2, "acme/web")] {
            rows.push(row(View::Repositories, &key, &value));
            rows.push(row(View::Subjects, &format!("{key}/7"), &format!("{key}/7").into()));
        }
        store.put_views(rows, Vec::new()).await.expect("stored");
        let refused = |found: anyhow::Result<Found>| found.err().map(|error| error.to_string());
        let both = find(Arc::clone(&store), 7, None).await;
        let said = "acme/infra and acme/web have a change 7; name one with --repository";
        assert_eq!(refused(both).as_deref(), Some(said));
        for named in ["acme/web", "Acme/Web", "2"] {
            let found = find(Arc::clone(&store), 7, Some(named)).await.expect("one of them");
            assert_eq!(found.stream.0, "2/7");
        }
        let other = find(Arc::clone(&store), 7, Some("acme/other")).await;
        assert!(refused(other).is_some_and(|why| why.contains("acme/other")));
    }
}
