//! Policies of one's own on real plans: the examples of the documentation, and what each operator and path is for.

use tfpilot_policies::language::{Policy, Problem, read};
use tfpilot_policies::{PolicyReport, RuleSet, Rules, judge_draft, judge_plan};

use crate::fixture::{Fixture, context, told};
use crate::rules::quiet;

const EXAMPLE: &str = include_str!("../../../docs/policies.example.yml");

#[track_caller]
fn policies(text: &str) -> Vec<Policy> {
    let (policies, problems) = read(&serde_yaml::from_str(text).expect("it is YAML"));
    assert_eq!(problems, []);
    policies
}

fn set(text: &str) -> RuleSet {
    RuleSet::new(&quiet()).0.with_policies(policies(text))
}

fn on(folder: &str, text: &str) -> PolicyReport {
    let fixture = Fixture::load(folder);
    let context =
        tfpilot_policies::Context { today: Some("2026-11-30".parse().expect("a day")), ..context() };
    judge_plan(&fixture.plan, Some(fixture.code()), &set(text), &context)
}

#[test]
fn the_examples_of_the_documentation_judge_real_plans() {
    for folder in
        ["required-tags", "naming", "no-public-access", "protect-stateful", "allowed-regions", "cost"]
    {
        insta::assert_snapshot!(format!("examples-{folder}"), told(&on(folder, EXAMPLE)));
    }
}

#[test]
fn before_the_plan_what_the_code_says_is_judged_and_the_rest_is_left_for_later() {
    let fixture = Fixture::load("required-tags");
    let report = judge_draft(fixture.code(), &set(EXAMPLE), &context());
    insta::assert_snapshot!(told(&report));
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place() {
    let text = "
version: 2
defaults: {enforcement: hard}
policies:
  - {id: No, match: {kind: resources}, assert: {attr: a, op: eq, value: 1}}
  - {id: naming, match: {}, assert: {attr: a, op: like, value: 1}}
  - {id: ok-1, match: {typs: [x], actions: []}, assert: {all: []}}
  - {id: ok-2, match: {kind: plan, types: [x]}, assert: {any: [{attr: 'a[', op: matches, value: '('}], op: eq}}
  - {id: ok-3, override: {teams: [a/b]}, match: {}, assert: {attr: a, op: lte, value: x}}
  - {id: ok-4, match: {}, exempt: [{reason: x, expires: soon}], assert: {attr: a, op: cidr_in, value: [x]}}
  - {id: ok-5, match: {}, assert: {each: 'a[*]', assert: {each: b, assert: {attr: item, op: eq, value: 1}}}}
  - {id: ok-6, match: {}, assert: {each: a, quantifier: any}}
  - {id: ok-7, match: {}, assert: {all: [{attr: a, op: exists, default: 1}, {attr: related(b), op: exists}], quantifier: some}}
  - 7
";
    let (policies, problems) = read(&serde_yaml::from_str(text).expect("it is YAML"));
    assert!(policies.is_empty());
    let line = |Problem { path, what, hint, among }: Problem| {
        let among = if among.is_empty() { String::new() } else { format!("one of {}", among.join(", ")) };
        format!("{}: {what}; {hint}{among}", path.join("."))
    };
    insta::assert_snapshot!(problems.into_iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn an_exemption_counts_until_its_last_day() {
    let text = |expires: &str| {
        format!(
            "{{version: 1, policies: [{{id: keep-data, enforcement: hard-mandatory, match: {{actions: [delete, replace, forget]}}, assert: false, exempt: [{{address: '**', reason: throwaway, expires: {expires}}}]}}]}}"
        )
    };
    let kept = on("protect-stateful", &text("2026-11-30"));
    assert!(kept.findings.is_empty() && !kept.exempted.is_empty(), "{kept:?}");
    let ended = on("protect-stateful", &text("2026-11-29"));
    assert!(ended.exempted.is_empty());
    assert!(ended.findings.iter().all(|it| it.message.ends_with("(its exemption ended on 2026-11-29)")));
}

#[test]
fn without_a_policy_nothing_is_asked() {
    let fixture = Fixture::load("required-tags");
    let with = RuleSet::new(&Rules::default()).0.with_policies(policies("{version: 1, policies: []}"));
    let report = judge_plan(&fixture.plan, Some(fixture.code()), &with, &context());
    assert_eq!(report, fixture.judge(&Rules::default()));
}

#[test]
fn a_moved_block_takes_no_exemption_along() {
    let exempt = |address: &str| {
        let text = format!(
            "{{version: 1, policies: [{{id: no-queues, match: {{types: [aws_sqs_queue], actions: [replace, update, create, delete, forget, import]}}, assert: false, exempt: [{{address: '{address}', reason: x, expires: 2027-01-31}}]}}]}}"
        );
        let report = on("protect-stateful", &text);
        report.findings.iter().all(|it| it.previous_address.is_none())
    };
    assert!(exempt("module.svc.**"));
    assert!(!exempt(r#"module.svc["a"].**"#) && !exempt(r#"module.svc["a2"].**"#));
}

/// A policy that asks for approvals where this is met.
fn wanting(more: &str) -> String {
    format!(
        "version: 1\npolicies:\n  - id: sre\n    {more}\n    require_approvals: {{teams: [acme/sre], users: [carol], count: 2}}\n"
    )
}

#[test]
fn approvals_are_demanded_where_a_policy_is_asked_and_nowhere_else() {
    let demanded = |more: &str| -> Vec<String> {
        let report = on("protect-stateful", &wanting(more));
        assert_eq!(report.findings, [], "it finds nothing");
        report.demanded.into_iter().map(|it| format!("{} {}", it.rule, it.approvals.count)).collect()
    };
    let risky = "match: {kind: plan, where: {attr: plan.risk, op: in, value: [data_loss, exposed, iam]}}";
    assert_eq!(demanded(risky), ["sre 2"]);
    assert_eq!(demanded("match: {kind: plan, where: {attr: plan.risk, op: eq, value: create}}"), [""; 0]);
    assert_eq!(demanded("match: {types: [google_*]}"), [""; 0]);
    assert_eq!(demanded("match: {actions: [delete, replace]}"), ["sre 2"]);
    assert_eq!(demanded("enforcement: \"off\"\n    match: {kind: plan}"), [""; 0]);
    assert_eq!(demanded("scope: {environments: [elsewhere]}\n    match: {kind: plan}"), [""; 0]);
    // What is not known is demanded: an id is made at the apply.
    assert_eq!(
        demanded("match: {actions: [create, replace], where: {attr: id, op: eq, value: x}}"),
        ["sre 2"]
    );
    let exempt = "exempt: [{address: '**', reason: throwaway, expires: 2027-01-31}]";
    assert_eq!(demanded(&format!("match: {{actions: [delete, replace]}}\n    {exempt}")), [""; 0]);
    let ended = exempt.replace("2027", "2020");
    assert_eq!(demanded(&format!("match: {{actions: [delete, replace]}}\n    {ended}")), ["sre 2"]);
}

#[test]
fn what_must_hold_and_approvals_go_together_and_the_report_names_whose() {
    let text = wanting("match: {actions: [delete, replace]}\n    assert: false");
    let report = on("protect-stateful", &text);
    assert!(!report.findings.is_empty() && report.demanded.len() == 1);
    let shown = on("protect-stateful", &wanting("match: {kind: plan}")).markdown(60_000);
    assert!(shown.contains("`sre` asks 2 approvals by `acme/sre`, `carol` for `the plan`."), "{shown}");
    let fixture = Fixture::load("required-tags");
    let before = judge_draft(fixture.code(), &set(&wanting("match: {kind: resource}")), &context());
    assert_eq!(before.demanded, [], "of plans only");
}

#[test]
fn approvals_that_cannot_be_asked_for_are_told() {
    let text = "
version: 1
policies:
  - {id: a-1, match: {}, require_approvals: {team: [a/b]}}
  - {id: a-2, match: {}, require_approvals: {teams: [a/b], count: 0}}
  - {id: a-3, match: {}, phase: pre_plan, require_approvals: {bind: plan_sha256}}
  - {id: a-4, match: {}, enforcement: soft-mandatory, override: {teams: [a/b]}, require_approvals: {teams: [a/b]}}
  - {id: a-5, match: {}, require_approvals: 2}
  - {id: a-6, match: {}}
  - {id: freeze, match: {}, assert: true}
";
    let (policies, problems) = read(&serde_yaml::from_str(text).expect("it is YAML"));
    assert_eq!(policies.len(), 0, "{policies:?}");
    let told: Vec<String> =
        problems.iter().map(|it| format!("{}: {} | {}", it.path.join("."), it.what, it.hint)).collect();
    insta::assert_snapshot!(told.join("\n"));
}
