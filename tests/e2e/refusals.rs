//! What is refused, and what the person reads about it.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{NOTE, check, only_pull, planned_note, reactions, told};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_applies_without_the_approval_of_somebody_else() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;

    let comment = world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "@alice **Not approved**: 0 of 1. Next: acme/platform reviews.")?;
    ensure!(reactions(&world, number, comment)?.iter().any(|reaction| reaction == "confused"));

    world.alice().comments(REPOSITORY, number, "/tfpilot approve").await?;
    world.settle().await?;
    told(&world, number, "@alice **Approval does not count**: you asked for this")?;

    world.forge.victor().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.settle().await?;
    told(&world, number, "@victor **No role**: dev takes developer")?;

    world.alice().comments(REPOSITORY, number, "/tfpilot aply").await?;
    world.settle().await?;
    told(&world, number, "**Unknown command `aply`**. Next: did you mean `/tfpilot apply`?")?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_ends_with_the_plan_it_saw_and_stays_with_an_equal_one() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");

    // Prose beside the stack: another head, the same inputs.
    world.forge.carol().pushes(REPOSITORY, &branch, &[("docs/notes.md", "# Notes\n")], "docs: notes").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");

    // Another file of the stack: what was approved is not what is there.
    let more = "resource \"terraform_data\" \"more\" {\n  input = \"more\"\n}\n";
    let path = "live/dev/hello-team/more.tf";
    world.forge.carol().pushes(REPOSITORY, &branch, &[(path, more)], "more").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 2 create in live/dev/hello-team");
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "@alice **Approval stale**: bob saw plan `")?;
    told(&world, number, "` adds 1 create, 0 of 1. Next: bob reviews again.")?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_its_name_is_asked_for_and_goes_on() -> Result<()> {
    let world = World::start().await?;
    let text = "We need a note in dev saying \"Welcome\", team platform";
    let issue = world.alice().opens_issue(REPOSITORY, "A note", text).await?;
    world.settle().await?;
    told(&world, issue, "@alice one answer is missing")?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());

    world.alice().comments(REPOSITORY, issue, "name: hello-team").await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");

    // A correction renders the same branch again.
    world.alice().comments(REPOSITORY, issue, "/tfpilot set text=\"Good morning\"").await?;
    world.settle().await?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    let main = world.forge.file(REPOSITORY, &branch, "live/dev/hello-team/main.tf")?;
    ensure!(main.contains("Good morning"), "{main}");
    only_pull(&world)?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_environment_is_a_question_with_choices() -> Result<()> {
    let world = World::start().await?;
    let text = NOTE.replace("in dev", "in qa");
    let issue = world.alice().opens_issue(REPOSITORY, "A note", &text).await?;
    world.settle().await?;
    told(&world, issue, "1. `dev`")?;
    world.alice().comments(REPOSITORY, issue, "2").await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 2 approvals");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_request_gets_one_answer_and_starts_nothing() -> Result<()> {
    let world = World::start().await?;
    world.forge.set_private(REPOSITORY, false)?;
    let text = format!("@tfpilot {NOTE}");
    let issue = world.forge.mallory().opens_issue(REPOSITORY, "A note", &text).await?;
    world.settle().await?;
    told(&world, issue, "@mallory **No role**")?;
    world.forge.mallory().edits_issue(REPOSITORY, issue, &format!("{text}!")).await?;
    world.settle().await?;
    assert_eq!(world.forge.comments(REPOSITORY, issue)?.len(), 1);
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_configuration_keeps_the_last_good_one_in_force() -> Result<()> {
    let world = World::start().await?;
    world.alice().opens_issue(REPOSITORY, "The build is red", "It fails since this morning.").await?;
    world.settle().await?;
    let broken = "version: 1\nenviroments:\n  dev: {}\n";
    world.forge.carol().pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", broken)], "broken").await?;
    world.settle().await?;
    let number = planned_note(&world).await?;
    told(&world, number, "tfpilot.yml:2:1 unknown key enviroments")?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    world.finish().await
}
