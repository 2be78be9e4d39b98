//! Approvals that take more than one, or somebody in particular: by what is grave about a plan, by a policy, by the owners of
//! changed files, and by the check's button.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::told::{check, planned_note, told};

const CONFIG: &str = ".github/tfpilot.yml";

/// Carol changes the configuration on the default branch.
async fn configures(world: &World, from: &str, to: &str) -> Result<()> {
    let config = world.forge.file(REPOSITORY, "main", CONFIG)?;
    ensure!(config.contains(from), "{config}");
    let config = config.replace(from, to);
    world.forge.carol().pushes(REPOSITORY, "main", &[(CONFIG, config.as_str())], "rules").await?;
    world.settle().await
}

fn merged(world: &World, number: u64) -> Result<()> {
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_destroys_a_database_takes_more_people_and_another_one_to_apply() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let forge = &world.forge;
    configures(
        &world,
        "approvals: {count: 1, teams: [acme/platform]}",
        "approvals: {count: 1, teams: [acme/platform], risk: {data_loss: 2}}",
    )
    .await?;
    configures(
        &world,
        "policies:\n  rules:\n",
        "policies:\n  rules:\n    protect-stateful: {enforcement: advisory}\n",
    )
    .await?;
    let text = "We need a DynamoDB table called acme-stock in dev, team shop, no deletion protection";
    let issue = world.alice().opens_issue(REPOSITORY, "A table", text).await?;
    world.settle().await?;
    let number = crate::told::only_pull(&world)?;
    assert_eq!(
        check(&world, number, "tfpilot/apply")?,
        "queued Waiting for 1 approval",
        "{}",
        forge.thread(REPOSITORY, issue)?
    );
    crate::by_hand::approved_and_applied(&world, number).await?;
    merged(&world, number)?;

    let text = "The DynamoDB table acme-stock in dev is obsolete, please delete it.";
    world.alice().opens_issue(REPOSITORY, text, "").await?;
    world.settle().await?;
    let number =
        forge.pulls(REPOSITORY)?.into_iter().map(|pull| pull.number).max().context("a pull request")?;
    assert_eq!(
        check(&world, number, "tfpilot/apply")?,
        "queued Waiting for 2 approvals",
        "{}",
        forge.thread(REPOSITORY, number)?
    );
    told(&world, number, "| Approval | 0 of 2 as it may lose data |")?;
    ensure!(forge.pull(REPOSITORY, number)?.requested.contains(&"acme/platform".to_owned()));
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(
        &world,
        number,
        "@alice **Not approved**: 1 of 2 as it may lose data. Next: acme/platform reviews.",
    )?;
    world.forge.carol().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 2 destroy");

    // Whoever applies what loses data is not among those who approved it.
    world.bob().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "@bob **Not approved**: 1 of 2 as it may lose data, bob applies.")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, number)?;
    world.finish().await
}

const POLICY: &str = "version: 1
policies:
  - id: sre-for-notes
    title: Notes are looked at by SRE
    match: {types: [terraform_data]}
    require_approvals: {teams: [acme/sre], count: 1}
";

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_wants_the_approval_of_a_team_and_takes_it_as_it_is_at_that_moment() -> Result<()> {
    let world = World::start().await?;
    world.forge.team("acme", "sre", &["bob"])?;
    let file = (".github/tfpilot/policies/notes.yml", POLICY);
    world.forge.carol().pushes(REPOSITORY, "main", &[file], "policies").await?;
    world.settle().await?;
    let number = planned_note(&world).await?;
    ensure!(check(&world, number, "tfpilot/policy")?.starts_with("success "));
    told(&world, number, "| Approval | 0 of 1, policy `sre-for-notes` asks 1 by acme/sre and has 0 |")?;
    let mut requested = world.forge.pull(REPOSITORY, number)?.requested;
    requested.sort();
    assert_eq!(requested, ["acme/platform", "acme/sre"]);

    world.forge.carol().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for approval by acme/sre");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(
        &world,
        number,
        "@alice **Not approved**: 1 of 1, policy `sre-for-notes` asks 1 by acme/sre and has 0. Next: acme/sre reviews.",
    )?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");

    // Who left the team since is not of it any more.
    world.forge.team("acme", "sre", &["victor"])?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for approval by acme/sre");
    world.forge.team("acme", "sre", &["bob"])?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, number)?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_of_changed_files_approve_and_the_pull_request_cannot_name_others() -> Result<()> {
    let world = World::start().await?;
    configures(
        &world,
        "approvals: {count: 1, teams: [acme/platform]}",
        "approvals: {count: 1, teams: [acme/platform], code_owners: true}",
    )
    .await?;
    let owners = "* @bob\n[x] @bob\n/live/dev/ @carol @alice\n";
    world.forge.carol().pushes(REPOSITORY, "main", &[(".github/CODEOWNERS", owners)], "owners").await?;
    world.settle().await?;

    // What the pull request writes there is for later ones, and changed apart.
    let main = crate::by_hand::stack(&world, "owned", "resource \"terraform_data\" \"this\" {}\n");
    let files = [("live/dev/owned/main.tf", main.as_str()), (".github/CODEOWNERS", "* @bob\n")];
    world.alice().pushes(REPOSITORY, "owned", &files, "mine").await?;
    let number = world.alice().opens_pull(REPOSITORY, "owned", "main", "owned", "by hand").await?;
    world.settle().await?;
    let plan = check(&world, number, "tfpilot/plan")?;
    ensure!(plan.starts_with("failure Not admitted: .github/CODEOWNERS"), "{plan}");
    // Let pass for this head by an admin, it still says nothing about this pull request.
    let order = "/tfpilot override admission/own-rules reason=\"agreed in the team\"";
    world.forge.carol().comments(REPOSITORY, number, order).await?;
    world.settle().await?;
    ensure!(check(&world, number, "tfpilot/plan")?.starts_with("success 1 create"));

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for approval by carol or alice");
    told(&world, number, ".github/CODEOWNERS:2 is left out, by GitHub too: a pattern has no")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(
        &world,
        number,
        "@alice **Not approved**: 1 of 1, 1 file of `/live/dev/` (.github/CODEOWNERS:3) for carol or alice.",
    )?;
    world.alice().comments(REPOSITORY, number, "/tfpilot approve").await?;
    world.settle().await?;
    told(&world, number, "@alice **Approval does not count**: you asked for this.")?;
    world.forge.carol().comments(REPOSITORY, number, "/tfpilot approve").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    merged(&world, number)?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_approves_as_the_command_does_and_runs_again_on_request() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/apply")?;
    ensure!(shown.buttons.iter().any(|button| button == "approve"), "{shown:?}");

    // Who asked, and who has not the role, is told what the command would tell.
    world.alice().presses(REPOSITORY, number, "tfpilot/apply", "approve").await?;
    world.settle().await?;
    told(&world, number, "@alice **Approval does not count**: you asked for this.")?;
    world.forge.grant(REPOSITORY, "victor", tfpilot_forge::Permission::Write)?;
    world.forge.person("victor").presses(REPOSITORY, number, "tfpilot/apply", "approve").await?;
    world.settle().await?;
    told(&world, number, "@victor **No role**: dev takes approver, you are developer.")?;
    assert_eq!(world.recorded("approval-given").await?, 0);

    let plans = world.recorded("plan-recorded").await?;
    world.alice().reruns(REPOSITORY, number, "tfpilot/plan").await?;
    world.settle().await?;
    assert_eq!(world.recorded("plan-recorded").await?, plans + 1);
    world.bob().presses(REPOSITORY, number, "tfpilot/apply", "approve").await?;
    world.settle().await?;
    assert_eq!(world.recorded("approval-given").await?, 1);
    told(&world, number, "| Approval | 1 of 1: bob |")?;
    world.alice().presses(REPOSITORY, number, "tfpilot/apply", "apply").await?;
    world.settle().await?;
    merged(&world, number)?;
    world.finish().await
}
