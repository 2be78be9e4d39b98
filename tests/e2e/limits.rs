//! GitHub's limits: one pause for everybody, what was asked for is done afterwards, and people see what waits.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::approved_and_applied;
use crate::told::{NOTE, check, only_pull, reactions};

/// API calls of the installation, as `POST 201 /repos/…`.
fn calls(world: &World) -> Vec<String> {
    let requests = world.forge.requests();
    let ours = requests.into_iter().filter(|seen| !seen.path.starts_with("/app"));
    ours.map(|seen| format!("{} {} {}", seen.method, seen.status, seen.path)).collect()
}

/// digger #2004, atlantis #3756, atlantis #4932, stategraph #554: limits failed without a word.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_one_pause_for_everything() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    world.forge.github().on("POST", "/git/").rate_limits(600, 1);
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    let before = calls(&world);
    let limited = before.iter().position(|call| call.starts_with("POST 429")).context("no limit was met")?;
    // The one that was under way at the same moment may still come; nothing begins after it.
    ensure!(before.len() - limited <= 4, "asked on: {:?}", before.get(limited..));
    // A comment of the meantime waits as well.
    world.alice().comments(REPOSITORY, issue, "/tfpilot help").await?;
    world.settle().await?;
    assert_eq!(calls(&world).len(), before.len(), "nothing is asked during the pause");
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty());

    world.advance(Duration::from_secs(601));
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    ensure!(world.forge.comments(REPOSITORY, issue)?.len() >= 2, "the command was answered");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secondary_limit_holds_back_as_well_and_the_apply_is_done_afterwards() -> Result<()> {
    let world = World::start().await?;
    let number = crate::told::planned_note(&world).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.forge.github().on("PUT", "/merge").limits_secondarily(300, 1);
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged, "the limit was not met");
    let met = calls(&world);
    let limited = met.iter().rposition(|call| call.starts_with("PUT 403")).context("no limit was met")?;
    ensure!(met.len() - limited <= 4, "asked on: {:?}", met.get(limited..));

    world.advance(Duration::from_secs(301));
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_the_hour_is_for_what_runs_and_people_see_what_waits() -> Result<()> {
    let world = World::start().await?;
    world.settle().await?;
    world.forge.github().has_used(4_900);
    let issue = world.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "new work was begun with the last requests");
    let sticky = world.forge.comments(REPOSITORY, issue)?.into_iter().next().context("a comment")?;
    let lines: Vec<&str> = sticky.body.lines().take(2).collect();
    ensure!(lines[0].ends_with(": opening a pull request"), "{lines:?}");
    ensure!(
        lines[1].starts_with("Next: delayed by GitHub until ") && lines[1].ends_with(" UTC."),
        "{lines:?}"
    );

    // A courtesy waits with it.
    let comment = world.alice().comments(REPOSITORY, issue, "/tfpilot help").await?;
    world.settle().await?;
    ensure!(reactions(&world, issue, comment)?.is_empty());

    world.advance(Duration::from_secs(3_600));
    world.settle().await?;
    let number = only_pull(&world)?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    ensure!(!reactions(&world, issue, comment)?.is_empty(), "the reaction is made up for");
    let sticky = world.forge.comments(REPOSITORY, issue)?.into_iter().next().context("a comment")?;
    ensure!(!sticky.body.contains("delayed"), "{}", sticky.body);
    world.finish().await
}

/// How often each route of GitHub was asked.
type Asked = BTreeMap<String, usize>;

/// What a pull request with so many stacks asks of GitHub from its opening to its merge.
async fn asked_for(world: &World, name: &str, stacks: usize) -> Result<Asked> {
    world.alice().pushes(REPOSITORY, name, &world.stacks_by_hand(name, stacks), name).await?;
    world.settle().await?;
    let before = world.forge.requests().len();
    let number = world.alice().opens_pull(REPOSITORY, name, "main", name, "").await?;
    world.settle().await?;
    approved_and_applied(world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    let mut asked = Asked::new();
    for seen in world.forge.requests().into_iter().skip(before) {
        *asked.entry(format!("{} {}", seen.method, seen.route.unwrap_or("?"))).or_default() += 1;
    }
    Ok(asked)
}

/// What a job needs, and how often at most: a token for its code, a look at everything before its apply starts, and its
/// progress in checks and comment; and its file, read once.
const OF_A_JOB: [(&str, usize); 10] = [
    ("POST /app/installations/{installation_id}/access_tokens", 2),
    ("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", 1),
    ("GET /repos/{owner}/{repo}/branches/{*branch}", 1),
    ("GET /repos/{owner}/{repo}/collaborators/{username}/permission", 2),
    ("GET /repos/{owner}/{repo}/pulls/{pull_number}", 1),
    ("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", 1),
    ("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", 1),
    ("GET /repos/{owner}/{repo}/rules/branches/{*branch}", 1),
    ("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", 4),
    ("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", 2),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_github_grows_with_jobs_alone() -> Result<()> {
    let world = World::start().await?;
    asked_for(&world, "first", 1).await?;
    let (one, ten) = (asked_for(&world, "one", 1).await?, asked_for(&world, "ten", 10).await?);
    for (route, times) in &ten {
        let once = one.get(route).copied().unwrap_or_default();
        let of_a_job = OF_A_JOB.iter().find(|(known, _)| known == route).map_or(0, |(_, most)| *most);
        // Two more: what happens at the same time is sometimes looked at twice.
        ensure!(*times <= once + 9 * of_a_job + 2, "{route}: {once} for 1 stack, {times} for 10");
    }
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_much_is_told_when_it_is_read_again() -> Result<()> {
    let world = World::start().await?;
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let config = format!("{config}limits:\n  commands_per_hour: 2\n  requests_per_hour: 2\n");
    world.forge.carol().pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", &config)], "limits").await?;
    world.settle().await?;
    let number = crate::told::planned_note(&world).await?;
    for _ in 0..2 {
        world.alice().comments(REPOSITORY, number, "/tfpilot plan").await?;
        world.settle().await?;
    }
    let log = world.runner_log().len();
    world.alice().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.settle().await?;
    crate::told::told(&world, number, "@alice **Not read**: `limits.commands_per_hour`")?;
    assert_eq!(world.runner_log().len(), log, "nothing was planned");

    // Others go on, and what runs can always be stopped.
    world.bob().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot cancel").await?;
    world.settle().await?;

    // The second request is read, the third is not and can be later.
    world.alice().opens_issue(REPOSITORY, "Another note", &NOTE.replace("hello-team", "hello-two")).await?;
    world.settle().await?;
    let third = world
        .alice()
        .opens_issue(REPOSITORY, "A third note", &NOTE.replace("hello-team", "hello-three"))
        .await?;
    world.settle().await?;
    assert_eq!(world.forge.pulls(REPOSITORY)?.len(), 2);
    crate::told::told(&world, third, "Next: edit the issue after")?;

    world.advance(Duration::from_secs(3601));
    let again = format!("{}, please", NOTE.replace("hello-team", "hello-three"));
    world.alice().edits_issue(REPOSITORY, third, &again).await?;
    world.settle().await?;
    assert_eq!(world.forge.pulls(REPOSITORY)?.len(), 3, "{}", world.forge.thread(REPOSITORY, third)?);
    world.finish().await
}
