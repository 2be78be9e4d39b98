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

#[test]
fn things_are_tied_however_it_is_put() {
    let both = json!([{"from": "pay-a", "output": "arn"}, {"from": "pay-b", "output": "arn"}]);
    for text in [
        "team payments, stage: topic pay-events -> queues pay-a and pay-b",
        "topic pay-events in stage with queues pay-a and pay-b subscribed, team payments",
        "Ein Topic pay-events und zwei Queues pay-a und pay-b, die es abonnieren, in stage, Team payments",
        "stage, team payments:\n- queue pay-a\n- queue pay-b\n- topic pay-events which delivers to both of them",
        "stage, team payments:\n- topic pay-events\n- queue pay-a which gets everything from that topic\n- queue pay-b, same",
        "stage, team payments:\n- topic pay-events\n- queue pay-a\n- queue pay-b\nBoth queues should be subscribed to the topic.",
    ] {
        let found = things(text);
        let topic = found.iter().find(|thing| thing["module"] == "aws/sns-topic").expect("a topic");
        assert_eq!((found.len(), &topic["queue_arns"]), (3, &both), "{text}");
    }
}

#[test]
fn a_later_sentence_speaks_of_the_thing_it_names() {
    let found = things(
        "bucket pay-in and queue pay-q in prod for payments. The queue must be FIFO and keep messages 10 days. The bucket is versioned.",
    );
    assert_eq!(
        found,
        [
            json!({"module": "aws/s3-bucket", "name": "pay-in", "owner": "payments", "versioning": true}),
            json!({"module": "aws/sqs-queue", "name": "pay-q", "owner": "payments", "fifo": true, "retention_days": 10}),
        ]
    );
}

#[test]
fn things_are_counted_where_nobody_names_them() {
    let text = "I need 2 queues in dev, one for the invoice mails and one for the reminders. billing team";
    let Reading::Asks { draft, question } = read("", text, catalog(), &config()) else { panic!("{text}") };
    assert_eq!((draft.resources.len(), question.about.as_str()), (2, "name"));
    assert!(draft.resources.iter().all(|thing| thing.inputs["owner"].value == "billing"));
}

#[test]
fn what_is_denied_or_known_is_no_thing() {
    let names =
        |text: &str| -> Vec<Json> { things(text).iter().map(|thing| thing["name"].clone()).collect() };
    assert_eq!(names("queue pay-q in dev, team payments. We haven't got a topic yet."), [json!("pay-q")]);
}
