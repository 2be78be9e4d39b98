//! What people see of findings that wait for an override, and of those that got one.

use std::collections::BTreeMap;

use tfpilot_engine::{Ask, JudgedFinding, Judgement, Role, Say, Standing};

use crate::surface::render_call;

use super::show::{surface, text};
use super::tale::{HEAD, Tale, actor, bob, finding, judged};

const STACK: &str = "live/dev/acme-invoices";

fn overrides(rule: &str, reason: &str) -> Ask {
    let (rule, reason) = (rule.to_owned(), reason.to_owned());
    Ask::Override { rule, reason, teams: Vec::new(), suggestion: None }
}

fn carol() -> tfpilot_engine::Actor {
    actor(3, "carol", Role::Admin)
}

fn tags() -> Judgement {
    let finding = JudgedFinding {
        rule: "required-tags".to_owned(),
        standing: Standing::OverrideNeeded,
        address: "aws_s3_bucket.this".to_owned(),
        message: "the tag `Owner` is missing".to_owned(),
        hint: "add `Owner` to the tags".to_owned(),
        path: Some(format!("{STACK}/main.tf")),
        line: Some(21),
    };
    Judgement {
        standing: Standing::OverrideNeeded,
        title: "required-tags: override needed".to_owned(),
        findings: vec![finding],
        rules: BTreeMap::from([("required-tags".to_owned(), Standing::OverrideNeeded)]),
        ..judged("", 13)
    }
}

fn over_the_limit() -> Judgement {
    Judgement {
        standing: Standing::OverrideNeeded,
        title: "+$612/mo, limit $500".to_owned(),
        rules: BTreeMap::from([("cost".to_owned(), Standing::OverrideNeeded)]),
        ..judged("", 0)
    }
}

fn soft() -> Tale {
    let mut tale = Tale::opened();
    tale.plans_as(STACK, &[("create", 4)], |plan| plan.policy = Some(tags())).reviewed_by(&bob());
    tale
}

#[test]
fn an_override_is_needed() {
    insta::assert_snapshot!(text(&surface(&soft())));
}

#[test]
fn overridden_with_a_reason() {
    let mut tale = soft();
    tale.asked(&carol(), overrides("required-tags", "migration @alice | until [May](http://x)"));
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn a_limit_is_passed_by_an_override() {
    let mut tale = Tale::opened();
    tale.plans_as(STACK, &[("create", 4)], |plan| plan.cost = Some(over_the_limit())).reviewed_by(&bob());
    let waiting = surface(&tale);
    let cost = waiting.checks.iter().find(|check| check.name == "tfpilot/cost").expect("the check");
    assert_eq!(cost.title, "+$612/mo, limit $500");
    assert_eq!(cost.summary, "Next: an admin: `/tfpilot override cost reason=\"…\"`.");
    assert_eq!(cost.buttons.first().map(|button| button.identifier), Some("override"));

    tale.asked(&carol(), overrides("cost", "launch month"));
    let passed = surface(&tale);
    let cost = passed.checks.iter().find(|check| check.name == "tfpilot/cost").expect("the check");
    assert_eq!(cost.title, "cost overridden by carol");
    assert!(cost.summary.ends_with("`cost` overridden by carol: launch month."), "{}", cost.summary);
    assert!(cost.buttons.is_empty());
}

#[test]
fn a_rule_of_admission_was_let_pass() {
    let mut tale = Tale::opened();
    tale.sees_tree(HEAD, &[STACK], "i2", vec![finding()]);
    tale.asked(&carol(), overrides("admission/provider-argument", "reviewed by hand"));
    tale.plans_all();
    let shown = surface(&tale);
    let plan = shown.checks.iter().find(|check| check.name == "tfpilot/plan").expect("the check");
    let line = "For this head, `admission/provider-argument` overridden by carol: reviewed by hand.";
    assert!(plan.summary.contains(line), "{}", plan.summary);
}

#[test]
fn help_offers_the_override_to_who_may() {
    let mut tale = soft();
    let offered = |tale: &mut Tale, by: &tfpilot_engine::Actor| {
        tale.asked(by, Ask::Help);
        let key = format!("help/{}", by.person.id);
        let call = tale.facts.calls.get(&key).expect("the answer").clone();
        assert!(matches!(call.say, Say::Help { .. }));
        render_call(&tale.facts, &call, tale.now).contains("override required-tags")
    };
    assert!(offered(&mut tale, &carol()));
    assert!(!offered(&mut tale, &bob()));
    assert!(!offered(&mut tale, &actor(1, "alice", Role::Admin)), "alice asked for it");
}
