//! What people read of a plan made by the real Terraform with the AWS provider; one test per pitfall.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use tfpilot_plan::{MARKDOWN_BUDGET, RedactedPlan, Redactor, Risk, Row, Summary, redact};

const AWS: &[u8] = include_bytes!("../testdata/aws/plan.json");

fn aws() -> Summary {
    redact(AWS, None, &Redactor::default()).expect("a plan").plan.summary()
}

/// A plan with these sections.
#[track_caller]
fn plan(mut document: Value) -> Summary {
    let sections = document.as_object_mut().expect("sections");
    sections.insert("format_version".to_owned(), json!("1.2"));
    RedactedPlan::from_document(document).expect("a plan").summary()
}

fn row<'a>(summary: &'a Summary, address: &str) -> &'a Row {
    summary.rows.iter().find(|row| row.address == address).expect("a row")
}

fn told(summary: &Summary) -> String {
    let mut text = format!("{}\n", summary.headline);
    for row in &summary.rows {
        let _ = writeln!(text, "{} {} {}", row.risk.label(), row.operation.word(), row.address);
        for why in &row.why {
            let _ = writeln!(text, "    {why}");
        }
        for change in &row.changes {
            let _ = writeln!(text, "    {}: {} -> {}", change.path, change.before, change.after);
        }
    }
    text
}

#[test]
fn the_whole_plan() {
    insta::assert_snapshot!(told(&aws()));
}

#[test]
fn the_whole_plan_as_markdown() {
    insta::assert_snapshot!(aws().markdown(&["Policy: 14 passed".to_owned()], MARKDOWN_BUDGET));
}

/// Pitfall 1: one unknown value makes the map unknown; it is shown so, not as absent.
#[test]
fn a_map_with_an_unknown_value_is_unknown() {
    let summary = aws();
    let tags = row(&summary, "aws_instance.web").changes.iter().find(|change| change.path == "tags");
    assert_eq!(tags.expect("set by the code").after.to_string(), "(known after apply)");
}

/// Pitfall 2: likewise a policy document.
#[test]
fn a_policy_with_an_unknown_part_is_unknown() {
    let summary = aws();
    let unknown = row(&summary, "aws_iam_policy.unknown");
    assert_eq!(unknown.risk, Risk::Iam);
    let policy = unknown.changes.iter().find(|change| change.path == "policy").expect("set by the code");
    assert_eq!(policy.after.to_string(), "(known after apply)");
}

/// Pitfall 5: a no-op plan lists its resources; a refresh-only plan lists none and can be applied.
#[test]
fn no_changes_is_not_read_off_one_key() {
    let same =
        json!({"address": "a.b", "change": {"actions": ["no-op"], "before": {"x": 1}, "after": {"x": 1}}});
    let drift =
        json!([{"address": "a.b", "change": {"actions": ["update"], "before": {"x": 1}, "after": {"x": 2}}}]);
    let noise = json!([{"address": "a.b", "change": {"actions": ["update"], "before": {"x": null}, "after": {"x": []}}}]);
    let nothing =
        plan(json!({"resource_changes": [same], "applyable": false, "complete": true, "errored": false}));
    assert!(nothing.no_changes());
    assert_eq!(
        (nothing.headline.as_str(), nothing.short_title("live/dev").as_str()),
        ("No changes", "No changes")
    );
    assert!(plan(json!({"resource_changes": [same], "resource_drift": noise})).no_changes());

    let refresh_only = plan(json!({"resource_drift": drift, "applyable": true, "complete": true}));
    assert!(!refresh_only.no_changes());
    assert_eq!(refresh_only.headline, "State update only");
    // Before 1.8 nothing says that it can be applied.
    assert!(!plan(json!({"resource_drift": drift})).no_changes());

    for doubtful in [
        json!({"resource_changes": [same], "complete": false}),
        json!({"resource_changes": [same], "errored": true}),
        json!({"resource_changes": [same], "applyable": true}),
        json!({"resource_changes": [same], "deferred_changes": [{"reason": "x", "resource_change": same}]}),
        json!({"resource_changes": [same], "action_invocations": [{"address": "action.a.b"}]}),
        json!({"resource_changes": [{"address": "a.b", "change": {"actions": ["explode"]}}]}),
        json!({"resource_changes": [{"address": "a.b", "change": {}}]}),
        json!({"resource_changes": [same], "output_changes": {"o": {"actions": ["update"]}}}),
    ] {
        assert!(!plan(doubtful.clone()).no_changes(), "{doubtful}");
    }
}

/// Pitfall 6: both orders are one replacement; the footnote gives Terraform's numbers.
#[test]
fn a_replacement_counts_once() {
    let summary = aws();
    assert_eq!(summary.counts.replace, 2);
    assert_eq!(
        summary.counts.as_terraform_counts(),
        (10, 3, 3),
        "as `terraform plan` printed for the fixture"
    );
}

/// Pitfall 7: moved and replaced arrives as one change with both addresses.
#[test]
fn moved_and_replaced() {
    let summary = aws();
    let queue = row(&summary, r#"module.svc["a2"].aws_sqs_queue.q[0]"#);
    assert_eq!(queue.previous_address.as_deref(), Some(r#"module.svc["a"].aws_sqs_queue.q[0]"#));
    assert_eq!((queue.risk, summary.counts.moved), (Risk::DataLoss, 1));
}

/// Pitfall 8: forget is no deletion and not harmless either.
#[test]
fn forgotten() {
    let summary = aws();
    let old = row(&summary, "aws_iam_policy.old");
    assert_eq!(summary.counts.forget, 1);
    assert!(old.why.iter().any(|why| why.to_string().contains("still billed")));
}

/// Pitfall 9: a pure import arrives as `no-op`, an import with a change as `update`.
#[test]
fn imports_are_seen() {
    let summary = plan(json!({"applyable": true, "resource_changes": [
        {"address": "a.pure", "change": {"actions": ["no-op"], "importing": {"id": "i-1"}}},
        {"address": "a.changed", "change": {"actions": ["update"], "importing": {"id": "i-2"}}},
    ]}));
    assert_eq!(summary.headline, "1 change · 2 import");
    assert_eq!(row(&summary, "a.pure").risk, Risk::Import);
    assert_eq!(row(&summary, "a.pure").why[0].to_string(), "imported by id i-1");
}

/// Pitfall 10: reads are counted, not listed as changes.
#[test]
fn reads_are_no_changes() {
    let summary = aws();
    assert_eq!(summary.counts.read, 1);
    assert!(!summary.rows.iter().any(|row| row.address.starts_with("data.")));
}

/// Pitfall 11: a failing check does not fail the plan; it is shown.
#[test]
fn a_failing_check_is_shown() {
    let summary = aws();
    assert_eq!(summary.checks[0].address, "check.queue_is_named");
    assert!(summary.markdown(&[], MARKDOWN_BUDGET).contains("**Check failed**: `check.queue_is_named`"));
}

/// Pitfall 12 and 15: incomplete, deferred and errored plans say so.
#[test]
fn an_incomplete_plan_says_so() {
    let text = plan(json!({"complete": false, "errored": true, "applyable": false,
        "deferred_changes": [{"reason": "instance_count_unknown", "resource_change": {"address": "a.b"}}]}))
    .markdown(&[], MARKDOWN_BUDGET);
    insta::assert_snapshot!(text, @r"
    **Plan failed after 1 deferred**

    - **Not complete**: planning failed half-way: this is not all that would happen
    - **Not complete**: deferred by Terraform: `a.b, instance_count_unknown`
    ");
}

/// Pitfall 13: unknown parts mirror the structure; an absent key is known.
#[test]
fn nested_unknowns_mirror_the_structure() {
    let summary = plan(json!({"resource_changes": [{"address": "a.b", "change": {"actions": ["update"],
        "before": {"list": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]},
        "after": {"list": [{"x": 1, "y": 1}, {"y": 3}]},
        "after_unknown": {"list": [{}, {"x": true}]}}}]}));
    let changes: Vec<String> =
        summary.rows[0].changes.iter().map(|it| format!("{}: {}", it.path, it.after)).collect();
    assert_eq!(changes, ["list[1].y: 3"], "the code sets nothing here, so unknown values are noise");
    let summary = plan(
        json!({"resource_changes": [{"address": "a.b", "type": "a", "name": "b", "change": {"actions": ["update"],
        "before": {"list": [{"x": 2}]}, "after": {"list": [{}]}, "after_unknown": {"list": [{"x": true}]}}}],
        "configuration": {"root_module": {"resources": [{"address": "a.b", "expressions": {"list": [{"x": {}}]}}]}}}),
    );
    assert_eq!(summary.rows[0].changes[0].path, "list[0].x");
}

/// Pitfall 14: tags_all repeats every change of tags; default tags are one line.
#[test]
fn default_tags_are_one_line() {
    let change = |tags: Value, all: Value| {
        json!({"address": "a.b", "change": {"actions": ["update"],
        "before": {"tags": {"n": "1"}, "tags_all": {"n": "1", "c": "1"}}, "after": {"tags": tags, "tags_all": all}}})
    };
    let summary = plan(json!({"resource_changes": [
        change(json!({"n": "1"}), json!({"n": "1", "c": "2"})),
        change(json!({"n": "2"}), json!({"n": "2", "c": "1"})),
    ]}));
    assert_eq!(summary.default_tags_changed, 1);
    let paths: Vec<&str> =
        summary.rows.iter().flat_map(|row| &row.changes).map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["tags.n"]);
    assert!(summary.markdown(&[], MARKDOWN_BUDGET).contains("Default tags change on 1 resource."));
}

/// What policies ask of the plan as a whole is what the summary says.
#[test]
fn counts_risks_and_drift_are_those_of_the_summary() {
    let plan = redact(AWS, None, &Redactor::default()).expect("a plan").plan;
    let summary = plan.summary();
    let risks: BTreeSet<Risk> = summary.rows.iter().map(|row| row.risk).collect();
    assert_eq!((plan.counts(), plan.risks(), plan.drifted()), (summary.counts, risks, summary.drift.len()));
    assert_eq!(plan.risks().first().copied(), summary.risk());
    assert!(plan.risks().len() > 3);
}
