//! What people put right is kept as an example with its label, for the reading to be measured on.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World, tfpilot};

use crate::told::{NOTE, only_pull, planned_note, told};

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_request_is_an_example_once_it_is_applied() -> Result<()> {
    let world = World::start().await?;
    let text = "We need a note called hello-team in dev saying \"Welcome\"";
    let issue = world.alice().opens_issue(REPOSITORY, "For the team", text).await?;
    world.settle().await?;
    told(&world, issue, "one answer is missing")?;
    world.alice().comments(REPOSITORY, issue, "team platform").await?;
    world.settle().await?;
    let examples = async |copy: &str| -> Result<String> {
        let copy = world.copies_store(copy).await?.display().to_string();
        let said = tfpilot(&["requests", "examples", "--store", copy.as_str()]).await?;
        ensure!(said.code == 0, "{said:?}");
        Ok(said.out)
    };
    // Until it is applied nobody knows what was meant.
    assert_eq!(examples("open").await?, "");

    let pull = only_pull(&world)?;
    world.bob().approves(REPOSITORY, pull).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, pull, "/tfpilot apply").await?;
    world.settle().await?;
    let line: serde_json::Value = serde_json::from_str(&examples("applied").await?)?;
    assert_eq!(line["id"], format!("{REPOSITORY}#{issue}"));
    assert_eq!((&line["text"], &line["expect"]["asks"]), (&text.into(), &serde_json::json!(["owner"])));
    assert_eq!(line["expect"]["resources"][0]["name"], "hello-team");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_edited_in_the_pull_request_is_what_was_meant() -> Result<()> {
    let world = World::start().await?;
    let pull = planned_note(&world).await?;
    let branch = world.forge.pull(REPOSITORY, pull)?.head_ref;
    let path = "live/dev/hello-team/main.tf";
    let main = world.forge.file(REPOSITORY, &branch, path)?;
    let edited = main.replace("\"Welcome to TfPilot\"", "\"Welcome\"");
    ensure!(edited != main, "{main}");
    world.alice().pushes(REPOSITORY, &branch, &[(path, edited.as_str())], "shorter").await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, pull).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, pull, "/tfpilot apply").await?;
    world.settle().await?;
    let copy = world.copies_store("edited").await?.display().to_string();
    let said = tfpilot(&["requests", "examples", "--store", copy.as_str()]).await?;
    let line: serde_json::Value = serde_json::from_str(&said.out)?;
    assert_eq!(line["text"], NOTE);
    let thing = &line["expect"]["resources"][0];
    assert_eq!(
        (&thing["inputs"]["text"], &thing["inputs"]["owner"]),
        (&"Welcome".into(), &"platform".into())
    );
    world.finish().await
}
