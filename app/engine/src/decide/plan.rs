//! `plan`: the head is planned again, all of it or the stacks that are named. What is not named keeps its plan.

use std::collections::BTreeSet;

use crate::decide::{Desk, advance, ask};
use crate::{Actor, ApplyStanding, EnvironmentName, Reaction, Refusal, StackAtHead, StackPath};

/// Which stacks are meant; all of the change where nothing is said.
#[derive(Default)]
pub(super) struct Only<'a> {
    /// These.
    pub(super) stacks: &'a [StackPath],
    /// Those of this environment.
    pub(super) environment: Option<&'a EnvironmentName>,
    /// What may have been meant by the first stack that the change does not touch.
    pub(super) suggestion: Option<&'a StackPath>,
}

/// 1. Role. 2. State of the change. 3. Admitted. 4. The change touches what is named.
pub(super) fn asked(desk: &mut Desk, by: &Actor, only: &Only<'_>) -> Result<Reaction, Refusal> {
    ask::require(desk, by, "plan")?;
    ask::require_open_pull(desk, "plan")?;
    if desk.facts.apply_standing() == ApplyStanding::Running {
        return Err(Refusal::Applying);
    }
    if let Some(finding) = desk.facts.open_findings().next() {
        return Err(Refusal::NotAdmitted { finding: finding.clone() });
    }
    let stacks = wanted(desk, only)?;
    advance::request_plans(desk, &stacks, Some(&by.person));
    Ok(Reaction::Rocket)
}

fn wanted(desk: &Desk, only: &Only<'_>) -> Result<Vec<StackAtHead>, Refusal> {
    if !desk.facts.head_is_read() && (!only.stacks.is_empty() || only.environment.is_some()) {
        return Err(Refusal::Planning);
    }
    let all = desk.facts.stacks();
    if let Some(name) = only.environment
        && !all.iter().any(|stack| stack.environment.as_ref() == Some(name))
    {
        let known: BTreeSet<EnvironmentName> =
            all.iter().filter_map(|stack| stack.environment.clone()).collect();
        return Err(Refusal::UnknownEnvironment {
            environment: name.clone(),
            known: known.into_iter().collect(),
        });
    }
    let is_wanted = |stack: &&StackAtHead| {
        only.environment.is_none_or(|name| stack.environment.as_ref() == Some(name))
            && (only.stacks.is_empty() || only.stacks.contains(&stack.path))
    };
    let wanted: Vec<StackAtHead> = all.iter().filter(is_wanted).cloned().collect();
    let unknown = only.stacks.iter().find(|path| !wanted.iter().any(|stack| stack.path == **path));
    match unknown {
        Some(stack) => {
            Err(Refusal::UnknownStack { stack: stack.clone(), suggestion: only.suggestion.cloned() })
        }
        None => Ok(wanted),
    }
}
