//! What holds data or messages, and what watches: mostly paid by use.

use crate::cost::item::Given;
use crate::cost::{Component, Item};
use crate::values::{elements, member};

/// Classes that rules move objects to, and what is paid there.
const STORAGE_CLASSES: [(&str, &str); 5] = [
    ("STANDARD_IA", "standard infrequent access storage"),
    ("ONEZONE_IA", "one zone infrequent access storage"),
    ("INTELLIGENT_TIERING", "intelligent tiering storage"),
    ("GLACIER", "glacier storage"),
    ("DEEP_ARCHIVE", "deep archive storage"),
];

/// Seconds up to which an alarm has a high resolution.
const HIGH_RESOLUTION_SECONDS: u64 = 30;

/// A bucket costs what is put into it, and where its rules move that later.
pub(super) fn bucket(item: &Item<'_>) -> Vec<Component> {
    let mut components = item.usages(&["standard storage", "write requests", "read requests"]);
    let rules = item.blocks("lifecycle_rule").unwrap_or_default();
    let moved: Vec<String> = rules
        .iter()
        .map(|rule| member(rule, "transition"))
        .flat_map(|moves| elements(&moves).unwrap_or_default().into_iter().cloned().collect::<Vec<_>>())
        .filter_map(|step| member(&step, "storage_class").as_str().map(str::to_owned))
        .collect();
    let classes = STORAGE_CLASSES.iter().filter(|(word, _)| moved.iter().any(|class| class == word));
    components.extend(classes.map(|(_, component)| item.usage(component)));
    components
}

/// A table: by use, or by the capacity of the table and of each of its indexes.
pub(super) fn table(item: &Item<'_>) -> Vec<Component> {
    let mut components = match item.text("billing_mode").or("PROVISIONED".to_owned()).as_deref() {
        Some("PAY_PER_REQUEST") => item.usages(&["read requests", "write requests"]),
        Some("PROVISIONED") => ["read", "write"].into_iter().map(|word| capacity(item, word)).collect(),
        _ => vec![Component::not_priced("capacity", "the billing mode is known only after apply")],
    };
    components.push(item.usage("data storage"));
    let recovery = crate::cost::item::flag_in(&item.block("point_in_time_recovery"), "enabled");
    if recovery.known() == Some(true) {
        components.push(item.usage("point-in-time recovery"));
    }
    if item.flag("stream_enabled").known() == Some(true) {
        components.push(item.usage("stream reads"));
    }
    if item.blocks("replica").is_none_or(|replicas| !replicas.is_empty()) {
        components
            .push(Component::not_priced("replicas", "tables in other regions are not in the price book"));
    }
    components
}

/// What a table and its indexes may read or write at once.
fn capacity(item: &Item<'_>, word: &str) -> Component {
    let argument = format!("{word}_capacity");
    let indexes = item.blocks("global_secondary_index");
    let indexed: Option<u64> = indexes.and_then(|indexes| {
        let each = indexes.iter().map(|index| crate::cost::item::number_in(index, &argument).known());
        each.sum::<Option<u64>>()
    });
    match (item.number(&argument), indexed) {
        (Given::Known(units), Some(more)) => {
            item.fixed(item.kind, &format!("{word} capacity"), units.saturating_add(more))
        }
        _ => Component::not_priced(format!("{word} capacity"), "known only after apply"),
    }
}

pub(super) fn secret(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![item.fixed(item.kind, "secret", 1), item.usage("requests")];
    if item.blocks("replica").is_none_or(|replicas| !replicas.is_empty()) {
        components
            .push(Component::not_priced("replicas", "copies in other regions are not in the price book"));
    }
    components
}

pub(super) fn queue(item: &Item<'_>) -> Vec<Component> {
    let fifo = item.flag("fifo_queue").or(false) == Some(true);
    vec![item.usage(if fifo { "fifo requests" } else { "standard requests" })]
}

/// A topic: what is published, and what is delivered outside of AWS.
pub(super) fn topic(item: &Item<'_>) -> Vec<Component> {
    match item.flag("fifo_topic").or(false) {
        Some(true) => item.usages(&["fifo requests", "fifo payload"]),
        _ => item.usages(&["requests", "http notifications", "email notifications"]),
    }
}

pub(super) fn alarm(item: &Item<'_>) -> Vec<Component> {
    if !matches!(item.text("threshold_metric_id"), Given::Default) {
        return vec![Component::not_priced("alarm", "alarms on anomalies are not in the price book")];
    }
    let Some(queries) = item.blocks("metric_query") else {
        return vec![Component::not_priced("alarm", "its metrics are known only after apply")];
    };
    let has_metric = |query: &&tfpilot_hcl::Value| {
        let metric = member(query, "metric");
        crate::values::elements(&metric).is_none_or(|blocks| !blocks.is_empty())
    };
    let metrics = u64::try_from(queries.iter().filter(has_metric).count()).unwrap_or(u64::MAX).max(1);
    let resolution = match item.number("period") {
        Given::Known(period) if period <= HIGH_RESOLUTION_SECONDS => "high resolution",
        Given::Unknown => {
            return vec![Component::not_priced("alarm", "its period is known only after apply")];
        }
        Given::Known(_) | Given::Default => "standard resolution",
    };
    vec![item.fixed(item.kind, resolution, metrics)]
}
