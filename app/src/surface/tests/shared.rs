//! One commit, several pull requests: what its checks show.

use crate::surface::{Alone, CheckState, CheckView, worst_checks};

use super::show::{keeps_the_rules, surface};
use super::tale::{Tale, bob, problem};

fn alone(number: u64, base: &str, tale: &Tale) -> Alone {
    Alone { number, base: base.to_owned(), checks: surface(tale).checks }
}

fn failing() -> Tale {
    let mut tale = Tale::by_hand(&["live/dev/web", "live/prod/db"]);
    let problems = vec![problem()];
    tale.fails_plan("live/prod/db", tfpilot_engine::Failure::Step { phase: "plan".to_owned(), problems });
    tale
}

fn lines(checks: &[CheckView]) -> Vec<(CheckState, &str)> {
    checks.iter().map(|check| (check.state, check.title.as_str())).collect()
}

#[test]
fn the_worst_is_shown_and_says_whose_it_is() {
    let good = Tale::by_hand(&["live/dev/web"]).with(|tale| tale.plans_all().reviewed_by(&bob()));
    let bad = failing();
    let pulls = vec![alone(14, "release", &bad), alone(12, "main", &good)];
    let shown = worst_checks(pulls.clone());
    let apply = "#14: Not applied: there is no plan";
    assert_eq!(
        lines(&shown)[0],
        (CheckState::Failure, "#14: Failed in live/prod/db: Unsupported argument \"engin\"")
    );
    assert_eq!(lines(&shown)[3], (CheckState::Failure, apply));
    let start = "This commit is the head of #12 and #14; the worst counts.\n\n- #12 into main: 4 create in live/dev/web\n- #14 into release: Failed in";
    assert!(shown[0].summary.starts_with(start), "{}", shown[0].summary);
    assert_eq!(shown[0].external_id, pulls[0].checks[0].external_id);
    assert_eq!(shown[0].buttons, pulls[0].checks[0].buttons);
    keeps_the_rules(&crate::surface::Surface { checks: shown.clone(), stickies: Vec::new(), label: None });
    let turned = pulls.into_iter().rev().collect();
    assert_eq!(worst_checks(turned), shown, "in whatever order they are given");
}

#[test]
fn one_alone_is_shown_as_it_is() {
    let only = alone(12, "main", &failing());
    assert_eq!(worst_checks(vec![only.clone()]), only.checks);
    assert!(worst_checks(Vec::new()).is_empty());
}

#[test]
fn of_two_that_are_as_bad_the_first_is_shown() {
    let tale = Tale::by_hand(&["live/dev/web"]).with(|tale| tale.plans_all());
    let shown = worst_checks(vec![alone(3, "main", &tale), alone(2, "main", &tale)]);
    assert_eq!(lines(&shown)[3], (CheckState::Queued, "#2: Waiting for 1 approval"));
}
