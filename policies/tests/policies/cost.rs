//! The price of a real plan in which everything happens that changes a bill, and its limits.

use crate::fixture::{Fixture, context};
use tfpilot_policies::cost::{Estimate, Limit, Money, estimate, judge_limit};
use tfpilot_policies::{Conclusion, Context, Truth};

fn everything() -> Estimate {
    let fixture = Fixture::load("cost");
    estimate(&fixture.plan, Some(fixture.code()), &context(), false)
}

fn money(text: &str) -> Money {
    Money::parse(text).expect("an amount")
}

#[test]
fn everything_that_changes_a_bill() {
    insta::assert_snapshot!(everything().markdown(60_000));
}

#[test]
fn an_estimate_as_json() {
    let mut estimate = everything();
    estimate.resources.truncate(2);
    estimate.book.sha256 = "…".to_owned();
    insta::assert_json_snapshot!(estimate);
    let json = serde_json::to_string(&estimate).expect("plain data");
    assert_eq!(serde_json::from_str::<Estimate>(&json).expect("it reads back"), estimate);
}

#[track_caller]
fn check(limit: &Limit, expect: (Truth, Conclusion), title: &str) {
    let verdict = judge_limit(&everything(), limit, "prod");
    assert_eq!(((verdict.truth, verdict.conclusion), verdict.title.as_str()), (expect, title));
}

fn limit(monthly: Option<&str>, allow_unpriced: bool) -> Limit {
    Limit { monthly: monthly.map(money), currency: None, allow_unpriced }
}

#[test]
fn more_than_the_limit_is_too_much_whatever_is_not_priced() {
    let too_much = (Truth::False, Conclusion::ActionRequired);
    check(&limit(Some("100"), false), too_much, "+$172/mo, limit $100");
    check(&limit(Some("100"), true), too_much, "+$172/mo, limit $100");
}

#[test]
fn less_than_the_limit_is_enough_only_when_all_is_priced() {
    let unknown = (Truth::Unknown, Conclusion::Failure);
    check(&limit(Some("500"), false), unknown, "Cost unknown, not allowed in prod");
    check(&limit(None, false), unknown, "Cost unknown, not allowed in prod");
    let fine = (Truth::True, Conclusion::Success);
    check(&limit(Some("500"), true), fine, &everything().title());
    check(&limit(None, true), fine, &everything().title());
}

#[test]
fn a_limit_in_another_currency_cannot_be_held() {
    let euro = Limit { currency: Some("EUR".to_owned()), ..limit(Some("500"), true) };
    check(&euro, (Truth::Unknown, Conclusion::Failure), "Cost unknown: the limit is not in USD");
}

#[test]
fn old_prices_are_said() {
    let estimate = everything();
    let day = |text: &str| text.parse().expect("a date");
    assert_eq!(estimate.oldest_price.as_deref(), Some("2021-05-05"));
    let warning = "Warning: prices as of 2021-05-05 are older than a year.";
    assert_eq!(estimate.age_notice(day("2026-07-20")).as_deref(), Some(warning));
    assert_eq!(estimate.age_notice(day("2021-12-01")).as_deref(), Some("Prices as of 2021-05-05."));
    assert_eq!(estimate.age_notice(day("2021-06-01")), None);
}

#[test]
fn without_the_code_a_price_may_still_be_known() {
    let fixture = Fixture::load("cost");
    let alone = estimate(&fixture.plan, None, &context(), false);
    assert_eq!(alone.difference, everything().difference);
}

#[test]
fn prices_of_other_regions_stand_in_only_when_asked_and_are_never_summed() {
    let main = "resource \"aws_kms_key\" \"k\" {}\nprovider \"aws\" { region = \"eu-central-1\" }\n";
    let plan = serde_json::json!({"format_version": "1.2", "resource_changes": [{
        "address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k",
        "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {}},
    }]});
    let fixture = Fixture::of_text(main, &plan);
    let price = |proxies| estimate(&fixture.plan, Some(fixture.code()), &context(), proxies);
    assert_eq!((price(true).difference, price(false).difference), (Money::ZERO, Money::ZERO));
    assert_eq!((price(true).priced, price(true).not_priced), (0, 1));
    insta::assert_snapshot!(price(true).markdown(60_000));
    insta::assert_snapshot!(price(false).markdown(60_000));
    // The environment's region stands in where neither plan nor code name one, and it is said.
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    let plan_only = estimate(&fixture.plan, None, &context, false);
    assert_eq!(plan_only.difference, money("1"));
    assert_eq!(plan_only.resources[0].notes, ["region `us-east-1` assumed"]);
}

/// A plan in which the launch template gets a larger machine; its group stays as it is.
fn a_larger_template(version: &str) -> Estimate {
    let template = |kind: &str| {
        let disk = serde_json::json!([{"device_name": "/dev/xvda", "ebs": [{"volume_size": 8, "volume_type": "gp3"}]}]);
        serde_json::json!({"id": "lt-1", "instance_type": kind, "block_device_mappings": disk, "latest_version": 2})
    };
    let group = serde_json::json!({
        "desired_capacity": 2, "min_size": 1, "mixed_instances_policy": [],
        "launch_template": [{"id": "lt-1", "version": version}],
    });
    let change = |kind: &str, actions: &str, before: &serde_json::Value, after: &serde_json::Value| {
        serde_json::json!({
            "address": format!("{kind}.x"), "mode": "managed", "type": kind, "name": "x",
            "change": {"actions": [actions], "before": before, "after": after, "after_unknown": {}},
        })
    };
    let plan = serde_json::json!({"format_version": "1.2", "resource_changes": [
        change("aws_launch_template", "update", &template("m5.large"), &template("m5.xlarge")),
        change("aws_autoscaling_group", "no-op", &group, &group),
    ]});
    let fixture = Fixture::of_text("", &plan);
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    estimate(&fixture.plan, None, &context, false)
}

#[test]
fn a_group_follows_its_template_though_nothing_of_itself_changes() {
    // Two machines of 0.096 an hour become two of 0.192.
    let follows = a_larger_template("$Latest");
    assert_eq!((follows.difference, follows.changed), (money("140.16"), 2));
    insta::assert_snapshot!(follows.markdown(60_000));
    assert_eq!(a_larger_template("1").difference, Money::ZERO);
}
