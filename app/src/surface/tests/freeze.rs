//! What people see while a freeze window holds, and after somebody let a change pass it.

use tfpilot_engine::{Ask, Freeze, Overriders, Role};

use crate::surface::render_call;

use super::show::{surface, text};
use super::tale::{Tale, actor};

fn frozen() -> Tale {
    let mut tale = Tale::ready();
    tale.facts.rules.overrides.insert("freeze".to_owned(), Overriders::default());
    tale.facts.rules.freezes = vec![Freeze {
        name: "year | end".to_owned(),
        reason: Some("nobody is there to help @alice".to_owned()),
        from: "2026-07-20T00:00:00Z".parse().unwrap(),
        until: "2026-07-24T06:00:00Z".parse().unwrap(),
        zone: "Europe/Berlin".to_owned(),
        overriders: Overriders { teams: vec!["acme/sre".to_owned()], ..Overriders::default() },
    }];
    tale
}

fn passed() -> Tale {
    let mut tale = frozen();
    let reason = "the shop is down".to_owned();
    let order = Ask::Override { rule: "freeze".to_owned(), reason, teams: Vec::new(), suggestion: None };
    tale.asked(&actor(3, "carol", Role::Admin), order);
    tale
}

/// What `why` and `status` answer.
fn answers(tale: &mut Tale) -> String {
    let victor = actor(4, "victor", Role::Viewer);
    tale.asked(&victor, Ask::Why).asked(&victor, Ask::Status);
    let told = ["why/4", "status/4"].map(|key| {
        let call = tale.facts.calls.get(key).expect("the answer").clone();
        render_call(&tale.facts, &call, tale.now)
    });
    told.join("\n====\n")
}

#[test]
fn frozen_until() {
    insta::assert_snapshot!(text(&surface(&frozen())));
    insta::assert_snapshot!("frozen_answers", answers(&mut frozen()));
}

#[test]
fn let_pass() {
    let mut tale = passed();
    let shown = text(&surface(&tale));
    assert!(shown.contains("| Freeze | `year ¦ end` overridden by carol: the shop is down |"), "{shown}");
    assert!(shown.contains("tfpilot/apply Queued: Ready: 4 create"), "{shown}");
    let answers = answers(&mut tale);
    assert!(
        answers.contains("frozen: open. `year ¦ end` overridden by carol: the shop is down."),
        "{answers}"
    );
}

#[test]
fn help_offers_to_let_it_pass_to_who_may() {
    let offered = |login: &str, id: u64, role| {
        let mut tale = frozen();
        tale.asked(&actor(id, login, role), Ask::Help);
        let call = tale.facts.calls.get(&format!("help/{id}")).expect("the answer").clone();
        render_call(&tale.facts, &call, tale.now).contains("override freeze")
    };
    assert!(offered("carol", 3, Role::Admin));
    assert!(!offered("bob", 2, Role::Approver));
}
