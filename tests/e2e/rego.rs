//! Policies in Rego, from the file on the default branch to the apply; and files that would take a server along, which only end
//! the process that asks them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use tfpilot::rego::{Limits, Rego};
use tfpilot_tests::{REPOSITORY, World, find_program, tfpilot, tfpilot_in};

use crate::told::{check, planned_note, told};

const FILE: &str = ".github/tfpilot/policies/notes.rego";

/// As a user of conftest has it: version 0, with a library and a warning.
const POLICY: &str = "package main

import data.lib.changes

deny_greetings[{\"msg\": msg, \"address\": rc.address}] {
  rc := changes.created[_]
  contains(rc.change.after.input.text, \"Welcome\")
  msg := sprintf(\"%s greets people\", [rc.address])
}

warn[msg] {
  data.tfpilot.environment == \"dev\"
  count(changes.created) > 0
  msg := \"dev is small\"
}
";

const LIBRARY: &str = "package lib.changes

import rego.v1

created contains rc if {
  some rc in input.tfplan.resource_changes
  \"create\" in rc.change.actions
}
";

/// Carol's files on the default branch.
async fn pushes(world: &World, files: &[(&str, &str)]) -> Result<()> {
    world.forge.carol().pushes(REPOSITORY, "main", files, "policies").await?;
    world.settle().await
}

async fn with_policies(world: &World) -> Result<()> {
    pushes(world, &[(FILE, POLICY), (".github/tfpilot/policies/lib_changes.rego", LIBRARY)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rego_policy_stops_an_apply_until_it_is_mended() -> Result<()> {
    let world = World::start().await?;
    with_policies(&world).await?;
    let number = planned_note(&world).await?;
    let stopped = check(&world, number, "tfpilot/policy")?;
    ensure!(stopped.starts_with("failure notes.deny_greetings at "), "{stopped}");
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    let text = format!("{}{}", shown.summary, shown.text);
    ensure!(text.contains("greets people") && text.contains("dev is small"), "{text}");

    world
        .bob()
        .comments(REPOSITORY, number, "/tfpilot override notes.deny_greetings reason=\"a party\"")
        .await?;
    world.settle().await?;
    told(&world, number, "@bob **No role**: `override` takes admin")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot why").await?;
    world.settle().await?;
    told(&world, number, "notes.deny_greetings")?;

    let milder = POLICY.replace("\"Welcome\"", "\"Goodbye\"");
    pushes(&world, &[(FILE, &milder)]).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral 1 advice, 1 passed");
    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_rego_policy_is_overridden_with_a_reason_and_applied() -> Result<()> {
    let world = World::start().await?;
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let soft = "policies:\n  rego: {enforcement: soft-mandatory, override: {teams: [acme/platform]}}\n";
    let config = config.replace("policies:\n", soft);
    ensure!(config.contains(soft), "{config}");
    pushes(&world, &[(".github/tfpilot.yml", &config)]).await?;
    with_policies(&world).await?;
    let number = planned_note(&world).await?;
    assert_eq!(
        check(&world, number, "tfpilot/policy")?,
        "action_required notes.deny_greetings: override needed"
    );
    world
        .bob()
        .comments(REPOSITORY, number, "/tfpilot override notes.deny_greetings reason=\"a party\"")
        .await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral notes.deny_greetings overridden by bob");
    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_rego_file_stops_applies_until_it_is_repaired() -> Result<()> {
    let world = World::start().await?;
    with_policies(&world).await?;
    pushes(&world, &[(FILE, &POLICY.replace("msg := sprintf", "msg = := sprintf"))]).await?;
    let number = planned_note(&world).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "failure policies/notes.rego cannot be evaluated");
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    ensure!(shown.text.contains("line 8"), "{}", shown.text);

    // What kills its process is no other thing.
    let deep = format!(
        "package main\ndeny[msg] {{ msg := input.resource_changes; x := {}1{} }}\n",
        "[".repeat(40),
        "]".repeat(40)
    );
    pushes(&world, &[(FILE, &deep)]).await?;
    let stopped = check(&world, number, "tfpilot/policy")?;
    assert_eq!(stopped, "failure policies/notes.rego cannot be evaluated");
    pushes(&world, &[(FILE, &POLICY.replace("\"Welcome\"", "\"Goodbye\""))]).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral 1 advice, 1 passed");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_checks_tests_lists_explains_and_tries_rego() -> Result<()> {
    let world = World::start().await?;
    planned_note(&world).await?;
    let dir = tempfile::tempdir()?;
    let folder = dir.path().display().to_string();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text);
    write("notes.rego", POLICY)?;
    write("lib_changes.rego", LIBRARY)?;
    write("notes_test.rego", "package main\ntest_it { deny_greetings }\n")?;
    let checked = tfpilot(&["policy", "check", &folder]).await?;
    assert_eq!(checked.code, 0, "{checked:?}");
    ensure!(
        checked.out.ends_with("notes.rego: Rego v0, package main, reads input.tfplan, with 1 other file: deny_greetings, warn\n2 policies in 2 files can be asked\n"),
        "{checked:?}"
    );
    let listed = tfpilot(&["policy", "list", "--policies", &folder]).await?;
    ensure!(
        listed.out.contains("notes.deny_greetings") && listed.out.contains("hard-mandatory"),
        "{listed:?}"
    );
    let explained = tfpilot(&["policy", "explain", "notes.warn", "--policies", &folder]).await?;
    ensure!(explained.out.contains("Rego v0") && explained.out.contains("Means: advisory"), "{explained:?}");

    let plan = dir.path().join("plan.json").display().to_string();
    let change = serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        {"address": "terraform_data.x", "mode": "managed", "type": "terraform_data", "name": "x", "change": {
            "actions": ["create"], "before": null, "after": {"input": {"text": "Welcome"}}, "after_unknown": {"id": true}}}]});
    std::fs::write(&plan, change.to_string())?;
    let test = ["policy", "test", "--plan", &plan, "--policies", &folder, "--environment", "dev"];
    let tested = tfpilot(&test).await?;
    assert_eq!(tested.code, 1, "{tested:?}");
    ensure!(
        tested.out.contains(
            "hard-mandatory notes.deny_greetings: terraform_data.x: terraform_data.x greets people"
        ),
        "{tested:?}"
    );
    ensure!(tested.out.contains("advisory notes.warn: the plan: dev is small"), "{tested:?}");
    let tried = tfpilot_in(&world.store_in_use(), &["policy", "try", "--policies", &folder]).await?;
    ensure!(tried.out.starts_with("would have stopped 1 of 1 plans"), "{tried:?}");

    write("notes.rego", "package main\n\ndeny[msg] {\n  msg = = 1\n}\n")?;
    let checked = tfpilot(&["policy", "check", &folder]).await?;
    ensure!(checked.code == 3 && checked.out.contains("notes.rego:4:"), "{checked:?}");
    let tested = tfpilot(&test).await?;
    ensure!(tested.code == 1 && tested.out.contains("cannot be evaluated"), "{tested:?}");
    world.finish().await
}

/// What a hostile policy comes to in the limits of a test.
fn comes_to(text: &str) -> Result<String> {
    let limits = Limits { memory_mib: 512, cpu_seconds: 2, time: Duration::from_secs(60) };
    let rego = Rego::with_program(find_program("tfpilot")?, limits);
    let plan =
        serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []});
    Ok(rego.first_fault("hostile.rego", text, plan)?.unwrap_or_else(|| "nothing".to_owned()))
}

#[test]
fn hostile_policies_end_within_their_limits_and_fail() -> Result<()> {
    let body = |statements: &str| {
        format!("package main\nimport rego.v1\nreads := input.resource_changes\n{statements}\n")
    };
    let nested = format!("deny contains \"x\" if {{ x := {}1{} }}", "[".repeat(40), "]".repeat(40));
    let deep = format!("deny contains \"x\" if {{ x := {}1{} }}", "(".repeat(20_000), ")".repeat(20_000));
    let endless = "deny contains \"x\" if { n := numbers.range(1, 100000); count([1 | n[_] > 0; n[_] > 0; n[_] > 0; n[_] > 0]) > 0 }";
    let hog = "deny contains \"x\" if { n := numbers.range(1, 4000); s := {sprintf(\"%d %d\", [i, j]) | i := n[_]; j := n[_]}; count(s) == 1 }";
    for (what, text, words) in [
        ("nested arrays", nested.as_str(), "seconds"),
        ("nesting", deep.as_str(), ""),
        ("recursion", "f(x) := f(x + 1)\ndeny contains \"x\" if { f(1) }", ""),
        ("comprehensions", endless, "seconds"),
        ("memory", hog, ""),
        ("a panic", "deny contains \"x\" if { object.subset([1, 2], []) }", ""),
        ("the network", "deny contains \"x\" if { http.send({}) }", "http.send is not allowed"),
    ] {
        let told = comes_to(&body(text))?;
        ensure!(told != "nothing" && told.contains(words), "{what}: {told}");
        ensure!(told.contains("; "), "{what} does not say what to do: {told}");
    }
    Ok(())
}

#[test]
fn a_child_has_nothing_of_its_parent() -> Result<()> {
    // Its environment is empty: a policy that could ask for it gets no answer.
    let told = comes_to("package main\ndeny[x] { input.resource_changes; x := opa.runtime().env.PATH }\n")?;
    ensure!(told.contains("opa.runtime is not allowed"), "{told}");
    let alone = comes_to("package main\ndeny[x] { input.resource_changes == []; x := \"empty\" }\n")?;
    assert_eq!(alone, "nothing");
    ensure!(!Path::new("/core").exists());
    Ok(())
}
