//! What the digest covers and what it does not, on a plan of the AWS provider.

use serde_json::{Value, json};
use tfpilot_plan::{PlanDigest, RedactedPlan, Redactor, redact};

const AWS: &[u8] = include_bytes!("../testdata/aws/plan.json");

fn document() -> Value {
    redact(AWS, None, &Redactor::default()).expect("a plan").plan.document()
}

/// The digest with one place of the document set.
#[track_caller]
fn with(place: &str, value: Value) -> PlanDigest {
    let mut document = document();
    let (parent, name) = place.rsplit_once('/').expect("a pointer");
    let parent = document.pointer_mut(parent).expect("a place of it");
    if let Some(items) = parent.as_array_mut() {
        items.push(value);
    } else {
        parent.as_object_mut().expect("an object").insert(name.to_owned(), value);
    }
    RedactedPlan::from_document(document).expect("a plan").digest()
}

fn digest() -> PlanDigest {
    RedactedPlan::from_document(document()).expect("a plan").digest()
}

#[test]
fn what_was_judged_counts() {
    for (place, value) in [
        ("/terraform_version", json!("1.11.5")),
        ("/errored", json!(true)),
        ("/complete", json!(false)),
        ("/applyable", json!(false)),
        ("/resource_changes/1/address", json!("aws_dynamodb_table.other")),
        ("/resource_changes/1/previous_address", json!("aws_dynamodb_table.before")),
        ("/resource_changes/1/action_reason", json!("delete_because_no_module")),
        ("/resource_changes/1/deposed", json!("0badc0de")),
        ("/resource_changes/1/provider_name", json!("example.com/acme/aws")),
        ("/resource_changes/1/change/actions", json!(["forget"])),
        ("/resource_changes/1/change/before", json!({})),
        ("/resource_changes/2/change/after/size", json!(21)),
        ("/resource_changes/2/change/after_unknown/size", json!(true)),
        ("/resource_changes/2/change/replace_paths", json!([])),
        ("/resource_changes/2/change/tfpilot_hidden_changes", json!([["size"]])),
        ("/resource_changes/2/change/importing", json!({"id": "vol-2"})),
        ("/resource_changes/-", json!({"address": "a.b", "change": {"actions": ["create"]}})),
        ("/output_changes/bucket_arn/actions", json!(["update"])),
        ("/output_changes/more", json!({"actions": ["create"], "after": 1})),
        ("/deferred_changes", json!([{"reason": "x"}])),
        ("/checks/0/status", json!("pass")),
        ("/configuration/provider_config/aws/version_constraint", json!("5.99.0")),
        ("/action_invocations", json!([{"address": "action.a.b"}])),
    ] {
        assert_ne!(with(place, value), digest(), "{place}");
    }
}

#[test]
fn circumstances_do_not() {
    let same = json!({"address": "a.b", "change": {"actions": ["no-op"], "before": {"x": 1}, "after": {"x": 1}},
        "provider_name": "registry.terraform.io/hashicorp/aws"});
    let drift =
        json!([{"address": "a.b", "change": {"actions": ["update"], "before": {"x": 1}, "after": {"x": 2}}}]);
    for (place, value) in [
        ("/timestamp", json!("2027-01-01T00:00:00Z")),
        ("/format_version", json!("1.3")),
        ("/relevant_attributes", json!([])),
        ("/resource_drift", drift),
        ("/resource_changes/-", same),
        ("/output_changes/quiet", json!({"actions": ["no-op"], "before": 1, "after": 1})),
        ("/checks/0/instances", json!([])),
        ("/news_of_a_newer_version", json!([])),
    ] {
        assert_eq!(with(place, value), digest(), "{place}");
    }
}

#[test]
fn order_does_not_matter() {
    let mut document = document();
    if let Some(changes) = document.pointer_mut("/resource_changes").and_then(Value::as_array_mut) {
        changes.reverse();
    }
    let backwards = RedactedPlan::from_document(document).expect("a plan");
    assert_eq!(backwards.digest(), digest());
    // The same bytes for people, too.
    let forwards = redact(AWS, None, &Redactor::default()).expect("a plan").plan;
    assert_eq!(backwards.summary().markdown(&[], 60_000), forwards.summary().markdown(&[], 60_000));
}

/// Refreshing writes the drift into the state: there it is what was judged.
#[test]
fn the_drift_of_a_refresh_only_plan_counts() {
    let digest = |after: u32| {
        let document = json!({"format_version": "1.2", "applyable": true, "resource_drift":
            [{"address": "a.b", "change": {"actions": ["update"], "before": {"x": 1}, "after": {"x": after}}}]});
        RedactedPlan::from_document(document).expect("a plan").digest()
    };
    assert_ne!(digest(2), digest(3));
}

/// An old approval must not be taken for one of another form of digest: this changes only with `FORM`.
#[test]
fn the_form_is_pinned() {
    let document = json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes":
        [{"address": "a.b", "change": {"actions": ["create"], "before": null, "after": {"z": 1.5, "a": "é\n"}}}]});
    let digest = RedactedPlan::from_document(document).expect("a plan").digest();
    insta::assert_snapshot!(digest.as_str(), @"ce8695f4fd8b8b0ce70ac2c2367ba92306759de55308c0bd76f74c4d0fffe583");
}

#[test]
fn only_a_digest_is_read_as_one() {
    for text in ["", "abc", &"G".repeat(64), &"A".repeat(64), &format!("{}0", digest())] {
        assert!(text.parse::<PlanDigest>().is_err(), "{text}");
        assert!(serde_json::from_value::<PlanDigest>(json!(text)).is_err());
    }
}
