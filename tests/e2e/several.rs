//! A request for several things: one pull request, one stack, and what they take from each other.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, Stage, World, WorldOptions};

use crate::told::told;

/// A topic and the queue that it delivers to.
const TOPIC: &str = "We publish price changes, and search wants to know them.

```yaml
environment: dev
owner: shop
resources:
  - module: aws/sns-topic
    name: price-changed
    queue_arns: [{from: price-changed-search, output: arn}]
  - module: aws/sqs-queue
    name: price-changed-search
    dead_letter_queue: no
```";

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_and_its_queue_become_one_stack() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let forge = &world.forge;
    let issue = world.alice().opens_issue(REPOSITORY, "A topic for price changes", TOPIC).await?;
    world.settle().await?;

    let pulls = forge.pulls(REPOSITORY)?;
    let [pull] = pulls.as_slice() else { anyhow::bail!("{}", forge.thread(REPOSITORY, issue)?) };
    let number = pull.number;
    assert_eq!(pull.title, "feat(dev): add sns-topic price-changed and 1 more");
    let main = forge.file(REPOSITORY, &pull.head_ref, "live/dev/price-changed/main.tf")?;
    ensure!(main.contains("  queue_arns = [module.sqs_queue.arn]\n"), "{main}");
    for module in ["sns-topic", "sqs-queue"] {
        let sum = format!("modules/aws/{module}/1.0.0/module.sum");
        ensure!(forge.file(REPOSITORY, &pull.head_ref, &sum)?.contains("main.tf"), "{module}");
    }
    let plan = forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/plan")?;
    assert_eq!(
        (plan.conclusion.as_deref(), plan.title.as_str()),
        (Some("success"), "3 create in live/dev/price-changed"),
        "{}",
        forge.thread(REPOSITORY, number)?
    );

    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    world.settle().await?;
    ensure!(forge.pull(REPOSITORY, number)?.merged, "{}", forge.thread(REPOSITORY, number)?);
    ensure!(!forge.issue(REPOSITORY, issue)?.open, "the issue is open");
    let sticky = forge.comments(REPOSITORY, issue)?.into_iter().next().context("a comment on the issue")?;
    for shown in [
        "`arn of price-changed-search`",
        "| `sns_topic_arn` | `arn:aws:sns:",
        "| `sqs_queue_arn` | `arn:aws:sqs:",
        ":price-changed-search` |",
    ] {
        ensure!(sticky.body.contains(shown), "{shown} in {}", sticky.body);
    }
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_of_them_lacks_is_asked_by_its_name() -> Result<()> {
    let world = World::start().await?;
    let forge = &world.forge;
    let text = "```yaml
environment: dev
resources:
  - {module: local/note, name: hello, owner: platform, text: Hello}
  - {module: local/note, name: copy, text: {from: hello, output: text}}
```";
    let issue = world.alice().opens_issue(REPOSITORY, "Two notes", text).await?;
    world.settle().await?;
    ensure!(forge.pulls(REPOSITORY)?.is_empty(), "nothing is opened before the answer");
    told(&world, issue, "@alice one answer is missing. `copy`: **")?;
    told(&world, issue, "`/tfpilot set copy.owner=")?;

    world.alice().comments(REPOSITORY, issue, "platform").await?;
    world.settle().await?;
    let pull = forge.pulls(REPOSITORY)?.into_iter().next();
    let Some(pull) = pull else { anyhow::bail!("no pull request:\n{}", forge.thread(REPOSITORY, issue)?) };
    let file = || forge.file(REPOSITORY, &pull.head_ref, "live/dev/hello/main.tf");
    ensure!(file()?.contains("  text   = module.note_hello.text\n"), "{}", file()?);
    // One of them is changed, and the other stays.
    world.alice().comments(REPOSITORY, issue, "/tfpilot set copy.owner=web").await?;
    world.settle().await?;
    ensure!(
        file()?.contains("  owner  = \"web\"\n") && file()?.contains("  owner  = \"platform\"\n"),
        "{}",
        file()?
    );
    let plan = forge.check(REPOSITORY, &format!("#{}", pull.number), "tfpilot/plan")?;
    assert_eq!(plan.title, "2 create in live/dev/hello", "{}", forge.thread(REPOSITORY, pull.number)?);
    world.finish().await
}
