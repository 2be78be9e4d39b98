//! An environment: a named target of requests and applies, with its rules.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::backend::Backend;
use super::catalog::EnvironmentCatalog;
use super::freeze::Window;

/// A named target, such as dev or prod.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Directory of its stacks in the repository. Default: `live/<name>`.
    pub path: String,
    /// Region written into the provider block of new stacks. Default: none, the module decides.
    pub region: Option<String>,
    /// Where new stacks keep their state. Requests for the environment need one.
    pub backend: Option<Backend>,
    /// Cloud account that plans and applies must run in, as the cloud reports it. Default: not checked.
    pub account: Option<String>,
    /// Tags that every resource of a new stack gets. Default: none.
    pub tags: IndexMap<String, String>,
    /// Who must approve an apply.
    pub approvals: Approvals,
    /// Where jobs run. Default: actions.
    pub runner: Runner,
    /// Workers that share the stacks of one run. Default: 1.
    #[schemars(range(min = 1, max = 64))]
    pub workers: Option<u32>,
    /// A plan older than this many days is not applied. Default: 7.
    #[schemars(range(min = 1, max = 90))]
    pub plan_max_age_days: Option<u32>,
    /// GitHub Environment that apply jobs name. Default: the environment's own name.
    pub apply_environment: Option<String>,
    /// Other words people use for it, such as development. Default: none.
    pub aliases: Vec<String>,
    /// Stretches of time in which nothing is applied here, beside those of all environments.
    pub freeze: Vec<Window>,
    /// What requests for it get and may have, before what `catalog` says for all environments.
    pub catalog: EnvironmentCatalog,
}

/// Who must approve an apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Approvals {
    /// People with the role approver who must agree; the requester never counts. Default: 1.
    #[schemars(range(min = 0, max = 10))]
    pub count: Option<u32>,
    /// Teams, such as `acme/platform`, whose members are asked and counted. Default: everybody with the role.
    pub teams: Vec<String>,
    /// Whoever applies may not be among those who approved. Default: false.
    pub two_person: bool,
    /// Each changed file that has owners in `CODEOWNERS` needs the approval of one of them. Default: false.
    pub code_owners: bool,
    /// How many must agree when the plan is risky, where that is more.
    pub risk: RiskApprovals,
}

/// How many must agree when the plan is risky.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RiskApprovals {
    /// When something that holds data is destroyed or replaced. Default: 1.
    #[schemars(range(min = 0, max = 10))]
    pub data_loss: Option<u32>,
    /// When something may become reachable from everywhere. Default: as without the risk.
    #[schemars(range(min = 0, max = 10))]
    pub exposed: Option<u32>,
    /// When rights change. Default: as without the risk.
    #[schemars(range(min = 0, max = 10))]
    pub iam: Option<u32>,
}

/// Where jobs run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Runner {
    /// The workflow on the default branch.
    #[default]
    Actions,
    /// A registered `tfpilot-runner serve`.
    Sidecar,
}

impl Environment {
    /// Workers of one run.
    pub fn workers(&self) -> u32 {
        self.workers.unwrap_or(1)
    }

    /// Days until a plan is too old to be applied.
    pub fn plan_max_age_days(&self) -> u32 {
        self.plan_max_age_days.unwrap_or(7)
    }
}

impl Approvals {
    /// Approvals that an apply needs.
    pub fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }
}
