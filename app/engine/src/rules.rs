//! What the repository's configuration on its default branch demands, as far as the engine asks for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{EnvironmentName, Freeze, Grave, Overriders, Role, RoleSource, StackPath};

/// The configuration in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Environments by name.
    pub environments: BTreeMap<EnvironmentName, EnvironmentRules>,
    /// What a stranger's request gets.
    pub strangers: Strangers,
    /// Every rule of policies and cost by its id, with who may override it beside admins.
    #[serde(default)]
    pub overrides: BTreeMap<String, Overriders>,
    /// True where a language model may be asked for what a request leaves open.
    #[serde(default)]
    pub model: bool,
    /// True where a language model may explain plans.
    #[serde(default)]
    pub explains: bool,
    /// Who has which role where no environment is meant.
    #[serde(default)]
    pub roles: BTreeMap<Role, RoleSource>,
    /// Freeze windows of all environments, in the order they are written.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

/// What one environment demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentRules {
    /// Directory of its stacks, such as `live/dev`.
    pub path: String,
    /// Approvals an apply needs.
    pub approvals: u32,
    /// Approvals that it needs for what is grave about a plan, where that is more.
    #[serde(default)]
    pub approvals_by_risk: BTreeMap<Grave, u32>,
    /// True when each changed file that has owners needs the approval of one of them.
    #[serde(default)]
    pub code_owners: bool,
    /// True when whoever applies may not be among those who approved.
    pub two_person: bool,
    /// Where its jobs run.
    pub executor: Executor,
    /// A plan older than this is not applied, in hours.
    pub plan_max_age_hours: u32,
    /// Whom a refusal points to, such as `acme/platform`.
    pub reviewers: Option<String>,
    /// Who is asked for a review once a planned change waits for an approval.
    #[serde(default)]
    pub asks: Reviewers,
    /// Who has which role here.
    #[serde(default)]
    pub roles: BTreeMap<Role, RoleSource>,
    /// Freeze windows of this environment alone, in the order they are written.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

/// Whom GitHub asks for a review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reviewers {
    /// Teams, such as `acme/platform`.
    pub teams: BTreeSet<String>,
    /// Logins.
    pub users: BTreeSet<String>,
}

impl Reviewers {
    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.teams.is_empty() && self.users.is_empty()
    }
}

/// Where jobs run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Executor {
    /// The workflow on the default branch.
    #[default]
    Actions,
    /// A registered runner.
    Sidecar,
}

/// What a stranger's request gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strangers {
    /// One answer.
    #[default]
    Answer,
    /// Nothing.
    Silent,
}

impl Rules {
    /// Who has a role in an environment, or where none is meant.
    pub fn role_source(&self, environment: Option<&EnvironmentName>, role: Role) -> Option<RoleSource> {
        let there = environment.and_then(|name| self.environments.get(name)).map(|rules| &rules.roles);
        there.unwrap_or(&self.roles).get(&role).cloned()
    }

    /// The environment whose directory holds the stack: the longest path wins.
    pub fn environment_of(&self, stack: &StackPath) -> Option<&EnvironmentName> {
        self.environments
            .iter()
            .filter(|(_, rules)| is_inside(stack.as_str(), &rules.path))
            .max_by_key(|(_, rules)| rules.path.len())
            .map(|(name, _)| name)
    }
}

fn is_inside(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
