//! Pull requests beyond the straight path: closed, reopened, overtaken by their base.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::{approved_and_applied, pull, stack};
use crate::told::{check, only_pull, planned_note, told};

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_issue_stops_the_request_and_reopening_goes_on() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let issue = 1;
    world.alice().closes(REPOSITORY, issue).await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.open, "{}", world.forge.thread(REPOSITORY, number)?);
    told(&world, issue, "closed without an apply\nNext: nothing. To go on, reopen #1.")?;
    told(&world, number, "### Closed without an apply\nNext: nothing. To go on, reopen #1.")?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "neutral Closed without an apply");

    world.alice().reopens(REPOSITORY, issue).await?;
    world.settle().await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.open);
    assert_eq!(only_pull(&world)?, number);
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_that_a_person_closed_stays_closed_until_a_person_opens_it() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    world.bob().closes(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().closes(REPOSITORY, 1).await?;
    world.settle().await?;
    world.alice().reopens(REPOSITORY, 1).await?;
    world.settle().await?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.open);
    told(&world, number, "To go on, reopen #2.")?;
    world.bob().reopens(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_whose_branch_is_gone_cannot_be_reopened_and_it_is_said() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    world.alice().closes(REPOSITORY, 1).await?;
    world.settle().await?;
    world.bob().deletes_branch(REPOSITORY, &branch).await?;
    world.alice().reopens(REPOSITORY, 1).await?;
    world.settle().await?;
    told(&world, 1, "@alice **#2 stays closed**")?;
    told(&world, 1, &format!("restore the branch `{branch}` and reopen #2"))?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_moves_elsewhere_keeps_plan_and_approval_and_one_that_does_not_is_planned_again()
-> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    let head = || anyhow::Ok(world.forge.pull(REPOSITORY, number)?.head_sha);
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let planned = head()?;
    let carol = world.forge.carol();
    carol.pushes(REPOSITORY, "main", &[("live/dev/other/notes.txt", "x\n")], "elsewhere").await?;
    world.settle().await?;
    assert_eq!(head()?, planned);
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 1 create");

    // Another file of the stack, on main.
    let more = "resource \"terraform_data\" \"more\" {\n  input = \"more\"\n}\n";
    carol.pushes(REPOSITORY, "main", &[("live/dev/hello-team/more.tf", more)], "more").await?;
    world.settle().await?;
    ensure!(head()? != planned, "{}", world.forge.thread(REPOSITORY, number)?);
    ensure!(world.forge.file(REPOSITORY, &branch, "live/dev/other/notes.txt").is_ok());
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 2 create in live/dev/hello-team");
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_of_a_person_that_main_overtook_is_not_applied_before_it_is_updated() -> Result<()> {
    let world = World::start().await?;
    let part = "resource \"terraform_data\" \"this\" {\n  input = \"hello\"\n}\n";
    let carol = world.forge.carol();
    carol.pushes(REPOSITORY, "main", &[("parts/greeting/main.tf", part)], "a part").await?;
    let body = "module \"greeting\" {\n  source = \"../../../parts/greeting\"\n}\n";
    let number = pull(&world, "greeting", body).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let louder = part.replace("hello", "HELLO");
    carol.pushes(REPOSITORY, "main", &[("parts/greeting/main.tf", louder.as_str())], "louder").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Plan stale");
    told(&world, number, "Next: press Update branch.")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    told(&world, number, "**Plan stale**: main moved to")?;
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);

    world.alice().updates_branch(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_that_bring_the_same_module_do_not_overtake_each_other() -> Result<()> {
    let world = World::start().await?;
    let first = planned_note(&world).await?;
    let text = "We need a note called hello-ops in dev saying \"Hi\", team platform";
    world.alice().opens_issue(REPOSITORY, "Another note", text).await?;
    world.settle().await?;
    let pulls = world.forge.pulls(REPOSITORY)?;
    let second = pulls.iter().map(|pull| pull.number).find(|number| *number != first);
    let second = anyhow::Context::context(second, "a second pull request")?;
    let head = world.forge.pull(REPOSITORY, second)?.head_sha;
    for number in [first, second] {
        world.bob().approves(REPOSITORY, number).await?;
        world.settle().await?;
        world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
        world.settle().await?;
        ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    }
    assert_eq!(world.forge.pull(REPOSITORY, second)?.head_sha, head);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_base_ends_or_brings_back_what_is_done() -> Result<()> {
    let world = World::start().await?;
    world.forge.carol().pushes(REPOSITORY, "release", &[("RELEASE.md", "1\n")], "release").await?;
    let main = stack(&world, "moved", "resource \"terraform_data\" \"this\" {}\n");
    world.alice().pushes(REPOSITORY, "moved", &[("live/dev/moved/main.tf", main.as_str())], "moved").await?;
    let number = world.alice().opens_pull(REPOSITORY, "moved", "main", "moved", "").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");

    world.alice().changes_base(REPOSITORY, number, "release").await?;
    world.settle().await?;
    for name in tfpilot::surface::CHECK_NAMES {
        assert_eq!(check(&world, number, name)?, "neutral Not managed: it goes into release");
    }
    world.alice().comments(REPOSITORY, number, "/tfpilot plan").await?;
    world.settle().await?;
    told(&world, number, "**Not managed**: this pull request goes into `release`. Next: change its base.")?;

    world.alice().changes_base(REPOSITORY, number, "main").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/moved");
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Waiting for 1 approval");
    world.finish().await
}
