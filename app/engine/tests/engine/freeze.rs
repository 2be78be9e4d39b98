//! Freeze windows: what they hold up, how long, and who lets a change pass them.

use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::{
    Actor, Ask, Command, EnvironmentName, Event, Freeze, NoOverrideWhy, NotCountedWhy, Overriders, Refusal,
    Role, Signal, Status, Wake, gate::GateName,
};

use crate::tale::{Tale, actor, alice, bob, refused};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// From an hour after the tale begins.
fn year_end() -> Freeze {
    Freeze {
        name: "year end".to_owned(),
        reason: Some("nobody is there to help".to_owned()),
        from: at("2026-07-20T15:00:00Z"),
        until: at("2026-07-22T06:00:00Z"),
        zone: "Europe/Berlin".to_owned(),
        overriders: Overriders::default(),
    }
}

/// The same for dev alone, and of the people on call.
fn on_call() -> Freeze {
    let overriders = Overriders { teams: vec!["acme/on-call".to_owned()], users: Vec::new(), count: 1 };
    Freeze { name: "weekend".to_owned(), until: at("2026-07-21T06:00:00Z"), overriders, ..year_end() }
}

fn ready(freezes: Vec<Freeze>, of_dev: Vec<Freeze>) -> Tale {
    let mut tale = Tale::new();
    tale.facts.rules.freezes = freezes;
    tale.facts.rules.environments.get_mut(&EnvironmentName::new("dev")).unwrap().freezes = of_dev;
    let named = Overriders { teams: vec!["acme/on-call".to_owned()], ..Overriders::default() };
    tale.facts.rules.overrides.insert("freeze".to_owned(), named);
    tale.asked_for().plans("p1").reviews(&bob());
    tale
}

/// An hour and a half later, inside of both.
fn frozen(freezes: Vec<Freeze>, of_dev: Vec<Freeze>) -> Tale {
    let mut tale = ready(freezes, of_dev);
    tale.now = at("2026-07-20T15:30:00Z");
    tale
}

fn carol() -> Actor {
    actor(3, "carol", Role::Admin)
}

fn because(reason: &str, teams: &[&str]) -> Ask {
    Ask::Override {
        rule: "freeze".to_owned(),
        reason: reason.to_owned(),
        teams: teams.iter().map(|team| (*team).to_owned()).collect(),
        suggestion: None,
    }
}

fn status(tale: &Tale) -> Status {
    tale.facts.status(tale.now)
}

const FROZEN: Status = Status::Waiting { gate: GateName::Frozen };

#[test]
fn a_frozen_apply_is_refused_and_says_which_window_and_until_when() {
    let mut tale = ready(vec![year_end()], vec![]);
    assert_eq!(status(&tale), Status::Ready);
    tale.now = year_end().until;
    assert_eq!(status(&tale), Status::Ready, "its end is outside");
    tale.now = year_end().from;
    assert_eq!(status(&tale), FROZEN);
    tale.asks(&alice(), Ask::Apply);
    let refusal = Refusal::Frozen {
        environment: None,
        name: "year end".to_owned(),
        reason: Some("nobody is there to help".to_owned()),
        until: year_end().until,
        zone: "Europe/Berlin".to_owned(),
        given: 0,
        needed: 1,
        ask: None,
    };
    refused(&tale, &refusal);
    assert!(tale.facts.tickets.is_empty());
    // Plans go on.
    tale.seen("h2", "i2").plans("p2");
    assert!(tale.facts.round().is_some());
}

#[test]
fn of_several_windows_the_one_that_ends_last_is_named() {
    let tale = frozen(vec![year_end()], vec![on_call()]);
    let told = |tale: &Tale| match tfpilot_engine::gate::first_closed(&tale.facts, tale.now) {
        Some(verdict) => match verdict.reasons.into_iter().next() {
            Some(Refusal::Frozen { name, environment, .. }) => (name, environment.map(|it| it.to_string())),
            other => panic!("{other:?}"),
        },
        None => panic!("open"),
    };
    assert_eq!(told(&tale), ("year end".to_owned(), None));
    let tale = frozen(vec![], vec![on_call()]);
    assert_eq!(told(&tale), ("weekend".to_owned(), Some("dev".to_owned())));
}

#[test]
fn a_timer_looks_again_at_each_turn_and_what_was_refused_is_settled() {
    let mut tale = ready(vec![year_end()], vec![]);
    let waits = |tale: &Tale, turn: Timestamp| {
        let wake = Command::Wake { at: turn, what: Wake::Freeze { turn } };
        tale.commands.contains(&wake)
    };
    assert!(waits(&tale, year_end().from) && !waits(&tale, year_end().until));
    tale.now = year_end().from;
    tale.tell(Signal::FreezeTurned).asks(&alice(), Ask::Apply);
    assert!(waits(&tale, year_end().until));
    assert_eq!(tale.facts.calls.len(), 1);
    tale.now = year_end().until;
    tale.commands.clear();
    tale.tell(Signal::FreezeTurned);
    assert_eq!(status(&tale), Status::Ready);
    assert!(tale.facts.calls.is_empty() && tale.commands.contains(&Command::Show));
    assert!(!tale.commands.iter().any(|it| matches!(it, Command::Wake { what: Wake::Freeze { .. }, .. })));
}

#[test]
fn what_has_not_started_when_a_window_begins_does_not_start() {
    let mut tale = ready(vec![year_end()], vec![]);
    tale.asks(&alice(), Ask::Apply).claims();
    tale.now = year_end().from;
    tale.starts();
    assert_eq!(tale.spent(), 0);
    let voided = tale.events.iter().find_map(|event| match event {
        Event::TicketVoided { why, .. } => Some(why.as_str()),
        _ => None,
    });
    assert_eq!(voided, Some("the gate frozen closed again"));
}

#[test]
fn an_admin_lets_one_plan_pass_one_turn_of_a_window() {
    let mut tale = frozen(vec![year_end()], vec![on_call()]);
    tale.asks(&carol(), because("", &[]));
    refused(&tale, &no_override(NoOverrideWhy::NoReason));
    tale.asks(&carol(), because("the shop is down", &[]));
    assert_eq!(status(&tale), Status::Ready);
    let given = tale.facts.overrides.first().expect("an override").clone();
    assert_eq!(given.freezes.len(), 2);

    // The next turn of the same window is another one.
    let mut later = tale.facts.clone();
    for freeze in &mut later.rules.freezes {
        freeze.until += SignedDuration::from_hours(168);
    }
    for freeze in &mut environment(&mut later).freezes {
        freeze.until += SignedDuration::from_hours(168);
    }
    assert_eq!(later.status(tale.now), FROZEN);

    // So is another plan.
    tale.seen("h2", "i2").plans("p2").reviews(&bob());
    assert_eq!(status(&tale), FROZEN);
}

fn environment(facts: &mut tfpilot_engine::Facts) -> &mut tfpilot_engine::EnvironmentRules {
    facts.rules.environments.get_mut(&EnvironmentName::new("dev")).unwrap()
}

#[test]
fn who_is_named_by_one_window_lets_nothing_pass_another() {
    let mut tale = frozen(vec![], vec![on_call()]);
    let olga = actor(9, "olga", Role::Viewer);
    tale.asks(&olga, because("the shop is down", &["acme/on-call"]));
    assert_eq!(status(&tale), Status::Ready);

    let mut tale = frozen(vec![year_end()], vec![on_call()]);
    tale.asks(&olga, because("the shop is down", &["acme/on-call"]));
    assert_eq!(status(&tale), FROZEN);
    assert!(tale.facts.overrides.is_empty());
}

#[test]
fn as_many_must_agree_as_the_window_says() {
    let two = Freeze { overriders: Overriders { count: 2, ..Overriders::default() }, ..year_end() };
    let mut tale = frozen(vec![two], vec![]);
    tale.asks(&carol(), because("the shop is down", &[])).asks(&carol(), because("again", &[]));
    assert_eq!(status(&tale), FROZEN);
    tale.asks(&actor(10, "dan", Role::Admin), because("I agree", &[]));
    assert_eq!(status(&tale), Status::Ready);
}

#[test]
fn nobody_lets_their_own_change_pass() {
    let mut tale = frozen(vec![year_end()], vec![]);
    tale.asks(&actor(1, "alice", Role::Admin), because("mine", &[]));
    refused(&tale, &no_override(NoOverrideWhy::OwnHand { why: NotCountedWhy::Requester }));
    tale.asks(&bob(), because("please", &[]));
    assert_eq!(status(&tale), FROZEN, "an approver is no admin");
    tale.now = year_end().until;
    tale.asks(&carol(), because("late", &[]));
    refused(&tale, &no_override(NoOverrideWhy::NothingFound));
}

fn no_override(why: NoOverrideWhy) -> Refusal {
    Refusal::NoOverride { rule: "freeze".to_owned(), why, ask: Some("acme/on-call".to_owned()) }
}
