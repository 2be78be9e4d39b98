//! What real plans do that a reader does not expect; each was seen with Terraform 1.11.

use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, context, set, told};
use tfpilot_policies::cost::{Money, estimate};
use tfpilot_policies::{
    Conclusion, Enforcement, Naming, NoPublicAccess, PolicyReport, ProtectStateful, Rules, Stage, Truth,
};

fn plan(changes: Json) -> Json {
    json!({"format_version": "1.2", "resource_changes": changes})
}

fn change(kind: &str, actions: &[&str], before: Json, after: Json, unknown: Json) -> Json {
    json!({"address": format!("{kind}.x"), "mode": "managed", "type": kind, "name": "x",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown}})
}

fn naming() -> Rules {
    Rules { naming: Some(Naming { pattern: "acme-.*".to_owned(), ..Naming::default() }), ..Rules::default() }
}

fn judge(plan: &Json, rules: &Rules) -> PolicyReport {
    Fixture::of_text("", plan).judge(rules)
}

#[track_caller]
fn difference(plan: &Json, expect: &str) {
    let fixture = Fixture::of_text("provider \"aws\" { region = \"us-east-1\" }\n", plan);
    let estimate = estimate(&fixture.plan, Some(fixture.code()), &context(), false);
    assert_eq!(estimate.difference, Money::parse(expect).expect("an amount"), "{estimate:#?}");
}

#[test]
fn p1_one_unknown_tag_hides_all_keys_and_p2_one_unknown_arn_a_whole_policy() {
    // Both are in the folders of their rules: `required-tags` (half, lost), `no-public-access` (open, shut).
    let report = Fixture::load("no-public-access").judge(&Rules::default());
    let policies: Vec<_> =
        report.findings.iter().filter(|it| it.attribute.as_deref() == Some("policy")).collect();
    let about = |address: &str| policies.iter().find(|it| it.address == address).map(|it| it.truth);
    assert_eq!(about("aws_s3_bucket_policy.open"), Some(Truth::False));
    assert_eq!(about("aws_s3_bucket_policy.shut"), None);
    assert_eq!(about("aws_sns_topic_policy.late"), Some(Truth::Unknown));
}

#[test]
fn p3_what_is_redacted_is_unknown_though_the_code_shows_it() {
    let main = "resource \"aws_sqs_queue\" \"x\" {\n  name = sensitive(\"acme-q\")\n}\n";
    let hidden = json!({"name": "redacted:string"});
    let plan = plan(json!([change("aws_sqs_queue", &["create"], json!(null), hidden, json!({}))]));
    let report = Fixture::of_text(main, &plan).judge(&naming());
    assert_eq!((report.conclusion(), report.unknown), (Conclusion::Failure, 1));
}

#[test]
fn p5_plans_without_changes_have_resources_or_none() {
    let kept = change("aws_sqs_queue", &["no-op"], json!({"name": "X"}), json!({"name": "X"}), json!({}));
    let mut refresh_only = plan(json!([]));
    refresh_only["applyable"] = json!(true);
    for plan in [plan(json!([kept])), refresh_only] {
        let report = judge(&plan, &naming());
        assert_eq!((report.conclusion(), report.title().as_str()), (Conclusion::Success, "0 passed"));
        difference(&plan, "0");
    }
}

#[test]
fn p6_replace_has_two_orders() {
    let of = |actions: &[&str]| {
        let volume = |size: u64| json!({"availability_zone": "us-east-1a", "type": "gp2", "size": size});
        plan(json!([change("aws_ebs_volume", actions, volume(10), volume(30), json!({}))]))
    };
    let (one, other) = (of(&["delete", "create"]), of(&["create", "delete"]));
    let told = |plan| told(&judge(plan, &Rules::default()));
    assert_eq!(told(&one), told(&other));
    assert!(told(&one).contains("would be replaced"));
    difference(&one, "2");
    difference(&other, "2");
}

#[test]
fn p7_a_moved_and_replaced_resource_is_told_with_both_addresses() {
    let report = Fixture::load("protect-stateful").judge(&Rules::default());
    let moved = report.findings.iter().find(|it| it.previous_address.is_some()).expect("it is told");
    assert_eq!(moved.previous_address.as_deref(), Some("module.svc[\"a\"].aws_sqs_queue.this"));
    assert_eq!(moved.address, "module.svc[\"a2\"].aws_sqs_queue.this");
}

#[test]
fn p8_forget_is_no_delete_and_unknown_actions_fail_closed() {
    let volume = json!({"availability_zone": "us-east-1a", "type": "gp2", "size": 10});
    let gone = |actions: &[&str]| {
        plan(json!([change("aws_ebs_volume", actions, volume.clone(), json!(null), json!({}))]))
    };
    assert!(told(&judge(&gone(&["forget"]), &Rules::default())).contains("stays in the cloud"));
    difference(&gone(&["forget"]), "0");
    difference(&gone(&["delete"]), "-1");

    let advisory =
        ProtectStateful { on_unknown: Some(tfpilot_policies::OnUnknown::Warn), ..ProtectStateful::default() };
    let rules = Rules { protect_stateful: Some(advisory), ..Rules::default() };
    let report = judge(&gone(&["explode"]), &rules);
    assert_eq!((report.conclusion(), report.truth()), (Conclusion::Failure, Truth::Unknown));
    let fixture = Fixture::of_text("", &gone(&["explode"]));
    assert!(estimate(&fixture.plan, None, &context(), false).is_doubtful());
}

#[test]
fn p9_what_is_imported_unchanged_is_judged_and_costs_nothing_new() {
    let key = json!({"arn": "arn:aws:kms:us-east-1:1:key/k", "description": "x"});
    let mut imported = change("aws_kms_key", &["no-op"], key.clone(), key, json!({}));
    imported["change"]["importing"] = json!({"id": "k"});
    let document = plan(json!([imported]));
    difference(&document, "0");
    let fixture = Fixture::of_text("", &document);
    let estimate = estimate(&fixture.plan, None, &context(), false);
    assert_eq!((estimate.before.to_string(), estimate.after.to_string()), ("0.00".into(), "1.00".into()));
    assert_eq!(estimate.resources[0].notes, ["imported, billed already"]);

    let queue = json!({"name": "Queue"});
    let mut imported = change("aws_sqs_queue", &["no-op"], queue.clone(), queue, json!({}));
    imported["change"]["importing"] = json!({"id": "q"});
    assert_eq!(judge(&plan(json!([imported])), &naming()).conclusion(), Conclusion::Failure);
}

#[test]
fn p10_data_sources_are_not_changes() {
    let mut read = change("aws_sqs_queue", &["read"], json!(null), json!({"name": "Queue"}), json!({}));
    read["mode"] = json!("data");
    let document = plan(json!([read]));
    assert_eq!(judge(&document, &naming()).conclusion(), Conclusion::Success);
    let fixture = Fixture::of_text("", &document);
    assert_eq!(estimate(&fixture.plan, None, &context(), false).changed, 0);
}

#[test]
fn p11_a_failed_check_does_not_fail_the_plan_and_is_told() {
    let mut document = plan(json!([]));
    document["checks"] = json!([
        {"address": {"to_display": "check.named"}, "status": "fail",
         "instances": [{"problems": [{"message": "the queue has no | name"}]}]},
        {"address": {"to_display": "check.later"}, "status": "unknown"},
    ]);
    insta::assert_snapshot!(told(&judge(&document, &Rules::default())));
    let hard = tfpilot_policies::TerraformChecks { enforcement: Enforcement::HardMandatory };
    let rules = Rules { terraform_checks: Some(hard), ..Rules::default() };
    assert_eq!(judge(&document, &rules).conclusion(), Conclusion::Failure);
}

#[test]
fn p12_an_incomplete_plan_never_passes() {
    for (name, value, expect) in [
        ("complete", json!(false), Conclusion::ActionRequired),
        ("deferred_changes", json!([{"reason": "x", "resource_change": {}}]), Conclusion::ActionRequired),
        ("action_invocations", json!([{}]), Conclusion::ActionRequired),
        ("errored", json!(true), Conclusion::Failure),
    ] {
        let mut document = plan(json!([]));
        document[name] = value;
        let report = judge(&document, &Rules::default());
        assert_eq!((report.conclusion(), report.truth()), (expect, Truth::Unknown), "{name}");
    }
}

#[test]
fn p13_unknowns_lie_deep_in_lists() {
    let rule = |cidrs: Json| json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": cidrs});
    let group = |cidrs: Json, marks: Json| {
        let (after, marks) =
            (json!({"ingress": [rule(cidrs)]}), json!({"ingress": [{"cidr_blocks": marks}]}));
        judge(
            &plan(json!([change("aws_security_group", &["create"], json!(null), after, marks)])),
            &Rules::default(),
        )
    };
    let safe = group(json!(["10.0.0.0/8"]), json!([false]));
    assert_eq!(safe.conclusion(), Conclusion::Success);
    let maybe = group(json!(["10.0.0.0/8", null]), json!([false, true]));
    assert_eq!((maybe.conclusion(), maybe.truth()), (Conclusion::Failure, Truth::Unknown));
    // One that is known to be open decides, whatever else is unknown.
    let open = group(json!(["0.0.0.0/0", null]), json!([false, true]));
    assert_eq!((open.conclusion(), open.truth()), (Conclusion::Failure, Truth::False));
}

#[test]
fn p13_left_out_is_the_default_and_unknown_is_not() {
    let document = plan(json!([change(
        "aws_rds_cluster_instance",
        &["create"],
        json!(null),
        json!({"identifier": "x"}),
        json!({"publicly_accessible": true}),
    )]));
    let with = |argument: &str| {
        let main = format!("resource \"aws_rds_cluster_instance\" \"x\" {{\n{argument}\n}}\n");
        Fixture::of_text(&main, &document).judge(&Rules::default()).truth()
    };
    assert_eq!(with(""), Truth::True);
    assert_eq!(with("publicly_accessible = aws_x.y.z"), Truth::Unknown);
    assert_eq!(with("publicly_accessible = !false"), Truth::False);
}

/// The blocks of a set are in another order in the plan: what the code says of one is not said of another.
#[test]
fn p13_blocks_are_found_by_what_they_say() {
    let main = r#"
resource "aws_security_group" "x" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/8"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 21
    to_port     = 21
    cidr_blocks = [terraform_data.late.output]
  }
}
"#;
    let rule = |port: u64| json!({"protocol": "tcp", "from_port": port, "to_port": port});
    let mut known = rule(22);
    known["cidr_blocks"] = json!(["10.0.0.0/8"]);
    let after = json!({"ingress": [rule(21), known]});
    let marks = json!({"ingress": [{"cidr_blocks": true}, {"cidr_blocks": [false]}]});
    let plan = plan(json!([change("aws_security_group", &["create"], json!(null), after, marks)]));
    let report = Fixture::of_text(main, &plan).judge(&Rules::default());
    assert_eq!((report.truth(), report.unknown), (Truth::Unknown, 1));
}

#[test]
fn p15_a_destroyed_resource_is_judged_by_what_it_was() {
    let block = |bucket: &str| {
        change(
            "aws_s3_bucket_public_access_block",
            &["delete"],
            json!({"bucket": bucket}),
            json!(null),
            json!({}),
        )
    };
    let bucket =
        change("aws_s3_bucket", &["delete"], json!({"id": "b", "bucket": "b"}), json!(null), json!({}));
    let off = ProtectStateful { enforcement: Enforcement::Off, ..ProtectStateful::default() };
    let rules = Rules { protect_stateful: Some(off), ..Rules::default() };
    let alone = judge(&plan(json!([block("b")])), &rules);
    assert_eq!(alone.conclusion(), Conclusion::Failure);
    let together = judge(&plan(json!([block("b"), bucket])), &rules);
    assert_eq!(together.conclusion(), Conclusion::Success);
}

#[test]
fn code_that_was_read_with_other_values_is_not_believed() {
    let main = "variable \"name\" {\n  default = \"acme-x\"\n}\nresource \"aws_sqs_queue\" \"x\" {\n  name = var.name\n}\n";
    let mut document =
        plan(json!([change("aws_sqs_queue", &["create"], json!(null), json!({}), json!({"name": true}))]));
    assert_eq!(Fixture::of_text(main, &document).judge(&naming()).truth(), Truth::True);
    document["configuration"] = json!({"root_module": {"variables": {"name": {}}}});
    document["variables"] = json!({"name": {"value": "given from elsewhere"}});
    assert_eq!(Fixture::of_text(main, &document).judge(&naming()).truth(), Truth::Unknown);
}

#[test]
fn a_rule_that_cannot_be_evaluated_fails_closed_and_is_named() {
    let naming = Naming { pattern: "(".to_owned(), ..Naming::default() };
    let (broken, problems) =
        tfpilot_policies::RuleSet::new(&Rules { naming: Some(naming), ..Rules::default() });
    assert_eq!(problems.len(), 1);
    let fixture = Fixture::of_text("", &plan(json!([])));
    let report = tfpilot_policies::judge_plan(&fixture.plan, Some(fixture.code()), &broken, &context());
    assert_eq!(
        (report.conclusion(), report.title().as_str()),
        (Conclusion::Failure, "naming cannot be evaluated")
    );
    let unread = set(&Rules::default()).with_broken("no-open-ingress", "unknown key `enforcment`");
    let report = tfpilot_policies::judge_plan(&fixture.plan, None, &unread, &context());
    assert_eq!(report.conclusion(), Conclusion::Failure);
}

#[test]
fn an_override_turns_soft_findings_into_advice_and_no_others() {
    let queue = change("aws_sqs_queue", &["create"], json!(null), json!({"name": "Q"}), json!({}));
    let judge_as = |enforcement| {
        let naming = Naming { enforcement, pattern: "acme-.*".to_owned(), ..Naming::default() };
        judge(&plan(json!([queue.clone()])), &Rules { naming: Some(naming), ..Rules::default() })
    };
    let rules = std::collections::BTreeSet::from(["naming".to_owned()]);
    let soft = judge_as(Enforcement::SoftMandatory);
    assert_eq!(soft.stage, Stage::AfterPlan);
    assert_eq!(
        (soft.conclusion(), soft.title().as_str()),
        (Conclusion::ActionRequired, "naming: override needed")
    );
    let overridden = soft.overridden(&rules);
    assert_eq!(
        (overridden.conclusion(), overridden.title().as_str()),
        (Conclusion::Neutral, "1 advice, 2 passed")
    );
    assert!(overridden.findings[0].overridden);
    let hard = judge_as(Enforcement::HardMandatory);
    assert_eq!(hard.overridden(&rules), hard);
    let open = NoPublicAccess::default();
    assert_eq!(
        open.enforcement,
        Enforcement::HardMandatory,
        "the default of a rule that is given is the strictest"
    );
}

#[test]
fn before_the_plan_only_what_will_exist_can_be_wrong() {
    let with = |count: &str| {
        let main = format!("resource \"aws_sqs_queue\" \"x\" {{\n{count}\nname = \"Queue\"\n}}\n");
        let report = Fixture::of_text(&main, &plan(json!([]))).judge_draft(&naming());
        (report.conclusion(), report.deferred > 0)
    };
    assert_eq!(with(""), (Conclusion::Failure, false));
    assert_eq!(with("count = 2 - 1"), (Conclusion::Failure, false));
    assert_eq!(with("count = 0"), (Conclusion::Success, false));
    assert_eq!(with("for_each = toset([])"), (Conclusion::Success, false));
    assert_eq!(with("count = length(data.aws_x.y.ids)"), (Conclusion::Success, true));
}
