//! Planning some stacks of a change again: the others keep their plans.

use crate::tale::{Tale, alice, refused, snapshot, tree};
use tfpilot_engine::{
    Ask, EnvironmentName, Event, InputsDigest, Plan, Refusal, Signal, StackAtHead, StackPath, TreeReading,
};

fn stack(path: &str, environment: &str) -> StackAtHead {
    StackAtHead {
        path: StackPath::new(path),
        environment: Some(EnvironmentName::new(environment)),
        inputs_digest: InputsDigest::new(path),
        diverged: false,
    }
}

/// Three stacks in two environments, all planned.
fn planned() -> Tale {
    let mut tale = Tale::new();
    let mut prod = tale.facts.rules.environments.values().next().expect("dev").clone();
    prod.path = "live/prod".to_owned();
    tale.facts.rules.environments.insert(EnvironmentName::new("prod"), prod);
    let stacks = vec![stack("live/dev/a", "dev"), stack("live/dev/b", "dev"), stack("live/prod/a", "prod")];
    let reading = TreeReading { stacks, ..tree("h1", "i") };
    tale.tell(Signal::PullSeen { pull: snapshot("h1"), tree: Some(reading) });
    while tale.facts.runs.iter().any(tfpilot_engine::Run::is_open) {
        tale.plans("p1");
    }
    tale
}

fn plan(stacks: &[&str], environment: Option<&str>) -> Ask {
    Ask::PlanOf {
        stacks: stacks.iter().map(|path| StackPath::new(*path)).collect(),
        environment: environment.map(EnvironmentName::new),
        suggestion: Some(StackPath::new("live/dev/a")),
    }
}

/// Stacks of jobs that are open.
fn open(tale: &Tale) -> Vec<&str> {
    let jobs = tale.facts.runs.iter().flat_map(|run| run.jobs.values()).filter(|job| job.state.is_open());
    let mut open: Vec<&str> = jobs.map(|job| job.stack.as_str()).collect();
    open.sort_unstable();
    open
}

#[test]
fn only_what_is_named_is_planned_and_the_rest_keeps_its_plan() {
    let mut tale = planned();
    let before = tale.facts.plans.clone();
    tale.asks(&alice(), plan(&["live/dev/b"], None));
    assert_eq!(open(&tale), ["live/dev/b"]);
    tale.plans("p1");
    let differs = |(path, plan): (&StackPath, &Plan)| before.get(path) != Some(plan);
    let made: Vec<&str> =
        tale.facts.plans.iter().filter(|it| differs(*it)).map(|(path, _)| path.as_str()).collect();
    assert_eq!(made, ["live/dev/b"]);
    assert!(tale.facts.round().is_some(), "an equal plan keeps what there was to review");

    tale.asks(&alice(), plan(&[], Some("dev")));
    assert_eq!(open(&tale), ["live/dev/a", "live/dev/b"]);
    tale.plans("p1").plans("p1").asks(&alice(), plan(&["live/prod/a"], Some("prod")));
    assert_eq!(open(&tale), ["live/prod/a"]);
}

#[test]
fn what_the_change_does_not_touch_is_refused_and_nothing_is_planned() {
    let mut tale = planned();
    let runs = tale.facts.runs.len();
    tale.asks(&alice(), plan(&["live/dev/b", "live/dev/aa"], None));
    let suggestion = Some(StackPath::new("live/dev/a"));
    refused(
        &tale,
        &Refusal::UnknownStack { stack: StackPath::new("live/dev/aa"), suggestion: suggestion.clone() },
    );
    tale.asks(&alice(), plan(&["live/dev/a"], Some("prod")));
    refused(&tale, &Refusal::UnknownStack { stack: StackPath::new("live/dev/a"), suggestion });
    tale.asks(&alice(), plan(&[], Some("qa")));
    let known = ["dev", "prod"].map(EnvironmentName::new).into();
    refused(&tale, &Refusal::UnknownEnvironment { environment: EnvironmentName::new("qa"), known });
    assert_eq!(tale.facts.runs.len(), runs);
    assert!(!tale.events.iter().any(|event| matches!(event, Event::JobSuperseded { .. })));
}
