//! What somebody made by hand is taken in by asking: nothing is made a second time.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::told::told;

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_made_by_hand_is_taken_in() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let (forge, aws) = (&world.forge, world.aws()?);
    aws.make_bucket("acme-legacy").await?;
    let text = "The bucket acme-legacy in dev was clicked together by hand. Please import it into Terraform. It is owned by team billing.";
    let issue = world.alice().opens_issue(REPOSITORY, "From before", text).await?;
    world.settle().await?;

    let pull = forge.pulls(REPOSITORY)?.into_iter().next();
    let Some(pull) = pull else { anyhow::bail!("no pull request:\n{}", forge.thread(REPOSITORY, issue)?) };
    assert_eq!(pull.title, "feat(dev): import s3-bucket acme-legacy");
    let main = forge.file(REPOSITORY, &pull.head_ref, "live/dev/acme-legacy/main.tf")?;
    ensure!(
        main.contains("import {\n  to = module.s3_bucket.aws_s3_bucket.this\n  id = \"acme-legacy\"\n}\n"),
        "{main}"
    );
    let plan = forge.check(REPOSITORY, &format!("#{}", pull.number), "tfpilot/plan")?;
    ensure!(plan.title.contains("1 import"), "{}\n{}", plan.title, forge.thread(REPOSITORY, pull.number)?);

    world.bob().approves(REPOSITORY, pull.number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, pull.number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(forge.pull(REPOSITORY, pull.number)?.merged, "{}", forge.thread(REPOSITORY, pull.number)?);
    let tags = aws.bucket_setting("acme-legacy", "tagging").await?;
    ensure!(tags.contains("<Value>billing</Value>"), "{tags}");

    // It is a thing like any other now, and is not taken in twice.
    let text = "@tfpilot please import the bucket acme-legacy in dev into Terraform, it was made by hand.";
    let again = world.alice().opens_issue(REPOSITORY, "Once more", text).await?;
    world.settle().await?;
    told(&world, again, &format!("requests made `acme-legacy` (#{issue}) already")).context("the second")?;
    world.finish().await
}
