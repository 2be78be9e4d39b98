//! `GET changes/{repository id}/{number}`: one change with its gates, plans, approvals and runs, judged now.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Serialize;
use tfpilot_engine::gate::{self, Verdict};
use tfpilot_engine::{
    Applied, Facts, JudgedFinding, Judgement, Person, Plan, Refusal, StackAtHead, StackPath, Status, Ticket,
    TicketState,
};
use tracing::error;

use super::costs::PriceShape;
use super::repositories::Names;
use super::requests::{self, ChangeItem};
use super::runs::{self, RunItem};
use super::words::{StatusShape, word};
use super::{bad, not_found};
use crate::app::App;
use crate::store::{StreamId, View};
use crate::surface;
use crate::web::problem::Refused;
use crate::worker::repositories::LoadError;
use crate::worker::timers;
use crate::worker::views::{self, ChangeRow, RunRow};

/// A change in full.
#[derive(Debug, Serialize)]
pub(super) struct ChangeShape {
    /// What lists show of it.
    #[serde(flatten)]
    change: ChangeItem,
    /// The pull request's tip.
    head: Option<String>,
    /// Every gate of an apply, in order; none once it was asked for or the pull request is closed.
    gates: Vec<GateShape>,
    /// Who approved what is there now; none likewise.
    approvals: Option<ApprovalsShape>,
    /// The plan of each stack of the head that has one.
    plans: Vec<PlanShape>,
    /// What applies left.
    applied: Vec<AppliedShape>,
    /// Runs, oldest first.
    runs: Vec<RunItem>,
}

/// One gate.
#[derive(Debug, Serialize)]
pub(crate) struct GateShape {
    /// Such as `approved`.
    name: String,
    /// `open`, `waiting` or `closed`.
    state: String,
    /// Why it is not open.
    reasons: Vec<ReasonShape>,
}

/// Why a gate is not open.
#[derive(Debug, Serialize)]
pub(crate) struct ReasonShape {
    /// A stable word, such as `not-approved`.
    pub(crate) code: String,
    /// The sentence people read (Markdown).
    pub(crate) text: String,
}

/// Approvals of what there is now.
#[derive(Debug, Serialize)]
pub(crate) struct ApprovalsShape {
    /// How many are needed.
    pub(crate) needed: u32,
    /// Whose count.
    pub(crate) counted: Vec<String>,
    /// Whose do not.
    pub(crate) not_counted: Vec<NotCountedShape>,
}

/// An approval that does not count.
#[derive(Debug, Serialize)]
pub(crate) struct NotCountedShape {
    /// Whose.
    pub(crate) login: String,
    /// Such as `requester` or `stale`.
    pub(crate) why: String,
}

/// A stack's plan.
#[derive(Debug, Serialize)]
struct PlanShape {
    /// The stack's directory.
    stack: String,
    /// Its environment.
    environment: Option<String>,
    /// Digest of the redacted plan.
    digest: String,
    /// Digest of everything it depends on.
    inputs_digest: String,
    /// The commit it was made from.
    head: String,
    /// When it was reported.
    at: Timestamp,
    /// Such as `4 create`.
    headline: String,
    /// Resources by action.
    counts: BTreeMap<String, u32>,
    /// True when it changes nothing.
    no_changes: bool,
    /// What policies say of it.
    policy: Option<JudgementShape>,
    /// How its cost is judged.
    cost: Option<JudgementShape>,
    /// What it costs.
    price: Option<PriceShape>,
}

/// A judgement of a plan.
#[derive(Debug, Serialize)]
struct JudgementShape {
    /// What it comes to.
    standing: String,
    /// In a few words, as its check shows it.
    title: String,
    /// What led to it.
    findings: Vec<FindingShape>,
}

/// One thing that a judgement rests on.
#[derive(Debug, Serialize)]
struct FindingShape {
    /// The rule's id.
    rule: String,
    /// What it comes to.
    standing: String,
    /// The resource.
    address: String,
    /// What is wrong (Markdown).
    message: String,
    /// What to write.
    hint: String,
    /// File, where it is known.
    path: Option<String>,
    /// Line, from 1.
    line: Option<u32>,
}

/// What an apply left.
#[derive(Debug, Serialize)]
struct AppliedShape {
    /// The stack's directory.
    stack: String,
    /// Resources changed.
    changed: u32,
    /// When.
    at: Timestamp,
    /// Digest of the plan that was applied.
    plan: Option<String>,
    /// Login of who asked for the apply.
    applied_by: Option<String>,
    /// Logins whose approvals counted.
    approved_by: Vec<String>,
}

/// The stream that an issue or pull request belongs to.
pub(super) async fn find(app: &App, repository: u64, number: u64) -> Result<StreamId, Refused> {
    let found = timers::subject(app, repository, number).await?;
    found.ok_or_else(|| not_found("no issue or pull request of this number is known in the repository"))
}

/// `GET changes/{repository id}/{number}`.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Path((repository, number)): Path<(String, String)>,
) -> Result<Json<ChangeShape>, Refused> {
    let (Ok(repository), Ok(number)) = (repository.parse(), number.parse()) else {
        return Err(bad("the address is changes/{repository id}/{number}, both numbers"));
    };
    let stream = find(&app, repository, number).await?;
    let rules = match app.repositories.of_stream(&stream).await {
        Ok(repository) => repository.rules,
        Err(LoadError::Unknown(_)) => return Err(not_found("the repository is not known")),
        Err(error) => {
            error!(%error, %stream, "a change's repository cannot be loaded");
            return Err(Refused::unavailable("the repository cannot be loaded"));
        }
    };
    let facts = app.ledger.facts(&stream, &rules).await?;
    let row = app.store.view(View::Changes, &stream.0).await?;
    let row = row.ok_or_else(|| not_found("nothing is recorded of it yet"))?;
    let row: ChangeRow = views::read(View::Changes, &stream.0, &row)?;
    let now = app.clock.now();
    let mut names = Names::new(&app);
    let mut change = requests::item(&mut names, stream.0.clone(), row).await?;
    // The row's status is of its last event; plans age without one.
    let status = facts.status(now);
    change.status = StatusShape::from(&status);
    let judged = is_ahead(&status);
    Ok(Json(ChangeShape {
        change,
        head: facts.pull.as_ref().map(|pull| pull.head.to_string()),
        gates: judged.then(|| gate::judge_all(&facts, now)).iter().flatten().map(gate_shape).collect(),
        approvals: judged.then(|| approvals(&facts)),
        plans: facts
            .stacks()
            .iter()
            .filter_map(|stack| Some(plan(stack, facts.current_plan(stack)?)))
            .collect(),
        applied: applied(&facts),
        runs: all_runs(&app, &mut names, &facts).await?,
    }))
}

/// A gate as it is told.
pub(crate) fn gate_shape(verdict: &Verdict) -> GateShape {
    let reasons = verdict.reasons.iter().map(reason_shape);
    GateShape {
        name: word(&verdict.gate, "gate"),
        state: word(&verdict.state, "state"),
        reasons: reasons.collect(),
    }
}

/// A reason as it is told.
pub(crate) fn reason_shape(reason: &Refusal) -> ReasonShape {
    ReasonShape { code: word(reason, "refusal"), text: surface::sentence(reason) }
}

/// Who approved what there is now.
pub(crate) fn approvals(facts: &Facts) -> ApprovalsShape {
    let counted = gate::counted_approvals(facts);
    let not_counted = counted
        .not_counted
        .into_iter()
        .map(|one| NotCountedShape { why: word(&one.why, "why"), login: one.who.login });
    ApprovalsShape {
        needed: gate::needed_approvals(facts),
        counted: counted.counted.into_iter().map(|person| person.login).collect(),
        not_counted: not_counted.collect(),
    }
}

fn plan(stack: &StackAtHead, plan: &Plan) -> PlanShape {
    PlanShape {
        stack: stack.path.to_string(),
        environment: stack.environment.as_ref().map(ToString::to_string),
        digest: plan.digest.to_string(),
        inputs_digest: plan.inputs_digest.to_string(),
        head: plan.head.to_string(),
        at: plan.at,
        headline: plan.headline.clone(),
        counts: plan.counts.clone(),
        no_changes: plan.no_changes,
        policy: plan.policy.as_ref().map(judgement),
        cost: plan.cost.as_ref().map(judgement),
        price: plan.price.clone().map(PriceShape::from),
    }
}

fn judgement(judgement: &Judgement) -> JudgementShape {
    let shape = |finding: &JudgedFinding| FindingShape {
        rule: finding.rule.clone(),
        standing: word(&finding.standing, "standing"),
        address: finding.address.clone(),
        message: finding.message.clone(),
        hint: finding.hint.clone(),
        path: finding.path.clone(),
        line: finding.line,
    };
    JudgementShape {
        standing: word(&judgement.standing, "standing"),
        title: judgement.title.clone(),
        findings: judgement.findings.iter().map(shape).collect(),
    }
}

/// False once an apply was asked for or the pull request is closed: a plan that was used is no plan to judge.
pub(crate) fn is_ahead(status: &Status) -> bool {
    !matches!(
        status,
        Status::Applying
            | Status::AppliedUnmerged
            | Status::ApplyFailed
            | Status::Unknown
            | Status::Applied
            | Status::Abandoned
            | Status::NotManaged
            | Status::Closed
    )
}

fn applied(facts: &Facts) -> Vec<AppliedShape> {
    let logins = |people: &[Person]| people.iter().map(|person| person.login.clone()).collect();
    let shape = |(stack, applied): (&StackPath, &Applied)| {
        let ticket = ticket(facts, stack);
        AppliedShape {
            stack: stack.to_string(),
            changed: applied.changed,
            at: applied.at,
            plan: ticket.map(|ticket| ticket.plan_digest.to_string()),
            applied_by: ticket.map(|ticket| ticket.actor.login.clone()),
            approved_by: ticket.map(|ticket| logins(&ticket.approvals)).unwrap_or_default(),
        }
    };
    facts.applied.iter().map(shape).collect()
}

/// The ticket that was spent last for a stack.
fn ticket<'f>(facts: &'f Facts, stack: &StackPath) -> Option<&'f Ticket> {
    let spent = facts.tickets.values().filter(|ticket| ticket.stack == *stack);
    let spent = spent.filter_map(|ticket| match ticket.state {
        TicketState::Spent { at } => Some((at, ticket)),
        _ => None,
    });
    spent.max_by_key(|(at, _)| *at).map(|(_, ticket)| ticket)
}

async fn all_runs(app: &App, names: &mut Names<'_>, facts: &Facts) -> Result<Vec<RunItem>, Refused> {
    let mut items = Vec::new();
    for run in &facts.runs {
        let key = run.id.to_string();
        if let Some(bytes) = app.store.view(View::Runs, &key).await? {
            let row: RunRow = views::read(View::Runs, &key, &bytes)?;
            items.push(runs::item(names, key, row).await?);
        }
    }
    Ok(items)
}
