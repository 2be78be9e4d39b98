//! A text that leaves something open waits for a model, once, and goes on whatever becomes of it.

use crate::tale::{Tale, alice, draft, rules, victor};
use tfpilot_engine::{
    Command, Draft, Event, Filled, OpenText, Question, Reading, Rules, Signal, Source, Status, Suggestion,
    SuggestionsOutcome,
};

fn open(of: &str) -> OpenText {
    OpenText { of: of.to_owned(), text: "a note hello in dev, with a greeting".to_owned() }
}

fn complete(text: &str) -> Reading {
    Reading::Complete { draft: draft(text) }
}

fn asks() -> Reading {
    let question = Question {
        about: "environment".to_owned(),
        resource: 0,
        text: "which environment?".to_owned(),
        choices: vec!["dev".to_owned()],
        problem: None,
        example: "dev".to_owned(),
    };
    Reading::Asks { draft: Draft { environment: None, ..draft("hi") }, question }
}

fn wanted(of: &str, reading: Reading) -> Signal {
    Signal::SuggestionsWanted { number: 1, comment: None, by: alice(), reading, open: open(of) }
}

fn given(of: &str, reading: Option<Reading>) -> Signal {
    let suggestion = Suggestion {
        resource: 0,
        module: "local/note".to_owned(),
        input: "text".to_owned(),
        value: "Good morning".into(),
        words: "a greeting".to_owned(),
    };
    let (of, outcome) = (of.to_owned(), SuggestionsOutcome::Answered);
    Signal::SuggestionsGiven { of, outcome, suggestions: vec![suggestion], reading }
}

fn failed(of: &str) -> Signal {
    let (of, outcome) = (of.to_owned(), SuggestionsOutcome::Failed);
    Signal::SuggestionsGiven { of, outcome, suggestions: Vec::new(), reading: None }
}

/// A change in a repository that lets a model be asked.
fn tale() -> Tale {
    let mut tale = Tale::new();
    tale.facts.rules = Rules { model: true, ..rules() };
    tale
}

fn calls(tale: &Tale) -> usize {
    tale.commands.iter().filter(|command| matches!(command, Command::Suggest { .. })).count()
}

fn drafts(tale: &Tale) -> u32 {
    tale.facts.request.as_ref().map_or(0, |request| request.drafts)
}

#[test]
fn a_text_waits_until_the_model_answered() {
    let mut tale = tale();
    tale.tell(wanted("a", complete("hi")));
    assert_eq!((calls(&tale), drafts(&tale)), (1, 0));
    assert_eq!(tale.facts.status(tale.now), Status::Opening);
    // The same once more, as GitHub repeats deliveries, waits for the same answer.
    tale.tell(wanted("a", complete("hi")));
    assert_eq!((calls(&tale), drafts(&tale)), (1, 0));

    let mut suggested = draft("Good morning");
    let filled = Filled {
        value: "Good morning".into(),
        source: Source::Suggested("a greeting".to_owned()),
        confidence: 40,
    };
    suggested.resources[0].inputs.insert("text".to_owned(), filled);
    tale.tell(given("a", Some(Reading::Complete { draft: suggested.clone() })));
    let request = tale.facts.request.as_ref().expect("a request");
    assert_eq!((&request.draft, request.drafts, &request.awaits), (&suggested, 1, &None));
    assert_eq!(request.suggestions["a"].len(), 1);
    assert!(tale.commands.contains(&Command::CommitBranch));
    // An answer that comes twice is one.
    let events = tale.events.len();
    tale.tell(given("a", Some(complete("other"))));
    assert_eq!(tale.events.len(), events);
    // Nor is it asked about the same text again.
    tale.tell(wanted("a", Reading::Complete { draft: suggested }));
    assert_eq!((calls(&tale), drafts(&tale)), (1, 1));
}

#[test]
fn what_fails_costs_nothing() {
    let mut tale = tale();
    tale.tell(wanted("a", asks()));
    tale.tell(failed("a"));
    let mut without = Tale::new();
    without.tell(Signal::IssueRead { number: 1, by: alice(), reading: asks() });
    assert_eq!(tale.facts.calls, without.facts.calls);
    let draft = |tale: &Tale| tale.facts.request.as_ref().map(|request| request.draft.clone());
    assert_eq!(draft(&tale), draft(&without));
}

#[test]
fn what_is_said_meanwhile_counts() {
    let mut tale = tale();
    tale.tell(wanted("a", asks()));
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: complete("edited") });
    assert_eq!(drafts(&tale), 1);
    let events = tale.events.len();
    tale.tell(given("a", Some(complete("late"))));
    assert_eq!(tale.events.len(), events);
    assert_eq!(tale.facts.request.as_ref().map(|request| request.draft.clone()), Some(draft("edited")));
    // One text takes the place of another, also where it is what is there already.
    tale.tell(wanted("b", complete("b"))).tell(wanted("c", complete("c")));
    tale.tell(given("b", Some(complete("b"))));
    assert_eq!(drafts(&tale), 1);
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: complete("edited") });
    tale.tell(given("c", Some(complete("c"))));
    assert_eq!(drafts(&tale), 1);
    // What was overtaken is asked about again when it comes back.
    let before = calls(&tale);
    tale.tell(wanted("b", complete("b")));
    assert_eq!(calls(&tale), before + 1);
}

#[test]
fn nobody_is_asked_where_it_is_off_or_the_writer_may_not_ask() {
    let mut off = Tale::new();
    off.tell(wanted("a", complete("hi")));
    assert_eq!((calls(&off), drafts(&off)), (0, 1));
    let mut stranger = tale();
    let (number, comment, by) = (1, None, victor());
    stranger.tell(Signal::SuggestionsWanted {
        number,
        comment,
        by,
        reading: complete("hi"),
        open: open("a"),
    });
    assert_eq!((calls(&stranger), stranger.facts.request.is_none()), (0, true));
}

#[test]
fn one_request_asks_so_often_and_no_more() {
    let mut tale = tale();
    for at in 0..12 {
        let of = format!("text {at}");
        tale.tell(wanted(&of, complete(&of))).tell(failed(&of));
    }
    assert_eq!((calls(&tale), drafts(&tale)), (10, 12));
}

#[test]
fn a_closed_request_takes_no_answer() {
    let mut tale = tale();
    tale.tell(wanted("a", complete("hi")));
    tale.tell(Signal::IssueClosed { by: alice().person });
    tale.tell(given("a", None));
    assert_eq!(drafts(&tale), 0);
    let recorded = |event: &Event| {
        matches!(event, Event::SuggestionsGiven { outcome: SuggestionsOutcome::Answered, .. })
    };
    assert!(tale.events.iter().any(recorded));
}
