//! How a story ended, without what differs from one to the next: digests, ids and times.

use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use regex::Regex;
use serde::Serialize;
use tfpilot::store::chain::{ChainVerdict, verify_chain};
use tfpilot::store::{SledStore, Store};
use tfpilot_forge::Forge;
use tfpilot_tests::REPOSITORY;

/// Records read from the log at once.
const PAGE: usize = 1_000;

/// What differs between two good endings.
static VOLATILE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}( UTC)?)?", "<time>"),
        (r"https?://127\.0\.0\.1:[0-9]+", "<forge>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>"),
        (r"\b[0-9a-f]{7,64}\b", "<hex>"),
        (r"/tmp/[^/` ]+", "<dir>"),
    ]
    .map(|(pattern, name)| (Regex::new(pattern).unwrap(), name))
    .into()
});

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Ending {
    issue: Thread,
    pull: Thread,
    merged: bool,
    files: Vec<String>,
    /// Number of pull requests.
    pulls: usize,
    /// Name, status, conclusion, title and buttons of the latest check of each name.
    checks: Vec<String>,
    /// Serial and resources of the state.
    state: (u64, usize),
    /// Events of the kinds that must not double.
    events: Vec<(&'static str, usize)>,
}

/// A thread as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Thread {
    title: String,
    open: bool,
    labels: Vec<String>,
    assignees: Vec<String>,
    reactions: Reactions,
    /// Author, text, why it is folded away, reactions; sorted, as their order may differ.
    comments: Vec<(String, String, Option<String>, Reactions)>,
}

/// Who put what.
type Reactions = Vec<(String, String)>;

/// Kinds of events that stand for something irreversible.
const ONCE: [&str; 8] = [
    "requested",
    "branch-committed",
    "apply-requested",
    "ticket-issued",
    "ticket-spent",
    "stack-applied",
    "apply-finished",
    "merged",
];

impl Ending {
    /// Reads GitHub, the state file and the store of a server that is not running.
    pub(crate) async fn read(forge: &Forge, dir: &Path, data: &Path, issue: u64) -> Result<Ending> {
        let pulls = forge.pulls(REPOSITORY)?;
        let pull = pulls.first().context("a pull request")?;
        let checks = forge.checks(REPOSITORY, &format!("#{}", pull.number))?;
        let mut checks: Vec<String> = checks
            .iter()
            .map(|check| {
                let conclusion = check.conclusion.as_deref().unwrap_or("-");
                let title = mask(&check.title);
                format!("{} {} {conclusion} {title} {:?}", check.name, check.status, check.buttons)
            })
            .collect();
        checks.sort();
        Ok(Ending {
            issue: thread(forge, issue)?,
            pull: thread(forge, pull.number)?,
            merged: pull.merged,
            files: pull.files.clone(),
            pulls: pulls.len(),
            checks,
            state: state(&dir.join("state/live/dev/hello-team.tfstate"))?,
            events: events(data).await?,
        })
    }
}

fn thread(forge: &Forge, number: u64) -> Result<Thread> {
    let seen = forge.issue(REPOSITORY, number)?;
    let sorted = |mut reactions: Reactions| {
        reactions.sort();
        reactions
    };
    let mut comments: Vec<_> = forge
        .comments(REPOSITORY, number)?
        .into_iter()
        .map(|comment| (comment.author, mask(&comment.body), comment.minimized, sorted(comment.reactions)))
        .collect();
    comments.sort();
    let (title, open, labels, assignees) = (seen.title, seen.open, seen.labels, seen.assignees);
    Ok(Thread { title, open, labels, assignees, reactions: sorted(seen.reactions), comments })
}

fn mask(text: &str) -> String {
    VOLATILE
        .iter()
        .fold(text.to_owned(), |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
}

fn state(path: &Path) -> Result<(u64, usize)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let state: serde_json::Value = serde_json::from_str(&text)?;
    let serial = state["serial"].as_u64().context("a serial")?;
    Ok((serial, state["resources"].as_array().context("resources")?.len()))
}

/// Counts events; and the store must be whole, with nothing left to do but to wait.
async fn events(data: &Path) -> Result<Vec<(&'static str, usize)>> {
    let store = SledStore::open(data.join("store"))?;
    store.check().await?;
    let verdict = verify_chain(&store, 1).await?;
    ensure!(matches!(verdict, ChainVerdict::Whole(_)), "the log is broken: {verdict:?}");
    store.take_over().await?;
    let now = jiff::Timestamp::now();
    let left = store.claim_delivery(now, 1).await?;
    ensure!(left.is_none(), "a delivery is not handled: {left:?}");
    let left = store.claim_command(now, 1).await?;
    ensure!(left.is_none(), "a command is not executed: {left:?}");
    let mut kinds = Vec::new();
    let mut position = 0;
    loop {
        let page = store.log(position, PAGE).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        for record in &page {
            let body: serde_json::Value = serde_json::from_slice(&record.body)?;
            kinds.push(body["event"].as_str().context("an event's kind")?.to_owned());
        }
    }
    Ok(ONCE.iter().map(|kind| (*kind, kinds.iter().filter(|found| found == kind).count())).collect())
}
