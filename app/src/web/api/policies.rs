//! `GET policies`: what a repository's plans are asked, with who may override it, as its gates have it now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tfpilot_policies::{BrokenRule, Listed, ListedExemption};

use super::page::{Asked, asked};
use super::repositories::{RepositoryShape, named};
use super::words::word;
use crate::app::App;
use crate::config::repository::shipped;
use crate::web::problem::Refused;
use crate::worker::repositories::Repository;

/// Of which repository.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    repository: Option<String>,
}

/// What a repository's plans are asked.
#[derive(Debug, Serialize)]
pub(super) struct PoliciesShape {
    /// Where.
    repository: RepositoryShape,
    /// Rules and policies, in the order in which they are asked.
    policies: Vec<PolicyShape>,
    /// What cannot be asked and stops every apply.
    broken: Vec<BrokenShape>,
}

/// A rule or policy.
#[derive(Debug, Serialize)]
struct PolicyShape {
    /// Its id.
    id: String,
    /// In a few words.
    title: String,
    /// `critical`, `high`, `medium`, `low`, `info`; none for rules in Rego.
    severity: Option<String>,
    /// `advisory`, `soft-mandatory`, `hard-mandatory`.
    enforcement: &'static str,
    /// `warn` or `fail`.
    on_unknown: String,
    /// Ids in other tools.
    aliases: Vec<String>,
    /// Who may override it beside admins.
    overriders: OverridersShape,
    /// What is let off.
    exempt: Vec<ExemptShape>,
}

/// Who may override.
#[derive(Debug, Serialize)]
struct OverridersShape {
    /// Teams.
    teams: Vec<String>,
    /// Logins.
    users: Vec<String>,
    /// How many must agree.
    count: u32,
}

/// Something that is let off.
#[derive(Debug, Serialize)]
struct ExemptShape {
    /// Pattern of addresses.
    address: String,
    /// Patterns of stacks; none is all.
    stacks: Vec<String>,
    /// Why.
    reason: String,
    /// The last day on which it counts.
    expires: String,
}

/// A rule or file that cannot be asked.
#[derive(Debug, Serialize)]
struct BrokenShape {
    /// Its id or path.
    rule: String,
    /// Why.
    why: String,
}

/// `GET policies`.
pub(super) async fn policies(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<PoliciesShape>, Refused> {
    let (shape, repository) = named(&app, asked(query)?.repository.as_deref()).await?;
    let settings = &repository.config.policies;
    let rules = shipped::rule_set(settings);
    let listed = rules.listed().into_iter().map(|it| policy(&repository, it));
    Ok(Json(PoliciesShape {
        repository: shape,
        policies: listed.chain(rego(&repository)).collect(),
        broken: rules.broken().iter().map(BrokenShape::from).collect(),
    }))
}

fn policy(repository: &Repository, listed: Listed) -> PolicyShape {
    PolicyShape {
        overriders: overriders(repository, &listed.id),
        id: listed.id,
        title: listed.title,
        severity: Some(word(&listed.severity, "severity")),
        enforcement: listed.enforcement.word(),
        on_unknown: word(&listed.on_unknown, "on_unknown"),
        aliases: listed.aliases,
        exempt: listed.exempt.into_iter().map(ExemptShape::from).collect(),
    }
}

/// The rules in Rego.
fn rego(repository: &Repository) -> impl Iterator<Item = PolicyShape> {
    let policies = &repository.config.policies;
    let judging = policies.rego.judging();
    policies.own.rego().iter().flat_map(move |policy| {
        policy.rules.iter().map(move |rule| PolicyShape {
            id: rule.id.clone(),
            title: format!("{} of {}, line {}", rule.name, policy.source.path, rule.line),
            severity: None,
            enforcement: rule.kind.enforcement(judging.enforcement).word(),
            on_unknown: word(&judging.on_unknown, "on_unknown"),
            aliases: Vec::new(),
            overriders: overriders(repository, &rule.id),
            exempt: Vec::new(),
        })
    })
}

fn overriders(repository: &Repository, rule: &str) -> OverridersShape {
    let found = repository.rules.overrides.get(rule).cloned().unwrap_or_default();
    OverridersShape { teams: found.teams, users: found.users, count: found.count.max(1) }
}

impl From<ListedExemption> for ExemptShape {
    fn from(exemption: ListedExemption) -> Self {
        let ListedExemption { address, stacks, reason, expires } = exemption;
        Self { address, stacks, reason, expires: expires.to_string() }
    }
}

impl From<&BrokenRule> for BrokenShape {
    fn from(broken: &BrokenRule) -> Self {
        Self { rule: broken.rule.clone(), why: broken.why.clone() }
    }
}
