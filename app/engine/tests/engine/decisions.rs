//! Decisions by example: who may what, when, and what follows.

use crate::tale::{Tale, actor, alice, bob, draft, refused, rules, snapshot, tree, victor};
use tfpilot_engine::{
    AdmissionFinding, Ask, Command, CommitSha, Failure, JobState, NotCounted, NotCountedWhy, Obstacle,
    Problem, PullState, Question, Reading, Refusal, ReviewedDigest, Role, Signal, Stale, Status, TicketState,
    decide,
};

fn planned() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1");
    tale
}

fn approved() -> Tale {
    let mut tale = planned();
    tale.reviews(&bob());
    tale
}

fn applying() -> Tale {
    let mut tale = approved();
    tale.asks(&alice(), Ask::Apply).claims();
    tale
}

#[test]
fn the_calm_day() {
    let mut tale = applying();
    assert_eq!(tale.facts.status(tale.now), Status::Applying);
    tale.starts();
    assert_eq!(tale.spent(), 1);
    tale.applies();
    assert_eq!(tale.facts.status(tale.now), Status::AppliedUnmerged);
    assert!(tale.commands.contains(&Command::Merge { head: CommitSha::new("h1") }));
    tale.tell(Signal::Merged { commit: CommitSha::new("m1") });
    assert_eq!(tale.facts.status(tale.now), Status::Applied);
    assert!(tale.facts.held_stacks().is_empty());
    assert!(tale.facts.calls.contains_key("applied"));
}

#[test]
fn the_same_signal_twice_changes_nothing_the_second_time() {
    let mut tale = planned();
    for signal in [
        Signal::PullSeen { pull: tale.facts.pull.clone().unwrap(), tree: Some(tree("h1", "i1")) },
        Signal::IssueRead { number: 1, by: alice(), reading: Reading::Complete { draft: draft("hi") } },
    ] {
        let before = tale.facts.clone();
        tale.tell(signal);
        assert_eq!(tale.facts, before);
    }
}

#[test]
fn deciding_is_a_function() {
    let tale = approved();
    let signal =
        Signal::Asked { number: 2, comment: None, by: alice(), ask: Ask::Apply, written_at: tale.now };
    assert_eq!(decide(&tale.facts, &signal, tale.now), decide(&tale.facts, &signal, tale.now));
}

#[test]
fn nothing_is_applied_without_an_approval() {
    let mut tale = planned();
    tale.asks(&alice(), Ask::Apply);
    let ask = Some("acme/platform".to_owned());
    refused(
        &tale,
        &Refusal::NotApproved {
            given: 0,
            needed: 1,
            risk: None,
            not_counted: Vec::new(),
            lacking: Vec::new(),
            ask,
        },
    );
    assert!(tale.facts.tickets.is_empty());
}

#[test]
fn the_requester_does_not_count() {
    let mut tale = planned();
    let requester = actor(1, "alice", Role::Admin);
    tale.reviews(&requester).asks(&requester, Ask::Apply);
    let not_counted =
        vec![NotCounted { who: requester.person.clone(), why: NotCountedWhy::Requester, stale: None }];
    let ask = Some("acme/platform".to_owned());
    refused(
        &tale,
        &Refusal::NotApproved { given: 0, needed: 1, risk: None, not_counted, lacking: Vec::new(), ask },
    );
    tale.asks(&requester, Ask::Approve);
    refused(&tale, &Refusal::OwnRequest { why: NotCountedWhy::Requester });
}

#[test]
fn who_wrote_a_commit_or_set_an_input_does_not_count() {
    let mut tale = planned();
    let mut pull = tale.facts.pull.clone().unwrap();
    pull.committers.push(bob().person);
    tale.tell(Signal::PullSeen { pull, tree: None }).reviews(&bob());
    assert!(tfpilot_engine::gate::counted_approvals(&tale.facts).counted.is_empty());

    let mut tale = planned();
    tale.tell(Signal::ReplyRead { by: bob(), comment: 9, reading: Reading::Complete { draft: draft("ho") } });
    tale.asks(&bob(), Ask::Approve);
    refused(&tale, &Refusal::OwnRequest { why: NotCountedWhy::SetInput });
}

#[test]
fn a_developers_approval_does_not_count() {
    let mut tale = planned();
    let dave = actor(6, "dave", Role::Developer);
    tale.reviews(&dave);
    assert!(tfpilot_engine::gate::counted_approvals(&tale.facts).counted.is_empty());
    tale.asks(&dave, Ask::Approve);
    assert!(tale.facts.approvals.is_empty());
}

#[test]
fn an_approval_before_the_plan_does_not_count() {
    let mut tale = Tale::new();
    tale.asked_for().reviews(&bob()).plans("p1").asks(&alice(), Ask::Apply);
    assert!(tale.facts.tickets.is_empty());
}

#[test]
fn a_push_with_equal_inputs_keeps_plan_and_approval() {
    let mut tale = approved();
    tale.seen("h2", "i1").asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 1);
    assert_eq!(tale.facts.tickets.values().next().unwrap().head, CommitSha::new("h2"));
}

#[test]
fn a_push_with_other_inputs_voids_the_approval_and_plans_again() {
    let mut tale = approved();
    tale.seen("h2", "i2").plans("p2").asks(&alice(), Ask::Apply);
    assert!(tale.facts.tickets.is_empty());
    let counted = tfpilot_engine::gate::counted_approvals(&tale.facts);
    let rounds: Vec<&ReviewedDigest> = tale.facts.rounds.iter().map(|round| &round.reviewed).collect();
    let (saw, now) = (rounds.first().copied().cloned(), rounds[1].clone());
    let stale = Some(Stale { saw, now, adds: [].into() });
    assert_eq!(counted.not_counted, [NotCounted { who: bob().person, why: NotCountedWhy::Stale, stale }]);
}

/// A force push, or a revert of the last push.
#[test]
fn a_head_that_comes_back_is_planned_again_and_approved_still() {
    let mut tale = approved();
    tale.seen("h2", "i2").plans("p2").seen("h1", "i1");
    assert!(tale.facts.reviewed_now().is_none(), "its plan gave way to the other one's");
    tale.plans("p1");
    assert_eq!(tfpilot_engine::gate::counted_approvals(&tale.facts).counted, [bob().person]);
    tale.asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 1);
}

#[test]
fn a_stale_approval_says_what_there_is_more_of_now() {
    let mut tale = approved();
    tale.seen("h2", "i2").claims();
    let counts = [("create".to_owned(), 1), ("destroy".to_owned(), 2)].into();
    let plan = tfpilot_engine::Plan { counts, ..tale.plan("p2") };
    tale.tell(Signal::Planned { plan });
    let counted = tfpilot_engine::gate::counted_approvals(&tale.facts);
    let adds = counted.not_counted.first().and_then(|one| one.stale.as_ref()).map(|stale| &stale.adds);
    assert_eq!(adds, Some(&[("destroy".to_owned(), 2)].into()));
}

#[test]
fn planning_again_with_the_same_result_keeps_the_approval_and_another_result_voids_it() {
    let mut tale = approved();
    tale.asks(&alice(), Ask::Plan).plans("p1");
    assert_eq!(tfpilot_engine::gate::counted_approvals(&tale.facts).counted, [bob().person]);
    tale.asks(&alice(), Ask::Plan).plans("p2");
    assert!(tfpilot_engine::gate::counted_approvals(&tale.facts).counted.is_empty());
}

#[test]
fn a_viewer_neither_plans_nor_applies() {
    let mut tale = approved();
    for ask in [Ask::Plan, Ask::Apply] {
        let runs = tale.facts.runs.len();
        tale.asks(&victor(), ask);
        assert_eq!(tale.facts.runs.len(), runs);
    }
}

#[test]
fn an_unknown_command_is_answered_once() {
    let mut tale = planned();
    let aply = Ask::Unknown { word: "aply".to_owned(), suggestion: Some("apply".to_owned()) };
    tale.asks(&alice(), aply.clone()).asks(&alice(), aply);
    let said = tale.commands.iter().filter(|command| matches!(command, Command::Say { .. })).count();
    assert_eq!(said, 1);
}

#[test]
fn a_stranger_gets_one_answer_and_nothing_starts() {
    let mut tale = Tale::new();
    let mallory = actor(5, "mallory", Role::None);
    let reading = Reading::Complete { draft: draft("hi") };
    for _ in 0..2 {
        tale.tell(Signal::IssueRead { number: 1, by: mallory.clone(), reading: reading.clone() });
    }
    assert_eq!(tale.events.len(), 1);
    assert!(tale.facts.request.is_none());
}

#[test]
fn what_is_not_for_us_is_left_alone() {
    let mut tale = Tale::new();
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: Reading::NotForUs });
    assert!(tale.events.is_empty() && tale.commands.is_empty());
}

#[test]
fn a_question_waits_and_its_answer_goes_on() {
    let mut tale = Tale::new();
    let question = Question {
        about: "name".to_owned(),
        resource: 0,
        text: "which name?".to_owned(),
        choices: Vec::new(),
        problem: None,
        example: "hello".to_owned(),
    };
    let mut partial = draft("hi");
    partial.resources[0].name = None;
    tale.tell(Signal::IssueRead {
        number: 1,
        by: alice(),
        reading: Reading::Asks { draft: partial, question },
    });
    assert_eq!(tale.facts.status(tale.now), Status::NeedsAnswer);
    assert!(!tale.commands.contains(&Command::CommitBranch));
    tale.tell(Signal::ReplyRead {
        by: alice(),
        comment: 3,
        reading: Reading::Complete { draft: draft("hi") },
    });
    assert!(tale.commands.contains(&Command::CommitBranch));
}

/// atlantis #3138: applying twice went past the policies.
#[test]
fn a_ticket_is_spent_once() {
    let mut tale = applying();
    let (ticket, job, plan_digest) = tale.issued();
    tale.starts();
    let events = tale.events.len();
    tale.tell(Signal::StartAsked { job, ticket, plan_digest });
    assert_eq!(tale.events.len(), events);
}

#[test]
fn a_ticket_is_void_when_the_world_moved_before_the_start() {
    let moved: [fn(&mut Tale); 4] = [
        |tale| {
            tale.seen("h2", "i2");
        },
        |tale| {
            let mut pull = tale.facts.pull.clone().unwrap();
            pull.reviews.clear();
            tale.tell(Signal::PullSeen { pull, tree: None });
        },
        |tale| {
            let pull = tfpilot_engine::PullSnapshot {
                obstacles: vec![Obstacle::Conflict],
                ..tale.facts.pull.clone().unwrap()
            };
            tale.tell(Signal::PullSeen { pull, tree: None });
        },
        |tale| {
            let pull =
                tfpilot_engine::PullSnapshot { state: PullState::Closed, ..tale.facts.pull.clone().unwrap() };
            tale.tell(Signal::PullSeen { pull, tree: None });
        },
    ];
    for change in moved {
        let mut tale = applying();
        change(&mut tale);
        tale.starts();
        assert_eq!(tale.spent(), 0);
        assert!(matches!(tale.facts.tickets.values().next().unwrap().state, TicketState::Void { .. }));
    }
}

#[test]
fn another_plan_in_the_bundle_is_refused() {
    let mut tale = applying();
    let (ticket, job, _) = tale.issued();
    tale.tell(Signal::StartAsked { job, ticket, plan_digest: tfpilot_engine::PlanDigest::new("other") });
    assert_eq!(tale.spent(), 0);
}

#[test]
fn a_lost_apply_is_unknown_and_nothing_repeats_it() {
    let mut tale = applying();
    tale.starts();
    let job = tale.apply_job();
    tale.tell(Signal::LeaseLapsed { job });
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Unknown });
    assert_eq!(tale.facts.status(tale.now), Status::Unknown);
    tale.asks(&alice(), Ask::Apply);
    refused(&tale, &Refusal::OutcomeUnknown);
    assert_eq!(tale.facts.tickets.len(), 1);
    assert!(!tale.facts.held_stacks().is_empty());
}

#[test]
fn a_worker_lost_before_the_start_is_replaced_once() {
    let mut tale = applying();
    let job = tale.apply_job();
    tale.tell(Signal::LeaseLapsed { job });
    assert_eq!(tale.state_of(job), JobState::Queued);
    tale.claims().tell(Signal::LeaseLapsed { job });
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Lost });
    assert!(matches!(tale.facts.tickets.values().next().unwrap().state, TicketState::Void { .. }));
    assert!(tale.facts.held_stacks().is_empty());
}

#[test]
fn a_failed_apply_holds_its_lock_and_a_fix_must_be_approved_again() {
    let mut tale = applying();
    tale.starts();
    let problem =
        Problem { summary: "no".to_owned(), detail: String::new(), path: None, line: None, address: None };
    let failure = Failure::Step { phase: "apply".to_owned(), problems: vec![problem] };
    let job = tale.apply_job();
    tale.tell(Signal::JobFailed { job, failure });
    assert_eq!(tale.facts.status(tale.now), Status::ApplyFailed);
    assert!(!tale.facts.held_stacks().is_empty());
    tale.asks(&alice(), Ask::Apply);
    refused(&tale, &Refusal::ApplyFailed);
    tale.seen("h2", "i2").plans("p2").asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 1);
    tale.reviews(&bob()).asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 2);
}

#[test]
fn a_stale_plan_is_made_again() {
    let mut tale = applying();
    tale.starts();
    let job = tale.apply_job();
    tale.tell(Signal::JobFailed { job, failure: Failure::Stale });
    assert_ne!(tale.open_job(), job);
}

#[test]
fn code_that_is_not_admitted_runs_nothing() {
    let mut tale = Tale::new();
    let finding = AdmissionFinding {
        rule: "admission/external".to_owned(),
        path: "main.tf".to_owned(),
        line: 3,
        what: "external".to_owned(),
        why: "it runs a program".to_owned(),
        next: "remove it".to_owned(),
    };
    let reading = tfpilot_engine::TreeReading { findings: vec![finding.clone()], ..tree("h1", "i1") };
    tale.tell(Signal::PullSeen { pull: snapshot("h1"), tree: Some(reading) }).asks(&bob(), Ask::Plan);
    assert!(tale.facts.runs.is_empty());
    refused(&tale, &Refusal::NotAdmitted { finding });
}

#[test]
fn a_fork_runs_nothing() {
    let mut tale = Tale::new();
    let pull = tfpilot_engine::PullSnapshot { fork: true, ..snapshot("h1") };
    tale.tell(Signal::PullSeen { pull, tree: Some(tree("h1", "i1")) }).asks(&bob(), Ask::Plan);
    assert!(tale.facts.runs.is_empty());
    assert_eq!(tale.facts.status(tale.now), Status::Fork);
}

#[test]
fn a_plan_shown_after_the_command_was_written_is_not_applied() {
    let mut tale = planned();
    let written_at = tale.now - jiff::SignedDuration::from_secs(60);
    tale.reviews(&bob());
    tale.tell(Signal::Asked { number: 2, comment: None, by: alice(), ask: Ask::Apply, written_at });
    refused(&tale, &Refusal::PlanReplaced { command: "apply".to_owned() });
}

/// stategraph #800: an apply went on after a plan had failed, with an older one.
#[test]
fn nothing_is_applied_after_a_plan_that_failed() {
    let mut tale = approved();
    tale.seen("h2", "i2").claims();
    let job = tale.open_job();
    let failure = Failure::Step { phase: "plan".to_owned(), problems: Vec::new() };
    tale.tell(Signal::JobFailed { job, failure }).asks(&alice(), Ask::Apply);
    assert!(tale.facts.tickets.is_empty());
}

#[test]
fn an_old_plan_expires() {
    let mut tale = approved();
    tale.now += jiff::SignedDuration::from_hours(24 * 8);
    tale.asks(&alice(), Ask::Apply);
    refused(&tale, &Refusal::PlanExpired { hours: 168 });
}

/// atlantis #5708, digger #1669: a second pull request met an error, and locks were held by nobody.
#[test]
fn a_held_stack_waits() {
    let mut tale = approved();
    tale.facts.held_by_others.insert(tfpilot_engine::StackPath::new(crate::tale::STACK), 12);
    tale.asks(&alice(), Ask::Apply);
    refused(
        &tale,
        &Refusal::Locked { stack: tfpilot_engine::StackPath::new(crate::tale::STACK), holder: 12 },
    );
}

#[test]
fn two_persons_means_the_applier_is_not_the_approver() {
    let mut rules = rules();
    rules.environments.values_mut().for_each(|environment| environment.two_person = true);
    let mut tale = approved();
    tale.facts.rules = rules;
    tale.asks(&bob(), Ask::Apply);
    assert!(tale.facts.tickets.is_empty());
    tale.asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 1);
}

#[test]
fn a_mandatory_rule_or_an_unknown_cost_stands_in_the_way() {
    use tfpilot_engine::{Judgement, Standing};
    let judged = |standing| {
        Some(Judgement { standing, title: "no-public-access".to_owned(), ..crate::tale::passed() })
    };
    for standing in [Standing::OverrideNeeded, Standing::Blocked] {
        for costs in [false, true] {
            let mut tale = Tale::new();
            tale.asked_for().claims();
            let mut plan = tale.plan("p1");
            *(if costs { &mut plan.cost } else { &mut plan.policy }) = judged(standing);
            tale.tell(Signal::Planned { plan }).reviews(&bob()).asks(&alice(), Ask::Apply);
            assert!(tale.facts.tickets.is_empty(), "{standing:?} {costs}");
        }
    }
}

#[test]
fn a_plan_that_nobody_judged_is_not_applied() {
    let mut tale = Tale::new();
    tale.asked_for().claims();
    let plan = tfpilot_engine::Plan { policy: None, ..tale.plan("p1") };
    tale.tell(Signal::Planned { plan }).reviews(&bob()).asks(&alice(), Ask::Apply);
    assert!(tale.facts.tickets.is_empty());
}

#[test]
fn a_plan_whose_lock_file_was_committed_is_kept_and_not_made_again_while_it_is_applied() {
    let mut tale = Tale::new();
    tale.asked_for().claims();
    let inputs_digest = tfpilot_engine::InputsDigest::new("i1 with lock file");
    let plan = tfpilot_engine::Plan { inputs_digest, lock_file: true, ..tale.plan("p1") };
    tale.tell(Signal::Planned { plan });
    assert!(tale.commands.iter().any(|command| matches!(command, Command::CommitLockFile { .. })));
    assert!(tale.facts.round().is_none());
    tale.seen("h2", "i1 with lock file").reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts();
    assert_eq!((tale.facts.runs.len(), tale.spent()), (2, 1));
    tale.applies().tell(Signal::Merged { commit: CommitSha::new("m1") });
    assert_eq!((tale.facts.runs.len(), tale.facts.status(tale.now)), (2, Status::Applied));
}
