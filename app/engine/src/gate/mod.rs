//! The conditions of an apply, a file each. A verdict carries its reasons; who renders or refuses adds none.

mod admitted;
pub(crate) mod approved;
mod cost;
pub(crate) mod demanded;
mod fresh;
pub(crate) mod frozen;
mod locked;
mod mergeable;
pub(crate) mod overridden;
mod planned;
mod policy;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use admitted::{NEVER_OVERRIDDEN, overridden_admissions};
pub use approved::{Counted, by_configuration, counted_approvals, needed_approvals, raised_by};
pub use demanded::{lacking, wanted_teams};
pub use frozen::{FREEZE_RULE, in_force, passes};
pub use overridden::{COST_RULE, counted_overrides, overridden_rules};

use crate::{Facts, Refusal};

/// The gates, in the order in which people are told of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateName {
    /// The code may run at all.
    Admitted,
    /// Every stack has a plan.
    Planned,
    /// The plans are young and of this head.
    Fresh,
    /// No mandatory rule stands against it.
    Policy,
    /// What it adds a month is known and within the limit.
    Cost,
    /// Enough people approved what is there.
    Approved,
    /// GitHub would merge it.
    Mergeable,
    /// No other change holds a stack.
    Locked,
    /// No freeze window holds.
    Frozen,
}

impl GateName {
    /// The word people read.
    pub fn as_str(self) -> &'static str {
        match self {
            GateName::Admitted => "admitted",
            GateName::Planned => "planned",
            GateName::Fresh => "fresh",
            GateName::Policy => "policy",
            GateName::Cost => "cost",
            GateName::Approved => "approved",
            GateName::Mergeable => "mergeable",
            GateName::Locked => "locked",
            GateName::Frozen => "frozen",
        }
    }
}

/// How a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// Nothing stands against an apply here.
    Open,
    /// Something is under way or awaited.
    Waiting,
    /// Somebody must change something.
    Closed,
}

/// A gate's judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which gate.
    pub gate: GateName,
    /// How it stands.
    pub state: GateState,
    /// Why it is not open; empty when it is.
    pub reasons: Vec<Refusal>,
}

impl Verdict {
    fn open(gate: GateName) -> Self {
        Self { gate, state: GateState::Open, reasons: Vec::new() }
    }

    fn waiting(gate: GateName, reason: Refusal) -> Self {
        Self { gate, state: GateState::Waiting, reasons: vec![reason] }
    }

    fn closed(gate: GateName, reason: Refusal) -> Self {
        Self { gate, state: GateState::Closed, reasons: vec![reason] }
    }
}

/// Every gate's verdict, in order.
pub fn judge_all(facts: &Facts, now: Timestamp) -> Vec<Verdict> {
    vec![
        admitted::judge(facts),
        planned::judge(facts),
        fresh::judge(facts, now),
        policy::judge(facts),
        cost::judge(facts),
        approved::judge(facts),
        mergeable::judge(facts),
        locked::judge(facts),
        frozen::judge(facts, now),
    ]
}

/// The first rule that only lacks an override.
pub fn first_to_override(facts: &Facts, now: Timestamp) -> Option<String> {
    let mut reasons = judge_all(facts, now).into_iter().flat_map(|verdict| verdict.reasons);
    reasons.find_map(|reason| match reason {
        Refusal::OverrideNeeded { rule, .. } => Some(rule),
        Refusal::Frozen { .. } => Some(FREEZE_RULE.to_owned()),
        _ => None,
    })
}

/// The first gate that is not open.
pub fn first_closed(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    judge_all(facts, now).into_iter().find(|verdict| verdict.state != GateState::Open)
}
