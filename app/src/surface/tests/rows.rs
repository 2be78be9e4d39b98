//! Facts in the sticky comment that are small and matter: what is grave in a stack's row, and the runs behind it.

use tfpilot_engine::Grave;

use super::show::surface;
use super::tale::Tale;

fn sticky(tale: &Tale) -> String {
    surface(tale).stickies.pop().expect("a sticky comment").body
}

#[test]
fn what_is_grave_is_said_first_in_its_row_and_stands_above_the_others() {
    let mut tale = Tale::by_hand(&["live/prod/db", "live/prod/net", "live/prod/web"]);
    tale.plans("live/prod/db", &[("destroy", 1)])
        .plans_as("live/prod/net", &[("change", 1)], |plan| plan.grave = Some(Grave::Exposed))
        .plans_as("live/prod/web", &[("replace", 2), ("destroy", 1)], |plan| {
            plan.grave = Some(Grave::DataLoss)
        });
    let body = sticky(&tale);
    let rows: Vec<&str> = body.lines().filter(|line| line.starts_with("| `live/")).collect();
    assert_eq!(
        rows,
        [
            "| `live/prod/web` | **DATA-LOSS** 2 replace, 1 destroy | +\\$0.00 |",
            "| `live/prod/net` | **EXPOSED** 1 change | +\\$0.00 |",
            "| `live/prod/db` | 1 destroy | +\\$0.00 |",
        ]
    );
}

#[test]
fn the_workflow_runs_behind_what_is_shown_are_linked() {
    let mut tale = Tale::ready();
    assert!(!sticky(&tale).contains("/actions/runs/"), "a registered runner has no workflow run");
    tale.facts.runs.first_mut().expect("a run").workflow_run = Some(318);
    let link = "· [run 318](https://github.com/acme/infra/actions/runs/318) · `/tfpilot help`";
    assert!(sticky(&tale).contains(link), "{}", sticky(&tale));
}
