//! What the log says over all time: requests, plans, applies, how they ended and how long applies took.
//!
//! A tally follows the log from where it stood; the store keeps a copy as a shortcut after a start. It can always be
//! counted again from the beginning.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tfpilot_engine::{Event, Failure, JobId, Operation, Run, TicketId};

use crate::store::{Record, Store, StoreError, View, ViewChange};
use crate::worker::ledger::read_event;

/// Changes when the same log gives other numbers: older copies are then counted anew.
const TALLY_VERSION: u32 = 1;

/// The row of [`View::Marks`] that holds the copy.
const MARK: &str = "metrics/tally";

/// Records read at a time.
const BATCH: usize = 500;

/// The copy is written again when it lies this many records behind.
const KEEP_EVERY: u64 = 2_000;

/// Totals over the log up to a position.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    version: u32,
    /// The last record counted.
    pub(crate) position: u64,
    /// Requests made in issues.
    pub(crate) requests: u64,
    /// Plans made.
    pub(crate) plans: u64,
    /// Plan jobs that failed; cancelled ones are none.
    pub(crate) plans_failed: u64,
    /// Stacks applied to their end.
    pub(crate) applies: u64,
    /// Applies that failed after Terraform had started.
    pub(crate) applies_failed: u64,
    /// Applies whose end nobody knows.
    pub(crate) applies_unknown: u64,
    /// Apply jobs that failed before Terraform started; cancelled and stale ones are none.
    pub(crate) applies_not_started: u64,
    /// Requests that could not go on: no branch, no pull request.
    pub(crate) steps_failed: u64,
    /// Pull requests merged by us.
    pub(crate) merges: u64,
    /// Milliseconds between start and end, over all of `applies` whose start is known.
    pub(crate) apply_millis: u64,
    /// Of how many applies that is the sum.
    pub(crate) applies_timed: u64,
    open: BTreeMap<JobId, Open>,
    tickets: BTreeMap<TicketId, JobId>,
}

/// A job that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    apply: bool,
    started: Option<Timestamp>,
}

impl Tally {
    /// The copy in the store, or an empty tally.
    pub(crate) async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let kept = store.view(View::Marks, MARK).await?;
        let kept = kept.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let empty = Self { version: TALLY_VERSION, ..Self::default() };
        Ok(kept.filter(|tally| tally.version == TALLY_VERSION).unwrap_or(empty))
    }

    /// Counts what the log got since.
    pub(crate) async fn follow(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let mut kept = self.position;
        loop {
            let batch = store.log(self.position, BATCH).await?;
            for record in &batch {
                self.count(record)?;
            }
            if self.position.saturating_sub(kept) >= KEEP_EVERY {
                self.keep(store).await?;
                kept = self.position;
            }
            if batch.len() < BATCH {
                return Ok(());
            }
        }
    }

    async fn keep(&self, store: &dyn Store) -> Result<(), StoreError> {
        let value = serde_json::to_vec(self).map_err(|error| StoreError::Failed(error.to_string()))?;
        let change = ViewChange { view: View::Marks, key: MARK.to_owned(), value: Some(value) };
        store.put_views(vec![change], Vec::new()).await
    }

    fn count(&mut self, record: &Record) -> Result<(), StoreError> {
        self.add(&read_event(record)?);
        self.position = record.position;
        Ok(())
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Requested { .. } => self.requests += 1,
            Event::StepFailed { .. } => self.steps_failed += 1,
            Event::RunRequested { run } => self.open_jobs(run),
            Event::PlanRecorded { plan } => {
                self.plans += 1;
                self.open.remove(&plan.job);
            }
            Event::TicketIssued { ticket } => drop(self.tickets.insert(ticket.id, ticket.job)),
            Event::TicketVoided { ticket, .. } => drop(self.tickets.remove(ticket)),
            Event::TicketSpent { ticket, at } => {
                let job = self.tickets.remove(ticket).and_then(|job| self.open.get_mut(&job));
                job.into_iter().for_each(|job| job.started = Some(*at));
            }
            Event::StackApplied { job, applied } => self.applied(*job, applied.at),
            Event::JobFailed { job, failure, .. } => self.failed(*job, failure),
            Event::JobSuperseded { job } => drop(self.open.remove(job)),
            Event::Merged { .. } => self.merges += 1,
            _ => {}
        }
    }

    fn open_jobs(&mut self, run: &Run) {
        let apply = run.operation == Operation::Apply;
        self.open.extend(run.jobs.keys().map(|job| (*job, Open { apply, started: None })));
    }

    fn applied(&mut self, job: JobId, at: Timestamp) {
        self.applies += 1;
        let Some(started) = self.open.remove(&job).and_then(|job| job.started) else { return };
        self.applies_timed += 1;
        self.apply_millis += u64::try_from(at.duration_since(started).as_millis()).unwrap_or(0);
    }

    fn failed(&mut self, job: JobId, failure: &Failure) {
        let Some(open) = self.open.remove(&job) else { return };
        match (open.apply, open.started.is_some(), failure) {
            (true, true, Failure::Stale) | (_, false, Failure::Cancelled) | (true, false, Failure::Stale) => {
            }
            (true, _, Failure::Unknown) => self.applies_unknown += 1,
            (true, true, _) => self.applies_failed += 1,
            (true, false, _) => self.applies_not_started += 1,
            (false, _, _) => self.plans_failed += 1,
        }
    }

    /// Everything that failed.
    pub(crate) fn failures(&self) -> u64 {
        self.plans_failed
            + self.applies_failed
            + self.applies_unknown
            + self.applies_not_started
            + self.steps_failed
    }

    /// Of the applies that Terraform was started for and that ended, the share that ended well, in percent.
    pub(crate) fn success_rate(&self) -> Option<f64> {
        let ended = self.applies + self.applies_failed + self.applies_unknown;
        (ended > 0).then(|| 100.0 * self.applies as f64 / ended as f64)
    }

    /// Seconds an apply took, on average.
    pub(crate) fn average_apply_seconds(&self) -> Option<f64> {
        let timed = self.applies_timed;
        (timed > 0).then(|| self.apply_millis as f64 / 1000.0 / timed as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const PERSON: u64 = 7;

    fn id(number: u32) -> String {
        format!("00000000-0000-4000-8000-{number:012}")
    }

    fn event(value: Value) -> Event {
        serde_json::from_value(value).expect("an event")
    }

    fn run(operation: &str, job: u32) -> Event {
        event(json!({ "event": "run-requested", "run": {
            "id": id(900 + job), "operation": operation, "environment": "dev", "executor": "sidecar", "head": "a",
            "requested_at": "2026-07-20T14:00:00Z", "requested_by": null, "jobs": { (id(job)): {
                "id": id(job), "stack": "live/dev/a", "inputs_digest": "d", "ticket": null,
                "state": { "state": "queued" } } } } }))
    }

    fn ticket(job: u32) -> Event {
        event(json!({ "event": "ticket-issued", "ticket": {
            "id": id(500 + job), "stack": "live/dev/a", "job": id(job), "plan_job": id(1), "plan_digest": "p",
            "bundle_sha256": "b", "inputs_digest": "d", "head": "a", "actor": { "id": PERSON, "login": "alice" },
            "approvals": [], "state": { "state": "issued" } } }))
    }

    fn spent(job: u32, second: u32) -> Event {
        event(
            json!({ "event": "ticket-spent", "ticket": id(500 + job), "at": format!("2026-07-20T14:01:{second:02}Z") }),
        )
    }

    fn applied(job: u32, second: u32) -> Event {
        event(
            json!({ "event": "stack-applied", "job": id(job), "applied": { "stack": "live/dev/a", "changed": 1,
            "outputs": {}, "at": format!("2026-07-20T14:01:{second:02}Z") } }),
        )
    }

    fn failed(job: u32, failure: &str) -> Event {
        event(
            json!({ "event": "job-failed", "job": id(job), "failure": { "failure": failure }, "at": "2026-07-20T14:02:00Z" }),
        )
    }

    fn tally(events: &[Event]) -> Tally {
        let mut tally = Tally::default();
        events.iter().for_each(|event| tally.add(event));
        tally
    }

    #[test]
    fn nothing_is_no_zero_percent() {
        let tally = Tally::default();
        assert_eq!((tally.success_rate(), tally.average_apply_seconds(), tally.failures()), (None, None, 0));
    }

    #[test]
    fn an_apply_takes_from_its_ticket_to_its_end() {
        let all = [
            [run("apply", 1), ticket(1), spent(1, 10), applied(1, 14)],
            [run("apply", 2), ticket(2), spent(2, 10), applied(2, 20)],
            [run("apply", 3), ticket(3), spent(3, 10), failed(3, "lost")],
            [run("apply", 4), ticket(4), spent(4, 10), failed(4, "unknown")],
        ];
        let tally = tally(all.as_flattened());
        assert_eq!((tally.applies, tally.applies_failed, tally.applies_unknown), (2, 1, 1));
        assert_eq!((tally.success_rate(), tally.average_apply_seconds()), (Some(50.0), Some(7.0)));
        assert!(tally.open.is_empty() && tally.tickets.is_empty(), "what ended is forgotten: {tally:?}");
    }

    #[test]
    fn what_people_stopped_or_the_state_outran_is_no_failure() {
        let all = [
            [run("plan", 1), failed(1, "cancelled")],
            [run("plan", 2), failed(2, "lost")],
            [run("apply", 3), failed(3, "stale")],
            [run("apply", 4), failed(4, "not-started")],
        ];
        let tally = tally(all.as_flattened());
        assert_eq!((tally.plans_failed, tally.applies_not_started, tally.failures()), (1, 1, 2));
        assert_eq!(tally.success_rate(), None);
    }

    #[test]
    fn a_copy_goes_on_where_it_stood() {
        let before = tally(&[run("apply", 1), ticket(1), spent(1, 10)]);
        let bytes = serde_json::to_vec(&before).expect("serialises");
        let mut after: Tally = serde_json::from_slice(&bytes).expect("reads");
        assert_eq!(after, before);
        after.add(&applied(1, 13));
        assert_eq!(after.average_apply_seconds(), Some(3.0));
    }
}
