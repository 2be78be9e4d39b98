//! The checks of a merge queue's commit.

use tfpilot_engine::{CommitSha, StackPath};

use crate::surface::{Alone, CheckState, CheckView, group_checks};

use super::show::{keeps_the_rules, surface};
use super::tale::{Tale, bob};

fn pull(tale: &Tale) -> Alone {
    Alone { number: 12, base: "main".to_owned(), checks: surface(tale).checks }
}

fn head() -> CommitSha {
    CommitSha::new("0123456789012345678901234567890123456789")
}

fn lines(checks: &[CheckView]) -> Vec<(CheckState, &str)> {
    checks.iter().map(|check| (check.state, check.title.as_str())).collect()
}

#[test]
fn what_is_concluded_is_repeated_and_what_is_open_fails() {
    let pull = pull(&Tale::by_hand(&["live/dev/web"]).with(|tale| tale.plans_all().reviewed_by(&bob())));
    let shown = group_checks(&head(), Some(&pull), &[]);
    assert_eq!(shown[0].state, CheckState::Success);
    assert_eq!(shown[0].title, pull.checks[0].title);
    assert_eq!(lines(&shown)[3], (CheckState::Failure, "#12: Ready: 4 create"));
    for (check, of_pull) in shown.iter().zip(&pull.checks) {
        assert_eq!((&check.head, check.name), (&head(), of_pull.name));
        assert!(check.buttons.is_empty() && check.annotations.is_empty());
    }
    keeps_the_rules(&crate::surface::Surface { checks: shown, stickies: Vec::new(), label: None });
}

#[test]
fn another_input_fails_them_all_and_says_the_way_out() {
    let pull = pull(&Tale::by_hand(&["live/dev/web"]).with(|tale| tale.plans_all()));
    let strange = [StackPath::new("live/dev/web"), StackPath::new("live/prod/`db`")];
    let shown = group_checks(&head(), Some(&pull), &strange);
    let title = "Not as planned in #12: live/dev/web";
    assert_eq!(lines(&shown), [(CheckState::Failure, title); 4]);
    insta::assert_snapshot!(shown[0].summary, @"On this commit of the merge queue `live/dev/web` and `live/prod/ˋdbˋ` are not what #12 planned: they depend on files that changed on main or in a pull request ahead in the queue. Next: update the branch of #12; it is planned again, and `/tfpilot apply` applies and merges it.");
    keeps_the_rules(&crate::surface::Surface { checks: shown, stickies: Vec::new(), label: None });
}

#[test]
fn a_queue_that_names_no_pull_request_passes_prose_alone() {
    assert!(group_checks(&head(), None, &[]).iter().all(|check| check.state == CheckState::Success));
    let shown = group_checks(&head(), None, &[StackPath::new("live/dev/web")]);
    assert_eq!(lines(&shown), [(CheckState::Failure, "Not planned: no pull request"); 4]);
}
