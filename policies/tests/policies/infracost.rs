//! Estimates that infracost made: both forms of its JSON, and everything that is neither.

use serde_json::{Value as Json, json};
use tfpilot_plan::RedactedPlan;

use tfpilot_policies::cost::infracost::{read, read_of_plan};
use tfpilot_policies::cost::{Estimate, Limit, Money, Status, judge_limit};
use tfpilot_policies::{Conclusion, Truth};

const V0: &str = include_str!("../../testdata/infracost/v0.10.json");
const V2: &str = include_str!("../../testdata/infracost/v2.json");

fn money(text: &str) -> Money {
    Money::parse(text).expect("an amount")
}

/// A document with something else at a place.
fn with(text: &str, pointer: &str, value: Json) -> String {
    let mut json: Json = serde_json::from_str(text).expect("JSON");
    *json.pointer_mut(pointer).expect("a place") = value;
    json.to_string()
}

#[test]
fn an_estimate_of_v0_is_read_with_what_was_before() {
    let estimate = read(V0, None).expect("infracost JSON");
    // 75.08 + 32.85 + 1; 145.16 + 2.3 + 1.
    assert_eq!((estimate.before, estimate.after), (money("108.93"), money("148.46")));
    assert_eq!(estimate.difference, money("39.53"));
    assert_eq!(estimate.usage_after, Some(money("2.500005")));
    assert_eq!((estimate.changed, estimate.priced, estimate.not_priced), (5, 2, 2));
    assert!(estimate.is_doubtful());
    insta::assert_snapshot!(estimate.markdown(60_000));
    let json = serde_json::to_string(&estimate).expect("plain data");
    assert_eq!(serde_json::from_str::<Estimate>(&json).expect("it reads back"), estimate);
}

#[test]
fn a_scan_of_v2_is_compared_with_one_of_the_base() {
    let alone = read(V2, None).expect("infracost JSON");
    assert_eq!((alone.difference, alone.changed), (money("145.16"), 5));
    insta::assert_snapshot!(alone.markdown(60_000));
    let same = read(V2, Some(V2)).expect("infracost JSON");
    assert_eq!((same.difference, same.changed, same.unchanged_not_priced), (Money::ZERO, 0, 2));
    let smaller = with(V2, "/projects/0/resources/0/cost_components/0/base_monthly_cost", "70.08".into());
    let grown = read(V2, Some(&smaller)).expect("infracost JSON");
    assert_eq!((grown.difference, grown.before, grown.changed), (money("70.08"), money("75.08"), 1));
}

#[test]
fn what_infracost_did_not_find_is_not_priced_and_stops_a_limit() {
    for text in [V0, V2] {
        let estimate = read(text, None).expect("infracost JSON");
        let database = estimate.resources.iter().find(|it| it.kind == "aws_db_instance").expect("it is told");
        let status = &database.after[0].status;
        assert_eq!(*status, Status::NotPriced { reason: "infracost found no price".to_owned() });
        let limit = Limit { monthly: Some(money("1000")), ..Limit::default() };
        let verdict = judge_limit(&estimate, &limit, "prod");
        assert_eq!((verdict.truth, verdict.conclusion), (Truth::Unknown, Conclusion::Failure));
    }
}

#[test]
fn a_project_that_failed_is_not_free() {
    let errors = serde_json::json!([{"code": 1, "message": "no `main.tf` | $0"}]);
    let failed = with(V0, "/projects/0/metadata", serde_json::json!({"errors": errors}));
    let estimate = read(&failed, None).expect("infracost JSON");
    let lack = estimate.resources.iter().find(|it| it.address == "the project").expect("it is told");
    let reason = "infracost could not price it: `no ˋmain.tfˋ ¦ $0`";
    assert_eq!(lack.after[0].status, Status::NotPriced { reason: reason.to_owned() });
    assert!(estimate.is_doubtful());
}

#[test]
fn amounts_in_another_currency_are_not_held_against_dollars() {
    let euro = read(&with(V0, "/currency", "EUR".into()), None).expect("infracost JSON");
    let limit = Limit { monthly: Some(money("1000")), allow_unpriced: true, ..Limit::default() };
    assert_eq!(judge_limit(&euro, &limit, "prod").title, "Cost unknown: the limit is not in EUR");
}

#[test]
fn anything_else_is_an_error_and_never_nothing() {
    let told: Vec<String> = [
        "".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        r#"{"version": "0.3", "projects": []}"#.to_owned(),
        r#"{"version": "0.2"}"#.to_owned(),
        r#"{"version": "0.2", "projects": []}"#.to_owned(),
        r#"{"version": "0.2", "projects": [{}]}"#.to_owned(),
        r#"{"projects": [{"resources": []}]}"#.to_owned(),
        with(V0, "/currency", "dollars".into()),
        with(V0, "/projects/0/breakdown/resources/0/costComponents/0/monthlyCost", "much".into()),
        with(V0, "/projects/0/breakdown/resources/0/name", Json::Null),
        with(V2, "/projects/0/resources/0/cost_components/0/price", "1/0".into()),
    ]
    .iter()
    .map(|text| read(text, None).expect_err(text).to_string())
    .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(read(V0, Some(V2)).is_err());
}

#[test]
fn what_an_answer_leaves_out_of_a_plan_is_not_priced() {
    let make = |kind: &str| {
        json!({"address": format!("{kind}.x"), "mode": "managed", "type": kind, "name": "x",
            "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {}}})
    };
    let kinds = ["aws_instance", "aws_iam_role", "aws_nat_gateway", "aws_quicksight_user", "aws_kms_key"];
    let changes: Vec<Json> = kinds.iter().map(|kind| make(kind)).collect();
    let plan = json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes});
    let plan = RedactedPlan::from_document(plan).expect("a plan");
    let answer = json!({"version": "0.2", "currency": "USD", "projects": [{"name": "p",
        "summary": {"unsupportedResourceCounts": {"aws_quicksight_user": 1}},
        "breakdown": {"freeResources": [{"name": "aws_kms_key.x"}], "resources": [{"name": "aws_instance.x",
            "costComponents": [{"name": "Instance", "unit": "hours", "monthlyQuantity": "730", "monthlyCost": "70.08"}]}]}}]});
    let estimate = read_of_plan(&answer.to_string(), &plan).expect("infracost JSON");
    let missing: Vec<&str> =
        estimate.resources.iter().filter(|it| it.doubtful).map(|it| &*it.address).collect();
    assert_eq!(
        missing,
        ["aws_nat_gateway.x", "aws_quicksight_user"],
        "what is free by our book needs no word"
    );
    assert_eq!((estimate.difference, estimate.not_priced), (money("70.08"), 2));
    let limit = Limit { monthly: Some(money("1000")), ..Limit::default() };
    assert_eq!(judge_limit(&estimate, &limit, "prod").conclusion, Conclusion::Failure);
}
