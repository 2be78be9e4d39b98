//! Requests for several things: as YAML, what is asked about each, and how answers and commands name them.

use super::conclude::LEAVE_OUT;
use super::*;

/// A topic and two queues that it delivers to, as a list.
const TOPIC: &str = "```yaml
environment: dev
owner: shop
resources:
  - module: aws/sns-topic
    name: price-changed
    queue_arns:
      - {from: price-changed-search, output: arn}
      - {from: price-changed-mail, output: arn}
  - module: aws/sqs-queue
    name: price-changed-search
    fifo: no
  - module: SQS queue
    name: price-changed-mail
    owner: mail
```";

fn things(reading: &Reading) -> &Draft {
    match reading {
        Reading::Complete { draft } | Reading::Asks { draft, .. } => draft,
        other => panic!("{other:#?}"),
    }
}

fn complete(body: &str) -> Draft {
    match read("", body, catalog(), &config()) {
        Reading::Complete { draft } => draft,
        other => panic!("{body} is not complete: {other:#?}"),
    }
}

fn asked(reading: Reading) -> (Draft, Question) {
    match reading {
        Reading::Asks { draft, question } => (draft, question),
        other => panic!("asks nothing: {other:#?}"),
    }
}

fn asks_about(body: &str) -> (Draft, Question) {
    asked(read("", body, catalog(), &config()))
}

fn set_in(draft: &Draft, pairs: &[(&str, &str)]) -> Reading {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    set(draft, &pairs, catalog(), &config())
}

fn inputs(draft: &Draft) -> Vec<Json> {
    schema::conforms(draft);
    let thing = |thing: &tfpilot_engine::Resource| {
        let mut shown = json!({"name": thing.name.as_ref().map(|name| &name.value)});
        thing.inputs.iter().for_each(|(input, filled)| shown[input] = filled.value.clone());
        shown
    };
    draft.resources.iter().map(thing).collect()
}

fn arn(name: &str) -> Json {
    json!({"from": name, "output": "arn"})
}

#[test]
fn what_things_have_in_common_is_said_once() {
    let draft = complete(TOPIC);
    assert_eq!(
        inputs(&draft),
        [
            json!({"name": "price-changed", "owner": "shop",
                   "queue_arns": [arn("price-changed-search"), arn("price-changed-mail")]}),
            json!({"name": "price-changed-search", "owner": "shop", "fifo": false}),
            json!({"name": "price-changed-mail", "owner": "mail"}),
        ]
    );
    let list = "```yaml\n- {module: aws/sqs-queue, name: a, owner: x, env: dev}\n- {module: sns-topic, name: b, owner: y}\n```";
    let draft = complete(list);
    assert_eq!(inputs(&draft), [json!({"name": "a", "owner": "x"}), json!({"name": "b", "owner": "y"})]);
    assert_eq!(shown(&draft)["environment"], "dev");
}

#[test]
fn the_example_of_the_docs_is_complete() {
    let draft = complete(include_str!("../../../../docs/requests.md"));
    assert_eq!(inputs(&draft)[0]["queue_arns"], json!([arn("price-changed-search")]));
}

#[test]
fn things_of_two_environments_are_asked_about() {
    let list = "```yaml\n- {module: aws/sqs-queue, name: a, owner: x, env: dev}\n- {module: sns-topic, name: b, owner: y, env: prod}\n```";
    let (draft, question) = asks_about(list);
    assert_eq!(
        (question.about.as_str(), question.choices.clone()),
        ("environment", vec!["dev".into(), "prod".into()])
    );
    let Reading::Complete { draft } = answer(&draft, &question, "prod", catalog(), &config()) else {
        panic!()
    };
    assert_eq!(shown(&draft)["environment"], "prod");
}

#[test]
fn a_key_names_its_thing() {
    let draft = complete(TOPIC);
    let reading =
        set_in(&draft, &[("price-changed-search.fifo", "yes"), ("price-changed-mail.owner", "post")]);
    assert_eq!(inputs(things(&reading))[1]["fifo"], true);
    assert_eq!(inputs(things(&reading))[2]["owner"], "post");
    assert_eq!(inputs(things(&reading))[0]["owner"], "shop");
    // Without a thing it is said of all, or of the first.
    assert!(inputs(things(&set_in(&draft, &[("owner", "web")]))).iter().all(|thing| thing["owner"] == "web"));
    assert_eq!(inputs(things(&set_in(&draft, &[("sns-topic.raw_messages", "on")])))[0]["raw_messages"], true);
    assert_eq!(inputs(things(&set_in(&draft, &[("3.delay_seconds", "10")])))[2]["delay_seconds"], 10);
}

#[test]
fn a_missing_owner_is_asked_of_its_thing() {
    let body = "```yaml\n- {module: aws/sns-topic, name: t, owner: shop, env: dev}\n- {module: aws/sqs-queue, name: q}\n- {module: aws/sqs-queue, name: p}\n```";
    let (draft, question) = asks_about(body);
    assert_eq!((question.about.as_str(), question.resource), ("owner", 1));
    assert_eq!(question.text, "Which team answers for the queue?");
    // What is missing in others too is asked once, and what is there stays.
    let Reading::Complete { draft } = answer(&draft, &question, "billing", catalog(), &config()) else {
        panic!()
    };
    let owners: Vec<Json> = inputs(&draft).iter().map(|thing| thing["owner"].clone()).collect();
    assert_eq!(owners, ["shop", "billing", "billing"]);
}

#[test]
fn names_are_asked_before_what_refers_to_them() {
    let body = "```yaml\n- {module: aws/sns-topic, name: t, owner: shop, env: dev, queue_arns: [{from: q, output: arn}]}\n- {module: aws/sqs-queue, owner: shop}\n```";
    let (draft, question) = asks_about(body);
    assert_eq!((question.about.as_str(), question.resource), ("name", 1));
    let reading = answer(&draft, &question, "q", catalog(), &config());
    assert!(matches!(reading, Reading::Complete { .. }), "{reading:#?}");
    assert_eq!(inputs(things(&set_in(&draft, &[("sqs-queue.name", "q")]))), inputs(things(&reading)));
}

#[test]
fn two_of_one_name_are_asked_about() {
    let body = "```yaml\n- {module: aws/sqs-queue, name: q, owner: shop, env: dev}\n- {module: aws/sqs-queue, name: q, owner: shop}\n```";
    let (draft, question) = asks_about(body);
    assert_eq!((question.about.as_str(), question.resource, question.example.as_str()), ("name", 1, "q-2"));
    assert_eq!(question.problem.as_deref(), Some("two of them are called q"));
    let Reading::Complete { draft } = answer(&draft, &question, "p", catalog(), &config()) else { panic!() };
    assert_eq!(inputs(&draft)[0]["name"], "q");
    assert_eq!(inputs(&draft)[1]["name"], "p");
}

#[test]
fn a_reference_that_leads_nowhere_is_asked_about() {
    let body = TOPIC.replace("from: price-changed-mail", "from: price-changed-mails");
    let (draft, question) = asks_about(&body);
    assert_eq!((question.about.as_str(), question.resource), ("queue_arns", 0));
    assert_eq!(
        question.problem.as_deref(),
        Some("Input queue_arns takes arn from price-changed-mails: nothing in this request is called that")
    );
    assert_eq!(question.choices, ["price-changed-mail.arn", LEAVE_OUT]);
    let whole = json!([arn("price-changed-search"), arn("price-changed-mail")]);
    for said in ["1", "price-changed-mail.arn", "queue_arns=price-changed-mail.arn"] {
        let reading = answer(&draft, &question, said, catalog(), &config());
        assert_eq!(inputs(things(&reading))[0]["queue_arns"], whole, "{said}");
        assert!(matches!(reading, Reading::Complete { .. }), "{said}");
    }
    let Reading::Complete { draft } = answer(&draft, &question, "2", catalog(), &config()) else { panic!() };
    assert_eq!(inputs(&draft)[0]["queue_arns"], json!([arn("price-changed-search")]));
}

#[test]
fn references_are_set_by_words_and_follow_names() {
    let draft = complete(TOPIC);
    let reading = set_in(&draft, &[("price-changed.queue_arns", "price-changed-mail.arn")]);
    assert_eq!(inputs(things(&reading))[0]["queue_arns"], json!([arn("price-changed-mail")]));
    let known = "arn:aws:sqs:eu-central-1:111122223333:audit";
    let both = format!("price-changed-mail.arn, {known}");
    let reading = set_in(&draft, &[("price-changed.queue_arns", &both)]);
    assert_eq!(inputs(things(&reading))[0]["queue_arns"], json!([arn("price-changed-mail"), known]));
    let renamed = set_in(&draft, &[("price-changed-mail.name", "mails")]);
    assert!(matches!(renamed, Reading::Complete { .. }), "{renamed:#?}");
    assert_eq!(inputs(things(&renamed))[0]["queue_arns"], json!([arn("price-changed-search"), arn("mails")]));
}

#[test]
fn a_thing_that_is_not_in_the_catalog_is_asked_about() {
    let (draft, question) = asks_about(
        "```yaml\n- {module: aws/sqs-queue, name: q, owner: a, env: dev}\n- {module: kafka, name: k}\n```",
    );
    assert_eq!((question.about.as_str(), question.resource), ("module", 1));
    assert_eq!(question.problem.as_deref(), Some("the catalog has no module kafka"));
    let reading = set_in(&draft, &[("k.module", "aws/kinesis-stream")]);
    assert_eq!(things(&reading).resources[1].module.as_deref(), Some("aws/kinesis-stream"));
}

#[test]
fn a_long_list_is_refused_whole() {
    let list: String =
        (0..30).map(|n| format!("- {{module: aws/sqs-queue, name: q{n}, owner: a, env: dev}}\n")).collect();
    let (_, question) = asks_about(&format!("```yaml\n{list}```"));
    assert_eq!(question.resource, 20);
    assert!(question.problem.is_some_and(|problem| problem.contains("at most 20 things")));
}

#[test]
fn a_role_takes_what_its_actions_are_for_and_is_not_taken_by_it() {
    let draft = complete(
        "In dev, team shop: a queue orders-in, and a role orders-worker that lambda can assume with sqs:ReceiveMessage \
         and sqs:DeleteMessage on exactly that queue.",
    );
    let role =
        draft.resources.iter().find(|thing| thing.module.as_deref() == Some("aws/iam-role")).expect("a role");
    assert_eq!(role.inputs["resources"].value, json!([{"from": "orders-in", "output": "arn"}]));
    let queue = draft
        .resources
        .iter()
        .find(|thing| thing.module.as_deref() == Some("aws/sqs-queue"))
        .expect("a queue");
    assert!(
        queue.inputs.values().all(|filled| !filled.value.to_string().contains("orders-worker")),
        "{queue:#?}"
    );
}

#[test]
fn the_last_one_is_one_of_several() {
    let draft = complete(
        "Three queues in dev, team shop: orders-a, orders-b and orders-c. The last one should keep messages for 10 days.",
    );
    let kept: Vec<bool> =
        draft.resources.iter().map(|thing| thing.inputs.contains_key("retention_days")).collect();
    assert_eq!(kept, [false, false, true], "{draft:#?}");
}

#[test]
fn a_number_alone_is_what_that_of_another_is() {
    let kept = |body: &str| -> Vec<Json> {
        complete(body).resources.iter().map(|thing| thing.inputs["retention_days"].value.clone()).collect()
    };
    for body in [
        "queues acme-in (7 days) and acme-out (14 days) in dev, team billing",
        "queues acme-in (7 days) and acme-out (2 weeks) in dev, team billing",
        "two queues in dev for billing: acme-in keeps messages 7 days, acme-out 14",
    ] {
        assert_eq!(kept(body), [json!(7), json!(14)], "{body}");
    }
}

#[test]
fn what_follows_names_that_stand_together_is_said_of_each() {
    let versioned = |body: &str| -> Vec<bool> {
        let draft = complete(body);
        draft.resources.iter().map(|thing| thing.inputs.contains_key("versioning")).collect()
    };
    for (body, expected) in [
        ("three buckets acme-in, acme-out and acme-tmp in dev, versioned, team billing", [true, true, true]),
        (
            "Buckets acme-in, acme-out & acme-tmp in dev for team billing, the last one versioned",
            [false, false, true],
        ),
        (
            "Drei Buckets acme-in, acme-out und acme-tmp in dev mit Versionierung, Team billing",
            [true, true, true],
        ),
    ] {
        assert_eq!(versioned(body), expected, "{body}");
    }
}
