//! Drafts of every version are read for ever, and written in the newest.

use serde_json::Value as Json;
use tfpilot_engine::{DRAFT_SCHEMA_VERSION, Draft};

fn read(version: &str) -> Draft {
    serde_json::from_str(version).expect("a draft")
}

#[test]
fn the_one_thing_of_version_1_is_the_first_of_several() {
    let draft = read(include_str!("../../testdata/drafts/v1.json"));
    assert_eq!((draft.module(), draft.resources.len()), (Some("aws/s3-bucket"), 1));
    assert_eq!(draft.name().map(|name| name.value.as_str()), Some("acme-invoices"));
    assert_eq!(draft.resources[0].inputs["versioning"].value, true);
    let written: Json = serde_json::to_value(&draft).expect("written");
    assert_eq!(written["schema_version"], DRAFT_SCHEMA_VERSION);
    assert_eq!(read(&written.to_string()), draft);
}

#[test]
fn version_2_is_written_as_it_was_read() {
    let fixture = include_str!("../../testdata/drafts/v2.json");
    let draft = read(fixture);
    assert_eq!(draft.resources.len(), 2);
    let fixture: Json = serde_json::from_str(fixture).expect("JSON");
    assert_eq!(serde_json::to_value(&draft).expect("written"), fixture);
}

#[test]
fn a_suggestion_is_kept_as_one() {
    let fixture = include_str!("../../testdata/drafts/v2-suggested.json");
    let draft = read(fixture);
    let text = &draft.resources[0].inputs["text"];
    assert_eq!(text.source, tfpilot_engine::Source::Suggested("greeted with Welcome aboard".to_owned()));
    let fixture: Json = serde_json::from_str(fixture).expect("JSON");
    assert_eq!(serde_json::to_value(&draft).expect("written"), fixture);
}

#[test]
fn a_draft_of_nothing_has_no_things() {
    let draft = read("{\"schema_version\": 1, \"module\": null, \"environment\": null, \"name\": null}");
    assert_eq!(draft, Draft::default());
    assert_eq!((draft.module(), draft.name()), (None, None));
}

#[test]
fn things_are_called_by_name_module_or_place() {
    let thing = |module: &str, name: Option<&str>| {
        let source = tfpilot_engine::Source::Text("it".to_owned());
        let name =
            name.map(|value| tfpilot_engine::Filled { value: value.to_owned(), source, confidence: 98 });
        tfpilot_engine::Resource { module: Some(module.to_owned()), name, ..Default::default() }
    };
    let handles = |resources: Vec<tfpilot_engine::Resource>| {
        let draft = Draft { resources, ..Draft::default() };
        let handles: Vec<String> = (0..).map_while(|at| draft.handle(at)).collect();
        for (at, handle) in handles.iter().enumerate() {
            assert_eq!(draft.called(handle), [at], "{handle}");
        }
        handles.join(" ")
    };
    let (queue, topic) = ("aws/sqs-queue", "aws/sns-topic");
    assert_eq!(handles(vec![thing(queue, Some("a"))]), "", "one needs no telling apart");
    assert_eq!(handles(vec![thing(queue, Some("a")), thing(queue, Some("7-up"))]), "a 7-up");
    assert_eq!(handles(vec![thing(queue, None), thing(topic, Some("a b"))]), "sqs-queue sns-topic");
    assert_eq!(handles(vec![thing(queue, None), thing(queue, None), thing(topic, None)]), "1 2 sns-topic");
    assert_eq!(handles(vec![thing(queue, Some("a")), thing(topic, Some("a"))]), "sqs-queue sns-topic");
    assert_eq!(handles(vec![thing(queue, Some("a")), thing(queue, Some("a"))]), "1 2");
    assert_eq!(handles(vec![thing(queue, None), thing(topic, Some("sqs-queue"))]), "1 sqs-queue");
}
