//! What a language model suggested, as people see it: marked, with its words, and with how to change it.

use serde_json::json;
use tfpilot_engine::{
    Call, Draft, Filled, OpenText, Question, Reading, Say, Signal, Source, Suggestion, SuggestionsOutcome,
};

use crate::surface::{pull_body, render_call};

use super::tale::{Tale, alice, draft};

fn suggested(draft: &mut Draft, input: &str, value: serde_json::Value, words: &str) {
    let filled = Filled { value, source: Source::Suggested(words.to_owned()), confidence: 40 };
    draft.resources[0].inputs.insert(input.to_owned(), filled);
}

#[test]
fn a_suggested_value_is_marked_and_can_be_changed() {
    let mut tale = Tale::opened();
    if let Some(request) = &mut tale.facts.request {
        suggested(&mut request.draft, "versioning", json!(true), "we *never* lose @a version");
        suggested(&mut request.draft, "days", json!(14), "a fortnight");
    }
    let body = pull_body(&tale.facts, "S3 bucket", None).expect("a body");
    assert!(body.contains("| `14` | **suggested** for \"a fortnight\" |"), "{body}");
    assert!(body.contains("| `true` | **suggested** for \"we \\*never\\* lose ＠a version\" |"), "{body}");
    let note = "A language model suggested `days`, `versioning`: check it. `/tfpilot set days=…` changes it, without a value it goes.";
    assert!(body.contains(note), "{body}");
}

#[test]
fn a_suggested_choice_is_marked_as_one() {
    let mut tale = Tale::request();
    tale.facts.rules.model = true;
    let question = Question {
        about: "owner".to_owned(),
        resource: 0,
        text: "Which team answers for it?".to_owned(),
        choices: vec!["billing".to_owned(), "shop".to_owned()],
        problem: None,
        example: "shop".to_owned(),
    };
    let reading = Reading::Asks { draft: draft(), question: question.clone() };
    let open = OpenText { of: "a".to_owned(), text: "a bucket".to_owned() };
    let suggestion = |module: &str, value: &str| Suggestion {
        resource: 0,
        module: module.to_owned(),
        input: "owner".to_owned(),
        value: value.into(),
        words: "their bucket".to_owned(),
    };
    tale.tell(Signal::SuggestionsWanted { number: 41, comment: None, by: alice(), reading, open });
    tale.tell(Signal::SuggestionsGiven {
        of: "a".to_owned(),
        outcome: SuggestionsOutcome::Answered,
        suggestions: vec![suggestion("aws/s3-bucket", "billing"), suggestion("aws/sqs-queue", "shop")],
        reading: None,
    });
    let say = Say::Question { question, kept: Vec::new() };
    let call = Call { number: 41, key: "k".to_owned(), to: alice().person, say };
    let said = render_call(&tale.facts, &call, tale.now);
    assert!(said.contains("\n1. `billing` (suggested)\n2. `shop`\n"), "{said}");
}
