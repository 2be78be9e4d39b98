//! Every place where a change can be before an apply, as people see it.

use tfpilot_engine::{Executor, Failure, Obstacle, Person, PullState, Reading, Signal, StackPath, Status};

use crate::surface::delay::clock;

use super::show::{surface, surface_with, text};
use super::tale::{HEAD, NEWER, Tale, bob, draft, finding, problem, question};

#[track_caller]
fn status(tale: &Tale, expect: Status) {
    assert_eq!(tale.facts.status(tale.now), expect);
}

/// The head has twelve stacks: one fails, one replaces, one creates, nine change nothing.
fn twelve() -> Tale {
    let names: Vec<String> =
        ["db", "net", "web"].map(str::to_owned).into_iter().chain((1..10).map(|n| format!("s{n}"))).collect();
    let stacks: Vec<String> = names.iter().map(|name| format!("live/prod/{name}")).collect();
    let mut tale = Tale::by_hand(&stacks.iter().map(String::as_str).collect::<Vec<_>>());
    for stack in &stacks[3..] {
        tale.plans(stack, &[]);
    }
    tale.plans("live/prod/web", &[("replace", 2), ("destroy", 1)]);
    tale.plans("live/prod/net", &[("create", 9)]);
    tale
}

#[test]
fn a_question() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Complete { draft: draft() });
    tale.asks_for(Reading::Asks { draft: draft(), question: question() });
    status(&tale, Status::NeedsAnswer);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn a_first_question_has_no_sticky_comment_beside_it() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Asks { draft: draft(), question: question() });
    assert_eq!(text(&surface(&tale)), "label: tfpilot/needs-answer\n");
}

#[test]
fn a_question_while_the_pull_request_is_open() {
    let mut tale = Tale::ready();
    tale.asks_for(Reading::Asks { draft: draft(), question: question() });
    let shown = surface(&tale);
    let body = &shown.stickies[0].body;
    assert!(
        body.starts_with(
            "### S3 bucket `acme-invoices` in dev: #42 open, one question\nNext: alice answers below.\n"
        ),
        "{body}"
    );
}

#[test]
fn what_githubs_limits_hold_back_says_until_when() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Complete { draft: draft() });
    let until = tale.now + jiff::SignedDuration::from_mins(10);
    tale.tell(Signal::Delayed { until, run: None });
    status(&tale, Status::Opening);
    let body = surface(&tale).stickies[0].body.clone();
    let said = format!("opening a pull request\nNext: delayed by GitHub until {}.\n", clock(until));
    assert!(body.contains(&said), "{body}");
    tale.now = until;
    let body = surface(&tale).stickies[0].body.clone();
    assert!(!body.contains("delayed"), "{body}");
}

#[test]
fn a_plan_that_waits_for_githubs_limits_says_until_when() {
    let mut tale = Tale::request();
    tale.facts.rules.environments.values_mut().for_each(|rules| rules.executor = Executor::Actions);
    tale.asks_for(Reading::Complete { draft: draft() });
    tale.commits(HEAD).sees(HEAD, &["live/dev/acme-invoices"]);
    let (run, until) = (tale.facts.runs[0].id, tale.now + jiff::SignedDuration::from_mins(10));
    tale.tell(Signal::Delayed { until, run: Some(run) });
    status(&tale, Status::Planning);
    let next = format!("Next: delayed by GitHub until {}.", clock(until));
    let stickies = surface(&tale).stickies;
    assert_eq!(stickies.len(), 2);
    for sticky in stickies {
        assert_eq!(sticky.body.lines().nth(1), Some(next.as_str()), "{}", sticky.body);
    }
    // Another step may wait still: this one was dispatched.
    tale.tell(Signal::Dispatched { run, workflow_run: Some(1) });
    assert!(surface(&tale).stickies.iter().all(|sticky| !sticky.body.contains("delayed")));
}

#[test]
fn opening() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Complete { draft: draft() });
    status(&tale, Status::Opening);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn stuck() {
    let mut tale = Tale::request();
    tale.asks_for(Reading::Complete { draft: draft() });
    let why = "The branch tfpilot/41-s3-bucket-acme-invoices exists and is not ours. Delete it.".to_owned();
    tale.tell(tfpilot_engine::Signal::StepFailed { step: "commit".to_owned(), why });
    status(&tale, Status::Stuck);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn planning() {
    let tale = Tale::opened();
    status(&tale, Status::Planning);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn planning_again_after_a_push() {
    let mut tale = Tale::ready();
    tale.sees_tree(NEWER, &["live/dev/acme-invoices"], "i2", Vec::new());
    status(&tale, Status::Planning);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn planning_again_names_its_reason() {
    let mut moved = Tale::ready();
    moved.looks(|pull| pull.base = tfpilot_engine::CommitSha::new("9ab01c2f"));
    moved.sees_tree(HEAD, &["live/dev/acme-invoices"], "i2", Vec::new());
    let body = surface(&moved).stickies[1].body.clone();
    assert!(
        body.starts_with("### Planning again: main moved to `9ab01c2`\nNext: nothing for you.\n"),
        "{body}"
    );
}

/// The base moves, and with it what the plans depend on.
fn diverges(tale: &mut Tale) {
    let mut reading = tale.facts.tree.clone().expect("a tree");
    reading.stacks.iter_mut().for_each(|stack| stack.diverged = true);
    tale.looks_at(|pull| pull.base = tfpilot_engine::CommitSha::new(NEWER), reading);
}

#[test]
fn our_branch_is_planned_again_when_main_moved() {
    let mut tale = Tale::ready();
    diverges(&mut tale);
    let body = surface(&tale).stickies[1].body.clone();
    let start = "### Plan: 4 create, +\\$0.00/mo. Plan stale: main moved to `9ab01c2`, which changes `live/dev/acme-invoices`\nNext: nothing, it is planned again.\n";
    assert!(body.starts_with(start), "{body}");
    let newest = "7".repeat(40);
    tale.commits(&newest).sees_tree(&newest, &["live/dev/acme-invoices"], "i2", Vec::new());
    let body = surface(&tale).stickies[1].body.clone();
    assert!(
        body.starts_with("### Planning again: main moved to `9ab01c2`\nNext: nothing for you.\n"),
        "{body}"
    );
    let message = crate::surface::renewal_message(&tale.facts, &tfpilot_engine::CommitSha::new(NEWER));
    let expect =
        "Merge main at 9ab01c2 into tfpilot/41-s3-bucket-acme-invoices\n\nRendered again.\n\nRequest: #41\n";
    assert_eq!(message.as_deref(), Some(expect));
}

#[test]
fn the_branch_of_a_person_is_updated_by_that_person() {
    let mut tale = Tale::by_hand(&["live/dev/web"]);
    tale.plans_all().reviewed_by(&bob());
    diverges(&mut tale);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn into_a_branch_that_is_not_managed_every_check_concludes() {
    let mut tale = Tale::ready();
    tale.looks(|pull| (pull.managed, pull.base_ref) = (false, "release".to_owned()));
    status(&tale, Status::NotManaged);
    let shown = surface(&tale);
    let neutral = |check: &crate::surface::CheckView| {
        check.state == crate::surface::CheckState::Neutral
            && check.title == "Not managed: it goes into release"
    };
    assert!(shown.checks.iter().all(neutral), "{}", text(&shown));
    let start = "### Not managed: it goes into `release`\nNext: nothing. To go on, change its base.\n";
    assert!(shown.stickies[1].body.starts_with(start), "{}", shown.stickies[1].body);
}

#[test]
fn planned_and_waiting_for_approval() {
    let mut tale = Tale::opened();
    tale.plans_all();
    status(&tale, Status::Waiting { gate: tfpilot_engine::gate::GateName::Approved });
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn an_approval_of_another_plan() {
    let mut tale = Tale::ready();
    tale.sees_tree(NEWER, &["live/dev/acme-invoices"], "i2", Vec::new()).plans_all();
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn waiting_for_others() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut Tale) -> &mut Tale, heading: &str, next: &str, title: &str) {
        let mut tale = Tale::ready();
        change(&mut tale);
        let shown = surface(&tale);
        let lines: Vec<&str> = shown.stickies[1].body.lines().take(2).collect();
        assert_eq!(lines, [format!("### Plan: 4 create, +\\$0.00/mo. {heading}"), format!("Next: {next}")]);
        assert_eq!(shown.checks[3].title, title);
        let issue: Vec<&str> = shown.stickies[0].body.lines().take(2).collect();
        assert_eq!(
            issue,
            [
                "### S3 bucket `acme-invoices` in dev: planned, 4 create, +\\$0.00/mo",
                &format!("Next: {next}")
            ]
        );
    }
    fn blocked(obstacle: Obstacle) -> impl FnOnce(&mut Tale) -> &mut Tale {
        |tale| tale.looks(|pull| pull.obstacles.push(obstacle))
    }
    check(
        blocked(Obstacle::Conflict),
        "Conflict with the base branch",
        "resolve and push.",
        "Conflict with the base branch",
    );
    check(
        blocked(Obstacle::Unknown),
        "Not mergeable yet: GitHub is still computing it",
        "wait a moment.",
        "Not mergeable yet",
    );
    check(
        blocked(Obstacle::Check { name: "ci/test".to_owned() }),
        "Branch protection: `ci/test` missing",
        "wait or fix it.",
        "Waiting for check ci/test",
    );
    check(
        blocked(Obstacle::Reviews { wanted: 2, given: 1 }),
        "Branch protection: 1 of 2 reviews given",
        "ask for a review.",
        "Branch protection",
    );
    check(
        |tale| tale.looks(|pull| pull.draft = true),
        "Draft: planned, not applied",
        "press Ready for review.",
        "Draft",
    );
    check(|tale| tale.waits(200), "Plan expired: older than 7 days", "`/tfpilot plan`.", "Plan expired");
    check(
        |tale| {
            tale.facts.held_by_others.insert(StackPath::new("live/dev/acme-invoices"), 12);
            tale
        },
        "Locked: `live/dev/acme-invoices` is held by #12",
        "wait for #12, then `/tfpilot apply`.",
        "Locked: #12 holds live/dev/acme-invoices",
    );
}

#[test]
fn ready() {
    let tale = Tale::ready();
    status(&tale, Status::Ready);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn ready_by_hand() {
    let mut tale = Tale::by_hand(&["live/dev/web"]);
    tale.plans_all().reviewed_by(&bob());
    status(&tale, Status::Ready);
    let body = surface(&tale).stickies[0].body.clone();
    assert!(
        body.starts_with(
            "### Plan: 4 create, +\\$0.00/mo. Ready to apply\nNext: a developer: `/tfpilot apply`.\n"
        ),
        "{body}"
    );
}

#[test]
fn a_plan_that_failed() {
    let mut tale = Tale::opened();
    tale.fails_plan(
        "live/dev/acme-invoices",
        Failure::Step { phase: "plan".to_owned(), problems: vec![problem()] },
    );
    status(&tale, Status::PlanFailed);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn plans_that_never_ran() {
    #[track_caller]
    fn check(failure: Failure, title: &str, next: &str) {
        let mut tale = Tale::opened();
        tale.fails_plan("live/dev/acme-invoices", failure);
        let shown = surface(&tale);
        assert_eq!(shown.checks[0].title, title);
        assert_eq!(shown.checks[0].buttons.len(), 1);
        let second = shown.stickies[1].body.lines().nth(1);
        assert_eq!(second, Some(format!("Next: {next} Nothing is applied before.").as_str()));
    }
    let stack = "Failed in live/dev/acme-invoices";
    check(Failure::Lost, &format!("{stack}: runner lost, twice"), "`/tfpilot plan`.");
    check(Failure::NotStarted, &format!("{stack}: no runner in 10 min, twice"), "`/tfpilot plan`.");
    check(Failure::Cancelled, &format!("{stack}: cancelled"), "`/tfpilot plan`.");
    check(
        Failure::NotDispatched { why: "no such workflow".to_owned() },
        "Failed in …/acme-invoices: not dispatched: no such workflow",
        "an admin repairs it, then `/tfpilot plan`.",
    );
    check(
        Failure::NotAdmitted { findings: vec![finding()] },
        "Failed in …/acme-invoices: not admitted: main.tf:3 shared_c…",
        "remove it.",
    );
}

#[test]
fn not_admitted() {
    let mut tale = Tale::by_hand(&[]);
    tale.sees_tree(NEWER, &["live/dev/web"], "i1", vec![finding()]);
    status(&tale, Status::NotAdmitted);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn a_plan_that_is_not_complete() {
    let mut tale = Tale::opened();
    tale.plans_as("live/dev/acme-invoices", &[("create", 1)], |plan| {
        plan.unfit = Some("Terraform put 2 changes off".to_owned());
    });
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn a_fork() {
    let mut tale = Tale::by_hand(&[]);
    tale.looks(|pull| pull.fork = true).sees(NEWER, &["live/dev/web"]);
    status(&tale, Status::Fork);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn no_terraform() {
    let tale = Tale::by_hand(&[]);
    status(&tale, Status::NoTerraform);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn no_changes() {
    let mut tale = Tale::opened();
    tale.plans("live/dev/acme-invoices", &[]);
    status(&tale, Status::NoChanges);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn twelve_stacks_of_which_one_failed() {
    let mut tale = twelve();
    let problem = tfpilot_engine::Problem { path: Some("live/prod/db/db.tf".to_owned()), ..problem() };
    tale.fails_plan("live/prod/db", Failure::Step { phase: "plan".to_owned(), problems: vec![problem] });
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn twelve_stacks_planned() {
    let mut tale = twelve();
    let shown = surface(&tale);
    assert_eq!(shown.checks[0].title, "Planning 12 of 12 stacks");
    tale.plans("live/prod/db", &[("change", 3)]);
    insta::assert_snapshot!(text(&surface(&tale)));
}

#[test]
fn closed_and_merged_by_people() {
    let closed = |state| {
        let mut tale = Tale::ready();
        tale.looks(|pull| pull.state = state);
        status(&tale, Status::Closed);
        tale
    };
    insta::assert_snapshot!(text(&surface(&closed(PullState::Closed))));
    let merged = surface(&closed(PullState::Merged));
    assert_eq!(merged.checks[3].title, "Merged without an apply");
    assert!(merged.stickies.iter().any(|sticky| !sticky.post), "closing is no news worth a mail");
}

#[test]
fn closed_before_it_was_planned_concludes_every_check() {
    let mut tale = Tale::opened();
    tale.looks(|pull| pull.state = PullState::Closed);
    let shown = surface(&tale);
    let titles: Vec<&str> = shown.checks.iter().map(|check| check.title.as_str()).collect();
    let early = "Closed before it was planned";
    assert_eq!(titles, [early, early, early, "Closed without an apply"]);
    assert!(shown.checks.iter().all(|check| check.state == crate::surface::CheckState::Neutral));
}

#[test]
fn a_broken_configuration_is_said() {
    let problem = ".github/tfpilot.yml:14:3: unknown key `enviroments`. Write `environments`.";
    insta::assert_snapshot!(text(&surface_with(&Tale::ready(), Some(problem))));
}

#[test]
fn a_committer_is_no_reviewer() {
    let mut tale = Tale::by_hand(&["live/dev/web"]);
    let bob_too = Person { id: 2, login: "bob".to_owned() };
    tale.looks(|pull| pull.committers.push(bob_too));
    tale.plans_all().reviewed_by(&bob());
    let body = surface(&tale).stickies[0].body.clone();
    assert!(body.contains("| Approval | 0 of 1, bob wrote a commit |"), "{body}");
}
