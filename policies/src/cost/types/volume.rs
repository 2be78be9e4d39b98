//! Disks: EBS volumes, alone or in an instance.

use crate::cost::item::Given;
use crate::cost::{Component, Item, Quantity, Status};

/// The type whose prices disks have.
const VOLUME: &str = "aws_ebs_volume";

/// What a gp3 volume includes: operations and MB per second.
const GP3_INCLUDED: (u64, u64) = (3_000, 125);

/// What a disk's price depends on, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    pub(super) kind: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) iops: Option<u64>,
    pub(super) throughput: Option<u64>,
}

/// A volume that is a resource of its own.
pub(super) fn volume(item: &Item<'_>) -> Vec<Component> {
    let known = |given: Given<u64>| match given {
        Given::Known(value) => Some(value),
        _ => None,
    };
    let (kind, assumed) = match item.text("type") {
        Given::Known(kind) => (kind, None),
        // What AWS makes of a volume without a type.
        Given::Default => ("gp2".to_owned(), None),
        Given::Unknown => ("gp2".to_owned(), Some("type gp2".to_owned())),
    };
    let disk = Disk {
        kind: Some(kind),
        size: known(item.number("size")),
        iops: known(item.number("iops")),
        throughput: known(item.number("throughput")),
    };
    block(item, "volume", &disk, assumed, 1)
}

/// The components of so many equal disks. `assumed` names what was guessed about them.
pub(super) fn block(
    item: &Item<'_>,
    name: &str,
    disk: &Disk,
    assumed: Option<String>,
    count: u64,
) -> Vec<Component> {
    let kind = disk.kind.as_deref().unwrap_or("gp2");
    let status = || assumed.clone().map_or(Status::Priced, |input| Status::Assumed { input });
    let Some(size) = disk.size else {
        return vec![Component::not_priced(name, "its size is known only after apply")];
    };
    let priced = |component: &str, quantity: u64| {
        let priced = item.fixed_as(VOLUME, component, Quantity::from(quantity).times(count), status());
        Component { name: format!("{name}, {component}"), ..priced }
    };
    match kind {
        "gp2" | "sc1" | "st1" => vec![priced(&format!("{kind} storage"), size)],
        "standard" => vec![priced("standard storage", size), item.usage_of(VOLUME, "standard requests")],
        "gp3" => {
            let (iops, throughput) = GP3_INCLUDED;
            let more = |given: Option<u64>, included: u64| given.map_or(0, |it| it.saturating_sub(included));
            let mut components = vec![priced("gp3 storage", size)];
            if more(disk.iops, iops) > 0 {
                components.push(priced("gp3 iops", more(disk.iops, iops)));
            }
            if more(disk.throughput, throughput) > 0 {
                components.push(priced("gp3 throughput", more(disk.throughput, throughput)));
            }
            components
        }
        "io1" | "io2" => {
            let iops = match disk.iops {
                Some(iops) => priced(&format!("{kind} iops"), iops),
                None => Component::not_priced(format!("{name}, iops"), "known only after apply"),
            };
            vec![priced(&format!("{kind} storage"), size), iops]
        }
        other => vec![Component::not_priced(name, format!("no price for {}", tfpilot_plan::code(other)))],
    }
}
