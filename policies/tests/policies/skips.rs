//! Comments that skip a check: what they let off, and what they never do.

use tfpilot_policies::skips::{Skips, files_with_skips, skips_of};
use tfpilot_policies::{Enforcement, Finding, PolicyReport, RuleSet, Rules, judge_plan, shipped};

use crate::fixture::{Fixture, context, set, told};
use crate::rules::quiet;

const MAIN: &str = "live/dev/x/main.tf";

/// Versioning is advice and encryption of volumes soft-mandatory, as they are shipped.
fn rules() -> RuleSet {
    set(&quiet()).with_policies(shipped::policies().iter().cloned())
}

fn judge(fixture: &Fixture, rules: &RuleSet) -> PolicyReport {
    judge_plan(&fixture.plan, Some(fixture.code()), rules, &context())
}

/// The same comments on the default branch.
fn standing(fixture: &Fixture) -> Skips {
    Skips::standing(skips_of(MAIN, fixture.main()))
}

fn of<'r>(report: &'r PolicyReport, rule: &str, address: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|it| it.rule == rule && it.address == address)
}

const VOLUME: &str = "resource \"aws_ebs_volume\" \"plain\" {";

#[test]
fn a_comment_of_the_default_branch_lets_off_and_is_told() {
    let written = "  # checkov:skip=CKV_AWS_3,CKV_AWS_999:copied from `an` old one";
    let fixture = Fixture::with("defaults/ec2", VOLUME, written);
    let before = judge(&fixture, &rules().with_skips(Skips::ignored()));
    assert!(of(&before, "ebs-encryption", "aws_ebs_volume.plain").is_some(), "{}", told(&before));
    let report = judge(&fixture, &rules().with_skips(standing(&fixture)));
    assert!(of(&report, "ebs-encryption", "aws_ebs_volume.plain").is_none());
    assert_eq!(before.findings.len(), report.findings.len() + 1);
    let text = report.markdown(60_000);
    let line = text.lines().find(|line| line.contains("is exempt")).expect("it is told");
    insta::assert_snapshot!(line, @"`aws_ebs_volume.plain` is exempt from `ebs-encryption` by `checkov:skip=CKV_AWS_3` at `live/dev/x/main.tf:29`: `copied from ˋanˋ old one`");
    assert_eq!(files_with_skips(fixture.code()).into_iter().collect::<Vec<_>>(), [MAIN]);
}

#[test]
fn a_new_comment_opens_no_gate_and_says_when_it_will() {
    let fixture = Fixture::with(
        "no-public-access",
        "resource \"aws_security_group\" \"web\" {",
        "  #checkov:skip=CKV_AWS_24:bastion",
    );
    let rules = || set(&Rules::default());
    let new = judge(&fixture, &rules());
    let ssh = |report: &PolicyReport| {
        let all = report.findings.iter().filter(|it| it.address == "aws_security_group.web");
        all.filter(|it| it.message.contains("tcp 22")).map(|it| it.hint.clone()).next()
    };
    insta::assert_snapshot!(ssh(&new).expect("it stays"), @"name the addresses that need it, or the port in `allowed_ports`; `checkov:skip=CKV_AWS_24` at `live/dev/x/main.tf:18` counts once the default branch has it");
    let standing = judge(&fixture, &rules().with_skips(standing(&fixture)));
    assert_eq!(ssh(&standing), None);
    // The other door of the same group stays what it is.
    let web = |report: &PolicyReport| report.findings.iter().any(|it| it.message.contains("tcp 443"));
    assert!(web(&new) && web(&standing));
}

#[test]
fn a_new_comment_lets_off_advice_and_says_that_it_is_new() {
    let fixture = Fixture::with(
        "defaults/rds",
        "resource \"aws_db_instance\" \"bad\" {",
        "  //bridgecrew:skip=CKV_AWS_133",
    );
    let report = judge(&fixture, &rules());
    let reasons: Vec<&str> = report.exempted.iter().map(|it| it.reason.as_str()).collect();
    insta::assert_snapshot!(reasons.join("\n"), @"`checkov:skip=CKV_AWS_133` at `live/dev/x/main.tf:35`, new in this change");
    assert!(of(&report, "rds-backups", "aws_db_instance.bad").is_none(), "{}", told(&report));
}

#[test]
fn only_comments_inside_the_block_are_read() {
    for written in [
        // Above the block, as Checkov reads it.
        "}\n# checkov:skip=CKV_AWS_3:no\nlocals {",
        // In a string.
        "  availability_zone = \"checkov:skip=CKV_AWS_3:no\"",
        // Another check.
        "  # checkov:skip=CKV_AWS_33:no",
        // Not the form.
        "  # checkov:skip CKV_AWS_3",
    ] {
        let before = "resource \"aws_ebs_volume\" \"plain\" {";
        let fixture = Fixture::with("defaults/ec2", before, written);
        let skips = skips_of(MAIN, fixture.main());
        let report = judge(&fixture, &rules().with_skips(Skips::standing(skips)));
        assert_eq!(report.exempted, [], "{written}");
    }
}

#[test]
fn a_comment_in_a_call_lets_off_what_the_module_makes() {
    let written = "  # checkov:skip=CKV_AWS_18:no logs of logs";
    let fixture = Fixture::with("defaults/s3", "module \"bucket\" {", written);
    let strict = || {
        let policies = shipped::policies().iter().filter(|it| &*it.id == "s3-access-logs").cloned();
        let hard = policies.map(|mut policy| {
            policy.enforcement = Enforcement::HardMandatory;
            policy
        });
        set(&quiet()).with_policies(hard)
    };
    let found = |report: &PolicyReport| {
        report.findings.iter().filter(|it| it.address.starts_with("module.bucket.")).count()
    };
    assert_eq!(found(&judge(&fixture, &strict())), 1);
    assert_eq!(found(&judge(&fixture, &strict().with_skips(standing(&fixture)))), 0);
}
