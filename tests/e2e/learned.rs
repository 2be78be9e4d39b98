//! What people put right teaches words: `/tfpilot learn` proposes them, and they count once that is merged.

use anyhow::{Context, Result, ensure};
use tfpilot_forge::views::PullView;
use tfpilot_tests::{REPOSITORY, World, tfpilot};

use crate::told::{reactions, told};

const CONFIG: &str = ".github/tfpilot.yml";

/// The pull request that is open.
fn open_pull(world: &World) -> Result<PullView> {
    let pulls = world.forge.pulls(REPOSITORY)?;
    pulls.into_iter().find(|pull| pull.open).context("an open pull request")
}

/// Somebody asks for a scribble, which is no word for a module, says that a note is meant, and gets it.
async fn is_corrected(world: &World, name: &str) -> Result<u64> {
    let text = format!("@tfpilot we need a scribble called {name} in dev, owned by team platform");
    let issue = world.alice().opens_issue(REPOSITORY, "For the team", &text).await?;
    world.settle().await?;
    let set = format!("/tfpilot set module=local/note name={name} owner=platform text=Hello");
    world.alice().comments(REPOSITORY, issue, &set).await?;
    world.settle().await?;
    let pull = open_pull(world)?.number;
    world.bob().approves(REPOSITORY, pull).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, pull, "/tfpilot apply").await?;
    world.settle().await?;
    Ok(issue)
}

/// Carol asks for words in an issue; what she is told there.
async fn learns(world: &World, issue: u64, expect: &str) -> Result<()> {
    world.forge.carol().comments(REPOSITORY, issue, "/tfpilot learn").await?;
    world.settle().await?;
    told(world, issue, expect)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_two_requests_teach_is_proposed_and_counts_once_it_is_merged() -> Result<()> {
    let world = World::start().await?;
    let comments = "# What people may ask for, and how.\n";
    let before =
        world.forge.file(REPOSITORY, "main", CONFIG)? + comments + "catalog:\n  hide: [] # nothing\n";
    let files = [(CONFIG, before.as_str())];
    world.forge.carol().pushes(REPOSITORY, "main", &files, "A catalog").await?;
    world.settle().await?;

    let first = is_corrected(&world, "first-note").await?;
    learns(&world, first, "nothing to learn: of 1 corrected request no two have a new word").await?;
    is_corrected(&world, "second-note").await?;

    // Whoever may not administer the repository changes nothing of what everybody's words mean.
    let comment = world.alice().comments(REPOSITORY, first, "/tfpilot learn").await?;
    world.settle().await?;
    told(&world, first, "`learn` takes admin, you are developer")?;
    ensure!(reactions(&world, first, comment)?.contains(&"confused".to_owned()), "alice was obeyed");
    ensure!(open_pull(&world).is_err(), "something is proposed");

    world.forge.carol().comments(REPOSITORY, first, "/tfpilot learn").await?;
    world.settle().await?;
    let pull = open_pull(&world)?;
    told(&world, first, &format!("proposed in #{}: `scribble`", pull.number))?;
    assert_eq!(
        (pull.title.as_str(), &*pull.files),
        ("chore: learn words from requests", &[CONFIG.to_owned()][..])
    );
    ensure!(pull.body.contains("| `scribble` | `local/note` (Note) | #"), "{}", pull.body);
    let proposed = world.forge.file(REPOSITORY, &pull.head_ref, CONFIG)?;
    assert_eq!(proposed, before + "  words:\n    local/note: [scribble]\n");
    // The same is proposed once.
    learns(&world, first, &format!("proposed in #{}: `scribble`", pull.number)).await?;
    assert_eq!(open_pull(&world)?.number, pull.number);

    let text = "@tfpilot we need a scribble called third-note in dev saying \"Hi\", team platform";
    let asked = world.alice().opens_issue(REPOSITORY, "For the team", text).await?;
    world.settle().await?;
    told(&world, asked, "**what shall it be?**")?;

    world.forge.carol().merges(REPOSITORY, pull.number).await?;
    world.settle().await?;
    let text = text.replace("third", "fourth");
    world.alice().opens_issue(REPOSITORY, "For the team", &text).await?;
    world.settle().await?;
    let note = open_pull(&world)?;
    ensure!(note.files.iter().any(|path| path == "live/dev/fourth-note/main.tf"), "{:?}", note.files);
    learns(&world, first, "nothing to learn: of 2 corrected requests").await?;

    // The same from a copy of the store, before anybody merged it.
    let copy = world.copies_store("learned").await?.display().to_string();
    let examples = tfpilot(&["requests", "examples", "--store", copy.as_str()]).await?;
    let file = std::env::temp_dir().join(format!("learned-{}.jsonl", std::process::id()));
    std::fs::write(&file, examples.out)?;
    let words = tfpilot(&["requests", "words", &file.display().to_string()]).await?;
    std::fs::remove_file(&file)?;
    ensure!(words.out.starts_with("scribble: local/note\n"), "{words:?}");
    ensure!(words.out.ends_with("catalog:\n  words:\n    local/note: [scribble]\n"), "{words:?}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_closed_is_not_proposed_again() -> Result<()> {
    let world = World::start().await?;
    let issue = is_corrected(&world, "first-note").await?;
    is_corrected(&world, "second-note").await?;
    // The branch is there already when the pull request is opened at the second try.
    world.forge.github().on("POST", &format!("/{REPOSITORY}/pulls")).answers(502, 1);
    world.forge.carol().comments(REPOSITORY, issue, "/tfpilot learn").await?;
    world.settle().await?;
    let pull = open_pull(&world)?.number;
    world.bob().closes(REPOSITORY, pull).await?;
    world.settle().await?;
    learns(&world, issue, &format!("`scribble` was proposed in #{pull}, which was closed")).await?;
    ensure!(open_pull(&world).is_err(), "it is proposed again");
    world.finish().await
}
