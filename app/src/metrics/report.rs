//! Everything the admin listener tells, gathered at one moment: the log's totals, this process' counts, the queues
//! and the store.

use jiff::Timestamp;
use serde::Serialize;

use super::Counts;
use super::tally::Tally;
use super::text::{Kind, Sample, Text};
use crate::app::App;
use crate::rego;
use crate::store::{StoreError, Usage, View};
use crate::worker::views::{self, JobRow};

/// The numbers. What cannot be said is null, never 0.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// TfPilot's version.
    version: &'static str,
    /// Requests made in issues, ever.
    total_requests: u64,
    /// Of the applies that started and ended, the share that ended well, in percent.
    success_rate: Option<f64>,
    /// Plans, applies and steps that failed, ever.
    failures: u64,
    /// Seconds from Terraform's start to a stack's end, on average.
    average_apply_seconds: Option<f64>,
    /// The same in detail.
    recorded: Recorded,
    /// Since this process started.
    process: Counts,
    /// Rego policies since this process started.
    rego: rego::Counts,
    /// Requests to GitHub since this process started.
    github: GitHubCounts,
    /// What waits or is worked on.
    queues: Queues,
    /// The store.
    store: StoreNumbers,
}

/// Totals of the log.
#[derive(Debug, Serialize)]
struct Recorded {
    plans: u64,
    plans_failed: u64,
    applies: u64,
    applies_failed: u64,
    applies_unknown: u64,
    applies_not_started: u64,
    steps_failed: u64,
    merges: u64,
}

/// Requests to GitHub.
#[derive(Debug, Serialize)]
struct GitHubCounts {
    total: u64,
    /// How often GitHub asked us to pause.
    pauses: u64,
    /// What each installation may still ask for.
    budgets: Vec<BudgetNumbers>,
    by_kind: Vec<KindCount>,
}

/// What an installation may still ask for.
#[derive(Debug, Serialize)]
struct BudgetNumbers {
    installation: u64,
    limit: Option<u64>,
    remaining: Option<u64>,
    resets_at: Option<Timestamp>,
    paused_until: Option<Timestamp>,
    /// Seconds until then.
    paused_seconds: i64,
}

/// Requests of one kind.
#[derive(Debug, Serialize)]
struct KindCount {
    method: String,
    /// The address with placeholders.
    route: &'static str,
    /// HTTP status; 0 when there was no answer.
    status: u16,
    count: u64,
}

/// What waits or is worked on.
#[derive(Debug, Serialize)]
struct Queues {
    deliveries: Option<u64>,
    commands: Option<u64>,
    jobs_queued: u64,
    jobs_running: u64,
}

/// The store.
#[derive(Debug, Serialize)]
struct StoreNumbers {
    healthy: bool,
    bytes: Option<u64>,
    events: u64,
}

/// Gathers the numbers.
pub(crate) async fn report(app: &App) -> Result<Report, StoreError> {
    let tally = app.metrics.tally(app.store.as_ref()).await?;
    let Usage { bytes, deliveries, commands } = app.store.usage().await?;
    let (jobs_queued, jobs_running) = jobs(app).await?;
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        total_requests: tally.requests,
        success_rate: tally.success_rate(),
        failures: tally.failures(),
        average_apply_seconds: tally.average_apply_seconds(),
        recorded: Recorded::from(&tally),
        process: app.metrics.counts(),
        rego: app.rego.counts(),
        github: github(app),
        queues: Queues { deliveries, commands, jobs_queued, jobs_running },
        store: StoreNumbers { healthy: app.store.healthy().is_ok(), bytes, events: tally.position },
    })
}

impl From<&Tally> for Recorded {
    fn from(tally: &Tally) -> Self {
        Self {
            plans: tally.plans,
            plans_failed: tally.plans_failed,
            applies: tally.applies,
            applies_failed: tally.applies_failed,
            applies_unknown: tally.applies_unknown,
            applies_not_started: tally.applies_not_started,
            steps_failed: tally.steps_failed,
            merges: tally.merges,
        }
    }
}

fn github(app: &App) -> GitHubCounts {
    let counts = app.github.requests();
    let total = counts.values().sum();
    let by_kind = counts.into_iter().map(|(kind, count)| KindCount {
        method: kind.method,
        route: kind.template,
        status: kind.status,
        count,
    });
    let now = app.clock.now();
    let budgets = app.github.budgets().into_iter().map(|budget| BudgetNumbers {
        installation: budget.installation.0,
        limit: budget.allowance.map(|allowance| allowance.limit),
        remaining: budget.allowance.map(|allowance| allowance.remaining),
        resets_at: budget.allowance.map(|allowance| allowance.resets_at),
        paused_until: budget.paused_until,
        paused_seconds: budget.paused_until.map_or(0, |until| until.duration_since(now).as_secs()),
    });
    let (pauses, budgets) = (app.github.pauses(), budgets.collect());
    GitHubCounts { total, pauses, budgets, by_kind: by_kind.collect() }
}

/// Open jobs: waiting for a worker, and with one.
async fn jobs(app: &App) -> Result<(u64, u64), StoreError> {
    let (mut queued, mut running) = (0, 0);
    for (key, bytes) in app.store.scan(View::Jobs, "", usize::MAX).await? {
        let row: JobRow = views::read(View::Jobs, &key, &bytes)?;
        if row.queued { queued += 1 } else { running += 1 }
    }
    Ok((queued, running))
}

impl Report {
    /// The same numbers in Prometheus' text form.
    pub(crate) fn text(&self) -> String {
        let mut text = Text::default();
        let number = |number: u64| Some(number as f64);
        let mut counter = |name: &str, help: &str, value: u64| {
            text.one(name, Kind::Counter, help, number(value));
        };
        counter("requests_total", "Requests made in issues.", self.total_requests);
        counter("failures_total", "Plans, applies and steps that failed.", self.failures);
        counter("plans_total", "Plans made.", self.recorded.plans);
        counter("plans_failed_total", "Plan jobs that failed.", self.recorded.plans_failed);
        counter("applies_total", "Stacks applied.", self.recorded.applies);
        counter(
            "applies_failed_total",
            "Applies that failed after they started.",
            self.recorded.applies_failed,
        );
        counter("applies_unknown_total", "Applies whose end is not known.", self.recorded.applies_unknown);
        counter(
            "applies_not_started_total",
            "Apply jobs that failed before they started.",
            self.recorded.applies_not_started,
        );
        counter("steps_failed_total", "Requests that could not go on.", self.recorded.steps_failed);
        counter("merges_total", "Pull requests merged.", self.recorded.merges);
        counter("webhooks_total", "Webhooks acknowledged.", self.process.webhooks);
        counter(
            "webhooks_duplicate_total",
            "Webhooks that were known already.",
            self.process.webhooks_duplicate,
        );
        counter(
            "webhooks_refused_total",
            "Webhooks without a valid signature.",
            self.process.webhooks_refused,
        );
        counter("commands_total", "Commands that had their effect.", self.process.commands_done);
        counter(
            "commands_retried_total",
            "Attempts that are made again later.",
            self.process.commands_retried,
        );
        counter("commands_given_up_total", "Commands that failed for good.", self.process.commands_given_up);
        let mut counter = |name: &str, help: &str, value: u64| {
            text.one(name, Kind::Counter, help, number(value));
        };
        counter(
            "commands_delayed_total",
            "Times that a command waited for GitHub's limits.",
            self.process.commands_delayed,
        );
        counter(
            "commands_dropped_total",
            "Commands dropped because GitHub shuts us out of the repository.",
            self.process.commands_dropped,
        );
        counter(
            "access_lost_total",
            "Times that GitHub shut us out of a repository.",
            self.process.access_lost,
        );
        counter(
            "too_much_total",
            "Comments and issues not read, as too much was asked for within an hour.",
            self.process.too_much,
        );
        counter(
            "permissions_lacking_total",
            "Times that an installation was found to lack a permission.",
            self.process.permissions_lacking,
        );
        counter("github_pauses_total", "Times that GitHub asked us to pause.", self.github.pauses);
        counter("sweeps_total", "Sweeps of what GitHub did not bring.", self.process.sweeps);
        counter("sweeps_failed_total", "Sweeps that could not go on.", self.process.sweeps_failed);
        counter(
            "deliveries_asked_again_total",
            "Deliveries that GitHub was asked to repeat.",
            self.process.deliveries_asked_again,
        );
        counter(
            "deliveries_given_up_total",
            "Deliveries that never came, however often they were asked for.",
            self.process.deliveries_given_up,
        );
        counter(
            "swept_open_total",
            "Issues and pull requests read after an outage longer than GitHub's memory.",
            self.process.swept_open,
        );
        counter("rego_asked_total", "Processes that read or asked a Rego policy.", self.rego.asked);
        counter("rego_known_total", "Questions about Rego policies whose answer was known.", self.rego.known);
        counter(
            "rego_failed_total",
            "Of these processes, those that ended without an answer.",
            self.rego.failed,
        );
        text.one(
            "rego_seconds_total",
            Kind::Counter,
            "Time that these processes took.",
            Some(self.rego.milliseconds as f64 / 1000.0),
        );
        let calls: Vec<([(&str, &str); 1], f64)> = self
            .process
            .model_calls
            .iter()
            .map(|(outcome, count)| ([("outcome", *outcome)], *count as f64))
            .collect();
        let samples = calls.iter().map(|(labels, value)| -> Sample<'_> { (labels, *value) });
        text.metric("model_calls_total", Kind::Counter, "Calls of the language model.", samples);
        text.one(
            "success_ratio",
            Kind::Gauge,
            "Share of ended applies that ended well.",
            self.success_rate.map(|rate| rate / 100.0),
        );
        text.one(
            "apply_seconds_average",
            Kind::Gauge,
            "Average time of an apply.",
            self.average_apply_seconds,
        );
        self.github_text(&mut text);
        let queues = [
            ("deliveries", self.queues.deliveries),
            ("commands", self.queues.commands),
            ("jobs_queued", Some(self.queues.jobs_queued)),
            ("jobs_running", Some(self.queues.jobs_running)),
        ];
        let labels: Vec<([(&str, &str); 1], f64)> = queues
            .iter()
            .filter_map(|(queue, length)| Some(([("queue", *queue)], (*length)? as f64)))
            .collect();
        let samples = labels.iter().map(|(labels, value)| -> Sample<'_> { (labels, *value) });
        text.metric("queue_length", Kind::Gauge, "What waits or is worked on.", samples);
        text.one("store_bytes", Kind::Gauge, "Size of the store on disk.", self.store.bytes.and_then(number));
        text.one("store_events", Kind::Gauge, "Events in the log.", number(self.store.events));
        text.one(
            "store_healthy",
            Kind::Gauge,
            "1 while the store works.",
            number(u64::from(self.store.healthy)),
        );
        text.finish()
    }

    /// A gauge with a sample per installation, where there is something to say.
    fn budget_text(
        &self,
        text: &mut Text,
        name: &str,
        help: &str,
        value: impl Fn(&BudgetNumbers) -> Option<f64>,
    ) {
        let known: Vec<(String, f64)> = self
            .github
            .budgets
            .iter()
            .filter_map(|budget| Some((budget.installation.to_string(), value(budget)?)))
            .collect();
        let labels: Vec<([(&str, &str); 1], f64)> =
            known.iter().map(|(id, value)| ([("installation", id.as_str())], *value)).collect();
        let samples = labels.iter().map(|(labels, value)| -> Sample<'_> { (labels, *value) });
        text.metric(name, Kind::Gauge, help, samples);
    }

    fn github_text(&self, text: &mut Text) {
        let whole = |number: Option<u64>| number.map(|number| number as f64);
        self.budget_text(text, "github_requests_limit", "GitHub's hourly limit.", |budget| {
            whole(budget.limit)
        });
        self.budget_text(text, "github_requests_remaining", "What is left of it.", |budget| {
            whole(budget.remaining)
        });
        self.budget_text(text, "github_paused_seconds", "Seconds until GitHub hears us again.", |budget| {
            Some(budget.paused_seconds as f64)
        });
        let statuses: Vec<String> = self.github.by_kind.iter().map(|kind| kind.status.to_string()).collect();
        let labels: Vec<([(&str, &str); 3], f64)> = self
            .github
            .by_kind
            .iter()
            .zip(&statuses)
            .map(|(kind, status)| {
                let labels =
                    [("method", kind.method.as_str()), ("route", kind.route), ("status", status.as_str())];
                (labels, kind.count as f64)
            })
            .collect();
        let samples = labels.iter().map(|(labels, value)| -> Sample<'_> { (labels, *value) });
        text.metric("github_requests_total", Kind::Counter, "Requests to GitHub.", samples);
    }
}
