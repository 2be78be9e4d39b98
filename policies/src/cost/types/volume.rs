//! Disks: EBS volumes, alone or in an instance.

use tfpilot_hcl::Value;

use crate::cost::item::{Given, number_in, text_in};
use crate::cost::{Component, Item, Quantity, Status};

/// The type whose prices disks have.
const VOLUME: &str = "aws_ebs_volume";

/// What a gp3 volume includes: operations and MB per second.
const GP3_INCLUDED: (u64, u64) = (3_000, 125);

/// What a disk's price depends on, as far as it is known.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    /// Left to itself it is gp2.
    pub(super) kind: Given<String>,
    pub(super) size: Option<u64>,
    pub(super) iops: Given<u64>,
    pub(super) throughput: Given<u64>,
}

impl Disk {
    /// One of a size, of which nothing else is said.
    pub(super) fn of_size(size: Option<u64>) -> Self {
        Self { kind: Given::Default, size, iops: Given::Default, throughput: Given::Default }
    }

    /// A disk written as a block of an instance.
    pub(super) fn of_block(value: &Value) -> Self {
        Self {
            kind: text_in(value, "volume_type"),
            size: number_in(value, "volume_size").known(),
            iops: number_in(value, "iops"),
            throughput: number_in(value, "throughput"),
        }
    }
}

/// A volume that is a resource of its own.
pub(super) fn volume(item: &Item<'_>) -> Vec<Component> {
    let disk = Disk {
        kind: item.text("type"),
        size: item.number("size").known(),
        iops: item.number("iops"),
        throughput: item.number("throughput"),
    };
    block(item, "volume", &disk, None, 1)
}

/// The components of so many equal disks. `assumed` names what was guessed about them.
pub(super) fn block(
    item: &Item<'_>,
    name: &str,
    disk: &Disk,
    assumed: Option<String>,
    count: u64,
) -> Vec<Component> {
    let (kind, assumed) = match &disk.kind {
        Given::Known(kind) => (kind.as_str(), assumed),
        Given::Default => ("gp2", assumed),
        Given::Unknown => ("gp2", assumed.or_else(|| Some("type gp2".to_owned()))),
    };
    let status = || assumed.clone().map_or(Status::Priced, |input| Status::Assumed { input });
    let Some(size) = disk.size else {
        return vec![Component::not_priced(name, "its size is known only after apply")];
    };
    let priced = |component: &str, quantity: u64| {
        let quantity = Quantity::from(quantity).times(count);
        let priced = item.fixed_as(VOLUME, component, quantity, status());
        Component { name: format!("{name}, {component}"), ..priced }
    };
    match kind {
        "gp2" | "sc1" | "st1" => vec![priced(&format!("{kind} storage"), size)],
        "standard" => vec![priced("standard storage", size), item.usage_of(VOLUME, "standard requests")],
        "gp3" => {
            let mut components = vec![priced("gp3 storage", size)];
            let (iops, throughput) = GP3_INCLUDED;
            for (word, given, included) in
                [("gp3 iops", &disk.iops, iops), ("gp3 throughput", &disk.throughput, throughput)]
            {
                match given {
                    Given::Known(asked) if *asked > included => {
                        components.push(priced(word, asked - included))
                    }
                    Given::Known(_) | Given::Default => {}
                    Given::Unknown => components
                        .push(Component::not_priced(format!("{name}, {word}"), "known only after apply")),
                }
            }
            components
        }
        "io1" | "io2" => {
            let iops = match &disk.iops {
                Given::Known(iops) => priced(&format!("{kind} iops"), *iops),
                _ => Component::not_priced(format!("{name}, iops"), "known only after apply"),
            };
            vec![priced(&format!("{kind} storage"), size), iops]
        }
        other => vec![Component::not_priced(name, format!("no price for {}", tfpilot_plan::code(other)))],
    }
}
