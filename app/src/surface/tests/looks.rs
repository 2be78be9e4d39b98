//! `status` and `why`: where a change stands, and what keeps it from being applied.

use tfpilot_engine::{Actor, Ask, Command, Failure, Obstacle, Person, PullState, Reading, Role, StackPath};

use crate::surface::render_call;

use super::tale::{Tale, actor, alice, bob, draft, finding, half, problem, question};

/// What a person is answered, without the marker.
fn answer(tale: &mut Tale, by: &Actor, ask: Ask) -> String {
    tale.asked(by, ask);
    let call = tale.commands.iter().rev().find_map(|command| match command {
        Command::Say { call } => Some(call),
        _ => None,
    });
    let text = render_call(&tale.facts, call.expect("an answer"), tale.now);
    let (text, marker) = text.split_once("\n\n<!--").expect("a marker");
    assert!(!marker.contains("<!--") && !text.contains('@'), "{text}");
    text.to_owned()
}

fn victor() -> Actor {
    actor(4, "victor", Role::Viewer)
}

fn waiting() -> Tale {
    let mut tale = Tale::opened();
    tale.plans_all();
    tale
}

#[test]
fn the_status_of_what_waits_for_an_approval() {
    insta::assert_snapshot!(answer(&mut waiting(), &victor(), Ask::Status));
}

#[test]
fn the_status_of_what_another_change_holds() {
    let mut tale = Tale::ready();
    tale.facts.held_by_others.insert(StackPath::new("live/dev/acme-invoices"), 12);
    let text = answer(&mut tale, &alice(), Ask::Status);
    assert_eq!(text.matches("| Lock | ").count(), 1, "{text}");
    assert!(text.contains("| Lock | Locked: `live/dev/acme-invoices` is held by #12 |"), "{text}");
}

#[test]
fn the_status_from_the_apply_on() {
    let mut tale = Tale::ready();
    tale.starts();
    insta::assert_snapshot!(answer(&mut tale, &alice(), Ask::Status));
    tale.journals(half());
    tale.fails_apply(Failure::Step { phase: "apply".to_owned(), problems: vec![problem()] });
    let text = answer(&mut tale, &alice(), Ask::Status);
    assert!(text.starts_with("**Apply failed: 1 of 4 exist** (#42)\nNext: push a fix"), "{text}");
    assert!(text.ends_with("| Lock | held by this change |"), "{text}");
}

#[test]
fn the_status_after_the_end() {
    let mut tale = Tale::ready();
    tale.starts().applies().merges();
    let text = answer(&mut tale, &victor(), Ask::Status);
    assert!(text.starts_with("**Applied and merged by alice, 2026-07-20 14:00 UTC** (#42)\n"), "{text}");
    assert!(text.ends_with("| Lock | free |"), "{text}");
}

#[test]
fn the_status_of_a_request_without_a_pull_request() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Asks { draft: draft(), question: question() });
    assert_eq!(
        answer(&mut tale, &victor(), Ask::Status),
        "**One question** (#41)\nNext: alice answers below."
    );
    assert_eq!(answer(&mut tale, &victor(), Ask::Why), "**One question** (#41)\nNext: alice answers below.");
}

#[test]
fn why_nobody_can_apply_yet() {
    let mut tale = waiting();
    tale.reviewed_by(&alice());
    insta::assert_snapshot!(answer(&mut tale, &victor(), Ask::Why));
}

#[test]
fn why_says_who_does_not_count_and_for_what() {
    let mut tale = Tale::by_hand(&["live/prod/web"]);
    tale.facts.rules.environments.values_mut().for_each(|rules| rules.approvals = 2);
    tale.looks(|pull| pull.committers.push(Person { id: 9, login: "carol".to_owned() }));
    tale.plans_all().reviewed_by(&bob()).reviewed_by(&actor(9, "carol", Role::Approver));
    let text = answer(&mut tale, &victor(), Ask::Why);
    let line = text.lines().find(|line| line.starts_with("1. ")).expect("a first gate");
    assert_eq!(
        line,
        "1. approved: waiting. `environments.prod.approvals.count` of .github/tfpilot.yml asks 2; counted bob; not carol (wrote a commit)."
    );
}

#[test]
fn why_lists_what_is_not_open_first() {
    let mut tale = Tale::ready();
    tale.looks(|pull| pull.obstacles.push(Obstacle::Check { name: "ci/test".to_owned() }));
    let text = answer(&mut tale, &bob(), Ask::Why);
    let gates: Vec<&str> =
        text.lines().filter_map(|line| line.split_once(". ")?.1.split_once(". ")).map(|it| it.0).collect();
    assert_eq!(
        gates,
        [
            "mergeable: waiting",
            "admitted: open",
            "planned: open",
            "fresh: open",
            "policy: open",
            "cost: open",
            "approved: open",
            "locked: open",
            "frozen: open"
        ]
    );
    assert!(
        text.contains("1. mergeable: waiting. Branch protection: `ci/test` missing. Next: wait or fix it.\n"),
        "{text}"
    );
}

#[test]
fn why_nothing_runs_that_is_not_admitted() {
    let mut tale = Tale::by_hand(&[]);
    tale.sees_tree("h2", &["live/dev/web"], "i", vec![finding()]);
    let text = answer(&mut tale, &victor(), Ask::Why);
    assert!(
        text.contains(
            "\n1. admitted: closed. Not admitted: main.tf:3 `shared_config_files`. Next: remove it.\n2. "
        ),
        "{text}"
    );
}

#[test]
fn why_of_what_is_over_says_what_it_came_to() {
    let mut tale = Tale::ready();
    tale.looks(|pull| pull.state = PullState::Closed);
    let text = answer(&mut tale, &victor(), Ask::Why);
    assert!(text.starts_with("**Closed without an apply** (#42)\n") && text.lines().count() == 2, "{text}");
}

#[test]
fn an_answer_follows_the_facts() {
    let mut tale = waiting();
    let before = answer(&mut tale, &alice(), Ask::Status);
    tale.reviewed_by(&bob());
    let after = answer(&mut tale, &alice(), Ask::Status);
    assert!(
        before.contains("Waiting for 1 approval") && after.contains("Ready to apply"),
        "{before}\n{after}"
    );
}
