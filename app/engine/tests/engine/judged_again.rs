//! Plans that are judged again under a new configuration.

use crate::tale::{Tale, alice, bob};
use tfpilot_engine::{
    Ask, Command, Event, Judgement, Plan, PlanJudged, Signal, StackPath, Standing, Status,
    gate::{self, GateName},
};

fn ready() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().claims();
    let plan = Plan { judged_under: Some("c1".to_owned()), ..tale.plan("p1") };
    tale.tell(Signal::Planned { plan }).reviews(&bob());
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
    tale
}

fn judged(tale: &mut Tale, under: &str, policy: Judgement) {
    let stack = StackPath::new(crate::tale::STACK);
    let job = tale.facts.plans[&stack].job;
    let plans = vec![PlanJudged { job, stack, policy, cost: crate::tale::passed(), price: None }];
    tale.tell(Signal::Judged { under: under.to_owned(), plans });
}

fn blocked() -> Judgement {
    Judgement {
        standing: Standing::Blocked,
        title: "naming at main.tf:3".to_owned(),
        ..crate::tale::passed()
    }
}

#[test]
fn a_stricter_rule_shuts_the_gate_and_a_milder_one_opens_it_again() {
    let mut tale = ready();
    judged(&mut tale, "c2", blocked());
    assert_eq!(tale.facts.status(tale.now), Status::Waiting { gate: GateName::Policy });
    assert_eq!(gate::counted_approvals(&tale.facts).counted, [bob().person], "approvals bind digests");
    judged(&mut tale, "c3", crate::tale::passed());
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
}

#[test]
fn an_equal_judgement_only_says_under_what() {
    let mut tale = ready();
    judged(&mut tale, "c2", crate::tale::passed());
    let Some(Event::PlansJudged { under, plans, changed }) = tale.events.last() else {
        panic!("{:?}", tale.events.last())
    };
    assert_eq!((under.as_str(), plans.len(), changed.len()), ("c2", 1, 0));
    let known = tale.events.len();
    judged(&mut tale, "c2", blocked());
    assert_eq!(tale.events.len(), known, "judged under this already");
    assert_eq!(tale.commands.last(), Some(&Command::Show));
}

#[test]
fn a_ticket_is_not_spent_after_a_stricter_judgement() {
    let mut tale = ready();
    tale.asks(&alice(), Ask::Apply).claims();
    judged(&mut tale, "c2", blocked());
    tale.starts();
    assert_eq!(tale.spent(), 0);
}

#[test]
fn a_judgement_of_a_plan_that_is_gone_counts_for_nothing() {
    let mut tale = ready();
    let old = tale.facts.plans[&StackPath::new(crate::tale::STACK)].job;
    tale.asks(&alice(), Ask::Plan).plans("p1");
    let stack = StackPath::new(crate::tale::STACK);
    let plans =
        vec![PlanJudged { job: old, stack, policy: blocked(), cost: crate::tale::passed(), price: None }];
    tale.tell(Signal::Judged { under: "c2".to_owned(), plans });
    assert_eq!(tale.facts.status(tale.now), Status::Ready);
}

#[test]
fn other_rules_show_the_gates_anew_and_record_nothing() {
    let mut tale = ready();
    let (events, commands) = (tale.events.len(), tale.commands.len());
    tale.tell(Signal::RulesChanged);
    assert_eq!((tale.events.len(), &tale.commands[commands..]), (events, &[Command::Show][..]));
}
