//! What people are told about a plan: counts, rows in order of risk, why, and what of their own values differs.
//!
//! Plain data, made once and shown by check, comment, page and mail alike. [`risk`] orders, [`why`] explains,
//! [`diff`] compares; Markdown is `render`'s concern, and whether the plan may be applied the gates'.

mod counts;
mod diff;
mod doors;
mod drift;
mod exposure;
mod kinds;
mod paths;
mod risk;
mod rules;
mod shown;
mod statements;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use counts::Counts;
pub use diff::AttributeChange;
pub use drift::DriftRow;
pub use risk::Risk;
pub use shown::Shown;
pub(crate) use shown::{MAX_VALUE_CHARS, cut};
pub use why::Reason;

use crate::configuration::{Arguments, ExpressionNames};
use crate::{Action, ChangeHead, CheckStatus, Operation, Plan, RedactedPlan, ResourceChange};

/// A plan for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// `3 replace · 2 destroy`, or `No changes`.
    pub headline: String,
    /// How many of each.
    pub counts: Counts,
    /// What happens, worst first, then by address. Reads of data sources are only counted.
    pub rows: Vec<Row>,
    /// What really changed outside Terraform.
    pub drift: Vec<DriftRow>,
    /// Conditions that do not hold or could not be evaluated.
    pub checks: Vec<CheckRow>,
    /// Outputs that change.
    pub outputs: Vec<OutputRow>,
    /// What makes this plan less than a full answer; each forbids to call it passed.
    pub doubts: Vec<Reason>,
    /// Resources whose tags differ only by the provider's default tags.
    pub default_tags_changed: u32,
    no_changes: bool,
}

/// One resource instance and what happens to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The worst that can be said of it.
    pub risk: Risk,
    /// What happens.
    pub operation: Operation,
    /// Its address after the plan.
    pub address: String,
    /// Its address before, when a `moved` block applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_address: Option<String>,
    /// Resource type.
    pub kind: String,
    /// Why it happens and why it is risky.
    pub why: Vec<Reason>,
    /// What differs, of what people set; forced replacements first.
    pub changes: Vec<AttributeChange>,
}

/// A condition that needs a look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckRow {
    /// `check.name`, or the resource or output with the condition.
    pub address: String,
    /// `fail` or `error`.
    pub status: String,
    /// What its author wrote.
    pub messages: Vec<String>,
}

/// An output that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputRow {
    /// Its name.
    pub name: String,
    /// Created, updated, deleted.
    pub operation: Operation,
    /// The value now.
    pub before: Shown,
    /// The value afterwards.
    pub after: Shown,
}

impl RedactedPlan {
    /// This plan for people.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// How many of each the summary has, without making it.
    pub fn counts(&self) -> Counts {
        Counts::of(self.plan())
    }

    /// The risks of the summary's rows, without making it.
    pub fn risks(&self) -> BTreeSet<Risk> {
        let arguments = Arguments::of(self.sections());
        let heads = self.plan().resource_changes.iter().enumerate();
        let told = heads.filter(|(_, head)| !head.is_nothing() && head.operation() != Operation::Read);
        let risk = |(at, head): (usize, &ChangeHead)| {
            let change = self.change(at)?;
            let exposures = exposure::newly_exposed(&change, arguments.of_change(head).as_ref());
            Some(risk::of(&change, &exposures))
        };
        told.filter_map(risk).collect()
    }

    /// How many resources the summary says to have drifted, without making it.
    pub fn drifted(&self) -> usize {
        drift::rows(self).len()
    }
}

impl Summary {
    fn of(document: &RedactedPlan) -> Self {
        let plan = document.plan();
        let counts = Counts::of(plan);
        let doubts = doubts(plan);
        let outputs = outputs(plan);
        let (rows, default_tags_changed) = rows(document);
        let no_changes = doubts.is_empty() && nothing_to_apply(plan, &counts);
        Self {
            headline: counts.headline(no_changes, plan.errored == Some(true)),
            rows,
            drift: drift::rows(document),
            checks: checks(plan),
            default_tags_changed,
            counts,
            doubts,
            outputs,
            no_changes,
        }
    }

    /// Applying would change neither the world nor the state. Not read off one key of the document: a no-op plan
    /// lists its resources, and a refresh-only plan lists none.
    pub fn no_changes(&self) -> bool {
        self.no_changes
    }

    /// The worst risk in it.
    pub fn risk(&self) -> Option<Risk> {
        self.rows.iter().map(|row| row.risk).min()
    }
}

fn nothing_to_apply(plan: &Plan, counts: &Counts) -> bool {
    // Terraform before 1.8 does not say whether a plan can be applied; then drift without changes tells.
    let refresh_only = plan.resource_changes.is_empty() && !plan.resource_drift.is_empty();
    *counts == Counts::default() && !plan.applyable.unwrap_or(refresh_only)
}

fn doubts(plan: &Plan) -> Vec<Reason> {
    let mut doubts = Vec::new();
    if plan.errored == Some(true) {
        doubts.push(Reason::plain("planning failed half-way: this is not all that would happen"));
    }
    if plan.complete == Some(false) && plan.errored != Some(true) {
        doubts.push(Reason::plain("the plan is incomplete: more has to be planned after it is applied"));
    }
    for deferred in &plan.deferred_changes {
        let reason = if deferred.reason.is_empty() { "unknown reason" } else { &deferred.reason };
        doubts.push(Reason::about(
            "deferred by Terraform:",
            format!("{}, {reason}", deferred.resource_change.address),
        ));
    }
    for section in &plan.unknown_sections {
        doubts.push(Reason::about("the plan has a section this TfPilot does not know:", section.clone()));
    }
    for change in plan.resource_changes.iter().filter(|change| change.operation() == Operation::Unknown) {
        let words: Vec<String> = change.change.actions.iter().cloned().map(String::from).collect();
        let words = if words.is_empty() { "none".to_owned() } else { words.join(", ") };
        doubts.push(Reason::about(
            "actions this TfPilot does not know:",
            format!("{}: {words}", change.address),
        ));
    }
    doubts
}

/// The rows, and of how many resources only the provider's default tags changed.
fn rows(document: &RedactedPlan) -> (Vec<Row>, u32) {
    let created = created_kinds(document.plan());
    let arguments = Arguments::of(document.sections());
    let mut default_tags = 0;
    let mut rows = Vec::new();
    for (at, head) in document.plan().resource_changes.iter().enumerate() {
        if head.is_nothing() {
            continue;
        }
        let Some(change) = document.change(at) else { continue };
        default_tags += u32::from(diff::is_default_tags_changed(&change));
        if change.operation() != Operation::Read {
            let is_created = created.contains_key(change.kind.as_str());
            rows.push(row(change, arguments.of_change(head).as_ref(), is_created));
        }
    }
    rows.sort_by(|a, b| (a.risk, &a.address, a.operation).cmp(&(b.risk, &b.address, b.operation)));
    (rows, default_tags)
}

fn row(change: ResourceChange, arguments: Option<&ExpressionNames<'_>>, is_created: bool) -> Row {
    let exposures = exposure::newly_exposed(&change, arguments);
    let risk = risk::of(&change, &exposures);
    let mut why = why::reasons(&change, is_created);
    why.extend(exposures);
    Row {
        risk,
        operation: change.operation(),
        changes: diff::of(&change, arguments),
        previous_address: change.previous_address.clone().filter(|_| change.is_move()),
        address: change.address,
        kind: change.kind,
        why,
    }
}

/// Types of which something is created: a removed one may only have been renamed.
fn created_kinds(plan: &Plan) -> BTreeMap<&str, ()> {
    let created = plan.resource_changes.iter().filter(|change| change.operation() == Operation::Create);
    created.map(|change| (change.kind.as_str(), ())).collect()
}

fn checks(plan: &Plan) -> Vec<CheckRow> {
    let failing =
        plan.checks.iter().filter(|check| matches!(check.status, CheckStatus::Fail | CheckStatus::Error));
    let mut rows: Vec<CheckRow> = failing
        .map(|check| CheckRow {
            address: check.address().to_owned(),
            status: check.status.word().to_owned(),
            messages: check.messages().into_iter().map(str::to_owned).collect(),
        })
        .collect();
    rows.sort_by(|a, b| a.address.cmp(&b.address));
    rows
}

fn outputs(plan: &Plan) -> Vec<OutputRow> {
    let changed = plan.output_changes.iter().filter(|(_, change)| change.actions != [Action::NoOp]);
    changed
        .map(|(name, change)| OutputRow {
            name: name.clone(),
            operation: change.operation(),
            before: Shown::of(&change.before, false),
            after: Shown::of(&change.after, change.after_unknown == serde_json::Value::Bool(true)),
        })
        .collect()
}
