//! Several things in one text: each with what is said of it, and what they take from each other.

use super::*;

/// The things of a complete request: module, name and inputs.
#[track_caller]
fn things(text: &str) -> Vec<Json> {
    let reading = read("", text, catalog(), &config());
    let Reading::Complete { draft } = reading else { panic!("{text}: {reading:#?}") };
    let thing = |resource: &Resource| {
        let mut shown = json!({
            "module": resource.module,
            "name": resource.name.as_ref().map(|name| name.value.clone()),
        });
        for (input, filled) in &resource.inputs {
            shown[input] = filled.value.clone();
        }
        shown
    };
    draft.resources.iter().map(thing).collect()
}

#[test]
fn what_stands_around_a_thing_is_said_of_it() {
    let found = things(
        "For the returns in dev, team shop:\n- a bucket acme-returns, versioned\n- a FIFO queue returns-in\n- a secret returns-api-key",
    );
    assert_eq!(
        found,
        [
            json!({"module": "aws/s3-bucket", "name": "acme-returns", "owner": "shop", "versioning": true}),
            json!({"module": "aws/sqs-queue", "name": "returns-in", "owner": "shop", "fifo": true}),
            json!({"module": "aws/secret", "name": "returns-api-key", "owner": "shop"}),
        ]
    );
}

#[test]
fn two_of_a_kind_are_two_things() {
    let found = things("We need two buckets in dev, acme-in and acme-out, both owned by team finance");
    let names: Vec<_> = found.iter().map(|thing| thing["name"].clone()).collect();
    assert_eq!(names, [json!("acme-in"), json!("acme-out")]);
    assert!(found.iter().all(|thing| thing["owner"] == "finance"), "{found:?}");
}

#[test]
fn a_thing_takes_what_another_has() {
    let found = things(
        "In dev for team shop: a role `tax-sync` that Lambda can assume, and a secret `tax-token` that this role may read.",
    );
    assert_eq!(found[1]["readers"], json!([{"from": "tax-sync", "output": "arn"}]), "{found:?}");
}

#[test]
fn a_list_of_one_output_is_not_put_into_a_list() {
    let found = things(
        "team web, dev: a VPC web-net (10.40.0.0/16) and, in its private subnets, a Postgres database `web-db` with 50 GB",
    );
    assert_eq!(
        found[1]["subnet_ids"],
        json!({"from": "web-net", "output": "private_subnet_ids"}),
        "{found:?}"
    );
}
