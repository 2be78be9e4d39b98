//! Facts in, a decision, everything it changes in one transaction. Nobody else writes events.

use std::sync::Arc;

use tfpilot_engine::{
    Command, Decision, EVENT_SCHEMA_VERSION, Envelope, Event, Facts, Rules, Signal, Wake, decide,
};
use tracing::info;

use crate::clock::Clock;
use crate::store::{Commit, Lane, NewCommand, Record, Store, StoreError, StreamId, View, ViewChange};
use crate::worker::views::{self, LockRow};

use self::folded::FoldedFacts;

mod folded;

/// How often a decision is made again because somebody else wrote first.
const ATTEMPTS: u32 = 20;

/// What a decision settles beside its events.
#[derive(Debug, Default, Clone)]
pub(crate) struct Settles {
    /// The delivery it answers.
    pub(crate) delivery: Option<u64>,
    /// The command whose outcome it records.
    pub(crate) command: Option<u64>,
    /// Rows that belong into the same transaction.
    pub(crate) views: Vec<ViewChange>,
}

/// What a decision led to.
#[derive(Debug)]
pub(crate) struct Decided {
    /// The facts afterwards, which other decisions may have led to as well.
    pub(crate) facts: Facts,
    /// What this decision itself recorded.
    pub(crate) events: Vec<Event>,
}

/// Loads facts, decides, commits.
#[derive(Clone)]
pub(crate) struct Ledger {
    store: Arc<dyn Store>,
    clock: Clock,
    folded: Arc<FoldedFacts>,
}

impl Ledger {
    /// A ledger on a store.
    pub(crate) fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock, folded: Arc::default() }
    }

    /// The facts of a stream under the rules in force.
    pub(crate) async fn facts(&self, stream: &StreamId, rules: &Rules) -> Result<Facts, StoreError> {
        let known = self.folded.get(stream);
        let known = known.unwrap_or_else(|| Facts::new(stream.0.clone(), Rules::default()));
        let newer = self.store.load_after(stream, known.version).await?;
        let events = newer.iter().map(read_event).collect::<Result<Vec<Event>, StoreError>>()?;
        let mut facts = known.folded(events);
        if !newer.is_empty() {
            self.folded.keep(stream, &facts);
        }
        facts.rules = rules.clone();
        self.look_up_locks(stream, &mut facts).await?;
        Ok(facts)
    }

    /// Decides on signals, each on the facts that the ones before it led to, and commits what all of them lead to in one
    /// transaction. Decisions that change nothing settle what they should and write nothing else.
    pub(crate) async fn decide(
        &self,
        stream: &StreamId,
        rules: &Rules,
        signals: &[Signal],
        settles: Settles,
    ) -> Result<Decided, StoreError> {
        for _ in 0..ATTEMPTS {
            match self.try_decide(stream, rules, signals, &settles).await {
                Err(StoreError::Conflict(_)) => {}
                other => return other,
            }
        }
        Err(StoreError::Conflict(format!("{stream} after {ATTEMPTS} attempts")))
    }

    async fn try_decide(
        &self,
        stream: &StreamId,
        rules: &Rules,
        signals: &[Signal],
        settles: &Settles,
    ) -> Result<Decided, StoreError> {
        let before = self.facts(stream, rules).await?;
        let now = self.clock.now();
        let (decision, after) = decide_in_order(&before, signals, now);
        let mut diff = views::diff(stream, &before, &after, now)?;
        diff.changes.extend(settles.views.iter().cloned());
        let commit = Commit {
            stream: stream.clone(),
            expected_version: before.version,
            at: now,
            events: decision.events.iter().map(write_event).collect::<Result<_, _>>()?,
            commands: decision
                .commands
                .iter()
                .map(|command| new_command(command, now))
                .collect::<Result<_, _>>()?,
            views: diff.changes,
            guards: diff.guards,
            finishes_delivery: settles.delivery,
            finishes_command: settles.command,
        };
        self.store.commit(commit).await?;
        for event in &decision.events {
            info!(stream = %stream, event = event_name(event), "recorded");
        }
        Ok(Decided { facts: after, events: decision.events })
    }

    async fn look_up_locks(&self, stream: &StreamId, facts: &mut Facts) -> Result<(), StoreError> {
        let Some((repository, _)) = views::parse_stream(stream) else { return Ok(()) };
        let stacks: Vec<_> = facts.stacks().iter().map(|stack| stack.path.clone()).collect();
        for stack in stacks {
            let key = views::lock_key(repository, stack.as_str());
            if let Some(bytes) = self.store.view(View::Locks, &key).await? {
                let row: LockRow = views::read(View::Locks, &key, &bytes)?;
                if row.stream != *stream {
                    facts.held_by_others.insert(stack, row.pull);
                }
            }
        }
        Ok(())
    }
}

/// What all signals lead to, one after another, and the facts afterwards.
fn decide_in_order(before: &Facts, signals: &[Signal], now: jiff::Timestamp) -> (Decision, Facts) {
    let (mut all, mut facts) = (Decision::default(), before.clone());
    for signal in signals {
        let Decision { events, commands } = decide(&facts, signal, now);
        facts = facts.folded(events.iter().cloned());
        all.events.extend(events);
        all.commands.extend(commands);
    }
    (all, facts)
}

/// Reads an event of this or an older schema version.
pub(crate) fn read_event(record: &Record) -> Result<Event, StoreError> {
    let envelope: Envelope = serde_json::from_slice(&record.body).map_err(|error| {
        StoreError::Damaged(format!("event {} at position {}: {error}", record.version, record.position))
    })?;
    if envelope.v > EVENT_SCHEMA_VERSION {
        return Err(StoreError::Damaged(format!(
            "event at position {} was written by a newer version ({}) than this one reads ({EVENT_SCHEMA_VERSION})",
            record.position, envelope.v
        )));
    }
    Ok(envelope.event)
}

fn write_event(event: &Event) -> Result<Vec<u8>, StoreError> {
    views::write(&Envelope { v: EVENT_SCHEMA_VERSION, event: event.clone() })
}

/// The event's tag, for logs and metrics.
pub(crate) fn event_name(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap_or_default();
    value.get("event").and_then(serde_json::Value::as_str).unwrap_or("unknown").to_owned()
}

/// Lane, key and time of a command: what may wait for what, and what is the same.
fn new_command(command: &Command, now: jiff::Timestamp) -> Result<NewCommand, StoreError> {
    let (lane, key, due) = match command {
        Command::CommitBranch => (Lane::Act, "commit-branch".to_owned(), now),
        Command::CommitLockFile { stack, .. } => (Lane::Act, format!("commit-lock-file/{stack}"), now),
        Command::Suggest { open } => (Lane::Act, format!("suggest/{}", open.of), now),
        Command::Explain { job } => (Lane::Courtesy, format!("explain/{job}"), now),
        Command::RenewBranch { .. } => (Lane::Act, "renew-branch".to_owned(), now),
        Command::OpenPull => (Lane::Act, "open-pull".to_owned(), now),
        Command::SetPullState { open } => (Lane::Act, format!("pull-state/{open}"), now),
        Command::Observe { .. } => (Lane::Show, "observe".to_owned(), now),
        Command::Dispatch { run } => (Lane::Act, format!("dispatch/{run}"), now),
        Command::CancelRun { run } => (Lane::Courtesy, format!("cancel/{run}"), now),
        Command::Merge { .. } => (Lane::Act, "merge".to_owned(), now),
        Command::RequestReview { of, .. } => (Lane::Show, format!("review/{of:?}"), now),
        Command::React { on, reaction } => (Lane::Courtesy, format!("react/{on:?}/{reaction:?}"), now),
        Command::Learn { to, .. } => (Lane::Show, format!("learn/{}", to.id), now),
        Command::Say { call } => (Lane::Show, format!("say/{}", call.key), now),
        Command::Minimize { key, opening, .. } => (Lane::Courtesy, format!("minimize/{key}/{opening}"), now),
        Command::Show => (Lane::Show, "show".to_owned(), now),
        Command::Wake { at, what } => (Lane::Timer, wake_key(what), *at),
    };
    Ok(NewCommand { key, lane, due, body: views::write(command)? })
}

fn wake_key(what: &Wake) -> String {
    match what {
        Wake::Start { run } => format!("wake/start/{run}"),
        Wake::Lease { job } => format!("wake/lease/{job}"),
        Wake::Freeze { turn } => format!("wake/freeze/{turn}"),
        Wake::Mergeable { number } => format!("wake/mergeable/{number}"),
    }
}

#[cfg(test)]
mod tests;
