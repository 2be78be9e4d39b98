//! The shipped policies on real plans: each area has resources that pass, that violate, and that are not known before apply.

use std::collections::BTreeMap;

use tfpilot_policies::language::Policy;
use tfpilot_policies::{
    Context, Enforcement, PolicyReport, RuleSet, Truth, judge_draft, judge_plan, shipped,
};

use crate::fixture::{Fixture, context, told};
use crate::rules::quiet;

const AREAS: [&str; 11] =
    ["cloudtrail", "ec2", "eks", "iam", "keys", "lambda", "lb", "messaging", "rds", "s3", "s3-unknown"];

/// What is off is asked as advice, so that it is proven too.
fn all() -> impl Iterator<Item = Policy> {
    shipped::policies().iter().cloned().map(|mut policy| {
        policy.enforcement = policy.enforcement.max(Enforcement::Advisory);
        policy
    })
}

fn set(policies: impl IntoIterator<Item = Policy>) -> RuleSet {
    RuleSet::new(&quiet()).0.with_policies(policies)
}

fn production() -> Context {
    Context { environment: "production".to_owned(), ..context() }
}

fn area(name: &str) -> Fixture {
    Fixture::load(&format!("defaults/{name}"))
}

fn judge(fixture: &Fixture, rules: &RuleSet) -> PolicyReport {
    judge_plan(&fixture.plan, Some(fixture.code()), rules, &production())
}

#[test]
fn every_area_after_the_plan() {
    let rules = set(all());
    for name in AREAS {
        insta::assert_snapshot!(format!("{name}"), told(&judge(&area(name), &rules)));
    }
}

#[test]
fn every_area_on_the_plan_alone() {
    let rules = set(all());
    for name in AREAS {
        let report = judge_plan(&area(name).plan, None, &rules, &production());
        insta::assert_snapshot!(format!("{name}-alone"), told(&report));
    }
}

#[test]
fn every_area_before_the_plan() {
    let rules = set(all());
    for name in AREAS {
        insta::assert_snapshot!(
            format!("{name}-draft"),
            told(&judge_draft(area(name).code(), &rules, &production()))
        );
    }
}

/// A policy that nothing here violates, or that nothing passes, is one that nobody has seen work.
#[test]
fn every_policy_is_violated_and_passed() {
    let mut seen: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let areas: Vec<Fixture> = AREAS.into_iter().map(area).collect();
    for policy in all() {
        let (id, rules) = (policy.id.to_string(), set([policy]));
        for fixture in &areas {
            let report = judge(fixture, &rules);
            let entry = seen.entry(id.clone()).or_default();
            entry.0 |= report.findings.iter().any(|finding| finding.truth == Truth::False);
            entry.1 |= report.passed > 0;
        }
    }
    let unseen: Vec<_> = seen.iter().filter(|(_, seen)| **seen != (true, true)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
    assert_eq!(seen.len(), shipped::policies().len());
}

/// The catalog's own modules are within what is shipped.
#[test]
fn a_bucket_of_the_catalog_passes() {
    let fixture = Fixture::load("shipped");
    let rules = set(shipped::policies().iter().cloned());
    let report = judge(&fixture, &rules);
    assert_eq!(told(&report), "Success: 3 passed\n3 passed, 0 advice, 0 unknown, 0 deferred\n");
    let report = judge_draft(fixture.code(), &rules, &production());
    assert_eq!(told(&report), "Success: 3 passed\n3 passed, 0 advice, 0 unknown, 0 deferred\n");
}

#[test]
fn what_is_off_is_kept_and_not_asked() {
    let off = shipped::policies().iter().filter(|policy| policy.enforcement == Enforcement::Off);
    let rules = set(off.clone().cloned());
    assert!(off.count() > 10 && rules.ids().is_empty());
}
