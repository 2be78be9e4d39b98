//! Policies of a repository's own, from the file on the default branch to the apply: overridden with a reason, let off until
//! a day, broken and repaired; and what the command line says of the same files.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World, tfpilot, tfpilot_in};

use crate::told::{check, planned_note, told};

const FILE: &str = ".github/tfpilot/policies/notes.yml";

const SOFT: &str = "version: 1
policies:
  - id: no-greetings
    title: Notes are no greetings
    enforcement: soft-mandatory
    override: {teams: [acme/platform]}
    phase: post_plan
    match: {types: [terraform_data]}
    assert: {attr: input.text, op: not_matches, value: Welcome}
    hint: write what is to be done
";

/// Carol's files on the default branch.
async fn pushes(world: &World, text: &str) -> Result<()> {
    world.forge.carol().pushes(REPOSITORY, "main", &[(FILE, text)], "policies").await?;
    world.settle().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_ones_own_is_overridden_with_a_reason_and_applied() -> Result<()> {
    let world = World::start().await?;
    pushes(&world, SOFT).await?;
    let number = planned_note(&world).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "action_required no-greetings: override needed");
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Override needed");
    let told_by_check = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    let text = format!("{}{}", told_by_check.summary, told_by_check.text);
    ensure!(text.contains("`input.text` is `Welcome to TfPilot`, it must be unlike `Welcome`"), "{text}");
    ensure!(text.contains("Write what is to be done"), "{text}");

    world.alice().comments(REPOSITORY, number, "/tfpilot override no-greetings reason=\"mine\"").await?;
    world.settle().await?;
    told(&world, number, "@alice **No override**: you asked for this.")?;
    world.bob().comments(REPOSITORY, number, "/tfpilot override no-greetings reason=\"a party\"").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral no-greetings overridden by bob");
    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exemption_lets_off_until_its_day_and_not_longer() -> Result<()> {
    let world = World::start().await?;
    let until = |day: &str| {
        format!("{SOFT}    exempt: [{{address: 'module.note.**', reason: a party, expires: {day}}}]\n")
            .replace("soft-mandatory", "hard-mandatory")
            .replace("    override: {teams: [acme/platform]}\n", "")
    };
    let tomorrow = world.app().clock().now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow()?;
    pushes(&world, &until(&tomorrow.to_string())).await?;
    let number = planned_note(&world).await?;
    let passed = check(&world, number, "tfpilot/policy")?;
    ensure!(passed.starts_with("success "), "{passed}");
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    ensure!(shown.text.contains(&format!("until {tomorrow}: a party")), "{}", shown.text);

    // Its day is over: what was judged before is judged again before anything is applied.
    world.advance(std::time::Duration::from_secs(2 * 24 * 3600));
    world.bob().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    let ended = check(&world, number, "tfpilot/policy")?;
    ensure!(ended.starts_with("failure no-greetings at "), "{ended}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_stops_applies_until_it_is_repaired() -> Result<()> {
    let world = World::start().await?;
    let broken = SOFT.replace("op: not_matches", "op: unlike");
    pushes(&world, &broken).await?;
    let number = planned_note(&world).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "failure policies/notes.yml cannot be evaluated");
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    ensure!(shown.text.contains("notes.yml:9:"), "{}", shown.text);

    let repaired = SOFT.replace("value: Welcome", "value: Goodbye");
    pushes(&world, &repaired).await?;
    let passed = check(&world, number, "tfpilot/policy")?;
    ensure!(passed.starts_with("success "), "{passed}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_on_what_is_asked_for_stops_the_request_before_its_plan() -> Result<()> {
    let world = World::start().await?;
    let early = SOFT.replace("phase: post_plan", "phase: [pre_plan, post_plan]");
    pushes(
        &world,
        &early
            .replace("soft-mandatory", "hard-mandatory")
            .replace("    override: {teams: [acme/platform]}\n", ""),
    )
    .await?;
    let issue = world.alice().opens_issue(REPOSITORY, "A note", tfpilot_tests::NOTE).await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());
    told(&world, issue, "no-greetings")?;
    world.alice().comments(REPOSITORY, issue, "/tfpilot set text=\"buy milk\"").await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.len() == 1, "{}", world.forge.thread(REPOSITORY, issue)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_of_the_organisation_judge_what_is_open_when_they_move() -> Result<()> {
    let world = World::start().await?;
    world.forge.repository("acme/policies", &[("policies/notes.yml", SOFT)]).await?;
    world.settle().await?;
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let governed = "policies:\n  repository: {repository: acme/policies}\n";
    let config = config.replace("policies:\n", governed);
    ensure!(config.contains(governed), "{config}");
    world.forge.carol().pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", &config)], "policies").await?;
    world.settle().await?;
    let number = planned_note(&world).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "action_required no-greetings: override needed");

    let milder =
        SOFT.replace("soft-mandatory", "advisory").replace("    override: {teams: [acme/platform]}\n", "");
    world.forge.carol().pushes("acme/policies", "main", &[("policies/notes.yml", &milder)], "milder").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "neutral 1 advice");

    // The repository's own may not say otherwise under the same name.
    pushes(&world, &milder.replace("Welcome", "Nothing")).await?;
    assert_eq!(check(&world, number, "tfpilot/policy")?, "failure policies/notes.yml cannot be evaluated");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_checks_tests_explains_and_tries_the_same_files() -> Result<()> {
    let world = World::start().await?;
    planned_note(&world).await?;
    let dir = tempfile::tempdir()?;
    let policies = dir.path().join("notes.yml").display().to_string();
    std::fs::write(&policies, SOFT.replace("hint:", "hind:"))?;
    let checked = tfpilot(&["policy", "check", &policies]).await?;
    assert_eq!(checked.code, 3, "{checked:?}");
    ensure!(checked.out.contains("notes.yml:10:5 hind is not known here | write hint"), "{checked:?}");

    std::fs::write(&policies, SOFT)?;
    let checked = tfpilot(&["policy", "check", &policies]).await?;
    assert_eq!((checked.code, checked.out.as_str()), (0, "1 policies in 1 files can be asked\n"));
    let explained = tfpilot(&["policy", "explain", "no-greetings", "--policies", &policies]).await?;
    ensure!(explained.out.starts_with("no-greetings: Notes are no greetings\n"), "{explained:?}");
    let unknown = tfpilot(&["policy", "explain", "no-public-acces"]).await?;
    ensure!(unknown.code == 1 && unknown.err.contains("did you mean no-public-access?"), "{unknown:?}");

    let plan = dir.path().join("plan.json").display().to_string();
    let change = serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        {"address": "terraform_data.x", "mode": "managed", "type": "terraform_data", "name": "x", "change": {
            "actions": ["create"], "before": null, "after": {"input": {"text": "Welcome"}}, "after_unknown": {}}}]});
    std::fs::write(&plan, change.to_string())?;
    let tested = tfpilot(&["policy", "test", "--plan", &plan, "--policies", &policies]).await?;
    assert_eq!(tested.code, 1, "{tested:?}");
    ensure!(tested.out.contains("soft-mandatory no-greetings: terraform_data.x: `input.text`"), "{tested:?}");
    let sarif =
        tfpilot(&["policy", "test", "--plan", &plan, "--policies", &policies, "--format", "sarif"]).await?;
    let run = &sarif.json()?["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "no-greetings");
    ensure!(run["tool"]["driver"]["rules"][0]["help"]["text"].is_string(), "{run}");
    let cost = tfpilot(&["cost", "--plan", &plan, "--format", "json"]).await?;
    assert_eq!(cost.json()?["currency"], "USD");
    let summary = tfpilot(&["plan", "summary", &plan]).await?;
    ensure!(summary.out.contains("1 create"), "{summary:?}");
    let none = tfpilot(&["plan", "summary", &policies]).await?;
    ensure!(none.code != 0 && none.err.contains("is no plan"), "{none:?}");

    // What was planned is still there when somebody wonders what a stricter rule would have done.
    let tried = tfpilot_in(&world.store_in_use(), &["policy", "try", "--policies", &policies]).await?;
    ensure!(tried.out.starts_with("would have stopped 1 of 1 plans"), "{tried:?}");
    world.finish().await
}
