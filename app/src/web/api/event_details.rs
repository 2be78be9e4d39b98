//! What an event of the log tells the API: a fixed, small vocabulary over all kinds of events.
//!
//! Every field is chosen here. A kind that this file does not know is shown by its name alone, so nothing leaves the
//! log unseen by this list.

use serde::Serialize;
use tfpilot_engine::{Event, Person};

use super::words::{FailureShape, word};

/// Particulars of an event; only those that its kind has.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Details {
    /// Login of who acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Issue number.
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<u64>,
    /// Pull request number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<u64>,
    /// A commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    /// A run's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// `plan` or `apply`.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// Target.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    /// A job's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    /// Who works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<String>,
    /// A stack's directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<String>,
    /// Digest of a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// Digest over everything that was reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed: Option<String>,
    /// An apply ticket's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    /// Why a job failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureShape>,
    /// A few words; foreign text, not escaped.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

fn text(value: &impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn login(person: &Person) -> Option<String> {
    Some(person.login.clone())
}

/// The particulars of an event.
pub(super) fn details(event: &Event) -> Details {
    let none = Details::default();
    match event {
        Event::Requested { issue, by } => Details { by: login(by), issue: Some(*issue), ..none },
        Event::DraftCompleted { draft, by } => {
            Details { by: login(by), text: draft.module().map(str::to_owned), ..none }
        }
        Event::QuestionAsked { question, by, .. } => {
            Details { by: login(by), text: text(&question.text), ..none }
        }
        Event::SuggestionsWanted { by, .. } => Details { by: login(by), ..none },
        Event::SuggestionsGiven { outcome, suggestions, .. } => {
            let said = format!("{}, suggestions: {}", word(outcome, "outcome"), suggestions.len());
            Details { text: Some(said), ..none }
        }
        Event::RequestClosed { by, .. } | Event::RequestReopened { by, .. } => {
            Details { by: login(by), ..none }
        }
        Event::PullStateOrdered { open } => {
            Details { text: Some(if *open { "open" } else { "closed" }.to_owned()), ..none }
        }
        Event::ChangeDecided { title, stack, .. } => {
            Details { stack: text(stack), text: text(title), ..none }
        }
        Event::BranchRenewalOrdered { head, base } => {
            Details { head: text(head), text: Some(format!("onto {base}")), ..none }
        }
        Event::BranchCommitted { head, .. } => Details { head: text(head), ..none },
        Event::StepFailed { step, why } => Details { text: Some(format!("{step}: {why}")), ..none },
        Event::PullObserved { pull } => Details {
            pull: Some(pull.number),
            head: text(&pull.head),
            text: text(&word(&pull.state, "state")),
            ..none
        },
        Event::TreeRead { reading } => {
            let said = format!("stacks: {}, findings: {}", reading.stacks.len(), reading.findings.len());
            Details { head: text(&reading.head), text: Some(said), ..none }
        }
        Event::RunRequested { run } => Details {
            by: run.requested_by.as_ref().and_then(login),
            head: text(&run.head),
            run: text(&run.id),
            operation: Some(word(&run.operation, "operation")),
            environment: run.environment.as_ref().and_then(text),
            ..none
        },
        Event::RunDispatched { run, .. }
        | Event::RunRedispatched { run, .. }
        | Event::WorkflowEnded { run, .. }
        | Event::RunCancelled { run } => Details { run: text(run), ..none },
        Event::JobClaimed { job, worker, .. } => Details { job: text(job), worker: text(worker), ..none },
        Event::JobRequeued { job, .. } | Event::JobSuperseded { job } => Details { job: text(job), ..none },
        Event::CancelOrdered { job, by, .. } => Details { by: login(by), job: text(job), ..none },
        Event::PlanRecorded { plan } => Details {
            head: text(&plan.head),
            job: text(&plan.job),
            stack: text(&plan.stack),
            plan: text(&plan.digest),
            text: text(&plan.headline),
            ..none
        },
        Event::PlansJudged { plans, changed, .. } => {
            let said = format!("plans: {}, judged otherwise: {}", plans.len(), changed.len());
            Details { text: Some(said), ..none }
        }
        Event::PlanKept { stack, head } => Details { head: text(head), stack: text(stack), ..none },
        Event::JobFailed { job, failure, .. } => {
            Details { job: text(job), failure: Some(FailureShape::from(failure)), ..none }
        }
        Event::PlansCompleted { head, reviewed, .. } => {
            Details { head: text(head), reviewed: text(reviewed), ..none }
        }
        Event::ApprovalGiven { by, reviewed, .. } | Event::ApplyRequested { by, reviewed } => {
            Details { by: login(by), reviewed: text(reviewed), ..none }
        }
        Event::Overridden { given, .. } => Details {
            by: login(&given.by),
            reviewed: text(&given.reviewed),
            text: Some(format!("{}: {}", given.rule, given.reason)),
            ..none
        },
        Event::AdmissionOverridden { given, .. } => Details {
            by: login(&given.by),
            head: text(&given.head),
            text: Some(format!("{}: {}", given.rule, given.reason)),
            ..none
        },
        Event::Called { call } => Details { text: text(&word(&call.say, "say")), ..none },
        Event::TicketIssued { ticket } => Details {
            by: login(&ticket.actor),
            head: text(&ticket.head),
            job: text(&ticket.job),
            stack: text(&ticket.stack),
            plan: text(&ticket.plan_digest),
            ticket: text(&ticket.id),
            ..none
        },
        Event::TicketSpent { ticket, .. } => Details { ticket: text(ticket), ..none },
        Event::TicketVoided { ticket, why } => Details { ticket: text(ticket), text: text(why), ..none },
        Event::Journaled { job, lines } => {
            Details { job: text(job), text: Some(format!("lines: {}", lines.len())), ..none }
        }
        Event::StackApplied { job, applied } => Details {
            job: text(job),
            stack: text(&applied.stack),
            text: Some(format!("changed: {}", applied.changed)),
            ..none
        },
        Event::Resumed { by, reason, .. } | Event::ChangeAccepted { by, reason, .. } => {
            Details { by: login(by), text: Some(reason.clone()), ..none }
        }
        Event::Merged { commit, .. } => Details { head: text(commit), ..none },
        Event::Delayed { until } => Details { text: text(until), ..none },
        Event::MergeBlocked { why } => Details { text: text(why), ..none },
        _ => none,
    }
}
