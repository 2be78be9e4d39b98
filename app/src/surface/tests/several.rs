//! A request for several things, as people read it: which thing is meant, and what it takes from another.

use tfpilot_engine::{Call, Draft, Question, Reading, Say};

use crate::surface::{commit_message, pull_body, render_call};

use super::show::surface;
use super::tale::{HEAD, Tale, alice};

/// A topic that delivers to a queue.
fn topic() -> Draft {
    serde_json::from_str(include_str!("../../../engine/testdata/drafts/v2.json")).expect("a draft")
}

fn question(about: &str, resource: usize, problem: Option<&str>) -> Question {
    Question {
        about: about.to_owned(),
        resource,
        text: "Which team answers for the queue?".to_owned(),
        choices: Vec::new(),
        problem: problem.map(str::to_owned),
        example: "shop".to_owned(),
    }
}

/// What is asked, without the line that says what is kept.
fn asked(draft: Draft, question: Question) -> String {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Asks { draft, question: question.clone() });
    let say = Say::Question { question, kept: Vec::new() };
    let call = Call { number: 41, key: "k".to_owned(), to: alice().person, say };
    render_call(&tale.facts, &call, tale.now).replace("\n\n<!-- tfpilot:call k -->", "")
}

#[test]
fn a_question_names_its_thing() {
    insta::assert_snapshot!(asked(topic(), question("owner", 1, None)), @r"
    @alice one answer is missing. `price-changed-search`: **Which team answers for the queue?**

    Reply with it or `/tfpilot set price-changed-search.owner=shop`.
    ");
    insta::assert_snapshot!(asked(topic(), question("owner", 1, Some("Input owner is \"-\": a team."))), @r#"
    @alice Input owner is "-": a team. `price-changed-search`: **Which team answers for the queue?**

    Reply with it or `/tfpilot set price-changed-search.owner=shop`.
    "#);
    let mut unnamed = topic();
    unnamed.resources[1].name = None;
    insta::assert_snapshot!(asked(unnamed, question("name", 1, None)), @r"
    @alice one answer is missing. `sqs-queue`: **Which team answers for the queue?**

    Reply with it or `/tfpilot set sqs-queue.name=shop`.
    ");
    let mut twice = topic();
    twice.resources[0] = twice.resources[1].clone();
    insta::assert_snapshot!(asked(twice, question("name", 1, Some("two of them are called a"))), @r"
    @alice two of them are called a. `aws/sqs-queue` (thing 2 of 2): **Which team answers for the queue?**

    Reply with it or `/tfpilot set 2.name=shop`.
    ");
    // The environment is that of all of them.
    insta::assert_snapshot!(asked(topic(), question("environment", 0, None)), @r"
    @alice one answer is missing: **Which team answers for the queue?**

    Reply with it or `/tfpilot set environment=shop`.
    ");
}

#[test]
fn what_is_shown_of_several_things() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Complete { draft: topic() });
    tale.commits(HEAD).sees(HEAD, &["live/dev/price-changed"]);
    insta::assert_snapshot!("several_commit", commit_message(&tale.facts).expect("a message"));
    insta::assert_snapshot!("several_pull", pull_body(&tale.facts, "SNS topic", None).expect("a body"));
    insta::assert_snapshot!("several_issue", surface(&tale).stickies[0].body);
}

#[test]
fn trailers_name_each_module_once() {
    let mut tale = Tale::request();
    let mut draft = topic();
    let (first, second) = (draft.resources[0].clone(), draft.resources[1].clone());
    draft.resources = vec![first.clone(), second.clone(), first, second];
    tale.asks_for(Reading::Complete { draft });
    tale.commits(HEAD);
    let message = commit_message(&tale.facts).expect("a message");
    assert!(message.starts_with("feat(dev): add sns-topic price-changed and 3 more\n"), "{message}");
    assert!(message.ends_with("\nModule: aws/sns-topic@1.0.0\nModule: aws/sqs-queue@1.0.0\n"), "{message}");
}
