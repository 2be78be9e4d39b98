//! `GET roles`: who has which role where, and what an apply needs there, as the gates have it now.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tfpilot_engine::{EnvironmentRules, Freeze, Role, RoleSource};

use super::page::{Asked, asked};
use super::repositories::{RepositoryShape, named};
use super::words::word;
use crate::app::App;
use crate::web::problem::Refused;

/// Of which repository.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    repository: Option<String>,
}

/// Roles of a repository.
#[derive(Debug, Serialize)]
pub(super) struct RolesShape {
    /// Where.
    repository: RepositoryShape,
    /// Roles where no environment is meant.
    roles: Vec<RoleShape>,
    /// Each environment.
    environments: Vec<EnvironmentShape>,
}

/// What holds in an environment.
#[derive(Debug, Serialize)]
struct EnvironmentShape {
    /// Its name.
    environment: String,
    /// Who has which role in it.
    roles: Vec<RoleShape>,
    /// What an apply needs.
    approvals: NeededShape,
    /// Freeze windows that hold now or are next.
    freezes: Vec<FreezeShape>,
}

/// Who has a role.
#[derive(Debug, Serialize)]
struct RoleShape {
    /// `viewer`, `developer`, `approver`, `admin`.
    role: String,
    /// Teams.
    teams: Vec<String>,
    /// Logins.
    users: Vec<String>,
    /// Permissions in the repository that bring it.
    permissions: Vec<String>,
}

/// Approvals that an apply needs.
#[derive(Debug, Serialize)]
struct NeededShape {
    /// Whatever is planned.
    count: u32,
    /// By what is grave about a plan, where that is more.
    risk: BTreeMap<String, u32>,
    /// Owners of changed files approve.
    code_owners: bool,
    /// Whoever applies is not among those who approved.
    two_person: bool,
}

/// A freeze window.
#[derive(Debug, Serialize)]
struct FreezeShape {
    /// Its name.
    name: String,
    /// Why nothing is applied then.
    reason: Option<String>,
    /// Its beginning.
    from: Timestamp,
    /// Its end.
    until: Timestamp,
    /// Whether it holds now.
    holds: bool,
}

/// `GET roles`.
pub(super) async fn roles(
    State(app): State<Arc<App>>,
    query: Asked<Filter>,
) -> Result<Json<RolesShape>, Refused> {
    let (shape, repository) = named(&app, asked(query)?.repository.as_deref()).await?;
    let now = app.clock.now();
    let rules = &repository.rules;
    let environments = rules
        .environments
        .iter()
        .map(|(name, environment)| told(name.as_str(), environment, &rules.freezes, now));
    Ok(Json(RolesShape {
        repository: shape,
        roles: sources(&rules.roles),
        environments: environments.collect(),
    }))
}

fn told(name: &str, rules: &EnvironmentRules, of_all: &[Freeze], now: Timestamp) -> EnvironmentShape {
    EnvironmentShape {
        environment: name.to_owned(),
        roles: sources(&rules.roles),
        approvals: NeededShape {
            count: rules.approvals,
            risk: rules
                .approvals_by_risk
                .iter()
                .map(|(grave, count)| (word(grave, "grave"), *count))
                .collect(),
            code_owners: rules.code_owners,
            two_person: rules.two_person,
        },
        freezes: of_all.iter().chain(&rules.freezes).map(|it| freeze(it, now)).collect(),
    }
}

fn freeze(freeze: &Freeze, now: Timestamp) -> FreezeShape {
    let holds = freeze.holds(now);
    let Freeze { name, reason, from, until, .. } = freeze.clone();
    FreezeShape { name, reason, from, until, holds }
}

fn sources(roles: &BTreeMap<Role, RoleSource>) -> Vec<RoleShape> {
    let shape = |(role, source): (&Role, &RoleSource)| RoleShape {
        role: word(role, "role"),
        teams: source.teams.clone(),
        users: source.users.clone(),
        permissions: source.permissions.clone(),
    };
    roles.iter().map(shape).collect()
}
