//! What `cancel` stops, and what it leaves to those who do the work.

use crate::tale::{Tale, alice, bob, victor};
use tfpilot_engine::{
    Actor, Ask, Call, EnvironmentName, Failure, JobState, Refusal, Say, Signal, StackPath, Status,
    TicketState,
};

fn cancels(tale: &mut Tale, by: &Actor) {
    tale.asks(by, Ask::Cancel { stacks: Vec::new(), environment: None });
}

fn refused(tale: &Tale, wanted: fn(&Refusal) -> bool) -> bool {
    let said = |call: &Call| matches!(&call.say, Say::Refused { refusal } if wanted(refusal));
    tale.facts.calls.values().any(said)
}

fn approved() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob());
    tale
}

#[test]
fn a_plan_ends_at_once_and_can_be_asked_for_again() {
    for claimed in [false, true] {
        let mut tale = Tale::new();
        tale.asked_for();
        let job = tale.open_job();
        if claimed {
            tale.claims();
        }
        cancels(&mut tale, &victor());
        assert!(tale.state_of(job).is_open() && refused(&tale, |no| matches!(no, Refusal::NoRole { .. })));
        cancels(&mut tale, &alice());
        assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Cancelled });
        assert_eq!(tale.facts.status(tale.now), Status::PlanFailed);
        tale.asks(&alice(), Ask::Plan);
        tale.plans("p1");
        assert!(tale.facts.round().is_some());
    }
}

#[test]
fn an_apply_before_its_start_is_void_and_after_it_says_itself_how_it_ended() {
    for claimed in [false, true] {
        let mut tale = approved();
        tale.asks(&alice(), Ask::Apply);
        let (ticket, job, plan_digest) = tale.issued();
        if claimed {
            tale.claims();
        }
        cancels(&mut tale, &alice());
        assert_eq!(tale.state_of(job), JobState::Failed { failure: Failure::Cancelled });
        tale.tell(Signal::StartAsked { job, ticket, plan_digest });
        assert!(matches!(tale.facts.tickets[&ticket].state, TicketState::Void { .. }));
        assert_eq!((tale.spent(), tale.facts.held_stacks().len()), (0, 0));
        assert_eq!(tale.facts.status(tale.now), Status::Ready);
    }
    let started = || {
        let mut tale = approved();
        tale.asks(&alice(), Ask::Apply).claims().starts();
        cancels(&mut tale, &alice());
        assert_eq!(tale.facts.status(tale.now), Status::Applying);
        assert!(tale.facts.cancelling.contains(&tale.apply_job()));
        tale
    };
    let mut tale = started();
    let events = tale.events.len();
    cancels(&mut tale, &bob());
    assert_eq!(tale.events.len(), events, "asked once is enough");
    let job = tale.apply_job();
    tale.tell(Signal::JobFailed { job, failure: Failure::Cancelled });
    assert_eq!(tale.facts.status(tale.now), Status::ApplyFailed);
    let mut tale = started();
    tale.applies();
    assert_eq!(tale.facts.status(tale.now), Status::AppliedUnmerged);
}

#[test]
fn only_what_is_named_is_cancelled() {
    let mut tale = Tale::new();
    tale.asked_for();
    let job = tale.open_job();
    let other = vec![StackPath::new("live/dev/other")];
    tale.asks(&alice(), Ask::Cancel { stacks: other, environment: None });
    let prod = Some(EnvironmentName::new("prod"));
    tale.asks(&alice(), Ask::Cancel { stacks: Vec::new(), environment: prod });
    assert!(tale.state_of(job).is_open() && refused(&tale, |no| *no == Refusal::NothingToCancel));
    let (stacks, environment) = (vec![StackPath::new(crate::tale::STACK)], Some(EnvironmentName::new("dev")));
    tale.asks(&alice(), Ask::Cancel { stacks, environment });
    assert!(!tale.state_of(job).is_open());
}
