//! The main job: an issue becomes a reviewed, applied bucket, in the repository's workflow on AWS.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_becomes_a_bucket() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let forge = &world.forge;
    let text = "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing";
    let issue = world.alice().opens_issue(REPOSITORY, "A bucket for invoices", text).await?;
    world.settle().await?;

    let pull = forge.pulls(REPOSITORY)?.into_iter().next();
    let Some(pull) = pull else { anyhow::bail!("no pull request:\n{}", forge.thread(REPOSITORY, issue)?) };
    let (number, at) = (pull.number, format!("#{}", pull.number));
    assert_eq!(pull.title, "feat(dev): add s3-bucket acme-invoices");
    insta::assert_snapshot!(
        "main_tf",
        without_ports(&forge.file(REPOSITORY, &pull.head_ref, "live/dev/acme-invoices/main.tf")?)
    );
    let plan = forge.check(REPOSITORY, &at, "tfpilot/plan")?;
    ensure!(plan.conclusion.as_deref() == Some("success"), "{}", forge.thread(REPOSITORY, number)?);
    // The lock file that the plan job returned is on the branch, and the plan was kept for the new head.
    let lock = forge.file(REPOSITORY, &pull.head_ref, "live/dev/acme-invoices/.terraform.lock.hcl")?;
    ensure!(lock.contains("registry.terraform.io/hashicorp/aws"), "{lock}");
    assert_eq!(forge.runs(REPOSITORY)?.len(), 1);

    let run = forge.runs(REPOSITORY)?.into_iter().next().context("a workflow run")?;
    let shown = forge.comments(REPOSITORY, number)?.into_iter().next().context("a sticky comment")?;
    ensure!(shown.body.contains(&format!("/actions/runs/{})", run.id)), "{}", shown.body);

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;

    ensure!(forge.pull(REPOSITORY, number)?.merged, "{}", forge.thread(REPOSITORY, number)?);
    ensure!(!forge.issue(REPOSITORY, issue)?.open, "the issue is open");
    let aws = world.aws()?;
    ensure!(aws.has("acme-invoices").await?, "there is no bucket");
    let versioning = aws.bucket_setting("acme-invoices", "versioning").await?;
    ensure!(versioning.contains("<Status>Enabled</Status>"), "{versioning}");
    let tags = aws.bucket_setting("acme-invoices", "tagging").await?;
    ensure!(tags.contains("<Value>billing</Value>"), "{tags}");
    let sticky = forge.comments(REPOSITORY, issue)?.into_iter().next().context("a comment on the issue")?;
    ensure!(sticky.body.contains("arn:aws:s3:::acme-invoices"), "{}", sticky.body);
    world.finish().await
}

/// The same text wherever the story is played: without the port of moto, and without the digest that counts it in.
fn without_ports(text: &str) -> String {
    let cut = |line: &str, mark: &str, is_part: fn(char) -> bool| match line.split_once(mark) {
        Some((before, after)) => format!("{before}{mark}…{}", after.trim_start_matches(is_part)),
        None => line.to_owned(),
    };
    let lines = text.lines().map(|line| cut(line, "http://127.0.0.1:", |c| c.is_ascii_digit()));
    lines.map(|line| cut(&line, "sha256 ", |c| c.is_ascii_hexdigit())).collect::<Vec<_>>().join("\n")
}
