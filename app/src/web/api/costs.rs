//! `GET costs`: what stacks cost over time; `GET environments`: what each environment costs now.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tfpilot_policies::cost::Money;

use super::page::{Asked, Page, Place, asked, limit, newest};
use super::repositories::{Names, RepositoryShape, filtered};
use crate::app::App;
use crate::store::{StoreError, View};
use crate::web::problem::Refused;
use crate::worker::costs::{CostRow, CostState, over_time, since_apply};
use crate::worker::views;

/// What can be asked of costs over time.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    limit: Option<usize>,
    cursor: Option<String>,
    repository: Option<String>,
    environment: Option<String>,
    change: Option<String>,
    state: Option<CostState>,
    since: Option<Timestamp>,
}

/// What can be asked of environments.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentFilter {
    repository: Option<String>,
}

/// A stack's price at one time.
#[derive(Debug, Serialize)]
pub(super) struct CostItem {
    /// When it was planned or applied.
    at: Timestamp,
    /// `planned` or `applied`.
    state: CostState,
    /// Where.
    repository: RepositoryShape,
    /// Id of the change.
    change: String,
    /// The issue it was asked for in.
    issue: Option<u64>,
    /// Its pull request.
    pull: Option<u64>,
    /// Its environment.
    environment: Option<String>,
    /// The stack's directory.
    stack: String,
    /// Digest of the plan.
    plan: String,
    /// The price.
    #[serde(flatten)]
    price: PriceShape,
}

/// A price a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PriceShape {
    /// `USD`.
    currency: String,
    /// Before the plan, of what is priced.
    before: String,
    /// After it.
    after: String,
    /// What is newly spent.
    difference: String,
    /// Resources whose price is not or not wholly known.
    not_priced: u32,
}

/// What an environment costs.
#[derive(Debug, Serialize)]
pub(super) struct EnvironmentItem {
    /// Where.
    repository: RepositoryShape,
    /// Its name; none for stacks outside every environment.
    environment: Option<String>,
    /// Stacks that were applied.
    stacks: u32,
    /// `USD`.
    currency: String,
    /// A month, of what is priced, as the last applies left it.
    monthly: Money,
    /// Resources whose price is not or not wholly known.
    not_priced: u32,
    /// The last apply.
    applied_at: Timestamp,
}

/// `GET costs`.
pub(super) async fn costs(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<Page<CostItem>>, Refused> {
    let filter = asked(query)?;
    let limit = limit(filter.limit)?;
    let mut rows = Vec::new();
    for (key, row) in rows_of(&app, filter.repository.as_deref(), over_time).await? {
        if filter.admits(&row) {
            rows.push((Place { at: row.at, key }, row));
        }
    }
    let page = newest("costs", rows, filter.cursor.as_deref(), limit)?;
    let (mut names, mut items) = (Names::new(&app), Vec::new());
    for row in page.items {
        items.push(item(&mut names, row).await?);
    }
    Ok(Json(Page { items, next: page.next, more: page.more }))
}

/// `GET environments`.
pub(super) async fn environments(
    State(app): State<Arc<App>>,
    query: Asked<EnvironmentFilter>,
) -> Result<Json<Page<EnvironmentItem>>, Refused> {
    let filter = asked(query)?;
    let mut sums: BTreeMap<(u64, Option<String>), Vec<CostRow>> = BTreeMap::new();
    for (_, row) in rows_of(&app, filter.repository.as_deref(), since_apply).await? {
        let (repository, _) = views::parse_stream(&row.stream).unwrap_or_default();
        sums.entry((repository, row.environment.clone())).or_default().push(row);
    }
    let (mut names, mut items) = (Names::new(&app), Vec::new());
    for ((repository, environment), rows) in sums {
        let Some(applied_at) = rows.iter().map(|row| row.at).max() else { continue };
        items.push(EnvironmentItem {
            repository: names.repository(repository).await?,
            environment,
            stacks: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            currency: rows.first().map(|row| row.price.currency.clone()).unwrap_or_default(),
            monthly: rows.iter().filter_map(|row| Money::parse(&row.price.after).ok()).sum(),
            not_priced: rows.iter().fold(0, |sum: u32, row| sum.saturating_add(row.price.not_priced)),
            applied_at,
        });
    }
    Ok(Json(Page { items, next: None, more: false }))
}

/// The rows of a repository, or of all.
async fn rows_of(
    app: &App,
    repository: Option<&str>,
    prefix: impl Fn(u64) -> String,
) -> Result<Vec<(String, CostRow)>, Refused> {
    let repositories = match filtered(app, repository).await? {
        Some(id) => vec![id],
        None => {
            let known = app.store.scan(View::Repositories, "", usize::MAX).await?;
            known.iter().filter_map(|(key, _)| key.parse().ok()).collect()
        }
    };
    let mut rows = Vec::new();
    for id in repositories {
        for (key, bytes) in app.store.scan(View::Costs, &prefix(id), usize::MAX).await? {
            let row = views::read(View::Costs, &key, &bytes)?;
            rows.push((key, row));
        }
    }
    Ok(rows)
}

impl Filter {
    fn admits(&self, row: &CostRow) -> bool {
        self.since.is_none_or(|since| row.at >= since)
            && self.state.is_none_or(|wanted| row.state == wanted)
            && self.change.as_ref().is_none_or(|wanted| row.stream.0 == *wanted)
            && self.environment.as_ref().is_none_or(|wanted| row.environment.as_ref() == Some(wanted))
    }
}

async fn item(names: &mut Names<'_>, row: CostRow) -> Result<CostItem, StoreError> {
    Ok(CostItem {
        at: row.at,
        state: row.state,
        repository: names.of_stream(&row.stream).await?,
        change: row.stream.0,
        issue: row.issue,
        pull: row.pull,
        environment: row.environment,
        stack: row.stack,
        plan: row.plan,
        price: PriceShape::from(row.price),
    })
}

impl From<tfpilot_engine::Price> for PriceShape {
    fn from(price: tfpilot_engine::Price) -> Self {
        let tfpilot_engine::Price { currency, before, after, difference, not_priced } = price;
        Self { currency, before, after, difference, not_priced }
    }
}
