//! Approvals count for the plan that was shown when they were written, and for no other.

use crate::tale::{Tale, alice, bob, refused};
use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::{Ask, Grave, Refusal, Signal, gate};

fn planned() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1");
    tale
}

fn approves_as_of(tale: &mut Tale, written_at: Timestamp) {
    tale.tell(Signal::Asked { number: 2, comment: Some(5), by: bob(), ask: Ask::Approve, written_at });
}

fn replaced() -> Refusal {
    Refusal::PlanReplaced { command: "approve".to_owned() }
}

/// Alice has the head planned again, and the plan says something else.
fn planned_again(tale: &mut Tale, digest: &str) {
    tale.asks(&alice(), Ask::Plan).plans(digest);
}

#[test]
fn a_comment_written_before_the_plan_was_shown_approves_nothing() {
    let mut tale = planned();
    let written_at = tale.now - SignedDuration::from_secs(60);
    approves_as_of(&mut tale, written_at);
    refused(&tale, &replaced());
    assert!(tale.facts.approvals.is_empty());

    let now = tale.now;
    approves_as_of(&mut tale, now);
    assert_eq!(gate::counted_approvals(&tale.facts).counted, [bob().person]);
}

#[test]
fn the_button_of_an_older_check_approves_nothing() {
    let mut tale = planned();
    // The app gives buttons of checks that show another plan the oldest time there is.
    approves_as_of(&mut tale, Timestamp::UNIX_EPOCH);
    refused(&tale, &replaced());
    assert!(tale.facts.approvals.is_empty());
}

#[test]
fn there_is_nothing_to_approve_before_the_plan() {
    let mut tale = Tale::new();
    tale.asked_for().asks(&bob(), Ask::Approve);
    refused(&tale, &Refusal::Planning);
    assert!(tale.facts.approvals.is_empty());
}

#[test]
fn who_wrote_while_another_plan_was_shown_did_not_mean_the_one_that_came_back() {
    let mut tale = planned();
    planned_again(&mut tale, "p2");
    tale.now += SignedDuration::from_secs(5);
    let meanwhile = tale.now;
    let mut reviewed = tale.facts.pull.clone().expect("a pull request");
    reviewed.reviews.push(crate::tale::review(&bob(), "h1", meanwhile));
    tale.now += SignedDuration::from_secs(5);
    planned_again(&mut tale, "p1");

    tale.tell(Signal::PullSeen { pull: reviewed, tree: None });
    assert!(gate::counted_approvals(&tale.facts).counted.is_empty());
    approves_as_of(&mut tale, meanwhile);
    refused(&tale, &replaced());
    assert!(tale.facts.approvals.is_empty());
}

#[test]
fn an_approval_is_kept_by_an_equal_plan() {
    let mut tale = planned();
    tale.asks(&bob(), Ask::Approve);
    planned_again(&mut tale, "p1");
    assert_eq!(gate::counted_approvals(&tale.facts).counted, [bob().person]);
    planned_again(&mut tale, "p2");
    assert!(gate::counted_approvals(&tale.facts).counted.is_empty());
}

/// GitHub's times are whole seconds: in the second in which the plan changed nobody can have meant the new one.
#[test]
fn what_came_in_the_second_of_an_approval_is_not_approved_by_it() {
    let mut tale = planned();
    tale.now += SignedDuration::from_secs(60);
    planned_again(&mut tale, "p2");
    let same_second = tale.now;
    let mut reviewed = tale.facts.pull.clone().expect("a pull request");
    reviewed.reviews.push(crate::tale::review(&bob(), "h1", same_second));
    tale.tell(Signal::PullSeen { pull: reviewed, tree: None });
    assert!(gate::counted_approvals(&tale.facts).counted.is_empty());
    approves_as_of(&mut tale, same_second);
    refused(&tale, &replaced());
    assert!(tale.facts.approvals.is_empty());
}

#[test]
fn what_is_grave_about_a_plan_raises_the_approvals_it_takes() {
    let mut tale = planned();
    let dev = tale.facts.rules.environments.values_mut().next().unwrap();
    dev.approvals_by_risk = [(Grave::DataLoss, 2), (Grave::Iam, 1)].into();
    let set = |tale: &mut Tale, grave: Option<Grave>| {
        tale.facts.plans.values_mut().for_each(|plan| plan.grave = grave);
    };
    for (grave, needed) in
        [(None, 1), (Some(Grave::Iam), 1), (Some(Grave::Exposed), 1), (Some(Grave::DataLoss), 2)]
    {
        set(&mut tale, grave);
        assert_eq!(gate::needed_approvals(&tale.facts), needed, "{grave:?}");
    }
    let verdicts = gate::judge_all(&tale.facts, tale.now);
    let approved = verdicts.iter().find(|verdict| verdict.gate == gate::GateName::Approved).unwrap();
    let raised =
        |reason: &Refusal| matches!(reason, Refusal::NotApproved { risk: Some(Grave::DataLoss), .. });
    assert!(approved.reasons.iter().any(raised), "{approved:?}");
}
