//! Lambda: paid by use, unless concurrency is provisioned.

use crate::cost::item::Given;
use crate::cost::{Component, Item, MONTH_HOURS, Quantity};
use crate::values::{elements, member};

/// Size in MB of a function's disk that is not paid extra.
const INCLUDED_DISK_MB: u64 = 512;

/// Memory in MB of a function that nobody sizes.
const MEMORY_MB: u64 = 128;

/// MB of a GB.
const PER_GB: u64 = 1024;

/// Seconds of an hour.
const HOUR_SECONDS: u64 = 3_600;

pub(super) fn function(item: &Item<'_>) -> Vec<Component> {
    let duration = if is_arm(item) { "duration arm64" } else { "duration x86_64" };
    let mut components = item.usages(&["requests", duration]);
    let disk = member(&item.block("ephemeral_storage"), "size");
    if crate::cost::item::number(&disk).is_some_and(|size| size > INCLUDED_DISK_MB) {
        components.push(item.usage("ephemeral storage"));
    }
    components
}

/// Kept warm all month: so many copies of the function's memory.
pub(super) fn provisioned(item: &Item<'_>) -> Vec<Component> {
    let Given::Known(copies) = item.number("provisioned_concurrent_executions") else {
        return vec![Component::not_priced("concurrency", "known only after apply")];
    };
    let function = item.ask(&["function_name"], &["aws_lambda_function"], |function| {
        (is_arm(function), function.number("memory_size").or(MEMORY_MB))
    });
    match function {
        Some((true, Some(memory))) => {
            let seconds = MONTH_HOURS.saturating_mul(HOUR_SECONDS);
            let quantity = Quantity::ratio(memory, PER_GB).times(seconds).times(copies);
            let mut components = vec![item.fixed(item.kind, "concurrency arm64", quantity)];
            components.extend(item.usages(&["duration arm64", "requests"]));
            components
        }
        Some((false, _)) => {
            vec![Component::not_priced("concurrency", "only prices of arm64 are in the price book")]
        }
        Some((true, None)) => {
            vec![Component::not_priced("concurrency", "the function's memory is known only after apply")]
        }
        None => {
            vec![Component::not_priced("concurrency", "the function is not in the plan, or not told which")]
        }
    }
}

fn is_arm(item: &Item<'_>) -> bool {
    let architectures = item.values.value("architectures");
    elements(&architectures).is_some_and(|all| all.iter().any(|it| it.as_str() == Some("arm64")))
}
