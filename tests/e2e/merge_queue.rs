//! A branch with a merge queue: its commits are judged like heads, and merged only if what was applied is what is merged.

use anyhow::{Result, ensure};
use tfpilot_forge::BranchRules;
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::{approved_and_applied, pull};
use crate::told::{planned_note, told};

/// A queue that waits for all our checks and these of others.
fn queue(world: &World, others: &[&str]) -> Result<()> {
    let ours = tfpilot::surface::CHECK_NAMES.map(|name| (name.to_owned(), Some(world.forge.app_id())));
    let others = others.iter().map(|name| ((*name).to_owned(), None));
    let required_checks = ours.into_iter().chain(others).collect();
    let rules = BranchRules { merge_queue: true, required_checks, ..BranchRules::default() };
    Ok(world.forge.protect(REPOSITORY, "main", rules)?)
}

/// The check on the commit that the queue made: `success Applied 1 change`.
fn on_commit(world: &World, commit: &str, name: &str) -> Result<String> {
    let check = world.forge.check(REPOSITORY, commit, name)?;
    Ok(format!("{} {}", check.conclusion.unwrap_or(check.status), check.title))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applied_change_passes_the_queue_and_is_merged() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    queue(&world, &[])?;
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    ensure!(!world.forge.issue(REPOSITORY, 1)?.open);
    let merged = world.forge.tip(REPOSITORY, "main")?;
    assert_eq!(on_commit(&world, &merged, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    assert_eq!(on_commit(&world, &merged, "tfpilot/apply")?, "success Applied 1 change");
    let said = world.forge.check(REPOSITORY, &merged, "tfpilot/apply")?.summary;
    ensure!(
        said.starts_with(&format!("As on #{number}: this commit of the merge queue has the same inputs.")),
        "{said}"
    );
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn prose_passes_the_queue_without_a_plan() -> Result<()> {
    let world = World::start().await?;
    queue(&world, &[])?;
    world.alice().pushes(REPOSITORY, "prose", &[("docs/a.md", "# A\n")], "prose").await?;
    let number = world.alice().opens_pull(REPOSITORY, "prose", "main", "prose", "").await?;
    world.settle().await?;
    world.alice().queues(REPOSITORY, number).await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    let merged = world.forge.tip(REPOSITORY, "main")?;
    assert_eq!(on_commit(&world, &merged, "tfpilot/plan")?, "success No Terraform changes");
    world.finish().await
}

/// Where our apply check is not required, somebody puts a change into the queue that nobody applied.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_applied_does_not_pass_as_applied() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let rules = BranchRules {
        merge_queue: true,
        required_checks: vec![("ci/test".to_owned(), None)],
        ..BranchRules::default()
    };
    world.forge.protect(REPOSITORY, "main", rules)?;
    world.forge.reports(REPOSITORY, number, "ci/test", "success")?;
    let base = world.forge.tip(REPOSITORY, "main")?;
    world.alice().queues(REPOSITORY, number).await?;
    world.settle().await?;
    let group = world.forge.tip(REPOSITORY, &format!("gh-readonly-queue/main/pr-{number}-{base}"))?;
    assert_eq!(on_commit(&world, &group, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    let apply = on_commit(&world, &group, "tfpilot/apply")?;
    assert_eq!(apply, format!("failure #{number}: Waiting for 1 approval"));
    world.finish().await
}

/// atlantis #5603: a merge queue's commit was given success blindly. Here main moved under an applied change: the queue
/// would merge code that nobody planned.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_queue_would_merge_is_not_what_was_applied() -> Result<()> {
    let world = World::start().await?;
    let part = "variable \"said\" {\n  default = \"hello\"\n}\n\nresource \"terraform_data\" \"this\" {\n  input = var.said\n}\n";
    let files = [("parts/greeting/main.tf", part)];
    world.forge.carol().pushes(REPOSITORY, "main", &files, "a part").await?;
    let body = "module \"greeting\" {\n  source = \"../../../parts/greeting\"\n}\n";
    let number = pull(&world, "greeting", body).await?;
    world.forge.github().on("PUT", "/merge").answers(405, 1);
    approved_and_applied(&world, number).await?;
    told(&world, number, "### Applied, waiting to merge")?;

    // GitHub takes no merge as long as ci/test is missing; main moves meanwhile.
    let rules = BranchRules { required_checks: vec![("ci/test".to_owned(), None)], ..BranchRules::default() };
    world.forge.protect(REPOSITORY, "main", rules)?;
    let louder = part.replace("hello", "HELLO");
    let files = [("parts/greeting/main.tf", louder.as_str())];
    world.forge.carol().pushes(REPOSITORY, "main", &files, "louder").await?;
    world.settle().await?;
    queue(&world, &["ci/test"])?;
    let base = world.forge.tip(REPOSITORY, "main")?;
    world.forge.reports(REPOSITORY, number, "ci/test", "success")?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    assert_eq!(world.forge.tip(REPOSITORY, "main")?, base);
    let group = world.forge.last_group(REPOSITORY)?;
    for name in tfpilot::surface::CHECK_NAMES {
        let check = on_commit(&world, &group, name)?;
        assert_eq!(check, format!("failure Not as planned in #{number}: live/dev/greeting"));
    }
    told(&world, number, "in the merge queue live/dev/greeting is not what was planned")?;

    // The way out: the branch is brought up to date, planned, applied, and passes.
    world.alice().updates_branch(REPOSITORY, number).await?;
    world.settle().await?;
    world.forge.reports(REPOSITORY, number, "ci/test", "success")?;
    world.settle().await?;
    approved_and_applied(&world, number).await?;
    let group = world.forge.last_group(REPOSITORY)?;
    assert_eq!(on_commit(&world, &group, "tfpilot/apply")?, "success Applied 1 change");
    world.finish().await
}
