//! Containers: EKS control planes, tasks and pods on Fargate. What runs on instances is priced with them.

use tfpilot_hcl::Value;

use crate::cost::item::{Given, text_in};
use crate::cost::{Component, Item, MONTH_HOURS, Quantity};
use crate::values::member;

/// Size in GB of a task's disk that is not paid extra.
const INCLUDED_DISK_GB: u64 = 20;

/// CPU units of a vCPU, and MiB of a GB.
const PER_WHOLE: u64 = 1024;

/// The control plane; nodes are resources of their own.
pub(super) fn eks_cluster(item: &Item<'_>) -> Vec<Component> {
    vec![item.hourly("control plane")]
}

/// Pods on Fargate, as many as are asked to run.
pub(super) fn fargate_profile(item: &Item<'_>) -> Vec<Component> {
    item.usages(&["vCPU", "memory"])
}

/// The tasks of a service.
pub(super) fn ecs_service(item: &Item<'_>) -> Vec<Component> {
    match on_fargate(item) {
        Ok(true) => {}
        Ok(false) => return vec![Component::free()],
        Err(why) => return vec![Component::not_priced("tasks", why)],
    }
    let Some(count) = item.number("desired_count").or(0) else {
        return vec![Component::not_priced("tasks", "their number is known only after apply")];
    };
    let task = item.ask(&["task_definition"], &["aws_ecs_task_definition"], |it| task(it, item, count));
    task.unwrap_or_else(|| {
        vec![Component::not_priced("tasks", "their definition is not in the plan, or not told which")]
    })
}

/// Whether the tasks run on Fargate, at its ordinary price.
fn on_fargate(item: &Item<'_>) -> Result<bool, &'static str> {
    let unknown = "how its tasks are launched is known only after apply";
    let strategies = item.blocks("capacity_provider_strategy").ok_or(unknown)?;
    if !strategies.is_empty() {
        let names: Vec<Value> = strategies.iter().map(|it| member(it, "capacity_provider")).collect();
        return match names.as_slice() {
            [Value::String(only)] if only == "FARGATE" => Ok(true),
            names if names.iter().any(|it| it.as_str().is_none()) => Err(unknown),
            names if names.iter().any(|it| it.as_str().is_some_and(|it| it.starts_with("FARGATE"))) => {
                Err("how many of its tasks run on spot capacity is not known")
            }
            _ => Ok(false),
        };
    }
    match item.text("launch_type") {
        Given::Known(kind) if kind == "FARGATE" => Ok(true),
        Given::Known(kind) if kind == "EC2" => Ok(false),
        Given::Known(_) => Err("instances of one's own are not in the price book"),
        Given::Default => Err("its tasks are launched as the cluster does by default"),
        Given::Unknown => Err(unknown),
    }
}

/// `service` is where the prices are.
fn task(task: &Item<'_>, service: &Item<'_>, count: u64) -> Vec<Component> {
    let platform = task.block("runtime_platform");
    let is = |name: &str, expect: &str| match text_in(&platform, name) {
        Given::Known(given) => given.eq_ignore_ascii_case(expect),
        Given::Default => true,
        Given::Unknown => false,
    };
    if !is("cpu_architecture", "X86_64") || !is("operating_system_family", "LINUX") {
        return vec![Component::not_priced("tasks", "only prices of Linux on x86 are in the price book")];
    }
    let part = |name: &str, word: &str| task.text(name).known().and_then(|text| size(&text, word));
    let (Some(cpu), Some(memory)) = (part("cpu", "vcpu"), part("memory", "gb")) else {
        return vec![Component::not_priced("tasks", "their size is known only after apply")];
    };
    let hours = |part: Quantity| part.times(count).times(MONTH_HOURS);
    let mut components = vec![
        service.fixed(service.kind, "vCPU", hours(cpu)),
        service.fixed(service.kind, "memory", hours(memory)),
    ];
    let disk = member(&task.block("ephemeral_storage"), "size_in_gib");
    if disk != Value::Null && crate::cost::item::number(&disk).is_none_or(|size| size > INCLUDED_DISK_GB) {
        components.push(Component::not_priced("disks", "larger disks of tasks are not in the price book"));
    }
    components
}

/// `256` CPU units or `.25 vCPU`, `512` MiB or `0.5 GB`.
fn size(text: &str, word: &str) -> Option<Quantity> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_suffix(word) {
        Some(whole) if whole.trim().starts_with('.') => Quantity::parse(&format!("0{}", whole.trim())),
        Some(whole) => Quantity::parse(whole.trim()),
        None => Some(Quantity::ratio(text.parse().ok()?, PER_WHOLE)),
    }
}
