//! What a model is asked, and what of its answers counts.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tfpilot_modules::Catalog;

use super::*;
use crate::requests::{Address, answer_telling, read_telling, set};

fn catalog() -> Catalog {
    Catalog::shipped()
}

fn config() -> RepositoryConfig {
    RepositoryConfig::everyday()
}

fn read(text: &str) -> (Reading, Option<FreeText>) {
    read_telling(&[], Address::ToUs, "Request", text, &catalog(), &config())
}

const POSTGRES: &str = "We need a Postgres database called acme-shop in dev, team shop, subnets subnet-0a1b2c3d and \
    subnet-0f9e8d7c, and it must shrug off the loss of one data centre. We look back a fortnight at most.";

/// The suggestions that count of an answer to this text.
fn accepted_of(text: &str, answer: &Json) -> Vec<Suggestion> {
    let (reading, _) = read(text);
    let (draft, _) = asked(&reading, &catalog()).expect("something is open");
    accepted(draft, text, answer, &catalog())
}

#[track_caller]
fn inputs(suggestions: &[Suggestion]) -> Vec<(&str, String)> {
    suggestions.iter().map(|it| (it.input.as_str(), it.value.to_string())).collect()
}

#[test]
fn a_text_is_asked_about_where_the_reading_left_something_open() {
    let is_open = |text: &str| {
        let (reading, free) = read(text);
        free.and_then(|free| open(&reading, &free, 4_096, &catalog())).is_some()
    };
    assert!(is_open(POSTGRES));
    assert!(!is_open("We need an S3 bucket called acme-logs in dev, team billing"), "all of it was read");
    assert!(is_open("We need an S3 bucket called acme-logs in dev"), "its owner is missing");
    for written in [
        "```yaml\nmodule: aws/s3-bucket\nenvironment: dev\nname: acme-logs\n```",
        "/tfpilot new module=aws/s3-bucket environment=dev name=acme-logs",
        "thanks for the quick help yesterday",
    ] {
        assert!(!is_open(written), "{written}");
    }
}

#[test]
fn the_same_text_has_the_same_name_and_a_long_one_none() {
    let (reading, free) = read(POSTGRES);
    let free = free.expect("a free text");
    let name = |most| open(&reading, &free, most, &catalog()).map(|open| open.of);
    assert_eq!(name(4_096), name(8_192));
    assert_eq!(name(POSTGRES.len() / 2), None);
    let other = FreeText { text: format!("{} Thanks", free.text), ..free.clone() };
    assert_ne!(open(&reading, &other, 4_096, &catalog()).map(|open| open.of), name(4_096));
}

#[test]
fn what_looks_like_a_secret_or_is_hidden_is_sent_to_nobody() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let (reading, free) = read(&format!("{POSTGRES} Token {token}. <!-- hidden words -->\n\n> quoted words"));
    let open = open(&reading, &free.expect("a free text"), 4_096, &catalog()).expect("is open");
    for kept_back in [token.as_str(), "hidden words", "quoted words"] {
        assert!(!open.text.contains(kept_back), "{kept_back} in {}", open.text);
    }
}

#[test]
fn the_schema_holds_what_nobody_set_and_is_strict() {
    let (reading, _) = read(POSTGRES);
    let (_, schema) = asked(&reading, &catalog()).expect("something is open");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema is one");
    let properties = &schema["properties"]["thing_1"]["properties"];
    for set in ["name", "owner", "subnet_ids", "tags"] {
        assert_eq!(properties.get(set), None, "{set}");
    }
    let days = &properties["backup_retention_days"]["anyOf"][0];
    assert_eq!(days["properties"]["value"], json!({"type": "number"}));
    assert!(days["description"].as_str().is_some_and(|text| text.contains("In days.")), "{days}");
    assert_eq!(properties["multi_az"]["anyOf"][1], json!({"type": "null"}));
    // Strict structured output wants every object closed and every key required.
    let mut objects = 0;
    every(&schema, &mut |value| {
        if value["type"] == "object" {
            objects += 1;
            let keys: Vec<Json> =
                value["properties"].as_object().into_iter().flatten().map(|(key, _)| json!(key)).collect();
            assert_eq!((&value["additionalProperties"], &value["required"]), (&json!(false), &json!(keys)));
        }
    });
    assert!(objects > 5, "{objects} objects");
}

fn every(value: &Json, look: &mut impl FnMut(&Json)) {
    look(value);
    match value {
        Json::Object(entries) => entries.values().for_each(|value| every(value, look)),
        Json::Array(items) => items.iter().for_each(|value| every(value, look)),
        _ => {}
    }
}

#[test]
fn an_answer_counts_as_far_as_the_text_and_the_module_say() {
    let thing = |inputs: Json| json!({ "thing_1": inputs });
    let centre = "loss of one data centre";
    for (given, counts) in [
        (json!({"multi_az": {"value": true, "words": centre}}), vec![("multi_az", "true")]),
        (
            json!({"backup_retention_days": {"value": 14, "words": "A  FORTNIGHT"}}),
            vec![("backup_retention_days", "14")],
        ),
        // Unknown, set already, or with keys of its own.
        (json!({"color": {"value": true, "words": centre}}), vec![]),
        (json!({"owner": {"value": "shop", "words": "team shop"}}), vec![]),
        (json!({"tags": {"value": {"a": "b"}, "words": centre}}), vec![]),
        // Another type, though it could be read as one.
        (json!({"multi_az": {"value": "true", "words": centre}}), vec![]),
        (json!({"backup_retention_days": {"value": "14", "words": "a fortnight"}}), vec![]),
        (json!({"allow_from": {"value": "sg-0a1b2c3d", "words": centre}}), vec![]),
        // What the module refuses.
        (json!({"backup_retention_days": {"value": 9000, "words": "a fortnight"}}), vec![]),
        (json!({"instance_class": {"value": "db.t9.huge", "words": centre}}), vec![]),
        // Words that are not there, or no words.
        (json!({"multi_az": {"value": true, "words": "highly available"}}), vec![]),
        (json!({"multi_az": {"value": true, "words": "ata centr"}}), vec![]),
        (json!({"multi_az": {"value": true, "words": ""}}), vec![]),
        (json!({"multi_az": {"value": true}}), vec![]),
        (json!({"multi_az": true}), vec![]),
        (json!({"multi_az": null}), vec![]),
        // Text that nobody wrote.
        (json!({"database_name": {"value": "evil", "words": centre}}), vec![]),
        (json!({"allow_from": {"value": ["sg-0a1b2c3d4e5f67890"], "words": centre}}), vec![]),
        (json!({"database_name": {"value": "${file(\"/etc/passwd\")}", "words": centre}}), vec![]),
    ] {
        let counts: Vec<(&str, String)> =
            counts.iter().map(|(input, value)| (*input, (*value).to_owned())).collect();
        assert_eq!(inputs(&accepted_of(POSTGRES, &thing(given.clone()))), counts, "{given}");
    }
    for answer in [json!(null), json!([]), json!({"thing_2": {}}), json!({"thing_1": []}), json!("multi_az")]
    {
        assert_eq!(accepted_of(POSTGRES, &answer), [], "{answer}");
    }
}

#[test]
fn a_suggestion_is_shown_and_the_words_it_accounts_for_are_not_asked_about() {
    let (reading, _) = read(POSTGRES);
    assert!(
        matches!(&reading, Reading::Asks { question, .. } if question.about.contains("shrug off")),
        "{reading:#?}"
    );
    let answer = json!({"thing_1": {
        "multi_az": {"value": true, "words": "it must shrug off the loss of one data centre"},
    }});
    let suggestions = accepted_of(POSTGRES, &answer);
    let merged = merged(reading, &suggestions, &catalog(), &config());
    let (Reading::Complete { draft } | Reading::Asks { draft, .. }) = &merged else { panic!("{merged:#?}") };
    let filled = &draft.resources[0].inputs["multi_az"];
    assert_eq!((&filled.value, filled.confidence), (&json!(true), SUGGESTED));
    assert_eq!(filled.source, Source::Suggested("it must shrug off the loss of one data centre".to_owned()));
    assert!(draft.resources[0].inputs.keys().all(|key| !key.contains("shrug off")), "{draft:#?}");
    // Somebody says otherwise: it is theirs.
    let pairs = [("multi_az".to_owned(), "no".to_owned())];
    let after = set(draft, &pairs, &catalog(), &config());
    let (Reading::Complete { draft } | Reading::Asks { draft, .. }) = &after else { panic!("{after:#?}") };
    assert_eq!(draft.resources[0].inputs["multi_az"].value, json!(false));
}

#[test]
fn a_question_for_people_stays_and_offers_the_suggestion() {
    let text =
        "We need an S3 bucket called acme-logs in dev. Whenever it breaks, quokkas get the phone call.";
    let (reading, _) = read(text);
    let answer = json!({"thing_1": {
        "owner": {"value": "quokkas", "words": "quokkas get the phone call"},
        "versioning": {"value": true, "words": "Whenever it breaks"},
    }});
    let suggestions = accepted_of(text, &answer);
    assert_eq!(suggestions.len(), 2, "{suggestions:?}");
    let merged = merged(reading.clone(), &suggestions, &catalog(), &config());
    let offered = offered(merged, &suggestions, &catalog(), &config());
    let Reading::Asks { draft, question } = &offered else { panic!("{offered:#?}") };
    assert_eq!(
        (question.about.as_str(), question.choices.first().map(String::as_str)),
        ("owner", Some("quokkas"))
    );
    assert_eq!(draft.resources[0].inputs.get("owner"), None);
    assert_eq!(draft.resources[0].inputs["versioning"].value, json!(true));
    // A person takes it: now it is said.
    let (answered, _) = answer_telling(draft, question, "1", &catalog(), &config());
    let Reading::Complete { draft } = answered else { panic!("{answered:#?}") };
    assert_eq!(draft.resources[0].inputs["owner"].source, Source::Answer("1".to_owned()));
    // For another module it says nothing.
    let others = suggestions.iter().map(|it| Suggestion { module: "aws/sqs-queue".to_owned(), ..it.clone() });
    let others: Vec<Suggestion> = others.collect();
    assert_eq!(super::merged(reading.clone(), &others, &catalog(), &config()), reading);
}

#[test]
fn a_suggestion_that_is_not_allowed_where_it_goes_is_taken_back() {
    let (config, _) = RepositoryConfig::parse(
        b"version: 1\nenvironments:\n  dev: {}\n  prod:\n    catalog:\n      allow:\n        aws/s3-bucket: {versioning: [true]}\n",
    );
    let text = "We need an S3 bucket called acme-logs, team billing, and the gnomes count backwards";
    let read = |text: &str| read_telling(&[], Address::ToUs, "Request", text, &catalog(), &config).0;
    let suggestion = Suggestion {
        resource: 0,
        module: "aws/s3-bucket".to_owned(),
        input: "versioning".to_owned(),
        value: json!(false),
        words: "count backwards".to_owned(),
    };
    let reading = merged(read(text), &[suggestion], &catalog(), &config);
    let Reading::Asks { draft, question } = &reading else { panic!("{reading:#?}") };
    assert_eq!(draft.resources[0].inputs["versioning"].value, json!(false));
    let place = |reply: &str| answer_telling(draft, question, reply, &catalog(), &config).0;
    let (Reading::Complete { draft: dev }, Reading::Complete { draft: prod }) = (place("dev"), place("prod"))
    else {
        panic!("{:#?}", place("prod"))
    };
    assert_eq!(dev.resources[0].inputs["versioning"].value, json!(false));
    assert_eq!(prod.resources[0].inputs.get("versioning"), None);
}

#[test]
fn each_thing_of_several_is_asked_for_by_itself() {
    let text =
        "We need a queue called orders and a topic called prices in dev, team shop, with quirky wombats";
    let (reading, free) = read(text);
    assert!(free.is_some_and(|free| free.has_unread), "{reading:#?}");
    let (draft, schema) = asked(&reading, &catalog()).expect("something is open");
    assert_eq!(schema["required"], json!(["thing_1", "thing_2"]));
    let answer = json!({"thing_1": {"fifo": {"value": true, "words": "quirky wombats"}}});
    let suggestions = accepted(draft, text, &answer, &catalog());
    assert_eq!(suggestions.iter().map(|it| it.resource).collect::<Vec<_>>(), [0]);
}

#[test]
fn quotes_of_one_text_meet() {
    let overlap = |one: &str, other: &str| accept::overlap(&accept::plain(one), &accept::plain(other));
    for (one, other, meet) in [
        ("It must shrug off the loss of one", "loss of one data centre", true),
        ("loss of one data centre", "It must shrug off the loss of one", true),
        ("must  shrug", "it must shrug off", true),
        ("a fortnight at most", "most of all", false),
        ("no snapshots", "snapshots no", false),
        ("greet", "greeting", false),
        ("", "greeting", false),
    ] {
        assert_eq!(overlap(one, other), meet, "{one} / {other}");
    }
}

proptest! {
    /// Whatever a model answers, nothing is filled that people answer for, and nothing panics.
    #[test]
    fn no_answer_fills_what_people_answer_for(value in any_json(), input in "name|owner|environment|text|[a-z_]{1,8}") {
        let text = "We need a note called hello in dev with a greeting";
        let (reading, _) = read(text);
        let answer = json!({"thing_1": {input: {"value": value, "words": "a greeting"}}});
        let suggestions = accepted_of(text, &answer);
        let merged = merged(reading.clone(), &suggestions, &catalog(), &config());
        let (Reading::Asks { draft, question }, Reading::Asks { question: before, .. }) = (&merged, &reading) else {
            panic!("{merged:#?}")
        };
        prop_assert_eq!(question, before);
        prop_assert!(!draft.resources[0].inputs.contains_key("owner"));
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "\\PC{0,20}|greeting|hello".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::btree_map("[a-z_]{0,6}", inner, 0..4)
                .prop_map(|entries| entries.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}
