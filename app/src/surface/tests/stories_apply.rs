//! Every place where a change can be from its apply on, as people see it.

use tfpilot_engine::{Ask, Failure, JournalStep, Obstacle, PullState, Status};

use super::show::{surface, text};
use super::tale::{NEWER, Tale, alice, bob, half, line, problem};

#[track_caller]
fn status(tale: &Tale, expect: Status) {
    assert_eq!(tale.facts.status(tale.now), expect);
}

fn half_applied() -> Tale {
    let mut tale = Tale::ready();
    let problem = tfpilot_engine::Problem {
        summary: "MalformedPolicy: unknown principal".to_owned(),
        detail: String::new(),
        address: Some("aws_s3_bucket_policy.this".to_owned()),
        ..problem()
    };
    tale.starts().journals(half());
    tale.fails_apply(Failure::Step { phase: "apply".to_owned(), problems: vec![problem] });
    tale
}

#[test]
fn applying() {
    let mut tale = Tale::ready();
    tale.starts();
    status(&tale, Status::Applying);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn being_cancelled() {
    let mut tale = Tale::ready();
    tale.starts().asked(&alice(), Ask::Cancel { stacks: Vec::new(), environment: None });
    let body = surface(&tale).stickies[1].body.clone();
    let start = "### Applying: 0 of 1 stack done\nNext: nothing for you. It is being cancelled.\n";
    assert!(body.starts_with(start), "{body}");
}

#[test]
fn applying_the_second_of_two() {
    let mut tale = Tale::by_hand(&["live/dev/net", "live/dev/web"]);
    tale.plans_all().reviewed_by(&bob()).starts().applies();
    status(&tale, Status::Applying);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn applied() {
    let mut tale = Tale::ready();
    tale.starts().applies().merges();
    status(&tale, Status::Applied);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn applied_and_not_merged() {
    let mut tale = Tale::ready();
    tale.starts().applies();
    status(&tale, Status::AppliedUnmerged);
    tale.looks(|pull| pull.obstacles.push(Obstacle::Check { name: "ci/test".to_owned() }));
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn github_says_why_it_does_not_merge() {
    let mut tale = Tale::ready();
    tale.starts().applies();
    tale.tell(tfpilot_engine::Signal::MergeBlocked { why: "Base branch was modified.".to_owned() });
    let body = surface(&tale).stickies[1].body.clone();
    let start = "### Applied, waiting to merge: Base branch was modified\nNext: nothing for you. It is merged as soon as GitHub allows it. The lock stays.\n";
    assert!(body.starts_with(start), "{body}");
}

#[test]
fn overtaken_after_its_apply() {
    let mut tale = Tale::ready();
    tale.starts().applies().sees_tree(NEWER, &["live/dev/acme-invoices"], "i2", Vec::new());
    let shown = surface(&tale);
    let titles: Vec<&str> = shown.checks.iter().map(|check| check.title.as_str()).collect();
    let waits = "Waiting for the plan";
    assert_eq!(titles, ["Planning 1 of 1 stack", waits, waits, waits]);
    tale.plans_all().reviewed_by(&bob());
    status(&tale, Status::Ready);
}

#[test]
fn a_head_that_lacks_what_was_applied() {
    let mut tale = Tale::ready();
    tale.starts().applies().sees(NEWER, &[]);
    status(&tale, Status::AppliedUnmerged);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn half_applied_and_closed() {
    let mut tale = half_applied();
    tale.looks(|pull| pull.state = PullState::Closed);
    let shown = surface(&tale);
    let start = "### Apply failed, 1 of 4 exist and closed: main lacks what exists\nNext: reopen #42; or acme/platform: `/tfpilot resume accept reason=\"…\"`. The lock stays.\n";
    assert!(shown.stickies[1].body.starts_with(start), "{}", shown.stickies[1].body);
    assert_eq!(shown.checks[3].title, "Failed after 1 of 4");
}

#[test]
fn accepted() {
    let mut tale = Tale::ready();
    tale.starts().applies().looks(|pull| pull.state = PullState::Closed);
    tale.asked(&bob(), Ask::Resume { accept: true, reason: Some("deleted by hand".to_owned()) });
    status(&tale, Status::Closed);
    let body = surface(&tale).stickies[1].body.clone();
    let start =
        "### Closed; bob accepted that main lacks what exists\nNext: nothing. To go on, reopen #42.\n";
    assert!(body.starts_with(start), "{body}");
}

#[test]
fn unknown_and_resumed() {
    let mut tale = Tale::ready();
    tale.starts().journals(half()[..3].to_vec()).falls_silent();
    tale.plans("live/dev/acme-invoices", &[("create", 3)]);
    status(&tale, Status::Unknown);
    let body = surface(&tale).stickies[1].body.clone();
    assert!(body.contains("Journal: created `aws_s3_bucket.this` (acme-invoices)"), "{body}");
    assert!(body.contains("3 changes in live/dev/acme-invoices"), "{body}");
    tale.asked(&bob(), Ask::Resume { accept: false, reason: Some("compared".to_owned()) });
    tale.plans("live/dev/acme-invoices", &[("create", 3)]);
    status(&tale, Status::Waiting { gate: tfpilot_engine::gate::GateName::Approved });
}

#[test]
fn half_way() {
    let tale = half_applied();
    status(&tale, Status::ApplyFailed);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn half_way_and_planned_again() {
    let mut tale = half_applied();
    tale.asked(&alice(), Ask::Plan);
    assert_eq!(surface(&tale).checks[0].title, "Planning 1 of 1 stack");
    tale.plans("live/dev/acme-invoices", &[("create", 3)]);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn what_was_destroyed_does_not_exist() {
    let mut tale = Tale::ready();
    tale.starts().journals(vec![
        line(1, "aws_s3_bucket.old", "delete", JournalStep::Started),
        line(2, "aws_s3_bucket.old", "delete", JournalStep::Completed),
    ]);
    tale.fails_apply(Failure::Cancelled);
    let shown = surface(&tale);
    assert_eq!(shown.checks[3].title, "Failed after 1 of 4");
    assert!(
        shown.stickies[1]
            .body
            .contains("- **failed**: cancelled\n- destroyed `aws_s3_bucket.old`; not started 3\n")
    );
}

#[test]
fn unknown() {
    let mut tale = Tale::ready();
    tale.starts().journals(half()[..3].to_vec()).falls_silent();
    status(&tale, Status::Unknown);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn abandoned() {
    let mut tale = Tale::ready();
    tale.starts().applies().looks(|pull| pull.state = PullState::Closed);
    status(&tale, Status::Abandoned);
    insta::assert_snapshot!(text(&surface(&tale)));
}
