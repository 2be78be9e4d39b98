//! The app is installed: what a repository gets that has Terraform and no configuration, and what one gets that has both.

use anyhow::{Context, Result, ensure};
use tfpilot_forge::views::PullView;
use tfpilot_tests::{REPOSITORY, World};

const LEGACY: &str = "acme/legacy";

const CHECKS: [&str; 4] = ["tfpilot/apply", "tfpilot/cost", "tfpilot/plan", "tfpilot/policy"];

/// The app is told of its installation, and what comes of that is over.
async fn installed(world: &World) -> Result<()> {
    world.forge.installs_on("acme")?;
    world.settle().await
}

fn only_pull_of(world: &World, repository: &str) -> Result<PullView> {
    let mut pulls = world.forge.pulls(repository)?;
    ensure!(pulls.len() == 1, "{} pull requests in {repository}", pulls.len());
    pulls.pop().context("a pull request")
}

/// What the link in the text would put into the new file.
fn linked_file(body: &str) -> Result<(String, String)> {
    let query = body.split_once("?filename=").and_then(|(_, rest)| rest.split_once(')')).context("a link")?.0;
    let (name, value) = query.split_once("&value=").context("a value")?;
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().map(String::from);
    Ok((decoded(name)?, decoded(value)?))
}

fn checks_on_main(world: &World, repository: &str) -> Result<Vec<String>> {
    let checks = world.forge.checks(repository, &world.forge.tip(repository, "main")?)?;
    let mut told: Vec<_> = checks
        .into_iter()
        .map(|check| format!("{} {}", check.name, check.conclusion.unwrap_or_default()))
        .collect();
    told.sort();
    Ok(told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_without_a_configuration_is_brought_to_its_first_plan() -> Result<()> {
    let world = World::start().await?;
    let note = "resource \"terraform_data\" \"old\" {\n  input = 1\n}\n";
    let files = [("live/dev/old/main.tf", note), ("live/prod/old/main.tf", note), ("README.md", "old\n")];
    world.forge.repository(LEGACY, &files).await?;
    world.forge.repository("acme/shop", &[("src/main.py", "")]).await?;
    installed(&world).await?;

    let pull = only_pull_of(&world, LEGACY)?;
    assert_eq!(
        (pull.title.as_str(), pull.files),
        ("chore: add TfPilot's configuration", vec![".github/tfpilot.yml".to_owned()])
    );
    let config = world.forge.file(LEGACY, "tfpilot/onboarding", ".github/tfpilot.yml")?;
    ensure!(
        config.contains("  dev:\n    path: live/dev\n") && config.contains("  prod:\n    path: live/prod\n"),
        "{config}"
    );
    ensure!(pull.body.starts_with("Adds `.github/tfpilot.yml`: 2 stacks found"), "{}", pull.body);
    ensure!(world.forge.pulls("acme/shop")?.is_empty(), "nobody asked the shop, which has no Terraform");
    assert_eq!(checks_on_main(&world, LEGACY)?, Vec::<String>::new());

    // Told twice, or asked again after it was closed, it is not opened again.
    installed(&world).await?;
    world.alice().closes(LEGACY, pull.number).await?;
    installed(&world).await?;
    assert_eq!(only_pull_of(&world, LEGACY)?.number, pull.number);
    world.alice().reopens(LEGACY, pull.number).await?;

    // Alice follows the link, fills in what is hers to know, and merges.
    let (path, workflow) = linked_file(&pull.body)?;
    assert_eq!(path, ".github/workflows/tfpilot.yml");
    ensure!(workflow.contains(&format!("app-url: {}", world.app_url())), "{workflow}");
    let runs_beside = config.replace("path: live/dev\n", "path: live/dev\n    runner: sidecar\n");
    let written = [(path.as_str(), workflow.as_str()), (".github/tfpilot.yml", runs_beside.as_str())];
    world.alice().pushes(LEGACY, "tfpilot/onboarding", &written, "the workflow").await?;
    world.settle().await?;
    world.alice().merges(LEGACY, pull.number).await?;
    world.settle().await?;
    assert_eq!(checks_on_main(&world, LEGACY)?, CHECKS.map(|name| format!("{name} success")));

    let main = world.stack_by_hand("old", note);
    world.alice().pushes(LEGACY, "change", &[("live/dev/old/main.tf", main.as_str())], "a state").await?;
    let number = world.alice().opens_pull(LEGACY, "change", "main", "A state", "").await?;
    world.settle().await?;
    let plan = world.forge.check(LEGACY, &format!("#{number}"), "tfpilot/plan")?;
    assert_eq!(plan.title, "1 create in live/dev/old");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_repository_refuses_stops_no_other() -> Result<()> {
    let world = World::start().await?;
    for name in [LEGACY, "acme/other"] {
        world.forge.repository(name, &[("live/dev/a/main.tf", "")]).await?;
    }
    // A rule on the names of branches.
    world.forge.github().on("POST", "acme/legacy/git/refs").answers(403, 1);
    installed(&world).await?;
    ensure!(world.forge.pulls(LEGACY)?.is_empty(), "the rule was not met");
    only_pull_of(&world, "acme/other")?;
    assert_eq!(checks_on_main(&world, REPOSITORY)?.len(), CHECKS.len());
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_repository_shows_its_checks_once_on_its_default_branch() -> Result<()> {
    let world = World::start().await?;
    installed(&world).await?;
    assert_eq!(checks_on_main(&world, REPOSITORY)?, CHECKS.map(|name| format!("{name} success")));
    installed(&world).await?;
    assert_eq!(checks_on_main(&world, REPOSITORY)?.len(), CHECKS.len());
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "a configuration was proposed to one that has it");
    world.finish().await
}
