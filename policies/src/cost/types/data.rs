//! What holds data or messages, and what watches: mostly paid by use.

use crate::cost::item::Given;
use crate::cost::{Component, Item};
use crate::values::member;

/// Seconds up to which an alarm has a high resolution.
const HIGH_RESOLUTION_SECONDS: u64 = 30;

pub(super) fn bucket(item: &Item<'_>) -> Vec<Component> {
    vec![item.usage("standard storage"), item.usage("write requests"), item.usage("read requests")]
}

pub(super) fn table(item: &Item<'_>) -> Vec<Component> {
    let mut components = match item.text("billing_mode").or("PROVISIONED".to_owned()).as_deref() {
        Some("PAY_PER_REQUEST") => vec![item.usage("read requests"), item.usage("write requests")],
        Some("PROVISIONED") => ["read", "write"]
            .into_iter()
            .map(|word| match item.number(&format!("{word}_capacity")) {
                Given::Known(units) => item.fixed(item.kind, &format!("{word} capacity"), units),
                _ => Component::not_priced(format!("{word} capacity"), "known only after apply"),
            })
            .collect(),
        _ => vec![Component::not_priced("capacity", "the billing mode is known only after apply")],
    };
    components.push(item.usage("data storage"));
    if item.blocks("replica").is_none_or(|replicas| !replicas.is_empty()) {
        components
            .push(Component::not_priced("replicas", "tables in other regions are not in the price book"));
    }
    components
}

pub(super) fn file_system(item: &Item<'_>) -> Vec<Component> {
    let zone = !matches!(item.text("availability_zone_name"), Given::Default);
    let storage = if zone { "one zone storage" } else { "standard storage" };
    let mut components = vec![item.usage(storage)];
    if item.text("throughput_mode").or("bursting".to_owned()).as_deref() == Some("provisioned") {
        components
            .push(Component::not_priced("throughput", "provisioned throughput is not in the price book"));
    }
    components
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
