//! Quantities that come from more than one key: what the arguments and other keys make of them.

use tfpilot_hcl::Value;

use super::Values;
use crate::cost::{Item, MONTH_HOURS, Quantity};
use crate::values::elements;

/// What a balancer takes: the most of connections, bytes and rules, by its kind.
pub(super) fn capacity(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let network = item.text("load_balancer_type").known().as_deref() == Some("network");
    let (component, new, active) =
        if network { ("network capacity", 800, 100_000) } else { ("application capacity", 25, 3_000) };
    let of = |key: &str, per: u64| values.get(key).copied().unwrap_or_default().times(MONTH_HOURS).per(per);
    let rules = if network { Quantity::ZERO } else { of("rule_evaluations", 1_000) };
    // A GB an hour is a unit.
    let bytes = values.get("processed_bytes_gb").copied().unwrap_or_default();
    let most = [of("new_connections", new), of("active_connections", active), rules, bytes].into_iter().max();
    Some((component, most?))
}

/// Hours of bursting, by the number of CPUs that burst.
pub(super) fn burst(_: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    Some(("cpu credits", values.get("monthly_cpu_credit_hrs")?.by(*values.get("vcpu_count")?)))
}

/// A function's requests, by how long each takes, by its memory.
pub(super) fn seconds(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let memory = item.number("memory_size").or(128)?;
    let each = values.get("request_duration_ms")?.times(memory).per(1_000 * 1_024);
    let architectures = item.values.value("architectures");
    let arm = elements(&architectures).is_some_and(|all| all.iter().any(|it| it.as_str() == Some("arm64")));
    let component = if arm { "duration arm64" } else { "duration x86_64" };
    Some((component, values.get("monthly_requests")?.by(each)))
}

/// A workflow's requests, by how long each takes in tenths of seconds, by its memory in chunks of 64 MB.
pub(super) fn workflow(_: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let tenths = values.get("workflow_duration_ms")?.chunks(100);
    let memory = values.get("memory_mb")?.chunks(64).checked_mul(64)?;
    let each = Quantity::from(tenths).times(memory).per(10 * 1_024);
    Some(("duration", values.get("monthly_requests")?.by(each).per(3_600)))
}

/// A job's hours, by the units that it takes.
pub(super) fn job(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let hours = *values.get("monthly_hours")?;
    if let Value::Number(units) = item.values.value("max_capacity") {
        return Some(("duration", hours.by(Quantity::parse(&units.to_string())?)));
    }
    let units = match item.text("worker_type").known().as_deref() {
        Some("Standard" | "G.1X") => 1,
        Some("G.2X") => 2,
        _ => return None,
    };
    Some(("duration", hours.times(item.number("number_of_workers").known()?.checked_mul(units)?)))
}

pub(super) fn workers(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let class = item.text("environment_class").or("mw1.small".to_owned())?.to_ascii_lowercase();
    let component = match class.as_str() {
        "mw1.small" => "further workers small",
        "mw1.medium" => "further workers medium",
        "mw1.large" => "further workers large",
        _ => return None,
    };
    Some((component, values.get("additional_workers")?.times(MONTH_HOURS)))
}

pub(super) fn scaling(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let component = match item.text("node_type").known()?.as_str() {
        "dc2.large" => "concurrency scaling dc2.large",
        "ds2.8xlarge" => "concurrency scaling ds2.8xlarge",
        "ra3.4xlarge" => "concurrency scaling ra3.4xlarge",
        "ra3.16xlarge" => "concurrency scaling ra3.16xlarge",
        _ => return None,
    };
    Some((component, *values.get("excess_concurrency_scaling_secs")?))
}
