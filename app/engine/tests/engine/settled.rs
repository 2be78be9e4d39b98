//! Calls are settled once, when nothing is left to do about them, and said anew when their reason comes back.

use crate::tale::{Tale, alice, bob, draft, refused};
use tfpilot_engine::{
    Actor, Ask, Call, Command, Draft, Failure, Question, Reading, Refusal, Say, Signal, decide,
};

impl Tale {
    /// Keys of the calls that were settled, each as often as it was.
    fn folded(&self) -> Vec<String> {
        let key = |command: &Command| match command {
            Command::Minimize { key, opening, .. } => Some(format!("{key}#{opening}")),
            _ => None,
        };
        self.commands.iter().filter_map(key).collect()
    }

    fn open_calls(&self) -> Vec<&str> {
        self.facts.calls.keys().map(String::as_str).collect()
    }

    fn writes(&mut self, by: &Actor, word: &str) -> &mut Self {
        self.asks(by, Ask::Unknown { word: word.to_owned(), suggestion: None })
    }
}

fn question() -> Reading {
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

#[test]
fn an_answered_question_is_folded_away_and_a_new_one_is_a_comment_of_its_own() {
    let mut tale = Tale::new();
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: question() });
    assert_eq!(tale.open_calls(), ["question"]);
    let reading = Reading::Complete { draft: draft("hi") };
    tale.tell(Signal::ReplyRead { by: alice(), comment: 9, reading });
    assert_eq!((tale.open_calls().len(), tale.folded()), (0, vec!["question#0".to_owned()]));
    tale.tell(Signal::ReplyRead { by: alice(), comment: 10, reading: question() });
    assert_eq!((tale.open_calls(), tale.facts.opening("question")), (vec!["question"], 1));
    // Asked again in the same words, nothing is said twice.
    let before = tale.events.len();
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: question() });
    assert_eq!(tale.events.len(), before);
}

#[test]
fn a_closed_issue_asks_nothing_and_opened_again_it_does() {
    let mut tale = Tale::new();
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: question() });
    tale.tell(Signal::IssueClosed { by: alice().person });
    assert_eq!(tale.folded(), ["question#0"]);
    tale.tell(Signal::IssueReopened { by: alice().person });
    tale.tell(Signal::IssueRead { number: 1, by: alice(), reading: question() });
    assert_eq!(tale.open_calls(), ["question"]);
}

#[test]
fn a_refusal_ends_with_its_reason() {
    let mut tale = Tale::new();
    tale.asked_for().asks(&alice(), Ask::Apply);
    refused(&tale, &Refusal::Planning);
    tale.plans("p1");
    assert_eq!(tale.folded(), ["refused/apply/1#0"]);
    tale.asks(&alice(), Ask::Apply);
    assert_eq!(tale.open_calls(), ["refused/apply/1"]);
    tale.reviews(&bob());
    assert_eq!(tale.folded(), ["refused/apply/1#0", "refused/apply/1#1"]);
    // Decided again on the same facts, nothing is folded twice.
    let again = decide(&tale.facts, &Signal::RulesChanged, tale.now);
    assert!(!again.commands.iter().any(|command| matches!(command, Command::Minimize { .. })));
}

#[test]
fn a_slip_ends_with_the_next_command_of_its_writer() {
    let mut tale = Tale::new();
    tale.asked_for().writes(&alice(), "aply").writes(&bob(), "aprove");
    assert_eq!(tale.open_calls(), ["refused/aply/1", "refused/aprove/2"]);
    tale.asks(&alice(), Ask::Help);
    assert_eq!(tale.open_calls(), ["help/1", "refused/aprove/2"]);
    tale.plans("p1").asks(&bob(), Ask::Approve);
    assert_eq!(tale.open_calls(), ["help/1"]);
}

#[test]
fn an_unknown_outcome_is_settled_by_whoever_looked_into_it() {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply);
    let job = tale.apply_job();
    tale.tell(Signal::Claimed { job, worker: "w".to_owned(), workflow: None }).starts();
    tale.tell(Signal::LeaseLapsed { job });
    let unknown = |call: &Call| matches!(call.say, Say::OutcomeUnknown { .. });
    assert!(tale.facts.calls.values().any(unknown));
    tale.asks(&bob(), Ask::Resume { accept: false, reason: Some("nothing was made".to_owned()) });
    assert!(!tale.facts.calls.values().any(unknown));
    assert_eq!(tale.folded().last(), Some(&format!("apply/{job}#0")));
}

#[test]
fn a_failed_apply_is_settled_by_the_next_one() {
    let mut tale = Tale::new();
    tale.asked_for().plans("p1").reviews(&bob()).asks(&alice(), Ask::Apply);
    let job = tale.apply_job();
    tale.tell(Signal::Claimed { job, worker: "w".to_owned(), workflow: None }).starts();
    let failure = Failure::Step { phase: "apply".to_owned(), problems: Vec::new() };
    tale.tell(Signal::JobFailed { job, failure });
    let failed = |call: &Call| matches!(call.say, Say::ApplyFailed { .. });
    tale.seen("h2", "i2").plans("p2").reviews(&bob());
    assert!(tale.facts.calls.values().any(failed), "planned is not repaired");
    tale.asks(&alice(), Ask::Apply);
    let job = tale.apply_job();
    tale.tell(Signal::Claimed { job, worker: "w".to_owned(), workflow: None }).starts().applies();
    assert!(!tale.facts.calls.values().any(failed));
}
