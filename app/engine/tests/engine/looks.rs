//! `status` and `why`: anybody who may read may ask, each person has one answer, and nothing else comes of it.

use crate::tale::{Tale, actor, alice, refused, victor};
use tfpilot_engine::{Actor, Ask, Call, Command, Refusal, Role, Say, Signal};

fn answers(tale: &Tale) -> Vec<&Call> {
    let calls = tale.commands.iter().filter_map(|command| match command {
        Command::Say { call } => Some(call),
        _ => None,
    });
    calls.filter(|call| matches!(call.say, Say::Status { .. } | Say::Why { .. } | Say::Help { .. })).collect()
}

fn opened() -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1");
    tale
}

#[test]
fn a_viewer_asks_and_nothing_but_the_answer_comes_of_it() {
    let mut tale = opened();
    let before = (tale.facts.clone(), tale.commands.len());
    tale.asks(&victor(), Ask::Status).asks(&victor(), Ask::Why);
    let keys: Vec<&str> = answers(&tale).iter().map(|call| call.key.as_str()).collect();
    assert_eq!(keys, ["status/4", "why/4"]);
    let mut after = tale.facts.clone();
    (after.calls, after.version) = (before.0.calls.clone(), before.0.version);
    assert_eq!(after, before.0);
    let acting =
        |command: &&Command| !matches!(command, Command::Say { .. } | Command::React { .. } | Command::Show);
    assert_eq!(tale.commands[before.1..].iter().find(acting), None);
}

#[test]
fn asked_again_it_is_said_again_in_the_same_place() {
    for ask in [Ask::Status, Ask::Why, Ask::Help] {
        let mut tale = opened();
        tale.asks(&alice(), ask.clone());
        tale.now += jiff::SignedDuration::from_secs(60);
        tale.asks(&alice(), ask);
        let answers = answers(&tale);
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].key, answers[1].key);
    }
}

#[test]
fn the_same_comment_twice_is_one_answer() {
    let mut tale = opened();
    let signal =
        Signal::Asked { number: 2, comment: Some(5), by: alice(), ask: Ask::Why, written_at: tale.now };
    tale.tell(signal.clone()).tell(signal);
    assert_eq!(answers(&tale).len(), 1);
}

#[test]
fn a_stranger_and_an_issue_that_is_no_request_get_no_answer() {
    let mallory: Actor = actor(66, "mallory", Role::None);
    let mut tale = opened();
    tale.asks(&mallory, Ask::Status);
    refused(
        &tale,
        &Refusal::NoRole {
            command: "status".to_owned(),
            environment: Some(tfpilot_engine::EnvironmentName::new("dev")),
            needs: Role::Viewer,
            has: Role::None,
            source: None,
            ask: Some("acme/platform".to_owned()),
        },
    );
    let mut nothing = Tale::new();
    nothing.asks(&alice(), Ask::Why);
    let place = "request or pull request".to_owned();
    refused(&nothing, &Refusal::NotHere { command: "why".to_owned(), place });
}
