//! Follows an apply: each step of each resource is durable at the app before Terraform's next line is read.
//!
//! When the app does not take an entry any more, Terraform is interrupted once, so that nothing more is begun
//! unrecorded; what it still says is kept and offered again.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tfpilot_protocol::{AppliedOutput, JobLimits, JournalBatch, JournalEntry, JournalStep};
use tokio::time::Instant;

use crate::cancel::{Cancel, Level};
use crate::client::{JobClient, Patience};
use crate::mask::Mask;
use crate::progress::Progress;
use crate::terraform::diagnostics::{Diagnostics, cut};
use crate::terraform::process::{Interrupted, Running};
use crate::terraform::stream::{Changes, Line};

/// Terraform's own words for a plan whose state has moved.
const STALE: &[&str] = &["Saved plan is stale", "Saved plan does not match the given state"];

/// What Terraform said during an apply.
#[derive(Debug, Default)]
pub struct Story {
    /// Masked messages.
    pub diagnostics: Diagnostics,
    /// Terraform refused the plan because the state moved.
    pub stale: bool,
    /// Terraform's counts at the end.
    pub changes: Changes,
    /// Outputs; sensitive ones have no value.
    pub outputs: BTreeMap<String, AppliedOutput>,
    /// Entries the app never took.
    pub undelivered: usize,
}

/// Keeps the journal of one apply.
#[derive(Debug)]
pub struct Journal<'a> {
    /// Takes the entries.
    pub client: &'a JobClient,
    /// What may not be seen.
    pub mask: &'a Mask,
    /// Hears each line and how far it is.
    pub progress: &'a Progress,
    /// An interrupt reaches Terraform also while an entry waits for the app.
    pub cancel: Cancel,
    /// Path of the stack in the repository.
    pub stack: &'a str,
    /// When to call it slow.
    pub limits: JobLimits,
    /// How long an entry is offered.
    pub patience: Patience,
}

/// Entries on their way.
#[derive(Debug, Default)]
struct Queue {
    seq: u64,
    pending: Vec<JournalEntry>,
    refused: bool,
    done: u32,
    total: u32,
}

impl Journal<'_> {
    /// Reads `running` to its last line.
    pub async fn follow(&self, running: &mut Running) -> io::Result<Story> {
        let (mut story, mut queue) = (Story::default(), Queue::default());
        let slow =
            tokio::time::sleep_until(Instant::now() + Duration::from_secs(self.limits.apply_warn_seconds));
        tokio::pin!(slow);
        let mut warned = false;
        loop {
            let text = tokio::select! {
                text = running.next_line() => text?,
                () = &mut slow, if !warned => {
                    warned = true;
                    tracing::warn!(seconds = self.limits.apply_warn_seconds, "the apply is slow");
                    self.progress.line("The apply takes longer than expected; it goes on.");
                    continue;
                }
            };
            let Some(text) = text else { break };
            let line = Line::parse(&text);
            self.progress.line(&self.mask.text(&line.message));
            self.hear(line, &mut story, &mut queue);
            if !queue.pending.is_empty() {
                self.deliver(running, &mut queue).await;
            }
        }
        story.undelivered = self.deliver_rest(&mut queue).await;
        Ok(story)
    }

    /// Sorts one line.
    fn hear(&self, line: Line, story: &mut Story, queue: &mut Queue) {
        let step = match line.kind.as_str() {
            "apply_start" => JournalStep::Started,
            "apply_complete" => JournalStep::Completed,
            "apply_errored" => JournalStep::Failed,
            "planned_change" => {
                queue.total += 1;
                return self.progress.count(queue.done, queue.total);
            }
            "change_summary" => return story.changes = line.changes.unwrap_or_default(),
            "outputs" => return story.outputs = self.outputs(line),
            "diagnostic" => {
                let Some(raw) = &line.diagnostic else { return };
                story.stale |= STALE.contains(&raw.summary.as_str());
                return story.diagnostics.add(raw, self.stack, self.mask);
            }
            _ => return,
        };
        // A data source that is read again makes nothing.
        let Some(hook) = line.hook.filter(|hook| hook.action != "read") else { return };
        queue.seq += 1;
        queue.pending.push(JournalEntry {
            seq: queue.seq,
            address: cut(&self.mask.text(&hook.resource.addr), 2000),
            action: cut(&hook.action, 100),
            step,
            resource_id: hook.id_value.filter(|id| !id.is_empty()).map(|id| cut(&self.mask.text(&id), 2000)),
            at: cut(&line.at, 100),
        });
        if step == JournalStep::Completed {
            queue.done += 1;
            self.progress.count(queue.done, queue.total.max(queue.done));
        }
    }

    fn outputs(&self, line: Line) -> BTreeMap<String, AppliedOutput> {
        let outputs = line.outputs.unwrap_or_default().into_iter();
        outputs
            .map(|(name, output)| {
                let value =
                    output.value.filter(|_| !output.sensitive).map(|value| self.mask.json(&name, value));
                (name, AppliedOutput { value, sensitive: output.sensitive })
            })
            .collect()
    }

    /// Offers what is pending; reading goes on when it is durable.
    async fn deliver(&self, running: &mut Running, queue: &mut Queue) {
        // After a refusal one try each is enough: Terraform is already ending, and its pipe must not fill up.
        let patience = if queue.refused { Patience::NONE } else { self.patience };
        let batch = JournalBatch { entries: queue.pending.clone() };
        let sending = self.client.journal(&batch, patience);
        tokio::pin!(sending);
        let mut interrupted = false;
        let answer = loop {
            tokio::select! {
                answer = &mut sending => break answer,
                () = self.cancel.reached(Level::Interrupt), if !interrupted => {
                    interrupted = true;
                    running.interrupt(Interrupted::Cancelled);
                }
            }
        };
        match answer {
            Ok(ack) => queue.pending.retain(|entry| entry.seq > ack.through),
            Err(error) => {
                if !queue.refused {
                    tracing::error!(%error, "the journal is not taken; terraform is interrupted");
                }
                queue.refused = true;
            }
        }
        if !queue.pending.is_empty() {
            running.interrupt(Interrupted::Cancelled);
        }
    }

    async fn deliver_rest(&self, queue: &mut Queue) -> usize {
        if !queue.pending.is_empty() {
            let batch = JournalBatch { entries: queue.pending.clone() };
            if let Ok(ack) = self.client.journal(&batch, self.patience).await {
                queue.pending.retain(|entry| entry.seq > ack.through);
            }
        }
        queue.pending.len()
    }
}
