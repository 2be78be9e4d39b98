//! GitHub shuts us out in mid-run, and lets us in again.

use tfpilot_engine::{
    Ask, Command, Event, Failure, JobState, NoAccess, PullState, Refusal, Say, Signal, Status, TicketState,
};

use crate::tale::{Tale, alice, bob, refused};

const LOST: Signal = Signal::AccessLost { why: NoAccess::Uninstalled };

fn counted(tale: &Tale, is: impl Fn(&Event) -> bool) -> usize {
    tale.events.iter().filter(|event| is(event)).count()
}

/// What is ordered from here on.
fn ordered(tale: &mut Tale, signal: Signal) -> Vec<Command> {
    let before = tale.commands.len();
    tale.tell(signal);
    tale.commands.split_off(before)
}

fn lacks(permission: &str) -> Signal {
    Signal::PermissionLacking { permission: permission.to_owned() }
}

#[test]
fn a_plan_ends_and_is_made_again_and_in_between_nothing_is_begun() {
    let mut tale = Tale::new();
    tale.asked_for().claims();
    let job = tale.open_job();
    tale.tell(LOST).tell(LOST);
    assert_eq!(tale.state_of(job), JobState::Superseded);
    assert_eq!(counted(&tale, |event| matches!(event, Event::AccessLost { .. })), 1, "recorded once");
    let runs = tale.facts.runs.len();
    tale.tell(Signal::LeaseLapsed { job }).tell(Signal::RulesChanged);
    assert_eq!(tale.facts.runs.len(), runs, "nothing is begun");

    tale.tell(Signal::AccessRegained);
    assert_eq!(tale.facts.barred, None);
    tale.plans("p1");
    assert!(tale.facts.round().is_some());
    tale.tell(Signal::AccessRegained);
    assert_eq!(counted(&tale, |event| matches!(event, Event::AccessRegained { .. })), 1);
}

#[test]
fn an_apply_that_has_started_ends_by_itself_and_is_merged_later() {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts();
    tale.tell(LOST);
    let job = tale.apply_job();
    assert!(matches!(tale.state_of(job), JobState::Claimed { .. }), "it is let to end");
    tale.commands.clear();
    tale.applies();
    assert_eq!(tale.facts.status(tale.now), Status::AppliedUnmerged);
    assert!(!tale.commands.iter().any(|command| matches!(command, Command::Merge { .. })));
    let orders = ordered(&mut tale, Signal::AccessRegained);
    assert!(orders.iter().any(|command| matches!(command, Command::Merge { .. })), "{orders:?}");
    assert_eq!(tale.spent(), 1);
}

#[test]
fn an_apply_that_falls_silent_meanwhile_is_unknown_and_told_later() {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts();
    let job = tale.apply_job();
    tale.tell(LOST).tell(Signal::LeaseLapsed { job });
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Unknown });
    let orders = ordered(&mut tale, Signal::AccessRegained);
    let told = |command: &Command| matches!(command, Command::Say { call } if matches!(call.say, Say::OutcomeUnknown { .. }));
    assert!(orders.iter().any(told), "what was said and not written is said again: {orders:?}");
    assert_eq!(tale.facts.status(tale.now), Status::Unknown);
}

#[test]
fn an_apply_that_has_not_started_never_does() {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply).claims();
    let (ticket, job, plan_digest) = tale.issued();
    tale.tell(LOST).tell(Signal::StartAsked { job, ticket, plan_digest });
    assert_eq!(tale.spent(), 0);
    assert!(matches!(tale.facts.tickets.get(&ticket).unwrap().state, TicketState::Void { .. }));
}

#[test]
fn a_missing_permission_is_told_once_and_what_it_kept_from_is_tried_again() {
    let mut tale = Tale::new();
    tale.asked_for().tell(lacks("checks: write")).tell(lacks("checks: write"));
    refused(&tale, &Refusal::AppLacks { permission: "checks: write".to_owned() });
    assert_eq!(counted(&tale, |event| matches!(event, Event::PermissionLacking { .. })), 1);
    assert_eq!(counted(&tale, |event| matches!(event, Event::Called { .. })), 1);

    let run = tale.facts.runs.last().unwrap().id;
    tale.tell(Signal::DispatchRefused { run, why: "forbidden".to_owned() });
    assert_eq!(tale.facts.status(tale.now), Status::PlanFailed, "the check concludes");
    tale.tell(Signal::AccessRegained);
    assert!(tale.facts.lacking.is_empty() && tale.facts.calls.is_empty(), "{:?}", tale.facts.calls);
    tale.plans("p1");
    assert!(tale.facts.round().is_some(), "the plan is made after all");
}

#[test]
fn a_step_that_failed_for_want_of_access_is_ordered_again() {
    let mut tale = Tale::new();
    tale.tell(Signal::IssueRead {
        number: 1,
        by: alice(),
        reading: tfpilot_engine::Reading::Complete { draft: crate::tale::draft("hi") },
    });
    tale.tell(lacks("contents: write"));
    tale.tell(Signal::StepFailed { step: "commit".to_owned(), why: "forbidden".to_owned() });
    assert_eq!(tale.facts.status(tale.now), Status::Stuck);
    let again = ordered(&mut tale, Signal::RulesChanged);
    assert!(
        !again.contains(&Command::CommitBranch),
        "what failed for good is not ordered on and on: {again:?}"
    );
    let orders = ordered(&mut tale, Signal::AccessRegained);
    assert!(orders.contains(&Command::CommitBranch), "{orders:?}");
    assert_eq!(tale.facts.status(tale.now), Status::Opening);
}

/// It was ordered again by its own failure, and so on without an end.
#[test]
fn a_commit_that_fails_for_good_is_tried_again_when_the_request_is_said_again() {
    let mut tale = Tale::new();
    let read = || Signal::IssueRead {
        number: 1,
        by: alice(),
        reading: tfpilot_engine::Reading::Complete { draft: crate::tale::draft("hi") },
    };
    tale.tell(read());
    let failed = Signal::StepFailed { step: "commit".to_owned(), why: "the name is taken".to_owned() };
    let orders = ordered(&mut tale, failed.clone());
    assert!(!orders.contains(&Command::CommitBranch), "{orders:?}");
    let orders = ordered(&mut tale, read());
    assert!(orders.contains(&Command::CommitBranch), "{orders:?}");
    assert!(!ordered(&mut tale, failed).contains(&Command::CommitBranch));
}

#[test]
fn a_closed_pull_request_gets_no_plan_for_it() {
    let mut tale = Tale::new();
    tale.asked_for().claims().tell(LOST);
    let mut pull = tale.facts.pull.clone().unwrap();
    pull.state = PullState::Closed;
    tale.tell(Signal::PullSeen { pull, tree: None });
    let runs = tale.facts.runs.len();
    tale.tell(Signal::AccessRegained);
    assert_eq!(tale.facts.runs.len(), runs);
}

#[test]
fn another_name_is_shown_and_changes_nothing() {
    let mut tale = Tale::new();
    tale.asked_for();
    let events = tale.events.len();
    assert_eq!(ordered(&mut tale, Signal::Renamed), [Command::Show]);
    assert_eq!(tale.events.len(), events);
}
