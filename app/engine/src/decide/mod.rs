//! The one decision function: facts, a signal and the time give events and commands.
//!
//! A signal's own file records what it says; [`advance`] then does whatever the facts call for, so that it does not
//! matter in which order things became known.

mod access;
mod advance;
mod apply;
mod ask;
mod cancel;
mod delay;
mod freeze;
mod job;
mod judged;
mod overrule;
mod plan;
mod prejudged;
mod renew;
mod request;
mod resume;
mod review;
mod settle;
mod stop;
mod suggest;

use std::collections::BTreeSet;

use jiff::Timestamp;

pub use apply::START_LIMIT;
pub use job::LEASE;

use crate::ids::IdMaker;
use crate::{Call, Command, Event, Facts, MergeWait, Obstacle, PullState, ReactionTarget, Signal, Wake};

/// GitHub computes in the background whether a pull request can be merged; it is asked again after this long.
const MERGEABLE_WAIT: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);

/// What a signal leads to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// To be recorded, in order.
    pub events: Vec<Event>,
    /// To be done, in order.
    pub commands: Vec<Command>,
}

/// Decides. Deciding again with the same arguments gives the same decision; a signal that changes nothing gives an
/// empty one.
pub fn decide(facts: &Facts, signal: &Signal, now: Timestamp) -> Decision {
    let mut desk = Desk::new(facts.clone(), now);
    match signal {
        Signal::IssueRead { number, by, reading } => request::issue_read(&mut desk, *number, by, reading),
        Signal::IssueClosed { by } => stop::issue_closed(&mut desk, by),
        Signal::IssueReopened { by } => stop::issue_reopened(&mut desk, by),
        Signal::PullStateRefused { open, why } => stop::refused(&mut desk, *open, why),
        Signal::ReplyRead { by, comment, reading } => request::reply_read(&mut desk, by, *comment, reading),
        Signal::SuggestionsWanted { number, comment, by, reading, open } => {
            suggest::wanted(&mut desk, *number, *comment, by, reading, open);
        }
        Signal::SuggestionsGiven { of, outcome, suggestions, reading } => {
            suggest::given(&mut desk, of, *outcome, suggestions, reading.as_ref());
        }
        Signal::Asked { number, comment, by, ask, written_at } => {
            let place = ask::Place { number: *number, comment: *comment, written_at: *written_at };
            ask::asked(&mut desk, &place, by, ask);
        }
        Signal::PullSeen { pull, tree } => {
            let late = desk.is_late(pull);
            if desk.facts.pull.as_ref() != Some(pull) && !late {
                desk.record(Event::PullObserved { pull: pull.clone() });
            }
            if let Some(reading) = tree
                && desk.facts.tree.as_ref() != Some(reading)
                && !late
            {
                desk.record(Event::TreeRead { reading: reading.clone() });
            }
            if pull.state == PullState::Open && pull.obstacles.contains(&Obstacle::Unknown) {
                let what = Wake::Mergeable { number: pull.number };
                desk.order(Command::Wake { at: now + MERGEABLE_WAIT, what });
            }
        }
        Signal::BranchCommitted { head, draft } => {
            desk.record(Event::BranchCommitted { head: head.clone(), draft: *draft });
        }
        Signal::DraftJudged { judged } => prejudged::judged(&mut desk, judged),
        Signal::WordsLearned { number, to, asked_at, outcome } => {
            ask::learned(&mut desk, *number, to, *asked_at, outcome);
        }
        Signal::StepFailed { step, why } => {
            desk.record(Event::StepFailed { step: step.clone(), why: why.clone() });
        }
        Signal::Dispatched { run, workflow_run } => {
            desk.record(Event::RunDispatched { run: *run, workflow_run: *workflow_run, at: Some(now) });
        }
        Signal::DispatchRefused { run, why } => job::dispatch_refused(&mut desk, *run, why),
        Signal::Claimed { job, worker, workflow } => job::claimed(&mut desk, *job, worker, *workflow),
        Signal::Planned { plan } => job::planned(&mut desk, plan),
        Signal::RulesChanged => prejudged::rules_changed(&mut desk),
        Signal::FreezeTurned | Signal::Explained => desk.order(Command::Show),
        Signal::Judged { under, plans } => judged::judged(&mut desk, under, plans),
        Signal::JobFailed { job, failure } => job::failed(&mut desk, *job, failure),
        Signal::StartLapsed { run } => job::start_lapsed(&mut desk, *run),
        Signal::WorkflowEnded { run, workflow_run } => {
            job::workflow_ended(&mut desk, *run, *workflow_run);
        }
        Signal::LeaseLapsed { job } => job::lease_lapsed(&mut desk, *job),
        Signal::StartAsked { job, ticket, plan_digest } => {
            apply::start_asked(&mut desk, *job, *ticket, plan_digest);
        }
        Signal::Journaled { job, lines } => apply::journaled(&mut desk, *job, lines),
        Signal::StackApplied { job, applied } => apply::stack_applied(&mut desk, *job, applied),
        Signal::AccessLost { why } => access::lost(&mut desk, *why),
        Signal::PermissionLacking { permission } => access::lacking(&mut desk, permission),
        Signal::AccessRegained => access::regained(&mut desk),
        Signal::Renamed => desk.order(Command::Show),
        Signal::Delayed { until, run } => delay::delayed(&mut desk, *until, *run),
        Signal::Merged { commit } => {
            if desk.facts.merged.is_none() {
                desk.record(Event::Merged { commit: commit.clone(), at: now });
            }
        }
        Signal::HeadShared => {
            if desk.facts.merge_wait.is_some() {
                desk.record(Event::MergeRetried);
            }
            desk.order(Command::Show);
        }
        Signal::MergeBlocked { why } => merge_blocked(&mut desk, why),
        Signal::Queued => {
            if desk.facts.merge_wait != Some(MergeWait::InQueue) {
                desk.record(Event::MergeQueued);
            }
        }
        // Where something else stands against it by now, that is what is told.
        Signal::LeftQueue => {
            if desk.facts.merge_wait == Some(MergeWait::InQueue) {
                merge_blocked(&mut desk, "the merge queue took it out");
            }
        }
    }
    advance::advance(&mut desk);
    settle::settle_all(&mut desk);
    freeze::wake(&mut desk);
    desk.into_decision()
}

fn merge_blocked(desk: &mut Desk, why: &str) {
    let refused = MergeWait::Refused { why: why.to_owned() };
    if desk.facts.merge_wait != Some(refused) {
        desk.record(Event::MergeBlocked { why: why.to_owned() });
    }
}

/// A decision being made: what is recorded is folded at once, so that the next step sees it.
pub(crate) struct Desk {
    pub(crate) facts: Facts,
    pub(crate) now: Timestamp,
    pub(crate) ids: IdMaker,
    /// Keys of what is said in this decision.
    pub(crate) said: BTreeSet<String>,
    decision: Decision,
}

impl Desk {
    fn new(facts: Facts, now: Timestamp) -> Self {
        let ids = IdMaker::new(&facts.stream, facts.version);
        Self { facts, now, ids, said: BTreeSet::new(), decision: Decision::default() }
    }

    pub(crate) fn record(&mut self, event: Event) {
        self.facts.fold(&event);
        self.decision.events.push(event);
    }

    pub(crate) fn order(&mut self, command: Command) {
        self.decision.commands.push(command);
    }

    /// Says something in a comment of its own, unless the same was the last thing said for this reason.
    pub(crate) fn say(&mut self, call: Call) {
        self.said.insert(call.key.clone());
        if self.facts.calls.get(&call.key) != Some(&call) {
            self.record(Event::Called { call: call.clone() });
            self.order(Command::Say { call });
        }
    }

    pub(crate) fn react(&mut self, on: ReactionTarget, reaction: crate::Reaction) {
        self.order(Command::React { on, reaction });
    }

    /// True when our own merge is recorded: a lagging read may still show the pull request open.
    fn was_merged(&self) -> bool {
        self.facts.merged.is_some() && self.is_seen_merged()
    }

    fn is_seen_merged(&self) -> bool {
        self.facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged)
    }

    /// True for a look that began before the merge and is told after it: what was merged is never open again, and the
    /// tree was read against a base that has it already.
    fn is_late(&self, seen: &crate::PullSnapshot) -> bool {
        self.was_merged() || (self.is_seen_merged() && seen.state != PullState::Merged)
    }

    /// True where the decision is to do nothing.
    pub(crate) fn is_idle(&self) -> bool {
        self.decision.events.is_empty() && self.decision.commands.is_empty()
    }

    fn into_decision(mut self) -> Decision {
        if !self.decision.events.is_empty() {
            self.decision.commands.push(Command::Show);
        }
        self.decision
    }
}
