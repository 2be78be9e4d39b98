//! Games with pull requests: nothing that is reviewed, shown or in force is moved under the eyes of whoever approves.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tfpilot_forge::BranchRules;
use tfpilot_tests::{REPOSITORY, World};

use super::hand::{Hand, any_sidecar, queued, without_runner};
use super::tokens::opens;
use crate::by_hand::{approved_and_applied, pull, stack};
use crate::told::{check, told};

const WAITING: &str = "queued Waiting for 1 approval";
const READY: &str = "queued Ready: 1 create";
const NOTHING: &str = "resource \"terraform_data\" \"this\" {}\n";

/// Nothing was applied, and whoever asked for it was not let.
async fn apply_is_refused(world: &World, number: u64) -> Result<()> {
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    assert_eq!(world.recorded("ticket-issued").await?, 0);
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged);
    Ok(())
}

/// Atlantis and others were satisfied by a status of the same commit: here it is the worst of all pull requests, and
/// those which are not managed, touch nothing, or were closed say nothing for another one.
#[tokio::test(flavor = "multi_thread")]
async fn another_pull_request_of_the_same_commit_satisfies_no_check() -> Result<()> {
    let world = World::start().await?;
    let carol = world.forge.carol();
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let config = format!("{config}branches: [main, release]\n");
    carol.pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", config.as_str())], "branches").await?;
    let evil = stack(&world, "evil", "resource \"terraform_data\" \"this\" {\n  inptu = 1\n}\n");
    let files = [("live/dev/evil/main.tf", evil.as_str())];
    let first = world.alice().pushes(REPOSITORY, "evil", &files, "evil").await?;
    world.alice().pushes(REPOSITORY, "evil", &[("docs/a.md", "# A\n")], "prose").await?;
    let number = world.alice().opens_pull(REPOSITORY, "evil", "main", "evil", "").await?;
    world.settle().await?;
    let is_red = |name: &str| {
        let found = check(&world, number, name)?;
        ensure!(found.starts_with("failure "), "{name}: {found}");
        anyhow::Ok(())
    };
    is_red("tfpilot/plan")?;
    // Into a branch that is not managed, and into a managed one that has the stack already: there it is prose.
    let head = world.forge.pull(REPOSITORY, number)?.head_sha;
    world.alice().branches(REPOSITORY, "side", &head).await?;
    carol.pushes(REPOSITORY, "elsewhere", &[("a.md", "a\n")], "a").await?;
    carol.branches(REPOSITORY, "release", &first).await?;
    for base in ["elsewhere", "release"] {
        let other = world.alice().opens_pull(REPOSITORY, "side", base, "side", "").await?;
        world.settle().await?;
        is_red("tfpilot/plan")?;
        is_red("tfpilot/apply")?;
        world.alice().closes(REPOSITORY, other).await?;
        world.settle().await?;
        is_red("tfpilot/plan")?;
    }
    world.finish().await
}

/// atlantis #1508: one approval covered any directory.
#[tokio::test(flavor = "multi_thread")]
async fn a_base_changed_after_the_approval_is_another_change() -> Result<()> {
    let world = World::start().await?;
    let carol = world.forge.carol();
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let config = format!("{config}branches: [main, release]\n");
    carol.pushes(REPOSITORY, "main", &[(".github/tfpilot.yml", config.as_str())], "branches").await?;
    carol.pushes(REPOSITORY, "release", &[("RELEASE.md", "1\n")], "release").await?;
    // Stands on main only, so that it is new to whatever goes into `release`.
    let extra = stack(&world, "extra", NOTHING);
    carol.pushes(REPOSITORY, "main", &[("live/dev/extra/main.tf", extra.as_str())], "extra").await?;
    let number = pull(&world, "notes", NOTHING).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);
    world.alice().changes_base(REPOSITORY, number, "release").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 2 create in 2 stacks");
    assert_eq!(check(&world, number, "tfpilot/apply")?, WAITING);
    apply_is_refused(&world, number).await?;
    // Back again it is what bob saw.
    world.alice().changes_base(REPOSITORY, number, "main").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_force_push_keeps_an_approval_for_what_was_approved_only() -> Result<()> {
    let world = World::start().await?;
    let number = pull(&world, "notes", NOTHING).await?;
    let approved = world.forge.pull(REPOSITORY, number)?.head_sha;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    let main = world.forge.tip(REPOSITORY, "main")?;
    let evil = stack(&world, "notes", &format!("{NOTHING}\nresource \"terraform_data\" \"more\" {{}}\n"));
    world.alice().branches(REPOSITORY, "notes-2", &main).await?;
    let files = [("live/dev/notes/main.tf", evil.as_str())];
    let evil = world.alice().pushes(REPOSITORY, "notes-2", &files, "notes").await?;
    world.alice().branches(REPOSITORY, "notes", &evil).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, WAITING);
    apply_is_refused(&world, number).await?;
    world.alice().branches(REPOSITORY, "notes", &approved).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

/// Who wrote a commit is what the commit says; who pushed it is not. An approver may be neither.
/// Another lock file lets other programs run: what was approved was planned without it.
#[tokio::test(flavor = "multi_thread")]
async fn another_lock_file_after_the_approval_is_another_change() -> Result<()> {
    let world = World::start().await?;
    let number = pull(&world, "notes", NOTHING).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);

    let lock = "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5.100.0\"\n  hashes  = [\"h1:AAAA\"]\n}\n";
    let files = [("live/dev/notes/.terraform.lock.hcl", lock)];
    world.alice().pushes(REPOSITORY, "notes", &files, "lock").await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, WAITING);
    apply_is_refused(&world, number).await?;
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_committed_or_pushed_does_not_approve() -> Result<()> {
    let world = World::start().await?;
    let alice = world.alice().id()?;
    for (name, email) in [
        ("own", String::new()),
        ("unknown", "nobody@nowhere.example".to_owned()),
        ("borrowed", format!("{alice}+alice@users.noreply.github.com")),
    ] {
        let number = pull(&world, name, NOTHING).await?;
        let path = format!("live/dev/{name}/more.tf");
        let files = [(path.as_str(), "resource \"terraform_data\" \"more\" {}\n")];
        if email.is_empty() {
            world.bob().pushes(REPOSITORY, name, &files, "more").await?;
        } else {
            world.bob().pushes_as(REPOSITORY, name, &email, &files).await?;
        }
        world.settle().await?;
        world.bob().approves(REPOSITORY, number).await?;
        world.settle().await?;
        world.bob().comments(REPOSITORY, number, "/tfpilot approve").await?;
        world.settle().await?;
        assert_eq!(check(&world, number, "tfpilot/apply")?, WAITING, "{name}");
        told(&world, number, "@bob **Approval does not count**")?;
        apply_is_refused(&world, number).await?;
        // Somebody without a hand in it may.
        world.forge.carol().approves(REPOSITORY, number).await?;
        world.settle().await?;
        assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 2 create", "{name}");
    }
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_before_the_plan_is_none() -> Result<()> {
    let world = without_runner().await?;
    let number = opens(&world, "notes").await?;
    queued(&world, 1).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.bob().comments(REPOSITORY, number, "/tfpilot approve").await?;
    // GitHub's times are whole seconds: within one of them nobody can tell.
    world.advance(std::time::Duration::from_secs(5));
    let hand = Hand::of(&world);
    let job = hand.claims(&any_sidecar(&world).await?, None).await?;
    hand.plans(&job, 1).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, WAITING);
    apply_is_refused(&world, number).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);
    world.finish().await
}

/// Asks GitHub's API as the app itself, as a bot that repeats what people wrote would.
async fn as_the_app(world: &World, number: u64, text: &str) -> Result<()> {
    let url = format!("{}/repos/{REPOSITORY}/issues/{number}/comments", world.forge.api_url());
    let (address, path) = url.trim_start_matches("http://").split_once('/').context("a path")?;
    let hand = Hand::to(format!("http://{address}"));
    let token = world.forge.installation_token();
    let (status, answer) = hand.post(&format!("/{path}"), &token, &json!({ "body": text })).await?;
    ensure!(status == 201, "{status} {answer}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_person_wrote_at_first_is_a_command() -> Result<()> {
    let world = World::start().await?;
    let number = pull(&world, "notes", NOTHING).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);
    let comment = world.alice().comments(REPOSITORY, number, "Looks good").await?;
    world.alice().edits_comment(REPOSITORY, comment, "/tfpilot apply").await?;
    as_the_app(&world, number, "/tfpilot apply").await?;
    for quoted in [
        "> /tfpilot apply",
        "```\n/tfpilot apply\n```",
        "<!--\n/tfpilot apply\n-->",
        "see `/tfpilot apply`",
        "x /tfpilot apply",
        "    /tfpilot apply",
    ] {
        world.alice().comments(REPOSITORY, number, quoted).await?;
    }
    world.alice().reviews_with(REPOSITORY, number, "> /tfpilot apply\n").await?;
    world.settle().await?;
    let thread = world.forge.thread(REPOSITORY, number)?;
    assert_eq!(world.recorded("ticket-issued").await?, 0, "{thread}");
    ensure!(!thread.contains("**No role**"), "a bot was heard:\n{thread}");
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);
    world.finish().await
}

/// What decides comes from the default branch: a pull request that changes it is judged by what was there before.
#[tokio::test(flavor = "multi_thread")]
async fn rules_that_the_pull_request_brings_along_count_for_nothing() -> Result<()> {
    let world = World::start().await?;
    let config = world.forge.file(REPOSITORY, "main", ".github/tfpilot.yml")?;
    let milder = config.replace("approvals: {count: 1, teams: [acme/platform]}", "approvals: {count: 0}");
    ensure!(milder != config, "{config}");
    let policy = "version: 1\nrules:\n  required-tags: {enforcement: advisory}\n";
    let main = stack(&world, "notes", NOTHING);
    let files = [
        ("live/dev/notes/main.tf", main.as_str()),
        (".github/tfpilot.yml", milder.as_str()),
        (".github/tfpilot/policies/mild.yml", policy),
    ];
    world.alice().pushes(REPOSITORY, "notes", &files, "notes").await?;
    let number = world.alice().opens_pull(REPOSITORY, "notes", "main", "notes", "").await?;
    world.settle().await?;
    let is_refused = || {
        let plan = check(&world, number, "tfpilot/plan")?;
        ensure!(plan.starts_with("failure Not admitted: .github/"), "{plan}");
        anyhow::Ok(())
    };
    is_refused()?;
    told(&world, number, "a change of .github/tfpilot.yml beside Terraform")?;
    apply_is_refused(&world, number).await?;

    // Approved without them, they void what was approved.
    world.alice().removes(REPOSITORY, "notes", &[".github/tfpilot/policies/mild.yml"], "no policy").await?;
    world
        .alice()
        .pushes(REPOSITORY, "notes", &[(".github/tfpilot.yml", config.as_str())], "as it was")
        .await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, WAITING);
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, READY);
    let files = [(".github/workflows/other.yml", "on: push\njobs: {}\n")];
    world.alice().pushes(REPOSITORY, "notes", &files, "workflow").await?;
    world.settle().await?;
    is_refused()?;
    apply_is_refused(&world, number).await?;
    world.finish().await
}

/// digger #1180, stategraph #1286, atlantis #1316: a required check waited for the merge that waited for it.
#[tokio::test(flavor = "multi_thread")]
async fn our_own_required_checks_do_not_wait_for_each_other() -> Result<()> {
    let world = World::start().await?;
    let ours = tfpilot::surface::CHECK_NAMES.map(|name| (name.to_owned(), Some(world.forge.app_id())));
    let rules = BranchRules { required_checks: ours.to_vec(), strict_checks: true, ..BranchRules::default() };
    world.forge.protect(REPOSITORY, "main", rules)?;
    let number = pull(&world, "notes", NOTHING).await?;
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    world.finish().await
}

/// A stranger guesses the branch of a request and is first with a pull request of that name, from a fork.
#[tokio::test(flavor = "multi_thread")]
async fn a_forks_branch_is_not_a_requests_whatever_it_is_called() -> Result<()> {
    let world = World::start().await?;
    world.forge.set_private(REPOSITORY, false)?;
    let mallory = world.forge.mallory();
    let fork = mallory.forks(REPOSITORY).await?;
    world.settle().await?;
    world.forge.github().on("POST", "/pulls").answers(502, 1);
    let text = format!("@tfpilot {}", tfpilot_tests::NOTE);
    let issue = world.alice().opens_issue(REPOSITORY, "A note", &text).await?;
    let branch = format!("tfpilot/{issue}-note-hello-team");
    for _ in 0..2_000 {
        if world.forge.tip(REPOSITORY, &branch).is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let evil = stack(&world, "evil", NOTHING);
    mallory.pushes(&fork, &branch, &[("live/dev/evil/main.tf", evil.as_str())], "evil").await?;
    let theirs = mallory.opens_pull(REPOSITORY, &format!("mallory:{branch}"), "main", "note", "").await?;
    world.settle().await?;
    let ours = world.forge.pulls(REPOSITORY)?.into_iter().find(|pull| pull.number != theirs);
    let ours = ours.with_context(|| world.forge.thread(REPOSITORY, issue).unwrap_or_default())?.number;
    assert_eq!(check(&world, ours, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    let plan = check(&world, theirs, "tfpilot/plan")?;
    assert_eq!(plan, "action_required Not run: pull request from a fork");
    world.finish().await
}
