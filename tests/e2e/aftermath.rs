//! After an apply: a merge that has to wait, a pull request that is closed, a worker that was killed.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot::store::StreamId;
use tfpilot_forge::BranchRules;
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::{approved_and_applied, pull, stack};
use crate::told::{check, planned_note, told};

/// A note that is applied, and whose merge GitHub refused once.
async fn applied_and_not_merged(world: &World) -> Result<u64> {
    let number = planned_note(world).await?;
    world.forge.github().on("PUT", "/merge").answers(405, 1);
    approved_and_applied(world, number).await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    told(world, number, "### Applied, waiting to merge")?;
    Ok(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applied_change_waits_for_a_missing_check_and_is_merged_when_it_is_there() -> Result<()> {
    let world = World::start().await?;
    let number = applied_and_not_merged(&world).await?;
    let checks = vec![("ci/test".to_owned(), None)];
    let rules = BranchRules { required_checks: checks, ..BranchRules::default() };
    world.forge.protect(REPOSITORY, "main", rules)?;

    // Another head with the same stack is applied as it is.
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    world.forge.carol().pushes(REPOSITORY, &branch, &[("docs/notes.md", "# Notes\n")], "docs").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "success Applied 1 change");
    told(&world, number, "### Applied, waiting to merge: `ci/test` is missing")?;
    told(&world, number, "Next: wait for `ci/test` or fix it. The lock stays.")?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);

    world.forge.reports(REPOSITORY, number, "ci/test", "success")?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    ensure!(!world.forge.issue(REPOSITORY, 1)?.open);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_after_its_apply_it_keeps_the_lock_until_an_approver_accepts() -> Result<()> {
    let world = World::start().await?;
    let number = applied_and_not_merged(&world).await?;
    world.bob().closes(REPOSITORY, number).await?;
    world.settle().await?;
    told(&world, number, "### Applied and closed: main lacks what exists")?;
    told(&world, number, "or acme/platform: `/tfpilot resume accept reason=\"…\"`. The lock stays.")?;

    let main = stack(&world, "hello-team", "resource \"terraform_data\" \"mine\" {}\n");
    let files = [("live/dev/hello-team/main.tf", main.as_str())];
    world.alice().pushes(REPOSITORY, "mine", &files, "mine").await?;
    let other = world.alice().opens_pull(REPOSITORY, "mine", "main", "mine", "").await?;
    world.settle().await?;
    approved_and_applied(&world, other).await?;
    told(&world, other, &format!("`live/dev/hello-team` is held by #{number}"))?;

    let accept = "/tfpilot resume accept reason=\"removed by hand\"";
    world.alice().comments(REPOSITORY, number, accept).await?;
    world.settle().await?;
    told(&world, number, "@alice **No role**: dev takes approver, you are developer.")?;
    world.bob().comments(REPOSITORY, number, "/tfpilot resume accept").await?;
    world.settle().await?;
    told(
        &world,
        number,
        "@bob **No reason**: it is kept in the log. Next: `/tfpilot resume accept reason=\"…\"`.",
    )?;
    world.bob().comments(REPOSITORY, number, accept).await?;
    world.settle().await?;
    told(&world, number, "### Closed; bob accepted that main lacks what exists")?;

    world.alice().comments(REPOSITORY, other, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, other)?.merged, "{}", world.forge.thread(REPOSITORY, other)?);
    world.finish().await
}

/// Waits until the apply of a pull request told of its first resource.
pub(crate) async fn first_resource(world: &World, number: u64) -> Result<()> {
    let repository = world.forge.repository_id(REPOSITORY)?;
    let stream = StreamId(format!("{repository}/{number}"));
    for _ in 0..3_000 {
        let records = world.app().store().load(&stream).await?;
        if records.iter().any(|record| String::from_utf8_lossy(&record.body).contains("\"journaled\"")) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("the apply told nothing")
}

/// atlantis #6739: nobody knew whether a crashed apply had happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_apply_is_unknown_until_an_approver_resumes() -> Result<()> {
    let mut world = World::start().await?;
    let body = "resource \"terraform_data\" \"many\" {\n  count = 120\n  input = count.index\n}\n";
    let number = pull(&world, "many", body).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    first_resource(&world, number).await?;
    world.runner().context("a runner")?.kill().await?;
    world.restart_runner().await?;
    world.advance(Duration::from_secs(300));
    world.settle().await?;

    assert_eq!(check(&world, number, "tfpilot/apply")?, "failure Outcome unknown");
    told(&world, number, "@alice I do not know how the apply of `live/dev/many` ended")?;
    told(&world, number, "Journal: started and not heard of again `terraform_data.many")
        .or_else(|_| told(&world, number, "Journal: created `terraform_data.many"))?;
    told(&world, number, "Next: acme/platform compares the new plan with the journal")?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success ") && plan.ends_with(" in live/dev/many"), "{plan}");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "@alice **Outcome of the last apply unknown**")?;

    for (person, text, answer) in [
        (world.alice(), "/tfpilot resume reason=\"looks fine\"", "@alice **No role**"),
        (world.bob(), "/tfpilot resume", "@bob **No reason**"),
    ] {
        person.comments(REPOSITORY, number, text).await?;
        world.settle().await?;
        told(&world, number, answer)?;
        assert_eq!(check(&world, number, "tfpilot/apply")?, "failure Outcome unknown");
    }
    world.bob().comments(REPOSITORY, number, "/tfpilot resume reason=\"compared with the state\"").await?;
    world.settle().await?;
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    let state = std::fs::read_to_string(world.dir().join("state/live/dev/many.tfstate"))?;
    let resources: serde_json::Value = serde_json::from_str(&state)?;
    let instances = resources.pointer("/resources/0/instances").and_then(|all| all.as_array());
    assert_eq!(instances.context("instances")?.len(), 120);
    world.finish().await
}
