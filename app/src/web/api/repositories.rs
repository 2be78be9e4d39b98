//! Repositories as the API names them: by id, which survives renames, and by their name today.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{bad, not_found};
use crate::app::App;
use crate::store::{StoreError, StreamId, View};
use crate::web::problem::Refused;
use crate::worker::repositories::{LoadError, Repository};
use crate::worker::views;
use tracing::error;

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RepositoryShape {
    /// GitHub's id.
    pub(super) id: u64,
    /// Its name, such as `acme/infra`; none when no delivery told it yet.
    pub(super) name: Option<String>,
}

/// What is read of a stored repository.
#[derive(Deserialize)]
struct Row {
    id: u64,
    full_name: String,
}

/// Names of repositories, each looked up once per request.
pub(super) struct Names<'a> {
    app: &'a App,
    known: HashMap<u64, Option<String>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        Self { app, known: HashMap::new() }
    }

    /// The repository of an id.
    pub(super) async fn repository(&mut self, id: u64) -> Result<RepositoryShape, StoreError> {
        if let Some(name) = self.known.get(&id) {
            return Ok(RepositoryShape { id, name: name.clone() });
        }
        let key = id.to_string();
        let row = self.app.store.view(View::Repositories, &key).await?;
        let row: Option<Row> = row.map(|bytes| views::read(View::Repositories, &key, &bytes)).transpose()?;
        let name = row.map(|row| row.full_name);
        self.known.insert(id, name.clone());
        Ok(RepositoryShape { id, name })
    }

    /// The repository of a stream.
    pub(super) async fn of_stream(&mut self, stream: &StreamId) -> Result<RepositoryShape, StoreError> {
        let (id, _) = views::parse_stream(stream).unwrap_or_default();
        self.repository(id).await
    }

    /// The address of an issue or pull request on GitHub.
    pub(super) fn address(&self, repository: &RepositoryShape, kind: &str, number: u64) -> Option<String> {
        repository.name.as_ref().map(|name| format!("{}/{name}/{kind}/{number}", self.app.web_url))
    }
}

/// The repository that has to be named, with its configuration in force.
pub(super) async fn named(app: &App, filter: Option<&str>) -> Result<(RepositoryShape, Repository), Refused> {
    let id = filtered(app, filter).await?;
    let id = id.ok_or_else(|| bad("say which repository, like repository=acme/infra"))?;
    match app.repositories.of_id(id).await {
        Ok(found) => Ok((RepositoryShape { id, name: Some(found.name.to_string()) }, found)),
        Err(LoadError::Unknown(_)) => Err(not_found("the repository is not known")),
        Err(error) => {
            error!(%error, id, "a repository that the API was asked about cannot be loaded");
            Err(Refused::unavailable("the repository cannot be loaded"))
        }
    }
}

/// The id of the repository that a filter names, by id or by name.
pub(super) async fn filtered(app: &App, filter: Option<&str>) -> Result<Option<u64>, Refused> {
    let Some(filter) = filter else { return Ok(None) };
    if let Ok(id) = filter.parse() {
        return Ok(Some(id));
    }
    for (key, bytes) in app.store.scan(View::Repositories, "", usize::MAX).await? {
        let row: Row = views::read(View::Repositories, &key, &bytes)?;
        if row.full_name.eq_ignore_ascii_case(filter) {
            return Ok(Some(row.id));
        }
    }
    let shown: String = filter.chars().take(80).collect();
    Err(bad(format!("repository {shown:?} is not known; write it like acme/infra, or give its id")))
}
