//! The end of a workflow run, as GitHub tells it: nothing waits for a timer, nothing that came in time is lost, and no
//! apply is ever repeated or cancelled.

use jiff::SignedDuration;
use tfpilot_engine::{
    Ask, Command, EnvironmentName, Executor, Failure, JobId, JobState, Operation, RunId, Signal, WorkflowRun,
};

use crate::tale::{Tale, alice, bob};

/// A change whose environment runs in the workflow: its plan is asked for.
fn asked_for() -> Tale {
    let mut tale = Tale::new();
    let dev = tale.facts.rules.environments.get_mut(&EnvironmentName::new("dev")).unwrap();
    dev.executor = Executor::Actions;
    tale.asked_for();
    tale
}

impl Tale {
    fn last_run(&self) -> RunId {
        self.facts.runs.last().expect("a run").id
    }

    fn dispatched(&mut self, workflow_run: u64) -> &mut Self {
        let run = self.last_run();
        self.tell(Signal::Dispatched { run, workflow_run: Some(workflow_run) })
    }

    fn claimed_by(&mut self, id: u64) -> &mut Self {
        let (job, worker) = (self.open_job(), format!("workflow run {id}"));
        self.tell(Signal::Claimed { job, worker, workflow: Some(WorkflowRun { id, attempt: 1 }) })
    }

    fn ended(&mut self, workflow_run: u64) -> &mut Self {
        let run = self.last_run();
        self.tell(Signal::WorkflowEnded { run, workflow_run })
    }

    fn dispatches(&self) -> usize {
        self.commands.iter().filter(|command| matches!(command, Command::Dispatch { .. })).count()
    }

    fn cancelled(&self) -> Vec<RunId> {
        let cancelled = |command: &Command| match command {
            Command::CancelRun { run } => Some(*run),
            _ => None,
        };
        self.commands.iter().filter_map(cancelled).collect()
    }

    fn plans_in(&mut self, workflow_run: u64) -> &mut Self {
        self.claimed_by(workflow_run);
        let plan = self.plan("p");
        self.tell(Signal::Planned { plan })
    }
}

/// The plan is approved and its apply dispatched as workflow run 20, and claimed.
fn applying() -> Tale {
    let mut tale = asked_for();
    tale.dispatched(10).plans_in(10).reviews(&bob());
    tale.asks(&alice(), Ask::Apply).dispatched(20).claimed_by(20);
    tale
}

#[test]
fn what_no_worker_had_is_dispatched_again_at_once_and_then_given_up() {
    let mut tale = asked_for();
    let job = tale.open_job();
    tale.dispatched(10).ended(10);
    assert_eq!((tale.state_of(job), tale.dispatches()), (JobState::Queued, 2));
    // The same is told twice: the run is bound to it no longer.
    tale.ended(10);
    assert_eq!((tale.state_of(job), tale.dispatches()), (JobState::Queued, 2));
    tale.dispatched(11).ended(11);
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::NotStarted });
    assert_eq!(tale.dispatches(), 2);
}

#[test]
fn a_plan_whose_worker_is_gone_waits_for_another_once() {
    let mut tale = asked_for();
    let job = tale.open_job();
    tale.dispatched(10).claimed_by(10).ended(10);
    assert_eq!((tale.state_of(job), tale.dispatches()), (JobState::Queued, 2));
    tale.dispatched(11).claimed_by(11).ended(11);
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Lost });
    assert_eq!(tale.dispatches(), 2);
}

#[test]
fn an_apply_whose_worker_is_gone_is_unknown_and_nothing_repeats_it() {
    let mut tale = applying();
    let job = tale.apply_job();
    tale.starts();
    assert_eq!(tale.spent(), 1);
    let before = tale.dispatches();
    tale.ended(20);
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Unknown });
    // What is dispatched is a plan to compare with the journal.
    assert_eq!((tale.dispatches(), tale.cancelled().len()), (before + 1, 0));
    let applies = tale.facts.runs.iter().filter(|run| run.operation == Operation::Apply);
    assert_eq!((applies.count(), tale.spent(), tale.facts.tickets.len()), (1, 1, 1));
    // What it said of itself is evidence all the same.
    tale.applies();
    assert_eq!(tale.state_of(job), JobState::Done);
}

#[test]
fn an_apply_that_had_not_started_is_given_to_another_worker() {
    let mut tale = applying();
    let job = tale.apply_job();
    let before = tale.dispatches();
    tale.ended(20);
    assert_eq!((tale.state_of(job), tale.dispatches()), (JobState::Queued, before + 1));
}

#[test]
fn what_was_reported_in_time_stands() {
    let mut tale = asked_for();
    let job = tale.open_job();
    tale.dispatched(10).plans_in(10).ended(10);
    assert_eq!((tale.state_of(job), tale.dispatches()), (JobState::Done, 1));

    // A report that was overtaken by the end of its run is as good, while nobody else has the job.
    let mut tale = asked_for();
    let job = tale.open_job();
    tale.dispatched(10).claimed_by(10);
    let plan = tale.plan("p");
    tale.ended(10).tell(Signal::Planned { plan });
    assert_eq!(tale.state_of(job), JobState::Done);
}

#[test]
fn another_workflow_run_is_nothing_to_us() {
    let mut tale = asked_for();
    let job = tale.open_job();
    tale.dispatched(10).claimed_by(10);
    let events = tale.events.len();
    tale.ended(9);
    assert_eq!(tale.events.len(), events);
    assert!(matches!(tale.state_of(job), JobState::Claimed { .. }));
}

#[test]
fn a_newer_head_cancels_the_workflow_run_of_a_plan_once() {
    let mut tale = asked_for();
    let first = tale.last_run();
    tale.dispatched(10).claimed_by(10).seen("h2", "i2");
    assert_eq!(tale.cancelled(), [first]);
    tale.seen("h3", "i3");
    // The second was never dispatched: when the answer comes late, there is something to cancel.
    assert_eq!(tale.cancelled(), [first]);
    let second = tale.facts.runs[1].id;
    tale.tell(Signal::Dispatched { run: second, workflow_run: Some(11) });
    assert_eq!(tale.cancelled(), [first, second]);
    tale.tell(Signal::Dispatched { run: second, workflow_run: Some(11) });
    assert_eq!(tale.cancelled(), [first, second]);
}

#[test]
fn no_apply_is_cancelled_by_a_newer_head() {
    let mut tale = applying();
    tale.starts().seen("h2", "i2");
    let applies = tale.facts.runs.iter().filter(|run| run.operation == Operation::Apply);
    let applies: Vec<RunId> = applies.map(|run| run.id).collect();
    assert_eq!(applies.len(), 1);
    assert!(tale.cancelled().iter().all(|run| !applies.contains(run)), "{:?}", tale.cancelled());
}

#[test]
fn the_time_to_start_counts_from_the_dispatch() {
    let mut tale = asked_for();
    let (run, job): (RunId, JobId) = (tale.last_run(), tale.open_job());
    // The dispatch waits for GitHub's limit: no worker can have come.
    tale.now += SignedDuration::from_mins(30);
    tale.tell(Signal::StartLapsed { run });
    assert_eq!((tale.state_of(job), tale.dispatches()), (JobState::Queued, 1));
    tale.dispatched(10);
    tale.now += SignedDuration::from_mins(5);
    tale.tell(Signal::StartLapsed { run });
    assert_eq!(tale.dispatches(), 1);
    tale.now += SignedDuration::from_mins(5);
    tale.tell(Signal::StartLapsed { run });
    assert_eq!(tale.dispatches(), 2);
    let wakes = tale.commands.iter().filter(|command| matches!(command, Command::Wake { .. })).count();
    assert_eq!(wakes, 4, "each look orders the next one");
}
