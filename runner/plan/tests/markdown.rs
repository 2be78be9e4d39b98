//! The Markdown stays within its budget, sheds in order, and foreign text cannot break out of its cell.

#![expect(clippy::indexing_slicing, reason = "a helper of a test may fail it by panicking")]

use proptest::prelude::*;
use serde_json::{Value, json};
use tfpilot_plan::{MARKDOWN_BUDGET, RedactedPlan, Summary};

fn summary(changes: Vec<Value>) -> Summary {
    let resources: Vec<Value> = changes
        .iter()
        .map(|change| json!({"address": format!("{}.{}", change["type"].as_str().unwrap_or_default(), change["name"].as_str().unwrap_or_default()),
            "expressions": {"name": {}, "size": {}}}))
        .collect();
    RedactedPlan::from_document(json!({"format_version": "1.2", "resource_changes": changes,
        "configuration": {"root_module": {"resources": resources}}}))
    .expect("a plan")
    .summary()
}

fn create(at: usize) -> Value {
    json!({"address": format!("aws_instance.web[\"{at}\"]"), "type": "aws_instance", "name": "web", "change":
        {"actions": ["create"], "before": null, "after": {"name": "x".repeat(60), "size": at}}})
}

fn update(at: usize) -> Value {
    json!({"address": format!("aws_instance.app{at}"), "type": "aws_instance", "name": format!("app{at}"), "change":
        {"actions": ["update"], "before": {"size": 0}, "after": {"size": at + 1}}})
}

fn destroy(at: usize) -> Value {
    json!({"address": format!("aws_db_instance.db{at}"), "type": "aws_db_instance", "name": format!("db{at}"),
        "change": {"actions": ["delete"], "before": {"size": at}, "after": null}})
}

#[test]
fn a_small_plan_is_told_in_full() {
    insta::assert_snapshot!(summary(vec![create(1), update(2), destroy(3)]).markdown(&[], MARKDOWN_BUDGET));
}

/// Details of creates go first, then of updates; then siblings are collapsed and creates grouped; rows last.
#[test]
fn the_shedding_order() {
    let changes: Vec<Value> =
        (0..40).map(create).chain((0..40).map(update)).chain((0..5).map(destroy)).collect();
    let summary = summary(changes);
    let lines = vec!["Cost: +$1.00/mo".to_owned()];
    let full = summary.markdown(&lines, usize::MAX);
    let stages = [
        "- `size`: `7`",
        "- `size`: `0` → `8`",
        "| CREATE | create `aws_instance.web[\"7\"]`",
        "| UPDATE | update `aws_instance.app7`",
        "| DATA-LOSS | destroy `aws_db_instance.db4`",
    ];
    for stage in stages {
        assert!(full.contains(stage), "{stage}");
    }
    let mut gone = 0;
    for budget in (200..=full.len()).rev().step_by(50) {
        let text = summary.markdown(&lines, budget);
        assert!(text.len() <= budget, "{budget}");
        assert!(text.starts_with("**5 destroy · 40 change · 40 create**\n\nCost: +$1.00/mo"), "{text}");
        let missing: Vec<bool> = stages.iter().map(|stage| !text.contains(stage)).collect();
        // What is gone is a prefix of the order, and it never comes back as the budget shrinks.
        let now = missing.iter().take_while(|missing| **missing).count();
        assert!(missing.iter().skip(now).all(|missing| !missing), "{budget}: {missing:?}");
        assert!(now >= gone, "{budget}");
        gone = now;
        if text.contains("rows not shown") {
            assert!(gone >= 3, "rows go after details: {budget}");
        }
    }
    assert_eq!(gone, stages.len());
}

#[test]
fn siblings_are_collapsed_and_creates_grouped() {
    let changes: Vec<Value> = (0..300).map(create).chain((0..2).map(destroy)).collect();
    let text = summary(changes).markdown(&[], 2_000);
    assert!(text.contains("| CREATE | create 300 × `aws_instance.web[…]` |"), "{text}");
    let text = summary((0..900).map(update).chain((0..50).map(create)).collect()).markdown(&[], 9_000);
    assert!(text.contains("rows not shown: "), "{text}");
    let (count, _) = text.split_once(" rows not shown").expect("the note");
    let left: usize = count.rsplit('\n').next().expect("a line").parse().expect("a number");
    let shown = text.matches("| UPDATE |").count();
    assert_eq!(left + shown, 950, "every row is shown or counted");
}

#[test]
fn titles_keep_what_happens_and_the_end_of_the_path() {
    let one = summary((0..4).map(create).collect());
    assert_eq!(one.short_title("live/dev/acme-invoices"), "4 create in live/dev/acme-invoices");
    assert_eq!(
        one.short_title(&format!("{}/acme-invoices", "very/long/path".repeat(5))),
        "4 create in …/acme-invoices"
    );
    assert_eq!(one.short_title(&"x".repeat(100)), "4 create");
    assert_eq!(one.short_title(""), "4 create");
}

#[test]
fn a_forged_row_stays_in_its_cell() {
    let forged = "x\n| CREATE | **policy passed** | @acme/admins `</details>` <img> [a](http://b) |";
    let text = summary(vec![json!({"address": forged, "previous_address": forged, "type": "t", "name": "n",
        "action_reason": forged, "change": {"actions": ["update"], "importing": {"id": forged},
            "before": {"size": forged}, "after": {(forged): forged}}})])
    .markdown(&[], MARKDOWN_BUDGET);
    insta::assert_snapshot!(text);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[|`<>@\n\r\u{202e}\u{1b}\\[\\]()*_#! a-z]{0,40}"]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
        Just(json!("{\"Statement\":[{\"Effect\":\"Allow\"}]}")),
        Just(json!("redacted:list")),
        Just(json!("0.0.0.0/0")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![
            any_text(),
            "ingress|egress|tags|tags_all|policy|cidr_blocks|from_port|id".prop_map(String::from)
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_change() -> impl Strategy<Value = Value> {
    let action =
        prop::sample::select(vec!["no-op", "create", "read", "update", "delete", "forget", "explode"]);
    let kind = prop::sample::select(vec![
        "aws_security_group",
        "aws_iam_role",
        "aws_db_instance",
        "x",
        "aws_s3_bucket_public_access_block",
    ]);
    (any_text(), kind, prop::collection::vec(action, 0..3), [any_json(), any_json(), any_json()], any_json(), any::<bool>()).prop_map(
        |(address, kind, actions, [before, after, unknown], any, optional)| {
            let mut change = json!({"address": address, "type": kind, "name": "n", "mode": "managed", "change":
                {"actions": actions, "before": before, "after": after, "after_unknown": unknown}});
            if optional {
                change["change"]["importing"] = any;
                change["change"]["replace_paths"] = json!([["ingress", 0, "x"], []]);
                change["change"]["tfpilot_hidden_changes"] = json!([["policy"], []]);
                change["action_reason"] = json!(address);
                change["previous_address"] = json!(address);
                change["deposed"] = json!(address);
            }
            change
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// No plan panics, breaks the table or leaves the budget; the same plan gives the same bytes and digest.
    #[test]
    fn any_plan(changes in prop::collection::vec(any_change(), 0..6), drift in prop::collection::vec(any_change(), 0..3),
                budget in 0usize..6000) {
        let document = json!({"format_version": "1.2", "resource_changes": changes, "resource_drift": drift,
            "checks": [{"address": {"to_display": "c|<@"}, "status": "fail", "instances": [{"problems": [{"message": "|\n@x"}]}]}]});
        let plan = RedactedPlan::from_document(document.clone()).expect("a plan");
        let text = plan.summary().markdown(&[], budget);
        prop_assert!(text.len() <= budget);
        let hostile = ['@', '\r', '\u{1b}', '\u{202e}'];
        prop_assert!(!text.contains(hostile));
        let full = plan.summary().markdown(&[], usize::MAX);
        for line in full.lines().filter(|line| line.starts_with('|')) {
            prop_assert_eq!(line.matches('|').count(), 4, "{}", line);
        }
        for line in full.lines().filter(|line| line.contains('<')) {
            prop_assert!(line.starts_with("<details><summary>") || line == "</details>", "{}", line);
        }
        prop_assert_eq!(full.matches('`').count() % 2, 0);
        prop_assert!(plan.summary().short_title("live/dev").chars().count() <= 60);
        let again = RedactedPlan::from_document(document).expect("a plan");
        prop_assert_eq!(again.summary().markdown(&[], usize::MAX), full);
        prop_assert_eq!(again.digest(), plan.digest());
        let as_json = serde_json::to_value(plan.summary()).expect("plain data");
        prop_assert_eq!(serde_json::from_value::<Summary>(as_json).expect("its own form"), plan.summary());
    }
}
