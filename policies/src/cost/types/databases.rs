//! RDS instances, by engine, class and number of zones. What belongs to Aurora and its like is in [`super::clusters`].

use tfpilot_plan::code;

use crate::cost::item::Given;
use crate::cost::{Component, Item, MONTH_HOURS, Status};

/// Whose prices these are.
const INSTANCE: &str = "aws_db_instance";

/// From how many GB on a gp3 volume has more operations included: MariaDB, MySQL and PostgreSQL; Oracle.
const STRIPED_FROM: (u64, u64) = (400, 200);

/// Operations and MB per second that a gp3 volume includes: below that size, and from it on.
const GP3_INCLUDED: [(u64, u64); 2] = [(3_000, 125), (12_000, 500)];

/// Days that performance insights are kept without being paid for.
const FREE_INSIGHT_DAYS: u64 = 7;

/// Classes of which the book has insights, with their vCPUs.
const INSIGHT_CPUS: [(&str, u64); 2] = [("db.t3.large", 2), ("db.m5.large", 2)];

/// An instance with its storage.
pub(super) fn instance(item: &Item<'_>) -> Vec<Component> {
    let zones = match item.flag("multi_az").or(false) {
        Some(true) => "multi-az",
        Some(false) => "single-az",
        None => return vec![Component::not_priced("database", "how many zones is known only after apply")],
    };
    let engine = item.text("engine").known();
    let class = item.text("instance_class").known();
    let mut components = vec![machine(item, engine.as_deref(), class.as_deref(), zones)];
    components.extend(storage(item, engine.as_deref(), zones));
    components.extend(insights(item, class.as_deref()));
    components.extend(extended_support(item, engine.as_deref()));
    components.push(item.usage("backup storage"));
    if class.is_some_and(|class| class.starts_with("db.t3.") || class.starts_with("db.t4g.")) {
        components.push(item.usage("cpu credits"));
    }
    components
}

fn machine(item: &Item<'_>, engine: Option<&str>, class: Option<&str>, zones: &str) -> Component {
    let (Some(engine), Some(class)) = (engine, class) else {
        return Component::not_priced("database", "engine and class are known only after apply");
    };
    // Oracle's second edition is sold with and without its licence; the others in one way only.
    let edition = if engine.starts_with("oracle-se") {
        match item.text("license_model") {
            Given::Known(licence) => format!("{engine} {licence}"),
            _ => return Component::not_priced("database", "the licence is known only after apply"),
        }
    } else {
        engine.to_owned()
    };
    let sold = format!("{edition} {class} {zones}");
    item.of_class(INSTANCE, "database", &sold, MONTH_HOURS, Status::Priced)
}

fn storage(item: &Item<'_>, engine: Option<&str>, zones: &str) -> Vec<Component> {
    let Given::Known(size) = item.number("allocated_storage") else {
        return vec![Component::not_priced("storage", "its size is known only after apply")];
    };
    let iops = item.number("iops");
    let kind = match (item.text("storage_type"), &iops) {
        (Given::Known(kind), _) => kind,
        (Given::Default, Given::Known(1..)) => "io1".to_owned(),
        (Given::Default, Given::Default | Given::Known(_)) => "gp2".to_owned(),
        _ => return vec![Component::not_priced("storage", "its type is known only after apply")],
    };
    let iops = iops.or(0);
    let mut components = match kind.as_str() {
        "gp2" | "gp3" | "io1" | "standard" => {
            vec![item.fixed(INSTANCE, &format!("{kind} storage {zones}"), size)]
        }
        other => vec![Component::not_priced("storage", format!("no price for {}", code(other)))],
    };
    match (kind.as_str(), iops) {
        ("io1", Some(iops)) => components.push(item.fixed(INSTANCE, &format!("io1 iops {zones}"), iops)),
        ("io1", None) => components.push(Component::not_priced("iops", "known only after apply")),
        ("gp3", iops) => components.extend(beyond_gp3(item, engine, size, iops, zones)),
        ("standard", _) => components.push(item.usage("io requests")),
        _ => {}
    }
    components
}

/// What a gp3 volume is asked to do beyond what it includes.
fn beyond_gp3(
    item: &Item<'_>,
    engine: Option<&str>,
    size: u64,
    iops: Option<u64>,
    zones: &str,
) -> Vec<Component> {
    let striped = match engine.unwrap_or_default() {
        engine if engine.starts_with("sqlserver") => false,
        engine if engine.starts_with("oracle") => size >= STRIPED_FROM.1,
        _ => size >= STRIPED_FROM.0,
    };
    let [small, large] = GP3_INCLUDED;
    let (included, throughput) = if striped { large } else { small };
    let mut components = Vec::new();
    match iops.map(|iops| iops.saturating_sub(included)) {
        Some(0) => {}
        Some(more) => components.push(item.fixed(INSTANCE, &format!("gp3 iops {zones}"), more)),
        None => components.push(Component::not_priced("iops", "known only after apply")),
    }
    if item.number("storage_throughput").or(0).is_none_or(|given| given > throughput) {
        components
            .push(Component::not_priced("throughput", "more than is included is not in the price book"));
    }
    components
}

/// Insights that are kept for longer than a week, by vCPU.
fn insights(item: &Item<'_>, class: Option<&str>) -> Option<Component> {
    let name = "performance insights";
    let on = item.flag("performance_insights_enabled").or(false);
    let days = item.number("performance_insights_retention_period").or(FREE_INSIGHT_DAYS);
    match (on, days) {
        (Some(false), _) => None,
        (Some(true), Some(days)) if days <= FREE_INSIGHT_DAYS => None,
        (Some(true), Some(_)) => {
            let class = class.unwrap_or_default();
            let known = INSIGHT_CPUS.iter().find(|(of, _)| *of == class);
            Some(match known {
                Some((class, cpus)) => item.fixed(INSTANCE, &format!("{name} {class}"), *cpus),
                None => Component::not_priced(name, format!("no price for {}", code(class))),
            })
        }
        _ => Some(Component::not_priced(name, "known only after apply")),
    }
}

/// Versions that their authors have given up cost more.
fn extended_support(item: &Item<'_>, engine: Option<&str>) -> Option<Component> {
    let version = item.text("engine_version").known()?;
    let mut parts = version.split('.').map(|part| part.parse::<u64>().unwrap_or(u64::MAX));
    let (major, minor) = (parts.next()?, parts.next().unwrap_or(u64::MAX));
    let old = match engine? {
        "mysql" => major < 8 && (major, minor) <= (5, 7),
        "postgres" => major <= 12,
        _ => false,
    };
    old.then(|| Component::not_priced("extended support", "extended support is not in the price book"))
}
