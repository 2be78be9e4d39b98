//! What people let pass, what nobody may, and what that leaves behind.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::told::{check, told};

/// The stories' configuration with these lines below it.
fn with(world: &World, more: &str) -> Result<String> {
    Ok(format!("{}{more}", world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_admits_one_rule_for_one_head() -> Result<()> {
    let world = World::start().await?;
    let body = "resource \"terraform_data\" \"this\" {\n  provisioner \"local-exec\" {\n    command = \"true\"\n  }\n}\n";
    let number = crate::by_hand::pull(&world, "runs", body).await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure Not admitted: live/dev/runs/main.tf:"), "{plan}");

    // Bob approves, which is not enough for this.
    world.bob().comments(REPOSITORY, number, "/tfpilot override admission/provisioner reason=\"ok\"").await?;
    world.settle().await?;
    told(&world, number, "@bob **No role**: dev takes admin, you are approver.")?;
    world
        .forge
        .carol()
        .comments(REPOSITORY, number, "/tfpilot override admission/provisoner reason=\"x\"")
        .await?;
    world.settle().await?;
    told(&world, number, "did you mean `admission/provisioner`?")?;
    ensure!(!world.runner_log().contains("live/dev/runs"), "{}", world.runner_log());

    let reason = "/tfpilot override admission/provisioner reason=\"the command was read\"";
    world.forge.carol().comments(REPOSITORY, number, reason).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/runs");
    let plan = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/plan")?;
    ensure!(
        plan.summary.contains("`admission/provisioner` overridden by carol: the command was read."),
        "{plan:?}"
    );

    // Another head is judged anew.
    let more = crate::by_hand::stack(&world, "runs", &format!("{body}\noutput \"x\" {{\n  value = 1\n}}\n"));
    world.alice().pushes(REPOSITORY, "runs", &[("live/dev/runs/main.tf", more.as_str())], "more").await?;
    world.settle().await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure Not admitted: live/dev/runs/main.tf:"), "{plan}");
    world.finish().await
}

/// Something that holds data, as the rule below says, and is made anew when `kind` changes.
fn data(kind: &str) -> String {
    format!("resource \"terraform_data\" \"this\" {{\n  triggers_replace = \"{kind}\"\n}}\n")
}

const PROTECTED: &str = "    protect-stateful:\n      enforcement: soft-mandatory\n      types: [terraform_data]\n      override: {teams: [acme/platform]}\n";

/// A stack that exists, and a pull request that would replace what is in it.
async fn replacing(world: &World) -> Result<u64> {
    let config = with(world, PROTECTED)?;
    world
        .forge
        .carol()
        .pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", config.as_str())], "rules")
        .await?;
    world.settle().await?;
    let first = crate::by_hand::pull(world, "kept", &data("a")).await?;
    crate::by_hand::approved_and_applied(world, first).await?;
    ensure!(world.forge.pull(REPOSITORY, first)?.merged, "{}", world.forge.thread(REPOSITORY, first)?);
    let main = crate::by_hand::stack(world, "kept", &data("b"));
    let file = ("live/dev/kept/main.tf", main.as_str());
    world.alice().pushes(REPOSITORY, "replaces", &[file], "replaces").await?;
    let number = world.alice().opens_pull(REPOSITORY, "replaces", "main", "replaces", "by hand").await?;
    world.settle().await?;
    Ok(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_rule_is_overridden_with_a_reason_and_not_by_the_requester() -> Result<()> {
    let world = World::start().await?;
    let number = replacing(&world).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "action_required protect-stateful: override needed");
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Override needed");

    let mine = "/tfpilot override protect-stateful reason=\"mine\"";
    world.alice().comments(REPOSITORY, number, mine).await?;
    world.settle().await?;
    told(&world, number, "@alice **No override**: you asked for this.")?;
    world.bob().comments(REPOSITORY, number, "/tfpilot override protect-stateful").await?;
    world.settle().await?;
    told(&world, number, "@bob **No override**: no reason is given.")?;
    world.bob().comments(REPOSITORY, number, "/tfpilot override protect-statefull reason=\"x\"").await?;
    world.settle().await?;
    told(&world, number, "did you mean `protect-stateful`?")?;

    let order = "/tfpilot override protect-stateful reason=\"the data was copied\"";
    world.bob().comments(REPOSITORY, number, order).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral protect-stateful overridden by bob");
    told(&world, number, "`protect-stateful` overridden by bob: the data was copied")?;
    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_changes_judges_the_plans_that_are_there() -> Result<()> {
    let world = World::start().await?;
    let number = replacing(&world).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "action_required protect-stateful: override needed");
    let file = ".github/tfpilot.yml";
    let soft = world.forge.file(REPOSITORY, "main", file)?;
    let runs = world.runner_log().matches("terraform plan").count();

    let milder = soft.replace("enforcement: soft-mandatory", "enforcement: advisory");
    world.forge.carol().pushes(REPOSITORY, "main", &[(file, milder.as_str())], "milder").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral 1 advice");
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 replace");

    let harder = soft.replace("enforcement: soft-mandatory", "enforcement: hard-mandatory");
    world.forge.carol().pushes(REPOSITORY, "main", &[(file, harder.as_str())], "harder").await?;
    world.settle().await?;
    let policy = check(&world, number, "tfpilot/policy")?;
    ensure!(policy.starts_with("failure protect-stateful at "), "{policy}");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "@alice **Policy `protect-stateful` (hard-mandatory)**")?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    assert_eq!(world.runner_log().matches("terraform plan").count(), runs, "nothing was planned again");
    world.finish().await
}
