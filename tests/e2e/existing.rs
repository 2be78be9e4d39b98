//! What exists is changed and removed by asking, in words, as it was asked for.

use anyhow::{Context, Result};
use tfpilot_tests::{NOTE, REPOSITORY, World};

use crate::told::told;

/// A world in which the note exists.
async fn with_note() -> Result<World> {
    let world = World::start().await?;
    world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    apply_last(&world, "/tfpilot apply").await?;
    Ok(world)
}

/// Bob approves the last pull request and Alice applies it.
async fn apply_last(world: &World, command: &str) -> Result<u64> {
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().map(|pull| pull.number).max();
    let number = pull.context("a pull request")?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, command).await?;
    world.settle().await?;
    assert!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    Ok(number)
}

fn state(world: &World) -> Result<String> {
    Ok(std::fs::read_to_string(world.dir().join("state/live/dev/hello-team.tfstate"))?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_words_becomes_an_applied_change() -> Result<()> {
    let world = with_note().await?;
    let forge = &world.forge;
    let wish = "Please change the text of hello-team in dev to 'Lunch is at noon'.";
    let issue = world.alice().opens_issue(REPOSITORY, wish, "").await?;
    world.settle().await?;

    let pull =
        forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number).context("a pull request")?;
    assert_eq!(pull.title, "feat(dev): change note hello-team", "{}", forge.thread(REPOSITORY, issue)?);
    let at = format!("#{}", pull.number);
    let plan = forge.check(REPOSITORY, &at, "tfpilot/plan")?;
    assert_eq!(plan.title, "1 change in live/dev/hello-team");
    apply_last(&world, "/tfpilot apply").await?;
    assert!(state(&world)?.contains("Lunch is at noon"));
    assert!(!forge.issue(REPOSITORY, issue)?.open);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_in_words_destroys_after_its_gates() -> Result<()> {
    let world = with_note().await?;
    let forge = &world.forge;
    let issue = world
        .alice()
        .opens_issue(REPOSITORY, "The note hello-team in dev is obsolete, please delete it.", "")
        .await?;
    world.settle().await?;

    let pull =
        forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number).context("a pull request")?;
    assert_eq!(pull.title, "feat(dev)!: remove note hello-team", "{}", forge.thread(REPOSITORY, issue)?);
    let at = format!("#{}", pull.number);
    let plan = forge.check(REPOSITORY, &at, "tfpilot/plan")?;
    assert_eq!(plan.title, "1 destroy in live/dev/hello-team");
    apply_last(&world, "/tfpilot apply").await?;
    assert!(!state(&world)?.contains("Welcome to TfPilot"));

    // What is gone is not known any more.
    let again =
        world.alice().opens_issue(REPOSITORY, "Please delete the note hello-team in dev.", "").await?;
    world.settle().await?;
    assert_eq!(forge.pulls(REPOSITORY)?.len(), 2, "{}", forge.thread(REPOSITORY, again)?);

    // Its name is free again.
    world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    apply_last(&world, "/tfpilot apply").await?;
    assert!(state(&world)?.contains("Welcome to TfPilot"));
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_edited_in_the_block_is_dropped_only_when_chosen() -> Result<()> {
    let world = with_note().await?;
    let forge = &world.forge;
    let path = "live/dev/hello-team/main.tf";
    let edited = forge.file(REPOSITORY, "main", path)?.replace("platform", "somebody");
    world.forge.carol().pushes(REPOSITORY, "main", &[(path, &edited)], "By hand").await?;
    world.settle().await?;
    let wish = "Please change the text of hello-team in dev to 'Lunch is at noon'.";
    let issue = world.alice().opens_issue(REPOSITORY, wish, "").await?;
    world.settle().await?;
    told(
        &world,
        issue,
        "was edited by hand; keep the edit, and make the change in a pull request, or drop it",
    )?;
    assert_eq!(forge.pulls(REPOSITORY)?.len(), 1);

    world.alice().comments(REPOSITORY, issue, "/tfpilot set hand-edits=drop").await?;
    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number);
    let pull = pull.context("a pull request")?;
    assert_eq!(pull.title, "feat(dev): change note hello-team", "{}", forge.thread(REPOSITORY, issue)?);
    let main = forge.file(REPOSITORY, &pull.head_ref, path)?;
    assert!(main.contains("Lunch is at noon") && !main.contains("somebody"), "{main}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_is_removed_and_the_other_stays_as_it_is() -> Result<()> {
    let world = World::start().await?;
    let forge = &world.forge;
    let both = "```yaml\nenvironment: dev\nresources:\n  - {module: local/note, name: hello-team, owner: platform, text: Hello}\n  - {module: local/note, name: bye-team, owner: platform, text: Goodbye}\n```\n";
    let issue = world.alice().opens_issue(REPOSITORY, "Two notes", both).await?;
    world.settle().await?;
    assert_eq!(forge.pulls(REPOSITORY)?.len(), 1, "{}", forge.thread(REPOSITORY, issue)?);
    apply_last(&world, "/tfpilot apply").await?;

    let wish = "The note hello-team in dev is obsolete, please delete it.";
    let issue = world.alice().opens_issue(REPOSITORY, wish, "").await?;
    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number);
    let pull = pull.context("a pull request")?;
    assert_eq!(pull.title, "feat(dev)!: remove note hello-team", "{}", forge.thread(REPOSITORY, issue)?);
    // The other one's call has another name now, and is the same thing.
    let main = forge.file(REPOSITORY, &pull.head_ref, "live/dev/hello-team/main.tf")?;
    assert!(main.contains("from = module.note_bye_team\n  to   = module.note\n"), "{main}");
    let plan = forge.check(REPOSITORY, &format!("#{}", pull.number), "tfpilot/plan")?;
    assert!(plan.title.contains("1 destroy") && !plan.title.contains("create"), "{}", plan.title);
    apply_last(&world, "/tfpilot apply").await?;
    let state = state(&world)?;
    assert!(state.contains("Goodbye") && !state.contains("\"Hello\""), "{state}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_that_are_alike_share_a_block_until_one_is_otherwise() -> Result<()> {
    let world = World::start().await?;
    let forge = &world.forge;
    let wish =
        "We need three notes hello-team, hello-ops and hello-web in dev saying \"Welcome\", team platform";
    let issue = world.alice().opens_issue(REPOSITORY, wish, "").await?;
    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number);
    let Some(pull) = pull else { anyhow::bail!("no pull request:\n{}", forge.thread(REPOSITORY, issue)?) };
    let path = "live/dev/hello-team/main.tf";
    let main = forge.file(REPOSITORY, &pull.head_ref, path)?;
    assert!(main.contains("  for_each = toset([\"hello-team\", \"hello-ops\", \"hello-web\"])\n"), "{main}");
    assert_eq!(main.matches("module \"").count(), 1, "{main}");
    apply_last(&world, "/tfpilot apply").await?;
    told(&world, issue, "| `text[\"hello-ops\"]` | `Welcome` |")?;

    let wish = "Please change the text of hello-ops in dev to 'Lunch is at noon'.";
    let issue = world.alice().opens_issue(REPOSITORY, wish, "").await?;
    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number);
    let pull = pull.context("a pull request")?;
    assert_eq!(pull.title, "feat(dev): change note hello-ops", "{}", forge.thread(REPOSITORY, issue)?);
    let main = forge.file(REPOSITORY, &pull.head_ref, path)?;
    let moved = "  from = module.note[\"hello-ops\"]\n  to   = module.note_hello_ops\n";
    assert!(main.contains(moved) && main.matches("moved {").count() == 1, "{main}");
    let plan = forge.check(REPOSITORY, &format!("#{}", pull.number), "tfpilot/plan")?;
    assert!(plan.title.starts_with("1 change") && !plan.title.contains("create"), "{}", plan.title);
    apply_last(&world, "/tfpilot apply").await?;
    let state = state(&world)?;
    assert!(state.contains("Lunch is at noon") && state.matches("\"Welcome\"").count() > 1, "{state}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_says_where_it_comes_from() -> Result<()> {
    let world = with_note().await?;
    let forge = &world.forge;
    let wish = "Can you promote the note hello-team to prod please?";
    let issue = world.alice().opens_issue(REPOSITORY, wish, "").await?;
    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().max_by_key(|pull| pull.number);
    let pull = pull.context("a pull request")?;
    let thread = forge.thread(REPOSITORY, issue)?;
    assert_eq!(pull.title, "feat(prod): promote note hello-team from dev", "{thread}");
    assert!(pull.body.starts_with("Promotes Note `hello-team` to `prod`"), "{}", pull.body);
    let main = forge.file(REPOSITORY, &pull.head_ref, "live/prod/hello-team/main.tf")?;
    assert!(main.contains("  text   = \"Welcome to TfPilot\"\n"), "{main}");
    let plan = forge.check(REPOSITORY, &format!("#{}", pull.number), "tfpilot/plan")?;
    assert_eq!(plan.title, "1 create in live/prod/hello-team");
    world.finish().await
}
