//! After an apply: merged late, overtaken, closed, lost, resumed, accepted.

use crate::tale::{STACK, Tale, actor, alice, bob, tree};
use tfpilot_engine::{
    Actor, Ask, Call, Command, CommitSha, Event, Failure, InputsDigest, JobState, MergeWait, Operation,
    PullSnapshot, PullState, Refusal, Role, Say, Signal, StackAtHead, StackPath, Status, TreeReading,
};

fn applied() -> Tale {
    let mut tale = started();
    tale.applies();
    tale
}

fn started() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts();
    tale
}

fn lost() -> Tale {
    let mut tale = started();
    let job = tale.apply_job();
    tale.tell(Signal::LeaseLapsed { job });
    tale
}

fn is(tale: &mut Tale, state: PullState) -> &mut Tale {
    let pull = tale.facts.pull.clone().expect("a pull request");
    tale.tell(Signal::PullSeen { pull: PullSnapshot { state, ..pull }, tree: None })
}

fn resume(tale: &mut Tale, by: &Actor, accept: bool, reason: &str) {
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    tale.asks(by, Ask::Resume { accept, reason });
}

#[track_caller]
fn refused(tale: &Tale, expected: &Refusal) {
    let said = |call: &Call| matches!(&call.say, Say::Refused { refusal } if refusal == expected);
    assert!(tale.facts.calls.values().any(said), "{:?}", tale.facts.calls);
}

fn merges(tale: &Tale) -> Vec<&str> {
    let merge = |command: &'_ Command| matches!(command, Command::Merge { .. });
    let heads = tale.commands.iter().filter(|command| merge(command)).map(|command| match command {
        Command::Merge { head } => head.as_str(),
        _ => "",
    });
    heads.collect()
}

fn plan_jobs(tale: &Tale) -> usize {
    tale.facts.runs.iter().filter(|run| run.operation == Operation::Plan).count()
}

#[test]
fn a_merge_is_tried_again_when_something_changed() {
    let mut tale = applied();
    assert_eq!(merges(&tale), ["h1"]);
    tale.tell(Signal::MergeBlocked { why: "ci/test is missing".to_owned() });
    assert_eq!((merges(&tale).len(), tale.facts.status(tale.now)), (1, Status::AppliedUnmerged));
    tale.reviews(&bob());
    assert_eq!(merges(&tale), ["h1", "h1"]);
}

#[test]
fn a_merge_is_tried_again_when_another_pull_request_gave_the_head_free() {
    let mut tale = applied();
    tale.tell(Signal::HeadShared);
    assert_eq!(merges(&tale).len(), 2, "ordered as long as it is not done");
    tale.tell(Signal::MergeBlocked { why: "tfpilot/apply is queued".to_owned() }).tell(Signal::HeadShared);
    assert_eq!(merges(&tale).len(), 3);
    assert!(tale.commands.contains(&Command::Show));
}

#[test]
fn a_change_that_left_the_queue_says_so_unless_something_else_stands_against_it() {
    let mut tale = applied();
    tale.tell(Signal::LeftQueue);
    assert_eq!(tale.facts.merge_wait, None, "it was in none");
    let ordered = merges(&tale).len();
    tale.tell(Signal::Queued);
    assert_eq!(tale.facts.merge_wait, Some(MergeWait::InQueue));
    assert_eq!((merges(&tale).len(), tale.facts.status(tale.now)), (ordered, Status::AppliedUnmerged));
    tale.tell(Signal::LeftQueue);
    let taken_out = MergeWait::Refused { why: "the merge queue took it out".to_owned() };
    assert_eq!(tale.facts.merge_wait, Some(taken_out));

    let mut tale = applied();
    let refused = "in the merge queue a is not what was planned".to_owned();
    tale.tell(Signal::Queued).tell(Signal::MergeBlocked { why: refused.clone() }).tell(Signal::LeftQueue);
    assert_eq!(tale.facts.merge_wait, Some(MergeWait::Refused { why: refused }));
}

#[test]
fn any_head_with_the_applied_digest_is_merged_and_any_other_is_planned() {
    let mut tale = applied();
    tale.seen("h2", "i1");
    assert_eq!(merges(&tale), ["h1", "h2"]);
    assert_eq!((plan_jobs(&tale), tale.facts.status(tale.now)), (1, Status::AppliedUnmerged));

    tale.seen("h3", "i2");
    assert_eq!((merges(&tale).len(), tale.facts.status(tale.now)), (2, Status::Planning));
    assert!(!tale.facts.held_stacks().is_empty());
    tale.plans("p2").reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts().applies();
    assert_eq!(tale.spent(), 2);
    assert_eq!(merges(&tale), ["h1", "h2", "h3"]);
}

#[test]
fn a_head_that_lacks_what_was_applied_is_not_merged() {
    let mut tale = applied();
    let before = merges(&tale).len();
    let nothing = TreeReading { stacks: Vec::new(), ..tree("h2", "i1") };
    let pull = PullSnapshot { head: CommitSha::new("h2"), ..tale.facts.pull.clone().unwrap() };
    tale.tell(Signal::PullSeen { pull, tree: Some(nothing) });
    assert_eq!(tale.facts.status(tale.now), Status::AppliedUnmerged);
    assert_eq!(tale.facts.lost_stack(), Some(&StackPath::new(STACK)));
    assert_eq!(merges(&tale).len(), before);
}

#[test]
fn what_was_applied_beside_a_failure_is_planned_again_with_the_fix() {
    let two = |head: &str, inputs: [&str; 2]| {
        let one = tree(head, inputs[0]).stacks.remove(0);
        let other = StackAtHead {
            path: StackPath::new("live/dev/other"),
            inputs_digest: InputsDigest::new(inputs[1]),
            ..one.clone()
        };
        TreeReading { stacks: vec![one, other], ..tree(head, "i") }
    };
    let mut tale = Tale::new();
    let pull = crate::tale::snapshot("h1");
    tale.tell(Signal::PullSeen { pull: pull.clone(), tree: Some(two("h1", ["i1", "o1"])) });
    tale.plans("p1").plans("q1").reviews(&bob()).asks(&alice(), Ask::Apply);
    let tickets: Vec<_> = tale.facts.tickets.values().cloned().collect();
    for ticket in &tickets {
        let (job, plan_digest) = (ticket.job, ticket.plan_digest.clone());
        tale.tell(Signal::Claimed { job, worker: "w".to_owned(), workflow: None });
        tale.tell(Signal::StartAsked { job, ticket: ticket.id, plan_digest });
    }
    for ticket in tickets {
        let (job, stack) = (ticket.job, ticket.stack);
        if stack.as_str() == STACK {
            let at = tale.now;
            let applied = tfpilot_engine::Applied { stack, changed: 1, outputs: [].into(), at };
            tale.tell(Signal::StackApplied { job, applied });
        } else {
            let failure = Failure::Step { phase: "apply".to_owned(), problems: Vec::new() };
            tale.tell(Signal::JobFailed { job, failure });
        }
    }
    assert_eq!(tale.facts.status(tale.now), Status::ApplyFailed);
    let reviews = tale.facts.pull.clone().unwrap().reviews;
    let pull = PullSnapshot { head: CommitSha::new("h2"), reviews, ..pull };
    tale.tell(Signal::PullSeen { pull, tree: Some(two("h2", ["i1", "o2"])) });
    tale.plans("p2").plans("q2");
    assert!(tale.facts.round().is_some());
}

#[test]
fn a_lost_apply_is_planned_beside_its_journal_and_applied_by_nobody() {
    let mut tale = lost();
    assert_eq!((plan_jobs(&tale), tale.facts.status(tale.now)), (2, Status::Unknown));
    tale.plans("p2").reviews(&bob()).asks(&alice(), Ask::Apply);
    assert_eq!((tale.facts.status(tale.now), tale.facts.tickets.len()), (Status::Unknown, 1));
    refused(&tale, &Refusal::OutcomeUnknown);
}

#[test]
fn an_approver_with_a_reason_resumes_and_the_fresh_plan_goes_the_usual_way() {
    let mut tale = lost();
    resume(&mut tale, &alice(), false, "looked");
    let ask = Some("acme/platform".to_owned());
    let environment = Some(tfpilot_engine::EnvironmentName::new("dev"));
    let (needs, has) = (Role::Approver, Role::Developer);
    refused(
        &tale,
        &Refusal::NoRole { command: "resume".to_owned(), environment, needs, has, source: None, ask },
    );
    resume(&mut tale, &bob(), false, " ");
    refused(&tale, &Refusal::ReasonMissing { command: "resume".to_owned() });
    assert_eq!(tale.facts.status(tale.now), Status::Unknown);

    let job = tale.apply_job();
    resume(&mut tale, &bob(), false, "state compared by hand");
    assert!(tale.events.iter().any(|event| matches!(event,
        Event::Resumed { by, reason, .. } if *by == bob().person && reason == "state compared by hand")));
    assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Unknown });
    assert!(!tale.facts.held_stacks().is_empty());
    tale.plans("p2").asks(&alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), 1, "the fresh plan was approved by nobody");
    tale.reviews(&bob()).asks(&alice(), Ask::Apply).claims().starts();
    assert_eq!(tale.spent(), 2);
    resume(&mut tale, &bob(), false, "again");
    refused(&tale, &Refusal::NothingToResume { accept: false });
}

#[test]
fn closed_after_its_apply_a_change_keeps_its_lock_until_it_is_accepted() {
    let mut tale = applied();
    is(&mut tale, PullState::Closed);
    assert_eq!(tale.facts.status(tale.now), Status::Abandoned);
    resume(&mut tale, &actor(6, "dave", Role::Developer), true, "why not");
    resume(&mut tale, &bob(), true, "");
    refused(&tale, &Refusal::ReasonMissing { command: "resume accept".to_owned() });
    assert!(!tale.facts.held_stacks().is_empty());
    resume(&mut tale, &bob(), true, "deleted by hand");
    assert!(tale.facts.held_stacks().is_empty());
    assert_eq!(tale.facts.status(tale.now), Status::Closed);

    // Opened again it begins anew: what was applied then is not merged.
    let before = merges(&tale).len();
    is(&mut tale, PullState::Open);
    assert_eq!((tale.facts.status(tale.now), merges(&tale).len()), (Status::Planning, before));
    tale.plans("p1").asks(&alice(), Ask::Apply).claims().starts();
    assert_eq!(tale.spent(), 2);
}

#[test]
fn half_applied_and_closed_is_abandoned_too() {
    let mut tale = started();
    let job = tale.apply_job();
    let failure = Failure::Step { phase: "apply".to_owned(), problems: Vec::new() };
    is(&mut tale, PullState::Closed);
    assert_eq!(tale.facts.status(tale.now), Status::Applying);
    resume(&mut tale, &bob(), true, "never mind");
    refused(&tale, &Refusal::Applying);
    tale.tell(Signal::JobFailed { job, failure });
    assert_eq!(tale.facts.status(tale.now), Status::Abandoned);
    resume(&mut tale, &bob(), true, "never mind");
    assert!(tale.facts.held_stacks().is_empty());
}

#[test]
fn what_is_open_or_unknown_is_not_accepted() {
    let mut tale = applied();
    resume(&mut tale, &bob(), true, "x");
    refused(&tale, &Refusal::NothingToResume { accept: true });
    let mut tale = lost();
    is(&mut tale, PullState::Closed);
    resume(&mut tale, &bob(), true, "x");
    refused(&tale, &Refusal::OutcomeUnknown);
    resume(&mut tale, &bob(), false, "looked");
    resume(&mut tale, &bob(), true, "removed by hand");
    assert!(tale.facts.held_stacks().is_empty());
}

#[test]
fn closed_while_applying_the_apply_goes_on_and_is_abandoned_then() {
    let mut tale = started();
    is(&mut tale, PullState::Closed).applies();
    assert_eq!(tale.facts.status(tale.now), Status::Abandoned);
    is(&mut tale, PullState::Open);
    assert_eq!(tale.facts.status(tale.now), Status::AppliedUnmerged);
    assert_eq!(merges(&tale), ["h1"]);
}
