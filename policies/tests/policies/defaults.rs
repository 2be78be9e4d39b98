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
pub(crate) fn all() -> impl Iterator<Item = Policy> {
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

/// Every module of the catalog, called with the examples of its own documentation and nothing else.
#[test]
fn the_modules_of_the_catalog_are_within_what_is_shipped() {
    let rules = set(shipped::policies().iter().cloned());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules/catalog/aws");
    let mut modules: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|it| it.expect("readable").path())
        .collect();
    modules.sort();
    let (mut violations, mut passed) = (String::new(), 0);
    for module in modules {
        let report = judge_draft(called(&module).code(), &rules, &production());
        passed += report.passed;
        if !report.findings.is_empty() {
            violations.push_str(&told(&report));
        }
    }
    assert_eq!(violations, "");
    assert!(passed > 50, "only {passed} questions were answered");
}

/// A stack that calls a module with examples for what it asks for.
fn called(module: &std::path::Path) -> Fixture {
    let name = module.file_name().expect("a name").to_string_lossy().into_owned();
    let about = std::fs::read_to_string(module.join("module.yml")).expect("it is there");
    let about: serde_yaml::Value = serde_yaml::from_str(&about).expect("it is YAML");
    let call = |arguments: &str| {
        format!("module \"m\" {{\n  source = \"../../../modules/catalog/aws/{name}\"\n{arguments}}}\n")
    };
    let bare = Fixture::draft(&call(""));
    let instance = bare.graph.instances.last().expect("the module is read");
    let asked = instance.module.interface.variables.iter().filter(|variable| variable.default.is_none());
    let arguments: String = asked
        .map(|variable| {
            let example = about.get("inputs").and_then(|it| it.get(&variable.name)?.get("example"));
            let example = serde_json::to_string(&example).expect("plain data");
            format!("  {} = {example}\n", variable.name)
        })
        .collect();
    Fixture::draft(&call(&arguments))
}

/// What is a credential by its shape, and what only looks like one. Put together here, so that nobody finds one in this file.
#[test]
fn credentials_are_known_by_their_shape() {
    let rules = set(all().filter(|policy| &*policy.id == "lambda-credentials"));
    let violated = |text: &str| {
        let variables = serde_json::json!({ "KEY": text });
        let main = format!(
            "resource \"aws_lambda_function\" \"x\" {{\n  environment {{\n    variables = {variables}\n  }}\n}}\n"
        );
        !judge_draft(Fixture::draft(&main).code(), &rules, &production()).findings.is_empty()
    };
    let long = |start: &str, count: usize| format!("{start}{}", "A".repeat(count));
    for text in [
        long("AKIA", 16),
        format!("key={};", long("ASIA", 16)),
        format!("-----BEGIN {}PRIVATE KEY-----", "EC "),
        format!("-----BEGIN {}-----", "PRIVATE KEY"),
        long("ghp_", 36),
        long("github_pat_", 70),
        long("glpat-", 20),
        long("xoxb-", 20),
        long("sk_live_", 24),
    ] {
        assert!(violated(&text), "{text}");
    }
    for text in [
        long("AKIA", 20),
        long("AKIA", 15),
        long("XAKIA", 16),
        "-----BEGIN CERTIFICATE-----".to_owned(),
        long("sk_test_", 24),
    ] {
        assert!(!violated(&text), "{text}");
    }
}

#[test]
fn what_is_off_is_kept_and_not_asked() {
    let off = shipped::policies().iter().filter(|policy| policy.enforcement == Enforcement::Off);
    let rules = set(off.clone().cloned());
    assert!(off.count() > 10 && rules.ids().is_empty());
}
