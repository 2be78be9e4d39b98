//! The stories: one without kills as the oracle, one kill at each write of that story, and kills at random.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use tfpilot_forge::Forge;
use tfpilot_forge::faults::Moment;
use tfpilot_tests::{NOTE, REPOSITORY, Random, wanted};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::ending::Ending;
use crate::siege::{Blow, Fallen, Siege};

/// Kills of one story at most: a story has to get on between them.
const KILLS_A_STORY: usize = 8;

/// Kills at random moments, unless `TFPILOT_KILLS` says otherwise.
const RANDOM_KILLS: usize = 16;

/// Stories played at the same time.
const AT_ONCE: usize = 3;

/// A random kill falls on one of so many calls from the last start on.
const REACH: u64 = 14;

/// The ending of a story without kills, and the writes it made.
static QUIET: OnceCell<(Ending, Vec<(String, String)>)> = OnceCell::const_new();

/// A story that was played to its end.
struct Played {
    ending: Ending,
    /// Blows that were to fall.
    blows: usize,
    /// Blows that fell.
    fallen: Vec<Fallen>,
    /// What the server recorded, for whoever reads a failure.
    recorded: String,
    forge: Forge,
}

/// Asks for a note, approves and applies it, under blows.
async fn play(blows: Vec<Blow>) -> Result<Played> {
    let wanted = blows.len();
    let mut siege = Siege::start(blows).await?;
    let issue = siege.forge.alice().opens_issue(REPOSITORY, "A note for the team", NOTE).await?;
    siege
        .until("the plan is there", |forge| is(forge, "tfpilot/plan", "1 create in live/dev/hello-team"))
        .await?;
    let number = siege.forge.pulls(REPOSITORY)?.first().context("a pull request")?.number;
    // Too early: what is said of that is folded away once Bob has approved. A command that finds no server is not acted
    // upon later, so nobody gives one while it is killed.
    siege.until_calm().await?;
    siege.forge.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    siege.until("it is refused", |forge| says(forge, number, "**Not approved**")).await?;
    siege.forge.bob().approves(REPOSITORY, number).await?;
    siege.until("it is ready", |forge| is(forge, "tfpilot/apply", "Ready: 1 create")).await?;
    siege.forge.alice().comments(REPOSITORY, number, "/tfpilot apply").await?;
    siege
        .until("it is merged", |forge| {
            Ok(forge.pull(REPOSITORY, number)?.merged && !forge.issue(REPOSITORY, issue)?.open)
        })
        .await?;
    siege.until_calm().await?;
    siege.forge.behaves();
    siege.server.kill().await?;
    let ending = Ending::read(&siege.forge, siege.dir.path(), siege.server.data(), issue).await?;
    let log = siege.server.log();
    let told =
        |line: &&str| ["recorded", "listening", "WARN", "ERROR"].iter().any(|word| line.contains(word));
    let recorded = log.lines().filter(told).collect::<Vec<_>>().join("\n");
    Ok(Played { ending, blows: wanted, fallen: siege.fallen(), recorded, forge: siege.forge.clone() })
}

/// Plays stories, some at the same time: most of one is waiting.
async fn play_all(stories: Vec<Vec<Blow>>) -> Result<Vec<Played>> {
    let mut played = Vec::new();
    let (mut running, mut waiting) = (JoinSet::new(), stories.into_iter());
    loop {
        while running.len() < AT_ONCE
            && let Some(blows) = waiting.next()
        {
            running.spawn(play(blows));
        }
        match running.join_next().await {
            Some(story) => played.push(story??),
            None => return Ok(played),
        }
    }
}

/// Whether somebody said this.
fn says(forge: &Forge, number: u64, text: &str) -> Result<bool> {
    Ok(forge.comments(REPOSITORY, number)?.iter().any(|comment| comment.body.contains(text)))
}

/// Whether the check of the only pull request has this title.
fn is(forge: &Forge, check: &str, title: &str) -> Result<bool> {
    let Some(pull) = forge.pulls(REPOSITORY)?.into_iter().next() else { return Ok(false) };
    let checks = forge.checks(REPOSITORY, &format!("#{}", pull.number))?;
    Ok(checks.iter().any(|seen| seen.name == check && seen.title == title))
}

/// Plays the story without kills, once for all tests.
async fn quiet() -> Result<&'static (Ending, Vec<(String, String)>)> {
    QUIET
        .get_or_try_init(|| async {
            let Played { ending, fallen, forge, .. } = play(Vec::new()).await?;
            assert_eq!(fallen, []);
            let writes: BTreeSet<(String, String)> = forge
                .requests()
                .into_iter()
                // Asking for a token has no effect.
                .filter(|seen| seen.method != "GET" && !seen.path.contains("/access_tokens"))
                .map(|seen| (seen.method, last_words(&seen.path)))
                .collect();
            Ok((ending, writes.into_iter().collect()))
        })
        .await
}

/// The end of a path without its numbers and digests: what tells one endpoint from another.
fn last_words(path: &str) -> String {
    let is_word = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_')
    };
    let words: Vec<&str> = path.split('/').collect();
    let word = words.iter().rev().find(|part| is_word(part)).copied().unwrap_or_default();
    format!("/{word}")
}

fn same(played: &Played, quiet: &Ending) {
    let Played { ending, fallen, recorded, .. } = played;
    if ending != quiet {
        let text = |ending| serde_json::to_string_pretty(ending).unwrap();
        let (ending, quiet) = (text(ending), text(quiet));
        let only = |mine: &str, other: &str, sign: &str| -> String {
            mine.lines()
                .filter(|line| !other.lines().any(|known| known == *line))
                .map(|line| format!("{sign} {line}\n"))
                .collect()
        };
        panic!(
            "after {fallen:?} it ended so:\n{ending}\n{recorded}\nonly then (+), only without kills (-):\n{}{}",
            only(&ending, &quiet, "+"),
            only(&quiet, &ending, "-")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_each_write_the_story_ends_the_same() -> Result<()> {
    let (ending, writes) = quiet().await?;
    println!("{} endpoints are written to: {writes:?}", writes.len());
    assert!(writes.len() >= 10, "{writes:?}");
    // First before its effect, then, when it is tried again, after it. One endpoint a story: which call a blow meets
    // depends on where an earlier one left the story.
    let blow = |moment, (method, part): &(String, String)| Blow {
        moment,
        method: method.clone(),
        part: part.clone(),
        after: 0,
    };
    let stories = writes.iter().map(|write| vec![blow(Moment::Before, write), blow(Moment::After, write)]);
    for played in play_all(stories.collect()).await? {
        assert_eq!(played.fallen.len(), played.blows, "only {:?} fell", played.fallen);
        same(&played, ending);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_the_story_ends_the_same() -> Result<()> {
    let (ending, _) = quiet().await?;
    let kills = wanted("TFPILOT_KILLS", RANDOM_KILLS);
    let mut random = Random::seeded("TFPILOT_KILL_SEED");
    let seed = random.seed();
    let mut fell = 0;
    while fell < kills {
        let stories = (0..AT_ONCE).map(|_| (0..KILLS_A_STORY).map(|_| blow(&mut random)).collect()).collect();
        for played in play_all(stories).await? {
            same(&played, ending);
            fell += played.fallen.len().max(1);
        }
    }
    println!("{fell} kills at random, seed {seed}: every story ended the same");
    Ok(())
}

fn blow(random: &mut Random) -> Blow {
    let moment = if random.any().is_multiple_of(2) { Moment::Before } else { Moment::After };
    let after = usize::try_from(random.any() % REACH).unwrap_or_default();
    Blow { moment, method: String::new(), part: String::new(), after }
}
