//! What stacks cost over time: a row per plan and per apply, and what each stack costs since its last apply.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tfpilot_engine::{Facts, JobId, Plan, Price, StackPath, Ticket, TicketState};

use crate::store::{StoreError, StreamId, View, ViewChange};
use crate::worker::views::write;

/// Whether a stack would cost this or does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CostState {
    /// As a plan would have it.
    Planned,
    /// As an apply left it.
    Applied,
}

/// A stack's price at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CostRow {
    pub(crate) at: Timestamp,
    pub(crate) state: CostState,
    pub(crate) stream: StreamId,
    pub(crate) environment: Option<String>,
    pub(crate) stack: String,
    pub(crate) issue: Option<u64>,
    pub(crate) pull: Option<u64>,
    /// Digest of the plan.
    pub(crate) plan: String,
    #[serde(flatten)]
    pub(crate) price: Price,
}

/// What the rows of a repository over time begin with.
pub(crate) fn over_time(repository: u64) -> String {
    format!("{repository}/at/")
}

/// What the rows of a repository's stacks since their last applies begin with.
pub(crate) fn since_apply(repository: u64) -> String {
    format!("{repository}/now/")
}

/// The rows that a decision adds.
pub(super) fn changes(
    stream: &StreamId,
    repository: u64,
    before: &Facts,
    after: &Facts,
) -> Result<Vec<ViewChange>, StoreError> {
    let mut changes = Vec::new();
    let mut put = |key: String, row: &CostRow| -> Result<(), StoreError> {
        changes.push(ViewChange { view: View::Costs, key, value: Some(write(row)?) });
        Ok(())
    };
    for (stack, plan) in &after.plans {
        let known = before.plans.get(stack).filter(|known| known.job == plan.job);
        let Some(price) = plan.price.as_ref().filter(|_| known.map(|it| &it.price) != Some(&plan.price))
        else {
            continue;
        };
        // Judged again, a plan keeps its place.
        let row = row(stream, after, plan, price, (plan.at, CostState::Planned));
        put(key(repository, plan.at, plan.job), &row)?;
    }
    for (stack, applied) in &after.applied {
        if before.applied.get(stack).is_some_and(|known| known.at == applied.at) {
            continue;
        }
        let Some((plan, ticket)) = applied_plan(after, stack) else { continue };
        let Some(price) = &plan.price else { continue };
        let row = row(stream, after, plan, price, (applied.at, CostState::Applied));
        put(key(repository, applied.at, ticket.job), &row)?;
        put(format!("{}{stack}", since_apply(repository)), &row)?;
    }
    Ok(changes)
}

/// The plan that the last apply of a stack was of.
fn applied_plan<'f>(facts: &'f Facts, stack: &StackPath) -> Option<(&'f Plan, &'f Ticket)> {
    let plan = facts.plans.get(stack)?;
    let spent = |ticket: &&Ticket| matches!(ticket.state, TicketState::Spent { .. });
    let of_plan = |ticket: &&Ticket| ticket.stack == *stack && ticket.plan_job == plan.job;
    let ticket = facts.tickets.values().filter(spent).find(of_plan)?;
    Some((plan, ticket))
}

fn row(
    stream: &StreamId,
    facts: &Facts,
    plan: &Plan,
    price: &Price,
    (at, state): (Timestamp, CostState),
) -> CostRow {
    let run = facts.job(plan.job).map(|(run, _)| run);
    CostRow {
        at,
        state,
        stream: stream.clone(),
        environment: run.and_then(|run| run.environment.as_ref()).map(ToString::to_string),
        stack: plan.stack.to_string(),
        issue: facts.request.as_ref().map(|request| request.issue),
        pull: facts.pull.as_ref().map(|pull| pull.number),
        plan: plan.digest.to_string(),
        price: price.clone(),
    }
}

/// In the order of time.
fn key(repository: u64, at: Timestamp, job: JobId) -> String {
    format!("{}{:020}/{job}", over_time(repository), at.as_microsecond().max(0))
}
