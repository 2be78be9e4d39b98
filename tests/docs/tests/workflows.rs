//! Our own workflows: no permission that is not named, nothing that can be moved under us, no text of others in a script.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value};
use tfpilot_docs::{files, read, root};

/// Every workflow with its name for messages.
fn workflows() -> Vec<(String, Value)> {
    let found = files(&root().join(".github/workflows"), ".yml");
    assert!(!found.is_empty());
    found
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("is there");
            (path.display().to_string(), serde_yaml::from_str(&text).expect("is YAML"))
        })
        .collect()
}

fn jobs(workflow: &Value) -> &Mapping {
    workflow.get("jobs").and_then(Value::as_mapping).expect("has jobs")
}

fn steps(job: &Value) -> &[Value] {
    job.get("steps").and_then(Value::as_sequence).map_or(&[], Vec::as_slice)
}

fn is_empty(value: Option<&Value>) -> bool {
    value.and_then(Value::as_mapping).is_some_and(Mapping::is_empty)
}

#[test]
fn permissions_are_none_and_named_per_job() {
    for (name, workflow) in workflows() {
        assert!(is_empty(workflow.get("permissions")), "{name} has permissions on top");
        for (job, body) in jobs(&workflow) {
            let permissions = body.get("permissions").and_then(Value::as_mapping);
            let permissions = permissions.unwrap_or_else(|| panic!("{name}: {job:?} names no permissions"));
            let reads = |(_, access): (&Value, &Value)| access.as_str() == Some("read");
            assert!(permissions.iter().all(reads), "{name}: {job:?} may write");
            assert!(body.get("timeout-minutes").is_some(), "{name}: {job:?} has no end");
        }
    }
}

#[test]
fn actions_are_pinned_and_keep_no_credentials() {
    for (name, workflow) in workflows() {
        for step in jobs(&workflow).values().flat_map(steps) {
            let Some(uses) = step.get("uses").and_then(Value::as_str) else { continue };
            let commit = uses.split_once('@').map_or("", |(_, commit)| commit);
            let pinned = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(pinned, "{name}: {uses} is no commit");
            if uses.starts_with("actions/checkout@") {
                let kept = step.get("with").and_then(|with| with.get("persist-credentials"));
                assert_eq!(kept.and_then(Value::as_bool), Some(false), "{name}: {uses}");
            }
        }
    }
}

#[test]
fn scripts_hold_no_expressions() {
    for (name, workflow) in workflows() {
        for step in jobs(&workflow).values().flat_map(steps) {
            let script = step.get("run").and_then(Value::as_str).unwrap_or_default();
            assert!(!script.contains("${{"), "{name}: {script}");
        }
    }
}

#[test]
fn one_job_waits_for_all_others() {
    let text = read(".github/workflows/ci.yml").expect("is there");
    let workflow: Value = serde_yaml::from_str(&text).expect("is YAML");
    let names: BTreeSet<&str> = jobs(&workflow).keys().filter_map(Value::as_str).collect();
    let last = workflow.get("jobs").and_then(|jobs| jobs.get("all-green")).expect("is there");
    let needs = last.get("needs").and_then(Value::as_sequence).expect("needs others");
    let needs: BTreeSet<&str> = needs.iter().filter_map(Value::as_str).chain(["all-green"]).collect();
    assert_eq!(needs, names);
    assert_eq!(last.get("if").and_then(Value::as_str), Some("always()"));
}
