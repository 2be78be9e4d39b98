//! What a thing is called and who answers for it, in the many orders in which people say so.

use super::*;

/// Name and team of the only thing of a text.
#[track_caller]
fn named(text: &str) -> (Option<String>, Option<String>) {
    let reading = read("", text, catalog(), &config());
    let (Reading::Complete { draft } | Reading::Asks { draft, .. }) = reading else {
        panic!("{text}: {reading:#?}")
    };
    let [thing] = draft.resources.as_slice() else { panic!("{text}: {draft:#?}") };
    let owner = thing.inputs.get("owner").and_then(|owner| owner.value.as_str());
    (thing.name.as_ref().map(|name| name.value.clone()), owner.map(str::to_owned))
}

#[test]
fn a_name_stands_in_many_places() {
    for text in [
        "queue orders-in in dev, team shop",
        "orders-in, SQS, dev, shop",
        "a queue in dev for team shop, and call the whole thing orders-in",
        "Requesting a queue for team shop in dev; orders-in would be a good name.",
        "Wie wär's mit orders-in als Name? Queue in dev, Team shop",
        "eine Queue in dev, Team shop, und zwar orders-in",
        "Queue in dev, Team shop. Heißen soll sie orders-in",
        "Bitte eine Queue in dev, Team shop, soll orders-in heißen.",
        "SQS bitte: Queue orders-in in dev, Team shop",
        "Name of the queue: orders-in. It is an SQS queue in dev, team shop.",
        "sqs please -> orders-in | dev | shop",
        "1. queue\n2. orders-in\n3. dev\n4. shop",
        "une file SQS « orders-in » en dev pour l'équipe shop",
        "a qeue orders-in in dev, team shop",
        "A queue in dev, team shop. Name of the queue is orders-in.",
        "A queue in dev for team shop (label it orders-in).",
        "We need a queue in dev, to be known as orders-in. Owner of record: shop.",
        "Bitte eine Queue in dev. Sie nennt sich orders-in und gehört zu Team shop.",
        "A queue in dev for team shop. Name simply `orders-in`.",
        "A queue [orders-in] in dev, team shop",
        "We need a queue in dev, team shop: https://sqs.eu-central-1.amazonaws.com/123412341234/orders-in",
    ] {
        assert_eq!(named(text), (Some("orders-in".to_owned()), Some("shop".to_owned())), "{text}");
    }
}

#[test]
fn a_team_is_told_by_how_it_is_spoken_of() {
    for text in [
        "a queue orders-in in dev, for the shop folks",
        "queue orders-in in dev. We're shop.",
        "queue orders-in in dev (shop team)",
        "queue orders-in in dev 4 shop",
        "queue orders-in in dev. Shop is the owning team.",
        "Shop moves its orders to the cloud. Please create queue orders-in in dev.",
        "queue orders-in in dev, shop pls",
        "As shop team lead I need a queue orders-in in dev",
        "We need a queue orders-in in dev. I'm in shop.",
        "A queue orders-in in dev please. Book it on shop.",
        "A queue orders-in in dev please. Shop are the people to ask about it.",
    ] {
        assert_eq!(named(text).1.as_deref(), Some("shop"), "{text}");
    }
}

#[test]
fn what_is_nobodys_name_is_none() {
    for text in [
        "a queue in dev, team shop. The name is still open.",
        "eine Queue in dev, Team shop. Der Name ist noch offen.",
    ] {
        assert_eq!(named(text).0, None, "{text}");
    }
    let text = "From: Dana\nTo: platform-requests\n\nWe would need a queue finished-carts in dev.";
    assert_eq!(named(text), (Some("finished-carts".to_owned()), None));
}

#[test]
fn a_name_says_what_else_it_is() {
    let inputs = |text: &str| {
        let reading = read("", text, catalog(), &config());
        let (Reading::Complete { draft } | Reading::Asks { draft, .. }) = reading else { panic!("{text}") };
        shown(&draft)
    };
    let queue = inputs("Need crane-commands.fifo in prod, owner telemetry, a queue of course.");
    assert_eq!((&queue["name"], &queue["fifo"]), (&json!("crane-commands"), &json!(true)));
    let parameter = inputs("SSM parameter /shop/ingest/allowed-sites in prod, team shop, value HAM");
    assert_eq!((&parameter["name"], &parameter["path"]), (&json!("allowed-sites"), &json!("shop/ingest")));
}

#[test]
fn a_queue_may_have_capitals() {
    let draft = "queue PnrUpdates_2 in dev, team shop";
    let reading = read("", draft, catalog(), &config());
    assert!(matches!(reading, Reading::Complete { .. }), "{reading:#?}");
    let reading = read("", "S3 bucket named Acme_Uploads in dev, team shop", catalog(), &config());
    assert!(matches!(&reading, Reading::Asks { question, .. } if question.about == "name"), "{reading:#?}");
}

#[test]
fn teams_are_told_in_passing() {
    for text in [
        "We (shop) need a queue orders-in in dev",
        "queue orders-in in dev, shop team runs it",
        "queue orders-in in dev, please put down shop as the responsible team",
        "Eine Queue orders-in in dev, das Team heißt shop",
        "Dear platform colleagues, a queue orders-in in dev, owner: shop",
    ] {
        assert_eq!(named(text), (Some("orders-in".to_owned()), Some("shop".to_owned())), "{text}");
    }
}

#[test]
fn names_are_not_the_verbs_beside_them() {
    let text = "Wir möchten sie in einem Valkey zwischenspeichern. Team shop, dev. wetter soll er heißen.";
    assert_eq!(named(text).0.as_deref(), Some("wetter"));
    let text = "ECR repo for `label-printer`, dev, herd-data";
    assert_eq!(named(text), (Some("label-printer".to_owned()), Some("herd-data".to_owned())));
}

#[test]
fn environments_go_by_more_names_than_their_own() {
    for (words, environment) in [
        ("env: pre-production", "stage"),
        ("in der Vorproduktion", "stage"),
        ("im Echtbetrieb", "prod"),
        ("im Livebetrieb", "prod"),
        ("auf dem Produktivsystem", "prod"),
        ("for prodution", "prod"),
        ("env satging", "stage"),
    ] {
        let text = format!("We need an SQS queue called acme-orders, team shop, {words}");
        let draft = match read("", &text, catalog(), &config()) {
            Reading::Complete { draft } => draft,
            other => panic!("{text}: {other:#?}"),
        };
        assert_eq!(
            draft.environment.map(|named| named.value.to_string()).as_deref(),
            Some(environment),
            "{text}"
        );
    }
    // "for state files" leads to no environment, though one is called nearly so.
    let text = "We need an S3 bucket called acme-tf for state files, team shop";
    assert!(
        matches!(read("", text, catalog(), &config()), Reading::Asks { question, .. } if question.about == "environment")
    );
}

#[test]
fn an_arn_may_be_of_another_one_and_is_asked_about() {
    let text = "a queue in dev for team shop, like arn:aws:sqs:eu-central-1:123123123123:orders-in";
    let Reading::Asks { question, .. } = read("", text, catalog(), &config()) else { panic!("is sure") };
    assert_eq!(
        (question.about.as_str(), question.choices.as_slice()),
        ("name", ["orders-in".to_owned()].as_slice())
    );
}

#[test]
fn what_is_to_go_is_not_made() {
    for text in [
        "Please tear down the queue orders-in in dev",
        "We can kill the lambda resize-avatar, only on dev, prod stays as is",
        "scrap the bucket acme-x in dev",
        "tear down queue orders-in in dev",
        "Lösch bitte die Queue orders-in in dev",
    ] {
        assert_eq!(read("", text, catalog(), &config()), Reading::NotForUs, "{text}");
        let reading = read_as(Address::ToUs, "", text, catalog(), &config());
        let Reading::Other { wish, environment, .. } = &reading else { panic!("{text}: {reading:#?}") };
        assert_eq!(*wish, tfpilot_engine::Wish::Remove, "{text}");
        assert_eq!(environment.as_ref().map(|name| name.as_str()), Some("dev"), "{text}");
    }
}

#[test]
fn what_ends_no_thing_is_no_removal() {
    for text in [
        "We want to terminate TLS at a load balancer acme-lb in dev, team web, subnets subnet-0a1b2c3d4e5f67890",
        "Scrap that, we need a queue orders-in in dev, team shop",
    ] {
        let reading = read("", text, catalog(), &config());
        assert!(matches!(reading, Reading::Complete { .. } | Reading::Asks { .. }), "{text}: {reading:#?}");
    }
}

#[test]
fn names_of_counted_things_stand_in_a_list() {
    let text = "Two queues in dev, team shop:\n- orders-in (defaults are fine)\n- orders-out (keep messages for 10 days)";
    let Reading::Complete { draft } = read("", text, catalog(), &config()) else { panic!("is complete") };
    let names: Vec<_> =
        draft.resources.iter().filter_map(|thing| Some(thing.name.as_ref()?.value.as_str())).collect();
    assert_eq!(names, ["orders-in", "orders-out"]);
    assert_eq!(draft.resources[1].inputs["retention_days"].value, 10);
}
