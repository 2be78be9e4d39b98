//! Webhooks that come twice, in another order, or all over again: the story ends the same, once.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use tfpilot_forge::views::DeliveryView;
use tfpilot_tests::{REPOSITORY, Random, World};
use tokio::task::JoinSet;

use crate::told::{planned_note, told};
use crate::zoo::deliver;

/// Deliveries that come again with the id that is known.
const AGAIN: usize = 10_000;

/// Posted at the same time.
const AT_ONCE: usize = 16;

/// What must not happen twice.
const ONCE: [&str; 7] = [
    "requested",
    "branch-committed",
    "apply-requested",
    "ticket-issued",
    "ticket-spent",
    "apply-finished",
    "merged",
];

/// Everything that people see, and how often the irreversible happened.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    threads: Vec<String>,
    pulls: usize,
    events: Vec<(&'static str, usize)>,
}

impl Ending {
    async fn read(world: &World) -> Result<Self> {
        let pulls = world.forge.pulls(REPOSITORY)?;
        let number = pulls.first().context("a pull request")?.number;
        ensure!(pulls[0].merged, "{}", world.forge.thread(REPOSITORY, number)?);
        let mut events = Vec::new();
        for kind in ONCE {
            events.push((kind, world.recorded(kind).await?));
        }
        let threads = [1, number].map(|number| world.forge.thread(REPOSITORY, number)).into_iter();
        Ok(Self { threads: threads.collect::<Result<_, _>>()?, pulls: pulls.len(), events })
    }
}

/// A note is asked for, approved and applied.
async fn applied_note(world: &World) -> Result<u64> {
    let number = planned_note(world).await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    // Where webhooks are swapped, the last one waits for another.
    world.bob().comments(REPOSITORY, number, "Thanks!").await?;
    world.settle().await?;
    told(world, number, "Applied")?;
    Ok(number)
}

/// One of each event that was sent, in the order of sending.
fn sent(world: &World) -> Vec<DeliveryView> {
    let mut known = std::collections::BTreeSet::new();
    let deliveries = world.forge.deliveries().into_iter().filter(|delivery| delivery.event != "installation");
    deliveries.filter(|delivery| known.insert(delivery.guid.clone())).collect()
}

async fn post_all(world: &Arc<World>, deliveries: Vec<Parcel>) -> Result<()> {
    let deliveries = Arc::new(deliveries);
    let mut lanes = JoinSet::new();
    for lane in 0..AT_ONCE {
        let (world, deliveries) = (Arc::clone(world), Arc::clone(&deliveries));
        lanes.spawn(async move {
            for (event, guid, body) in deliveries.iter().skip(lane).step_by(AT_ONCE) {
                let status = deliver(&world, event, guid, body).await?;
                ensure!((200..300).contains(&status), "{event} {guid} was answered {status}");
            }
            Ok(())
        });
    }
    lanes.join_all().await.into_iter().collect()
}

/// A delivery as it is posted: its event, its id, its body.
type Parcel = (String, String, Vec<u8>);

fn parcel(delivery: &DeliveryView, guid: String) -> Result<Parcel> {
    Ok((delivery.event.clone(), guid, serde_json::to_vec(&delivery.payload)?))
}

#[tokio::test(flavor = "multi_thread")]
async fn doubled_and_swapped_webhooks_end_the_same() -> Result<()> {
    let quiet = World::start().await?;
    applied_note(&quiet).await?;
    let expected = Ending::read(&quiet).await?;
    // The lock file that Terraform wrote is the second commit.
    assert_eq!(expected.events, ONCE.map(|kind| (kind, if kind == "branch-committed" { 2 } else { 1 })));
    quiet.finish().await?;

    for faulty in [true, false] {
        let world = World::start().await?;
        match faulty {
            true => world.forge.github().doubles_webhooks(10_000),
            false => world.forge.github().swaps_webhooks(10_000),
        }
        applied_note(&world).await?;
        let ending = Ending::read(&world).await?;
        assert_eq!((ending.pulls, ending.events), (1, expected.events.clone()));
        world.forge.behaves();
        world.finish().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_that_are_known_change_nothing_and_old_news_do_not_either() -> Result<()> {
    let world = Arc::new(World::start().await?);
    applied_note(&world).await?;
    let (before, sent) = (Ending::read(&world).await?, sent(&world));
    let end = world.app().store().log(0, 100_000).await?.len();

    // The same order always, so that a failure comes again.
    let mut random = Random::new(1);
    let again: Vec<_> = std::iter::repeat_with(|| random.below(sent.len()))
        .take(AGAIN)
        .map(|index| parcel(&sent[index], sent[index].guid.clone()))
        .collect::<Result<_>>()?;
    post_all(&world, again).await?;
    world.settle().await?;
    assert_eq!(Ending::read(&world).await?, before);
    assert_eq!(world.app().store().log(0, 100_000).await?.len(), end, "a known delivery was acted upon");

    // The same news under other names, the newest first: nothing is done twice, and nobody is told twice.
    let news: Vec<_> = sent
        .iter()
        .rev()
        .enumerate()
        .map(|(index, delivery)| parcel(delivery, format!("again-{index}")))
        .collect::<Result<_>>()?;
    post_all(&world, news).await?;
    world.settle().await?;
    assert_eq!(Ending::read(&world).await?, before);
    world.finish().await
}
