//! Wishes that are no new thing: told apart by how they are put, among what exists.

use tfpilot_engine::Wish;

use super::*;

fn existing() -> Vec<Existing> {
    let thing = |module: &str, name: &str, environment: &str, inputs: Json| {
        serde_json::from_value::<Existing>(
            json!({"module": module, "name": name, "environment": environment, "inputs": inputs}),
        )
        .expect("a thing")
    };
    vec![
        thing(
            "aws/s3-bucket",
            "acme-invoices",
            "dev",
            json!({"owner": "billing", "cors_origins": ["https://a.example"]}),
        ),
        thing("aws/sqs-queue", "orders", "stage", json!({"owner": "shop"})),
        thing("aws/sqs-queue", "orders", "prod", json!({"owner": "shop"})),
        thing("aws/eks-cluster", "edge-hub", "stage", json!({"owner": "ops", "nodes": 3})),
    ]
}

fn read_here(text: &str) -> Reading {
    read_among(&existing(), Address::Open, "", text, catalog(), &config())
}

/// What is wanted, where, and the inputs of the first thing.
#[track_caller]
fn wished(text: &str) -> (Wish, Option<String>, Json) {
    let reading = read_here(text);
    let Reading::Other { wish, environment, things, .. } = reading else { panic!("{text}: {reading:#?}") };
    let inputs = things.first().map(|thing| {
        let inputs = thing.inputs.iter().map(|(input, filled)| (input.clone(), filled.value.clone()));
        Json::Object(inputs.collect())
    });
    (wish, environment.map(|name| name.to_string()), inputs.unwrap_or_default())
}

#[test]
fn a_change_says_what_shall_be_otherwise() {
    for (text, inputs) in [
        ("turn on versioning for acme-invoices", json!({"versioning": true})),
        ("scale edge-hub from 3 to 5 nodes please", json!({"nodes": 5})),
        (
            "acme-invoices should also accept https://b.example as an origin",
            json!({"cors_origins": ["https://a.example", "https://b.example"]}),
        ),
    ] {
        let (wish, _, found) = wished(text);
        assert_eq!((wish, found), (Wish::Change, inputs), "{text}");
    }
}

#[test]
fn of_two_of_one_name_the_place_decides() {
    let place = |text: &str| wished(text).1;
    assert_eq!(place("please delete the queue orders in stage"), Some("stage".to_owned()));
    assert_eq!(
        place("Die Queue orders in prod wird nicht mehr gebraucht, bitte löschen."),
        Some("prod".to_owned())
    );
}

#[test]
fn wishes_are_told_apart() {
    for (text, wish) in [
        ("The bucket acme-invoices can go, everything has been copied", Wish::Remove),
        ("who owns acme-invoices?", Wish::Question),
        ("Was the queue orders in prod changed last week?", Wish::Question),
        ("Please undo the last change of acme-invoices", Wish::RollBack),
        ("acme-invoices was created by hand, please import it into Terraform", Wish::Import),
        ("acme-invoices is stable, can you promote it to prod?", Wish::Promote),
        ("Which queues do we have in prod?", Wish::Question),
        ("How do I ask for a queue?", Wish::Help),
    ] {
        assert_eq!(wished(text).0, wish, "{text}");
    }
}

#[test]
fn a_new_thing_beside_what_exists_is_a_request() {
    let reading = read_here("We need a queue called orders-v2 in dev, team shop, next to orders");
    assert!(
        matches!(&reading, Reading::Complete { draft } if draft.module() == Some("aws/sqs-queue")),
        "{reading:#?}"
    );
    let reading = read_here("the same as acme-invoices but in prod");
    let Reading::Complete { draft } = reading else { panic!("{reading:#?}") };
    assert_eq!(draft.environment.map(|place| place.value.to_string()), Some("prod".to_owned()));
}

#[test]
fn a_name_in_passing_wishes_nothing() {
    for text in ["Uploads to acme-invoices fail with 403", "acme-invoices is mentioned in the wiki"] {
        assert_eq!(read_here(text), Reading::NotForUs, "{text}");
    }
}

#[test]
fn an_end_is_asked_for_in_many_words() {
    for text in [
        "the bucket acme-invoices in dev is unused, please bin it",
        "Please shut acme-invoices down",
        "acme-invoices kann jetzt weg",
        "acme-invoices hat ausgedient, bitte abschalten",
        "turn off acme-invoices for good",
        "please dispose of acme-invoices",
    ] {
        assert_eq!(wished(text).0, Wish::Remove, "{text}");
    }
    // What is deleted is in the thing.
    let (wish, _, inputs) = wished("Bitte lasst Objekte in acme-invoices nach 90 Tagen löschen");
    assert_eq!((wish, inputs), (Wish::Change, json!({"expire_after_days": 90})));
}

#[test]
fn what_is_there_already_counts() {
    for (text, nodes) in [
        ("edge-hub needs two more nodes", 5),
        ("please add another node to edge-hub", 4),
        ("edge-hub: bitte noch einen Knoten", 4),
        ("double the nodes of edge-hub please", 6),
    ] {
        assert_eq!(wished(text).2, json!({"nodes": nodes}), "{text}");
    }
}

#[test]
fn what_shall_be_elsewhere_too_is_promoted() {
    for text in [
        "Can we have acme-invoices in prod as well?",
        "acme-invoices auch in prod bitte, gleiche Einstellungen",
        "Please roll acme-invoices out to production",
        "could you take acme-invoices to production just the way it is?",
    ] {
        let (wish, place, _) = wished(text);
        assert_eq!((wish, place.as_deref()), (Wish::Promote, Some("prod")), "{text}");
    }
}

#[test]
fn of_what_is_in_several_places_the_place_is_asked() {
    let Reading::Other { wish, environment, question, .. } = read_here("the queue orders can be deleted")
    else {
        panic!()
    };
    assert_eq!((wish, environment), (Wish::Remove, None));
    assert_eq!(question.map(|question| question.choices), Some(vec!["stage".to_owned(), "prod".to_owned()]));
    // The place beside its name is meant, whatever else is named.
    assert_eq!(wished("orders in stage can go. Leave prod alone!").1.as_deref(), Some("stage"));
}
