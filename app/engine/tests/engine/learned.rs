//! `learn`: an admin asks for words that corrected requests teach, and is told what came of it.

use crate::tale::{Tale, actor, alice, refused};
use tfpilot_engine::{Actor, Ask, Command, Learned, Refusal, Role, Say, Signal};

fn carol() -> Actor {
    actor(3, "carol", Role::Admin)
}

fn looks(tale: &Tale) -> usize {
    tale.commands.iter().filter(|command| matches!(command, Command::Learn { .. })).count()
}

#[test]
fn an_admin_is_told_where_it_was_asked_for() {
    let mut tale = Tale::new();
    tale.asks(&carol(), Ask::Learn);
    let Some(Command::Learn { number, to, asked_at }) =
        tale.commands.iter().find(|command| matches!(command, Command::Learn { .. })).cloned()
    else {
        panic!("nothing is looked for")
    };
    let outcome = Learned::Proposed { pull: 51, words: vec!["letterbox".to_owned()] };
    let signal = Signal::WordsLearned { number, to, asked_at, outcome: outcome.clone() };
    // What comes of it is told once, however often it is said.
    tale.tell(signal.clone()).tell(signal);
    let said: Vec<_> = tale
        .commands
        .iter()
        .filter_map(|command| match command {
            Command::Say { call } => Some((call.number, call.key.as_str(), &call.say)),
            _ => None,
        })
        .collect();
    assert_eq!(said, [(number, "learn/3", &Say::Learned { outcome, asked_at })]);
}

#[test]
fn nobody_else_changes_what_requests_mean() {
    let mut tale = Tale::new();
    tale.asks(&alice(), Ask::Learn);
    let (command, has) = ("learn".to_owned(), alice().roles.anywhere);
    refused(
        &tale,
        &Refusal::NoRole { command, environment: None, needs: Role::Admin, has, source: None, ask: None },
    );
    assert_eq!(looks(&tale), 0);
}
