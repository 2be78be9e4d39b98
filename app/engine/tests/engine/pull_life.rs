//! A pull request beyond the straight path: closed with its issue, reopened, moved to other bases.

use crate::tale::{Tale, alice, bob};
use tfpilot_engine::{
    Ask, Call, Command, JobState, PullSnapshot, PullState, Refusal, Say, Signal, Status, TicketState,
};

fn planned() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1");
    tale
}

fn starting() -> Tale {
    let mut tale = planned();
    tale.reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts();
    tale
}

fn closes(tale: &mut Tale) -> &mut Tale {
    tale.tell(Signal::IssueClosed { by: alice().person })
}

fn reopens(tale: &mut Tale) -> &mut Tale {
    tale.tell(Signal::IssueReopened { by: alice().person })
}

fn looks(tale: &mut Tale, change: impl FnOnce(&mut PullSnapshot)) -> &mut Tale {
    let mut pull = tale.facts.pull.clone().expect("a pull request");
    change(&mut pull);
    tale.tell(Signal::PullSeen { pull, tree: None })
}

fn is(tale: &mut Tale, state: PullState) -> &mut Tale {
    looks(tale, |pull| pull.state = state)
}

/// Orders to close (false) and reopen (true) the pull request, in their order.
fn orders(tale: &Tale) -> Vec<bool> {
    let order = |command: &Command| match command {
        Command::SetPullState { open } => Some(*open),
        _ => None,
    };
    tale.commands.iter().filter_map(order).collect()
}

#[test]
fn closing_the_issue_closes_the_pull_request_and_ends_its_plan_jobs() {
    let mut tale = Tale::new();
    tale.asked_for();
    let job = tale.open_job();
    closes(&mut tale);
    assert_eq!(orders(&tale), [false]);
    assert_eq!(tale.state_of(job), JobState::Superseded);
    closes(is(&mut tale, PullState::Closed));
    assert_eq!(orders(&tale), [false]);
    assert_eq!(tale.facts.status(tale.now), Status::Closed);

    is(reopens(&mut tale), PullState::Open);
    assert_eq!(orders(&tale), [false, true]);
    assert_ne!(tale.open_job(), job);
    closes(tale.plans("p1"));
    assert_eq!(orders(&tale), [false, true, false]);
}

#[test]
fn a_request_that_is_closed_early_opens_no_pull_request() {
    let mut tale = Tale::new();
    let reading = tfpilot_engine::Reading::Complete { draft: crate::tale::draft("hi") };
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading });
    closes(&mut tale);
    assert_eq!(tale.facts.status(tale.now), Status::Closed);
    let head = tfpilot_engine::CommitSha::new("h1");
    tale.tell(Signal::BranchCommitted { head, draft: 1 });
    assert!(!tale.commands.contains(&Command::OpenPull));
    reopens(&mut tale);
    assert!(tale.commands.contains(&Command::OpenPull));
}

#[test]
fn what_a_person_did_to_the_pull_request_stays() {
    // Closed by hand: reopening the issue does not reopen it.
    let mut tale = planned();
    reopens(closes(is(&mut tale, PullState::Closed)));
    assert!(orders(&tale).is_empty());

    // Reopened by hand while the issue stays closed: it is not closed again, and it goes on.
    let mut tale = planned();
    is(is(closes(&mut tale), PullState::Closed), PullState::Open);
    tale.reviews(&bob());
    assert_eq!(orders(&tale), [false]);
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
}

#[test]
fn what_was_started_is_not_stopped_by_its_issue() {
    let mut tale = starting();
    closes(&mut tale);
    assert!(orders(&tale).is_empty());
    tale.applies();
    assert!(tale.commands.iter().any(|command| matches!(command, Command::Merge { .. })));
}

#[test]
fn an_apply_that_never_started_does_not_keep_the_pull_request_open() {
    let mut tale = planned();
    tale.reviews(&bob()).asks(&alice(), Ask::Apply).claims();
    closes(&mut tale);
    assert!(orders(&tale).is_empty());
    let job = tale.apply_job();
    tale.tell(Signal::JobFailed { job, failure: tfpilot_engine::Failure::Lost });
    assert!(matches!(tale.facts.tickets.values().next().unwrap().state, TicketState::Void { .. }));
    assert_eq!(orders(&tale), [false]);
}

#[test]
fn a_merge_that_closes_the_issue_stops_nothing() {
    let mut tale = planned();
    closes(is(&mut tale, PullState::Merged));
    assert!(orders(&tale).is_empty());
    assert!(!tale.facts.is_request_closed());
}

#[test]
fn who_reopens_is_told_that_github_refuses() {
    let mut tale = planned();
    reopens(is(closes(&mut tale), PullState::Closed));
    tale.tell(Signal::PullStateRefused { open: true, why: "the branch is gone".to_owned() });
    let branch = "tfpilot/1-note-hello".to_owned();
    let why = "the branch is gone".to_owned();
    let say = Say::Refused { refusal: Refusal::PullStays { pull: 2, branch, open: true, why } };
    let call = Call { number: 1, key: "pull-state".to_owned(), to: alice().person, say };
    assert_eq!(tale.facts.calls.get("pull-state"), Some(&call));
    assert_eq!(tale.facts.status(tale.now), Status::Closed);
}
