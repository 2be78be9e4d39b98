//! The titles of the four checks for every state that a change can be in, and headings beside them.

use tfpilot_engine::{
    Ask, Failure, JudgedFinding, Judgement, Obstacle, Plan, PullState, StackPath, Standing,
};

use super::show::surface;
use super::tale::{NEWER, Tale, alice, bob, finding, half, judged, problem};

const STACK: &str = "live/dev/acme-invoices";

/// State and title of plan, policy, cost and apply.
#[track_caller]
fn check(tale: &Tale, expect: [&str; 4]) {
    let shown = surface(tale);
    let titles: Vec<String> =
        shown.checks.iter().map(|check| format!("{:?} {}", check.state, check.title)).collect();
    assert_eq!(titles, expect);
}

/// The first two lines of the pull request's sticky comment.
#[track_caller]
fn heading(tale: &Tale, expect: [&str; 2]) {
    let shown = surface(tale);
    let body = &shown.stickies.last().expect("a comment").body;
    assert_eq!(body.lines().take(2).collect::<Vec<_>>(), expect);
}

fn twelve() -> Tale {
    let stacks: Vec<String> = (0..12).map(|n| format!("live/prod/s{n:02}")).collect();
    Tale::by_hand(&stacks.iter().map(String::as_str).collect::<Vec<_>>())
}

fn planned_as(change: impl FnOnce(&mut Plan)) -> Tale {
    let mut tale = Tale::opened();
    tale.plans_as(STACK, &[("create", 4)], change);
    tale
}

fn judgement(standing: Standing, title: &str, rule: &str) -> Judgement {
    let found = JudgedFinding {
        rule: rule.to_owned(),
        standing,
        address: "aws_security_group.web".to_owned(),
        message: "open to `0.0.0.0/0`".to_owned(),
        hint: "name the networks".to_owned(),
        path: Some("main.tf".to_owned()),
        line: Some(21),
    };
    Judgement { standing, findings: vec![found], ..judged(title, 13) }
}

const WAITS: &str = "Queued Waiting for the plan";
const PLANNED: &str = "Success 4 create in live/dev/acme-invoices";
const PASSED: &str = "Success 14 passed";
const FREE: &str = "Success +$0.00/mo, 3 of 4 priced";

#[test]
fn the_head_is_being_read() {
    let mut tale = Tale::ready();
    tale.looks(|pull| pull.head = tfpilot_engine::CommitSha::new(NEWER));
    check(&tale, ["InProgress Reading the pull request", WAITS, WAITS, WAITS]);
}

#[test]
fn planning_one_stack() {
    check(&Tale::opened(), ["InProgress Planning 1 of 1 stack", WAITS, WAITS, WAITS]);
}

#[test]
fn planning_the_third_of_twelve() {
    let mut tale = twelve();
    tale.plans("live/prod/s00", &[]).plans("live/prod/s01", &[("create", 1)]);
    check(&tale, ["InProgress Planning 3 of 12 stacks", WAITS, WAITS, WAITS]);
}

#[test]
fn planned_and_not_approved() {
    let tale = planned_as(|_| {});
    check(&tale, [PLANNED, PASSED, FREE, "Queued Waiting for 1 approval"]);
    heading(
        &tale,
        [
            "### Plan: 4 create, +\\$0.00/mo. Waiting for 1 approval",
            "Next: acme/platform reviews, then `/tfpilot apply`.",
        ],
    );
}

#[test]
fn every_gate_is_open() {
    let tale = Tale::ready();
    check(&tale, [PLANNED, PASSED, FREE, "Queued Ready: 4 create"]);
    heading(&tale, ["### Plan: 4 create, +\\$0.00/mo. Ready to apply", "Next: alice: `/tfpilot apply`."]);
}

#[test]
fn nothing_changes() {
    let mut tale = Tale::opened();
    tale.plans(STACK, &[]);
    check(&tale, ["Success No changes", PASSED, FREE, "Success Nothing to apply"]);
    heading(&tale, ["### No changes in `live/dev/acme-invoices`", "Next: merge."]);
}

#[test]
fn nothing_changes_in_twelve_stacks() {
    let mut tale = twelve();
    (0..12).for_each(|n| {
        tale.plans(&format!("live/prod/s{n:02}"), &[]);
    });
    check(
        &tale,
        ["Success No changes", "Success 168 passed", "Success +$0.00/mo", "Success Nothing to apply"],
    );
    heading(&tale, ["### No changes in 12 stacks", "Next: merge."]);
}

#[test]
fn a_plan_failed() {
    let mut tale = Tale::opened();
    tale.fails_plan(STACK, Failure::Step { phase: "plan".to_owned(), problems: vec![problem()] });
    check(
        &tale,
        [
            "Failure Failed in …/acme-invoices: Unsupported argument \"engin\"",
            "Neutral Not judged: there is no plan",
            "Neutral Not judged: there is no plan",
            "Failure Not applied: there is no plan",
        ],
    );
}

#[test]
fn one_of_twelve_plans_failed() {
    let mut tale = twelve();
    (1..12).for_each(|n| {
        tale.plans(&format!("live/prod/s{n:02}"), &[("create", 1)]);
    });
    tale.fails_plan("live/prod/s00", Failure::Step { phase: "plan".to_owned(), problems: vec![problem()] });
    heading(
        &tale,
        [
            "### Plan failed in 1 of 12 stacks. Others: 11 create",
            "Next: dora fixes `live/prod/s00`. Nothing is applied before.",
        ],
    );
    let body = surface(&tale).stickies[0].body.clone();
    assert!(
        body.contains("| Stack | Plan | Cost/mo |\n|---|---|---|\n| `live/prod/s00` | **failed** "),
        "{body}"
    );
    assert!(body.contains("Unsupported argument \"engin\" | unknown |\n"), "{body}");
    assert!(body.contains("| `live/prod/s01` | 1 create | +\\$0.00 |\n"), "{body}");
}

#[test]
fn not_admitted() {
    let mut tale = Tale::by_hand(&[]);
    tale.sees_tree(NEWER, &["live/dev/web"], "i1", vec![finding()]);
    check(
        &tale,
        [
            "Failure Not admitted: main.tf:3 shared_config_files",
            "Neutral Not judged: there is no plan",
            "Neutral Not judged: there is no plan",
            "Failure Not applied: there is no plan",
        ],
    );
}

#[test]
fn policies_have_advice() {
    let mut tale = planned_as(|plan| {
        plan.policy = Some(judgement(Standing::Advice, "1 advice, 13 passed", "naming"));
    });
    tale.reviewed_by(&bob());
    check(&tale, [PLANNED, "Neutral 1 advice, 13 passed", FREE, "Queued Ready: 4 create"]);
    let note = surface(&tale).checks[1].annotations[0].clone();
    assert_eq!((note.path.as_str(), note.line), ("main.tf", 21));
    assert_eq!(note.level, crate::surface::AnnotationLevel::Warning);
}

#[test]
fn a_hard_mandatory_rule_blocks() {
    let title = "no-open-ingress at main.tf:21";
    let tale = planned_as(|plan| {
        plan.policy = Some(judgement(Standing::Blocked, title, "no-open-ingress"));
    });
    check(&tale, [PLANNED, &format!("Failure {title}"), FREE, "Queued Blocked by no-open-ingress"]);
    heading(
        &tale,
        [
            "### Plan: 4 create, +\\$0.00/mo. Blocked by `no-open-ingress` (hard-mandatory)",
            "Next: main.tf:21, name the networks.",
        ],
    );
    let note = surface(&tale).checks[1].annotations[0].clone();
    assert_eq!(note.level, crate::surface::AnnotationLevel::Failure);
}

#[test]
fn a_soft_mandatory_rule_waits_for_a_person() {
    let tale = planned_as(|plan| {
        let title = "required-tags: override needed";
        plan.policy = Some(judgement(Standing::OverrideNeeded, title, "required-tags"));
    });
    let shown = surface(&tale);
    assert_eq!(shown.checks[1].state, crate::surface::CheckState::ActionRequired);
    assert_eq!(shown.checks[1].title, "required-tags: override needed");
}

#[test]
fn the_cost_is_over_its_limit() {
    let tale = planned_as(|plan| {
        let title = "+$612/mo, limit $500";
        plan.cost = Some(Judgement { standing: Standing::OverrideNeeded, ..judged(title, 0) });
    });
    let shown = surface(&tale);
    assert_eq!(shown.checks[2].state, crate::surface::CheckState::ActionRequired);
    assert_eq!(shown.checks[2].title, "+$612/mo, limit $500");
    assert!(shown.stickies[1].body.starts_with("### Plan: 4 create, +\\$612/mo. "));
}

#[test]
fn the_cost_is_not_known() {
    let tale = planned_as(|plan| {
        let title = "Cost unknown, not allowed in prod";
        plan.cost = Some(Judgement { standing: Standing::Blocked, ..judged(title, 0) });
    });
    check(&tale, [PLANNED, PASSED, "Failure Cost unknown, not allowed in prod", "Queued Cost"]);
    assert!(surface(&tale).stickies[1].body.starts_with("### Plan: 4 create. "));
}

#[test]
fn costs_of_stacks_are_summed_and_an_unknown_one_is_not_hidden() {
    let sum = |costs: [&str; 2]| {
        let mut tale = Tale::by_hand(&["live/dev/a", "live/dev/b"]);
        for (stack, cost) in ["live/dev/a", "live/dev/b"].into_iter().zip(costs) {
            tale.plans_as(stack, &[("create", 1)], |plan| plan.cost = Some(judged(cost, 0)));
        }
        surface(&tale).checks[2].title.clone()
    };
    assert_eq!(sum(["+$80.00/mo", "+$11.40/mo, 1 of 2 priced"]), "+$91.40/mo");
    assert_eq!(sum(["+$80.00/mo", "-$90.50/mo"]), "-$10.50/mo");
    assert_eq!(sum(["+$80.00/mo", "Cost unknown: the limit is not in USD"]), "2 stacks estimated");
    assert_eq!(sum(["+$80.00/mo", "+$x/mo"]), "2 stacks estimated");
}

#[test]
fn another_change_holds_the_stack() {
    let mut tale = Tale::ready();
    tale.facts.held_by_others.insert(StackPath::new(STACK), 12);
    check(&tale, [PLANNED, PASSED, FREE, "Queued Locked: #12 holds live/dev/acme-invoices"]);
}

#[test]
fn a_check_of_somebody_else_is_missing() {
    let mut tale = Tale::ready();
    tale.looks(|pull| pull.obstacles.push(Obstacle::Check { name: "ci/test".to_owned() }));
    check(&tale, [PLANNED, PASSED, FREE, "Queued Waiting for check ci/test"]);
}

#[test]
fn the_plan_is_too_old() {
    let mut tale = Tale::ready();
    tale.waits(200);
    check(&tale, [PLANNED, PASSED, FREE, "Queued Plan expired"]);
}

#[test]
fn the_plan_is_not_complete() {
    let tale = planned_as(|plan| plan.unfit = Some("Terraform put 2 changes off".to_owned()));
    let shown = surface(&tale);
    assert_eq!(shown.checks[0].title, "Not complete: Terraform put 2 changes off");
    assert_eq!(shown.checks[0].state, crate::surface::CheckState::Failure);
    assert_eq!(shown.checks[3].title, "Not applied: there is no plan");
}

#[test]
fn applying_the_first_of_one() {
    let mut tale = Tale::ready();
    tale.starts();
    check(&tale, [PLANNED, PASSED, FREE, "InProgress Applying 1 of 1"]);
}

#[test]
fn applying_the_second_of_two() {
    let mut tale = Tale::by_hand(&["live/dev/net", "live/dev/web"]);
    tale.plans_all().reviewed_by(&bob()).starts().applies();
    assert_eq!(surface(&tale).checks[3].title, "Applying 2 of 2");
    heading(
        &tale,
        ["### Applying: 1 of 2 stacks done", "Next: nothing for you. `/tfpilot cancel` interrupts it."],
    );
}

#[test]
fn applied_and_merged() {
    let mut tale = Tale::ready();
    tale.starts().applies().merges();
    check(&tale, [PLANNED, PASSED, FREE, "Success Applied 4 changes"]);
    heading(
        &tale,
        ["### Applied and merged by alice, 2026-07-20 14:00 UTC", "Next: nothing. The outputs are below."],
    );
}

#[test]
fn stopped_half_way() {
    let mut tale = Tale::ready();
    tale.starts().journals(half());
    tale.fails_apply(Failure::Step { phase: "apply".to_owned(), problems: vec![problem()] });
    check(&tale, [PLANNED, PASSED, FREE, "Failure Failed after 1 of 4"]);
}

#[test]
fn the_outcome_is_unknown() {
    let mut tale = Tale::ready();
    tale.starts().journals(half()[..3].to_vec()).falls_silent();
    let shown = surface(&tale);
    let apply = shown.checks.last().expect("four checks");
    assert_eq!((apply.state, apply.title.as_str()), (crate::surface::CheckState::Failure, "Outcome unknown"));
}

#[test]
fn github_refused_to_start_the_workflow() {
    let mut tale = Tale::opened();
    tale.fails_plan(STACK, Failure::NotDispatched { why: "Workflow was not found".to_owned() });
    let title = surface(&tale).checks[0].title.clone();
    assert_eq!(title, "Failed in …/acme-invoices: not dispatched: Workflow was not…");
}

#[test]
fn no_terraform_in_it() {
    check(&Tale::by_hand(&[]), ["Success No Terraform changes"; 4]);
}

#[test]
fn a_fork() {
    let mut tale = Tale::by_hand(&[]);
    tale.looks(|pull| pull.fork = true).sees(NEWER, &["live/dev/web"]);
    check(&tale, ["ActionRequired Not run: pull request from a fork"; 4]);
}

#[test]
fn a_fork_without_terraform() {
    let mut tale = Tale::by_hand(&[]);
    tale.looks(|pull| pull.fork = true).sees(NEWER, &[]);
    check(&tale, ["Success No Terraform changes"; 4]);
}

#[test]
fn closed_and_planned() {
    let mut tale = Tale::ready();
    tale.looks(|pull| pull.state = PullState::Closed);
    check(&tale, [PLANNED, PASSED, FREE, "Neutral Closed without an apply"]);
}

#[test]
fn buttons_name_the_plan_and_stand_only_where_they_do_something() {
    let buttons = |tale: &Tale| -> Vec<String> {
        let shown = surface(tale);
        let all = shown.checks.iter().flat_map(|check| {
            check
                .buttons
                .iter()
                .map(|button| format!("{} {}: {}", check.name, button.label, button.description))
        });
        all.collect()
    };
    let tale = Tale::ready();
    let plan = tale.facts.round().expect("a round").reviewed.short().to_owned();
    let apply = format!("Apply: Apply plan {plan} to dev");
    assert_eq!(buttons(&tale), [format!("tfpilot/plan {apply}"), format!("tfpilot/apply {apply}")]);
    let approve = format!("Approve: Approve plan {plan}");
    assert_eq!(
        buttons(&planned_as(|_| {})),
        [format!("tfpilot/plan {approve}"), format!("tfpilot/apply {approve}")]
    );
    let mut applied = Tale::ready();
    applied.starts();
    assert_eq!(buttons(&applied), ["tfpilot/apply Cancel: Stops the apply that runs"]);
    let cancel = Ask::Cancel { stacks: Vec::new(), environment: None };
    applied.asked(&alice(), cancel);
    assert_eq!(buttons(&applied), Vec::<String>::new(), "it is being stopped");
    assert_eq!(buttons(&Tale::opened()), ["tfpilot/plan Cancel: Stops the plans that run"]);
}

#[test]
fn a_refused_apply_says_how_far_the_last_one_came() {
    let mut tale = Tale::ready();
    tale.starts().journals(half());
    tale.fails_apply(Failure::Step { phase: "apply".to_owned(), problems: vec![problem()] });
    tale.asked(&alice(), Ask::Apply);
    let refused = tale.commands.iter().rev().find_map(|command| match command {
        tfpilot_engine::Command::Say { call } => Some(call),
        _ => None,
    });
    let text = crate::surface::render_call(&tale.facts, refused.expect("a refusal"), tale.now);
    assert!(
        text.starts_with("@alice **Apply failed**: 1 of 4 exist. Next: push a fix or `/tfpilot plan`."),
        "{text}"
    );
}

#[test]
fn a_title_says_what_matters_in_its_first_half() {
    let stack = format!("live/prod/{}", "x".repeat(90));
    let mut tale = Tale::by_hand(&[&stack]);
    tale.plans_all();
    let title = surface(&tale).checks[0].title.clone();
    assert!(title.starts_with("4 create in …/xxx"), "{title}");
    tale.looks(|pull| pull.obstacles.push(Obstacle::Check { name: "c".repeat(300) })).reviewed_by(&bob());
    let title = surface(&tale).checks[3].title.clone();
    assert!(title.starts_with("Waiting for check ccc") && title.ends_with('…'), "{title}");
}
