//! `GET requests` and `GET changes`: one item per ask for infrastructure, or per change whether asked for or not.
//!
//! The one that moved last comes first. An item that moves while somebody pages goes to the front; asking again with
//! `since` the beginning of the walk finds it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bad;
use super::page::{Asked, Page, Place, asked, limit, newest};
use super::repositories::{Names, RepositoryShape, filtered};
use super::words::{StatusShape, check_status};
use crate::app::App;
use crate::store::{StoreError, View};
use crate::web::problem::Refused;
use crate::worker::views::{self, ChangeRow};

/// What can be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    limit: Option<usize>,
    cursor: Option<String>,
    repository: Option<String>,
    environment: Option<String>,
    status: Option<String>,
    since: Option<Timestamp>,
}

/// One change, as lists show it.
#[derive(Debug, Serialize)]
pub(super) struct ChangeItem {
    /// Names the change for ever.
    pub(super) id: String,
    /// Where.
    pub(super) repository: RepositoryShape,
    /// The issue it was asked for in.
    pub(super) issue: Option<u64>,
    /// Its pull request.
    pub(super) pull: Option<u64>,
    /// Title of the pull request.
    pub(super) title: String,
    /// Login of who asked.
    pub(super) requested_by: Option<String>,
    /// Environments it touches.
    pub(super) environments: Vec<String>,
    /// Stacks it touches.
    pub(super) stacks: Vec<String>,
    /// Where it is.
    #[serde(flatten)]
    pub(super) status: StatusShape,
    /// When it moved last.
    pub(super) updated_at: Timestamp,
    /// The pull request, else the issue, on GitHub.
    pub(super) url: Option<String>,
}

/// `GET requests`.
pub(super) async fn requests(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<Page<ChangeItem>>, Refused> {
    list(&app, "requests", asked(query)?, |row| row.issue.is_some()).await
}

/// `GET changes`.
pub(super) async fn changes(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<Page<ChangeItem>>, Refused> {
    list(&app, "changes", asked(query)?, |_| true).await
}

async fn list(
    app: &App,
    name: &str,
    filter: Filter,
    belongs: impl Fn(&ChangeRow) -> bool,
) -> Result<Json<Page<ChangeItem>>, Refused> {
    let limit = limit(filter.limit)?;
    if let Some(Err(why)) = filter.status.as_deref().map(check_status) {
        return Err(bad(format!("status: {why}")));
    }
    let prefix = filtered(app, filter.repository.as_deref()).await?.map(|id| format!("{id}/"));
    let mut rows = Vec::new();
    for (key, bytes) in
        app.store.scan(View::Changes, prefix.as_deref().unwrap_or_default(), usize::MAX).await?
    {
        let row: ChangeRow = views::read(View::Changes, &key, &bytes)?;
        if belongs(&row) && filter.admits(&row) {
            rows.push((Place { at: row.updated_at, key: key.clone() }, (key, row)));
        }
    }
    let page = newest(name, rows, filter.cursor.as_deref(), limit)?;
    let (mut names, mut items) = (Names::new(app), Vec::new());
    for (id, row) in page.items {
        items.push(item(&mut names, id, row).await?);
    }
    Ok(Json(Page { items, next: page.next, more: page.more }))
}

impl Filter {
    fn admits(&self, row: &ChangeRow) -> bool {
        self.since.is_none_or(|since| row.updated_at >= since)
            && self.environment.as_ref().is_none_or(|wanted| row.environments.contains(wanted))
            && self.status.as_ref().is_none_or(|wanted| StatusShape::from(&row.status).status == *wanted)
    }
}

/// A row as the API shows it.
pub(super) async fn item(
    names: &mut Names<'_>,
    id: String,
    row: ChangeRow,
) -> Result<ChangeItem, StoreError> {
    let repository = names.repository(row.repository).await?;
    let pull = row.pull.and_then(|number| names.address(&repository, "pull", number));
    let url = pull.or_else(|| names.address(&repository, "issues", row.issue?));
    Ok(ChangeItem {
        id,
        repository,
        issue: row.issue,
        pull: row.pull,
        title: row.title,
        requested_by: row.requested_by,
        environments: row.environments,
        stacks: row.stacks,
        status: StatusShape::from(&row.status),
        updated_at: row.updated_at,
        url,
    })
}
