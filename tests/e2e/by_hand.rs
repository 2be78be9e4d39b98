//! Pull requests with Terraform written by hand: found, admitted, planned, gated, applied like any other.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{check, told};

/// A stack of its own with a local state, and what else stands in it.
pub(crate) fn stack(world: &World, name: &str, body: &str) -> String {
    world.stack_by_hand(name, body)
}

pub(crate) async fn pull(world: &World, name: &str, body: &str) -> Result<u64> {
    let main = stack(world, name, body);
    let path = format!("live/dev/{name}/main.tf");
    world.alice().pushes(REPOSITORY, name, &[(path.as_str(), main.as_str())], name).await?;
    let number = world.alice().opens_pull(REPOSITORY, name, "main", name, "by hand").await?;
    world.settle().await?;
    Ok(number)
}

pub(crate) async fn approved_and_applied(world: &World, number: u64) -> Result<()> {
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_written_by_hand_is_planned_and_applied() -> Result<()> {
    let world = World::start().await?;
    let body = "module \"greeting\" {\n  source = \"../../../parts/greeting\"\n}\n\noutput \"said\" {\n  value = module.greeting.said\n}\n";
    let part = "resource \"terraform_data\" \"this\" {\n  input = \"hello\"\n}\n\noutput \"said\" {\n  value = terraform_data.this.output\n}\n";
    world.forge.carol().pushes(REPOSITORY, "main", &[("parts/greeting/main.tf", part)], "a part").await?;
    let number = pull(&world, "greeting", body).await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/greeting");
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    told(&world, number, "| `said` | `hello` |")?;

    // A change of the local module alone affects the stack that calls it.
    let louder = part.replace("\"hello\"", "\"HELLO\"");
    world
        .alice()
        .pushes(REPOSITORY, "louder", &[("parts/greeting/main.tf", louder.as_str())], "louder")
        .await?;
    let number = world.alice().opens_pull(REPOSITORY, "louder", "main", "louder", "").await?;
    world.settle().await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("success 1 change") && plan.ends_with("in live/dev/greeting"), "{plan}");
    world.finish().await
}

/// atlantis #936, stategraph #529: commit statuses were all there was.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_without_terraform_has_its_checks_concluded_at_once() -> Result<()> {
    let world = World::start().await?;
    world.alice().pushes(REPOSITORY, "prose", &[("docs/a.md", "# A\n")], "prose").await?;
    let number = world.alice().opens_pull(REPOSITORY, "prose", "main", "prose", "").await?;
    world.settle().await?;
    for name in tfpilot::surface::CHECK_NAMES {
        assert_eq!(check(&world, number, name)?, "success No Terraform changes");
    }
    ensure!(world.forge.comments(REPOSITORY, number)?.is_empty());
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_could_run_programs_is_not_admitted_and_nothing_is_started() -> Result<()> {
    let world = World::start().await?;
    let attacks = [
        ("external", "data \"external\" \"x\" {\n  program = [\"id\"]\n}\n", "external"),
        ("shared", "provider \"aws\" {\n  shared_config_files = [\"./aws\"]\n}\n", "shared_config_files"),
        ("outside", "output \"x\" {\n  value = file(\"/proc/self/environ\")\n}\n", "/proc/self/environ"),
    ];
    for (name, body, what) in attacks {
        let number = pull(&world, name, body).await?;
        let plan = check(&world, number, "tfpilot/plan")?;
        ensure!(plan.starts_with(&format!("failure Not admitted: live/dev/{name}/main.tf:")), "{plan}");
        told(&world, number, what)?;
        assert_eq!(check(&world, number, "tfpilot/apply")?, "failure Not applied: there is no plan");
    }
    ensure!(!world.runner_log().contains("terraform init"), "{}", world.runner_log());
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_fails_says_where() -> Result<()> {
    let world = World::start().await?;
    let number =
        pull(&world, "broken", "resource \"terraform_data\" \"this\" {\n  inptu = \"x\"\n}\n").await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure Failed in live/dev/broken"), "{plan}");
    let annotations = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/plan")?.annotations;
    ensure!(annotations.iter().any(|note| note.contains("live/dev/broken/main.tf")), "{annotations:?}");
    told(&world, number, "Unsupported argument")?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_stops_half_way_says_what_exists_and_keeps_the_lock() -> Result<()> {
    let world = World::start().await?;
    let body = "resource \"terraform_data\" \"first\" {\n  input = \"a\"\n}\n\nresource \"terraform_data\" \"second\" {\n  input = terraform_data.first.id\n\n  lifecycle {\n    postcondition {\n      condition     = self.output == \"never\"\n      error_message = \"It is never so.\"\n    }\n  }\n}\n";
    let number = pull(&world, "half", body).await?;
    approved_and_applied(&world, number).await?;
    told(&world, number, "@alice apply of `live/dev/half` stopped half-way")?;
    told(&world, number, "terraform_data.first")?;
    let apply = check(&world, number, "tfpilot/apply")?;
    ensure!(apply == "failure Failed after 2 of 2", "{apply}");
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);

    // A fix is planned and must be approved again.
    let third = "\nresource \"terraform_data\" \"third\" {}\n";
    let fixed = format!("{}{third}", body.replace("== \"never\"", "!= \"never\""));
    let fixed = stack(&world, "half", &fixed);
    world.alice().pushes(REPOSITORY, "half", &[("live/dev/half/main.tf", fixed.as_str())], "fix").await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_never_meets_a_runner() -> Result<()> {
    let world = World::start().await?;
    world.forge.set_private(REPOSITORY, false)?;
    let fork = world.forge.mallory().forks(REPOSITORY).await?;
    let main = stack(&world, "evil", "resource \"terraform_data\" \"this\" {}\n");
    world.forge.mallory().pushes(&fork, "evil", &[("live/dev/evil/main.tf", main.as_str())], "evil").await?;
    let number = world.forge.mallory().opens_pull(REPOSITORY, "mallory:evil", "main", "evil", "").await?;
    world.settle().await?;
    for name in tfpilot::surface::CHECK_NAMES {
        assert_eq!(check(&world, number, name)?, "action_required Not run: pull request from a fork");
    }
    ensure!(world.runner_log().is_empty() || !world.runner_log().contains("live/dev/evil"));
    world.finish().await
}
