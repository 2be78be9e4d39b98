//! A pull request beyond the straight path: closed with its issue, reopened, moved to other bases.

use crate::tale::{Tale, alice, bob, snapshot, tree};
use tfpilot_engine::gate::GateName;
use tfpilot_engine::{
    Ask, Call, Command, CommitSha, JobState, PullSnapshot, PullState, Refusal, Say, Signal, StackPath,
    Status, TicketState, TreeReading,
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

/// The base moves, and with it what the plan depends on.
fn diverges(tale: &mut Tale) -> &mut Tale {
    let pull = tale.facts.pull.clone().expect("a pull request");
    let mut reading: TreeReading = tale.facts.tree.clone().expect("a tree");
    reading.stacks[0].diverged = true;
    tale.tell(Signal::PullSeen {
        pull: PullSnapshot { base: CommitSha::new("base2"), ..pull },
        tree: Some(reading),
    })
}

fn stale(renewed: bool) -> Refusal {
    let (stack, base) = (StackPath::new(crate::tale::STACK), "main".to_owned());
    Refusal::Diverged { stack, base, tip: CommitSha::new("base2"), renewed }
}

fn renewals(tale: &Tale) -> usize {
    tale.commands.iter().filter(|command| matches!(command, Command::RenewBranch { .. })).count()
}

fn is_refused(tale: &Tale, refusal: &Refusal) -> bool {
    let said = |call: &Call| matches!(&call.say, Say::Refused { refusal: said } if said == refusal);
    tale.facts.calls.values().any(said)
}

#[test]
fn our_own_branch_is_renewed_once_when_its_base_moves_and_planned_then() {
    let mut tale = planned();
    tale.reviews(&bob());
    diverges(diverges(&mut tale));
    assert_eq!((renewals(&tale), tale.facts.runs.len()), (1, 1));
    tale.asks(&alice(), Ask::Apply);
    assert!(is_refused(&tale, &stale(true)) && tale.facts.tickets.is_empty());

    tale.tell(Signal::BranchCommitted { head: CommitSha::new("h2"), draft: 1 });
    let pull = PullSnapshot { base: CommitSha::new("base2"), ..snapshot("h2") };
    tale.tell(Signal::PullSeen { pull, tree: Some(tree("h2", "i2")) });
    assert_eq!((renewals(&tale), tale.facts.runs.len()), (1, 2));
}

#[test]
fn a_renewal_that_failed_leaves_it_to_people_until_head_or_base_move() {
    let mut tale = planned();
    diverges(&mut tale);
    tale.tell(Signal::StepFailed { step: "update of the branch".to_owned(), why: "refused".to_owned() });
    assert_eq!(tale.facts.status(tale.now), Status::Waiting { gate: GateName::Fresh });
    tale.asks(&alice(), Ask::Apply);
    assert!(is_refused(&tale, &stale(false)));
    let mut reading = tree("h2", "i1");
    reading.stacks[0].diverged = true;
    let pull = PullSnapshot { base: CommitSha::new("base2"), ..snapshot("h2") };
    tale.tell(Signal::PullSeen { pull, tree: Some(reading) });
    assert_eq!(renewals(&tale), 2);
}

#[test]
fn a_branch_with_commits_of_people_is_theirs_to_update() {
    let mut tale = planned();
    looks(&mut tale, |pull| pull.committers.push(bob().person));
    diverges(&mut tale);
    tale.asks(&alice(), Ask::Apply);
    assert!(is_refused(&tale, &stale(false)) && renewals(&tale) == 0);
}

#[test]
fn a_base_that_moves_before_the_start_voids_the_ticket() {
    let mut tale = planned();
    tale.reviews(&bob()).asks(&alice(), Ask::Apply).claims();
    diverges(&mut tale).starts();
    assert_eq!(tale.spent(), 0);
}

#[test]
fn a_base_that_moved_elsewhere_keeps_plan_and_approval() {
    let mut tale = planned();
    tale.reviews(&bob());
    looks(&mut tale, |pull| pull.base = CommitSha::new("base2"));
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
    assert_eq!((renewals(&tale), tale.facts.runs.len()), (0, 1));
}

#[test]
fn into_a_branch_that_is_not_managed_nothing_runs_until_it_is_changed_back() {
    let mut tale = Tale::new();
    tale.asked_for();
    let job = tale.open_job();
    let release = |pull: &mut PullSnapshot| (pull.managed, pull.base_ref) = (false, "release".to_owned());
    looks(&mut tale, release);
    assert_eq!(tale.facts.status(tale.now), Status::NotManaged);
    assert_eq!(tale.state_of(job), JobState::Superseded);
    tale.asks(&bob(), Ask::Plan);
    assert!(is_refused(&tale, &Refusal::NotManaged { base: "release".to_owned() }));
    looks(&mut tale, |pull| (pull.managed, pull.base_ref) = (true, "main".to_owned()));
    assert_ne!(tale.open_job(), job);

    // Planned and approved before, and started by nobody since.
    let mut tale = planned();
    tale.reviews(&bob()).asks(&alice(), Ask::Apply).claims();
    looks(&mut tale, release).starts();
    assert_eq!(tale.spent(), 0);
}
