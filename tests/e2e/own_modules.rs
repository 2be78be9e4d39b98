//! What a repository brings along: modules of its own, from a directory of its default branch and from another repository
//! at a commit, and the text of its pull requests.

use anyhow::{Result, ensure};
use tfpilot_forge::views::PullView;
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{NOTE, told};

const CONFIG: &str = ".github/tfpilot.yml";

/// The files of a module that needs no provider, below a directory.
fn module(directory: &str, id: &str, word: &str, version: &str) -> Vec<(String, String)> {
    let variables = r#"variable "name" {
  description = "Name of the thing."
  type        = string
}

variable "owner" {
  description = "Team that answers for it."
  type        = string
}

variable "size" {
  description = "How large it is."
  type        = number
  default     = 1

  validation {
    condition     = var.size <= 10
    error_message = "The size is at most 10."
  }
}
"#;
    let main = r#"resource "terraform_data" "this" {
  input = { name = var.name, owner = var.owner, size = var.size }
}
"#;
    let yaml = format!(
        "version: {version}\ntitle: {word}\ncategory: things\nsummary: A {word}.\nrisk: low\nwords: {{en: [{word}]}}\ninputs:\n  size: {{label: Size, introduced_by: [size]}}\n"
    );
    let files = [
        ("main.tf", main.to_owned()),
        ("variables.tf", variables.to_owned()),
        ("outputs.tf", "output \"name\" {\n  value = var.name\n}\n".to_owned()),
        ("versions.tf", "terraform {\n  required_version = \">= 1.11.0, < 2.0.0\"\n}\n".to_owned()),
        ("module.yml", yaml),
    ];
    files.into_iter().map(|(name, text)| (format!("{directory}/{id}/{name}"), text)).collect()
}

/// Pushes files to the default branch, the configuration with more lines among them.
async fn configure(world: &World, catalog: &str, files: &[(String, String)]) -> Result<()> {
    let before = world.forge.file(REPOSITORY, "main", CONFIG)?;
    let before = before.split("catalog:\n").next().unwrap_or_default();
    let config = format!("{before}{catalog}");
    let mut all: Vec<(&str, &str)> = vec![(CONFIG, &config)];
    all.extend(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    world.forge.carol().pushes(REPOSITORY, "main", &all, "Our own modules").await?;
    world.settle().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_of_ones_own_is_asked_for_in_words_and_applied() -> Result<()> {
    let world = World::start().await?;
    let catalog = "catalog:\n  directories: [infra/modules]\n  defaults:\n    acme/widget: {size: 2}\n";
    configure(&world, catalog, &module("infra/modules", "acme/widget", "widget", "1.0.0")).await?;

    let text = "We need a widget called acme-first in dev, owned by team platform, size 3";
    let pull = asked(&world, "A widget", text).await?;
    let file = |path: &str| world.forge.file(REPOSITORY, &pull.head_ref, path);
    let main = file("live/dev/acme-first/main.tf")?;
    for line in [
        "source = \"../../../modules/acme/widget/1.0.0\"",
        "name   = \"acme-first\"",
        "owner  = \"platform\"",
        "size   = 3",
    ] {
        ensure!(main.contains(line), "{line} is not in\n{main}");
    }
    ensure!(file("modules/acme/widget/1.0.0/main.tf")?.contains("terraform_data"));
    ensure!(file("modules/acme/widget/1.0.0/module.sum")?.contains("  variables.tf"));

    apply(&world, pull.number).await?;

    // What the first one uses is not overwritten by the second: its module changed without a new version.
    let mut changed = module("infra/modules", "acme/widget", "widget", "1.0.0");
    if let Some((_, text)) = changed.iter_mut().find(|(path, _)| path.ends_with("/main.tf")) {
        text.push_str("\n# changed\n");
    }
    configure(&world, catalog, &changed).await?;
    let text = "We need a widget called acme-second in dev, owned by team platform";
    let second = world.alice().opens_issue(REPOSITORY, "Another widget", text).await?;
    world.settle().await?;
    let thread = world.forge.thread(REPOSITORY, second)?;
    ensure!(thread.contains("raise version in its module.yml"), "{thread}");
    world.finish().await
}

/// Approved and applied to the merge.
async fn apply(world: &World, pull: u64) -> Result<()> {
    world.bob().approves(REPOSITORY, pull).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, pull, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, pull)?.merged, "{}", world.forge.thread(REPOSITORY, pull)?);
    Ok(())
}

/// The pull request that an issue of alice's leads to.
async fn asked(world: &World, title: &str, text: &str) -> Result<PullView> {
    let before = world.forge.pulls(REPOSITORY)?.len();
    let issue = world.alice().opens_issue(REPOSITORY, title, text).await?;
    world.settle().await?;
    match world.forge.pulls(REPOSITORY)?.into_iter().nth(before) {
        Some(pull) => Ok(pull),
        None => anyhow::bail!("{}", world.forge.thread(REPOSITORY, issue)?),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_keeps_its_version_until_somebody_upgrades_it() -> Result<()> {
    let world = World::start().await?;
    let catalog = "catalog:\n  directories: [infra/modules]\n";
    configure(&world, catalog, &module("infra/modules", "acme/widget", "widget", "1.0.0")).await?;
    let text = "We need a widget called acme-first in dev, owned by team platform, size 3";
    apply(&world, asked(&world, "A widget", text).await?.number).await?;

    let mut newer = module("infra/modules", "acme/widget", "widget", "1.1.0");
    for (path, text) in &mut newer {
        if path.ends_with("/main.tf") {
            *text = text.replace("size = var.size", "size = var.size, colour = var.colour");
        }
        if path.ends_with("/variables.tf") {
            text.push_str("\nvariable \"colour\" {\n  description = \"Its colour.\"\n  type        = string\n  default     = \"red\"\n}\n");
        }
    }
    configure(&world, catalog, &newer).await?;

    // A change is no upgrade by the way.
    let change = asked(&world, "Larger", "Please change acme-first to size 5").await?;
    let file = |head: &str, path: &str| world.forge.file(REPOSITORY, head, path);
    let main = file(&change.head_ref, "live/dev/acme-first/main.tf")?;
    ensure!(main.contains("modules/acme/widget/1.0.0") && main.contains("size   = 5"), "{main}");
    apply(&world, change.number).await?;

    let upgrade = asked(&world, "Newer", "/tfpilot upgrade acme-first dev").await?;
    let main = file(&upgrade.head_ref, "live/dev/acme-first/main.tf")?;
    ensure!(main.contains("modules/acme/widget/1.1.0") && main.contains("size   = 5"), "{main}");
    ensure!(file(&upgrade.head_ref, "modules/acme/widget/1.1.0/variables.tf")?.contains("colour"));
    let thread = world.forge.thread(REPOSITORY, upgrade.number)?;
    for line in ["`acme/widget` 1.0.0 → 1.1.0", "new input colour, by default \"red\""] {
        ensure!(thread.contains(line), "{line} is not in\n{thread}");
    }
    apply(&world, upgrade.number).await?;

    let issue = world.alice().opens_issue(REPOSITORY, "Newer still", "/tfpilot upgrade acme-first").await?;
    world.settle().await?;
    told(&world, issue, "has `acme/widget` 1.1.0, which is the catalog's version")?;
    world.alice().comments(REPOSITORY, issue, "/tfpilot upgrade acme-first").await?;
    world.settle().await?;
    told(&world, issue, "`upgrade` is for a new issue")?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_module_is_told_and_the_others_can_be_asked_for() -> Result<()> {
    let world = World::start().await?;
    let mut files = module("infra/modules", "acme/widget", "widget", "1.0.0");
    let mut broken = module("infra/modules", "acme/gadget", "gadget", "1.0.0");
    if let Some((_, text)) = broken.iter_mut().find(|(path, _)| path.ends_with("module.yml")) {
        *text = text.replace("title:", "titel:");
    }
    files.extend(broken);
    configure(&world, "catalog:\n  directories: [infra/modules]\n", &files).await?;
    let text = "We need a widget called acme-first in dev, owned by team platform";
    let pull = asked(&world, "A widget", text).await?;
    told(&world, pull.number, "in force but not all of it: module.yml:2:1 acme/gadget: unknown key")?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_repository_lends_its_modules_at_a_commit() -> Result<()> {
    let world = World::start().await?;
    let shared = module("catalog", "shared/gadget", "gadget", "2.1.0");
    let shared: Vec<(&str, &str)> =
        shared.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    world.forge.repository("acme/modules", &shared).await?;
    world.settle().await?;
    let commit = world.forge.tip("acme/modules", "main")?;
    let catalog = format!(
        "catalog:\n  repositories:\n    - {{repository: acme/modules, commit: {commit}, path: catalog}}\n"
    );
    configure(&world, &catalog, &[]).await?;
    let text = "We need a gadget called acme-first in dev, owned by team platform";
    let pull = asked(&world, "A gadget", text).await?;
    let main = world.forge.file(REPOSITORY, &pull.head_ref, "live/dev/acme-first/main.tf")?;
    ensure!(main.contains("modules/shared/gadget/2.1.0"), "{main}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_a_pull_request_follows_the_repositorys_template() -> Result<()> {
    let world = World::start().await?;
    let before = world.forge.file(REPOSITORY, "main", CONFIG)?;
    let config = format!("{before}requests:\n  pull_request: .github/tfpilot/pull_request.md\n");
    let template = "## {module} {name}\n\nAsked for by {requester}.\n\n{inputs}\n";
    let files = [(CONFIG, config.as_str()), (".github/tfpilot/pull_request.md", template)];
    world.forge.carol().pushes(REPOSITORY, "main", &files, "Our own words").await?;
    world.settle().await?;
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().next();
    let Some(pull) = pull else { anyhow::bail!("{}", world.forge.thread(REPOSITORY, issue)?) };
    for line in ["## Note `hello-team`", "Asked for by @alice.", &format!("Closes #{issue}")] {
        ensure!(pull.body.contains(line), "{line} is not in\n{}", pull.body);
    }
    world.finish().await
}
