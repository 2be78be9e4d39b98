//! When the steps of a story were decided, from the event log, and what lies between them.

use jiff::Timestamp;
use tfpilot::store::Record;
use tfpilot_forge::Seen;

/// The steps that can be told apart, in their order.
const STEPS: [(&str, &str); 5] = [
    ("requested", "issue opened → request recorded (webhook, reading)"),
    ("run-requested", "→ run decided (render, commit, pull request, tree, admission)"),
    ("job-claimed", "→ job claimed (dispatch, start of the worker)"),
    ("plan-recorded", "→ plan recorded (the worker, Terraform included)"),
    ("plans-completed", "→ plans completed"),
];

/// The last step: what people wait for.
const LAST: &str = "→ last check posted";

/// Name of the step that the worker makes.
pub(crate) const WORKER: &str = STEPS[3].1;

/// The time between each step and the one before, in seconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timeline {
    /// Name and duration.
    pub(crate) steps: Vec<(&'static str, f64)>,
}

impl Timeline {
    /// Reads the records of one story. `asked` is when the issue was opened, `calls` what GitHub was asked since.
    ///
    /// # Errors
    /// When a step was never made.
    pub(crate) fn read(asked: Timestamp, records: &[Record], calls: &[Seen]) -> anyhow::Result<Timeline> {
        let mut timeline = Timeline::default();
        let mut before = asked;
        for (event, name) in STEPS {
            let at = first(records, event).ok_or_else(|| anyhow::anyhow!("no {event} was recorded"))?;
            timeline.steps.push((name, between(before, at)));
            before = at;
        }
        let posted = calls.iter().filter(|seen| is_check(seen)).map(|seen| seen.at).max();
        let posted = posted.ok_or_else(|| anyhow::anyhow!("no check was posted"))?;
        timeline.steps.push((LAST, between(before, posted)));
        Ok(timeline)
    }

    /// From the issue to the last check.
    pub(crate) fn total(&self) -> f64 {
        self.steps.iter().map(|(_, seconds)| seconds).sum()
    }

    /// One step.
    pub(crate) fn step(&self, wanted: &str) -> f64 {
        self.steps.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, seconds)| *seconds)
    }
}

/// When an event was first recorded.
fn first(records: &[Record], event: &str) -> Option<Timestamp> {
    records.iter().find(|record| kind(record).as_deref() == Some(event)).map(|record| record.at)
}

fn kind(record: &Record) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&record.body).ok()?;
    Some(body.get("event")?.as_str()?.to_owned())
}

/// Whether a call creates or changes a check run.
fn is_check(seen: &Seen) -> bool {
    seen.method != "GET" && seen.route.is_some_and(|route| route.contains("/check-runs"))
}

fn between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use tfpilot::store::StreamId;

    use super::*;

    fn record(event: &str, millis: i64) -> Record {
        Record {
            position: 1,
            stream: StreamId("1/1".into()),
            version: 1,
            at: Timestamp::from_millisecond(millis).unwrap(),
            body: format!(r#"{{"v":1,"event":"{event}"}}"#).into_bytes(),
            hash: [0; 32],
        }
    }

    #[test]
    fn steps_add_up_to_the_last_check() {
        let events = ["requested", "run-requested", "job-claimed", "plan-recorded", "plans-completed"];
        let records: Vec<Record> =
            events.iter().zip([10, 30, 60, 100, 110]).map(|(event, at)| record(event, at)).collect();
        let seen = |route: &'static str, at| Seen {
            at: Timestamp::from_millisecond(at).unwrap(),
            method: "POST".into(),
            path: route.into(),
            route: Some(route),
            number: None,
            status: 201,
        };
        let calls =
            [seen("/repos/{owner}/{repo}/check-runs", 150), seen("/repos/{owner}/{repo}/issues", 900)];
        let timeline = Timeline::read(Timestamp::UNIX_EPOCH, &records, &calls).unwrap();
        assert_eq!((timeline.total() * 1000.0).round(), 150.0);
        assert_eq!((timeline.step(WORKER) * 1000.0).round(), 40.0);
        assert!(Timeline::read(Timestamp::UNIX_EPOCH, &records[..3], &calls).is_err());
    }
}
