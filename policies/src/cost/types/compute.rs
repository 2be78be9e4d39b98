//! Machines: EC2 instances with their disks, and dedicated hosts.

use tfpilot_hcl::Value;
use tfpilot_plan::code;

use super::volume::{Disk, block};
use crate::cost::item::Given;
use crate::cost::{Component, Item, MONTH_HOURS, Quantity, Status};
use crate::region::Region;
use crate::values::member;

/// Size in GB of a root volume that nobody names; what the common images bring.
const ROOT_GB: u64 = 8;

/// Metrics that detailed monitoring of one instance is billed for.
const DETAILED_METRICS: u64 = 7;

/// What an instance is called.
pub(super) const MACHINE: &str = "instance (Linux, on-demand)";

/// Families that may go beyond their share of the CPU: by default, and when they are told to.
const BURSTS: [&str; 3] = ["t2.", "t3.", "t3a."];

/// Families for which optimised access to disks is sold, not included.
const SOLD_OPTIMISATION: [&str; 12] =
    ["c1.", "c3.", "g2.", "i2.", "m1.", "m2.", "m3.", "r3.", "hi1.", "hs1.", "cr1.", "cc2."];

/// An instance with its disks. The image decides the operating system; list prices are those of Linux.
pub(super) fn instance(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![machine(item, "tenancy", 1)];
    components.extend(root(item, 1));
    components.extend(disks(item, "ebs_block_device", 1));
    match item.flag("monitoring").or(false) {
        Some(false) => {}
        Some(true) => components.push(item.fixed("aws_instance", "detailed monitoring", DETAILED_METRICS)),
        None => components.push(Component::not_priced("detailed monitoring", "known only after apply")),
    }
    let kind = item.text("instance_type").known().unwrap_or_default();
    components.extend(optimisation(item, &kind));
    components.extend(credits(item, &kind, &item.block("credit_specification")));
    components
}

/// The machine of an instance or launch configuration.
pub(super) fn machine(item: &Item<'_>, tenancy: &str, count: u64) -> Component {
    match item.text(tenancy) {
        Given::Known(tenancy) if tenancy != "default" => {
            return Component::not_priced(MACHINE, "tenancy is not the default");
        }
        Given::Unknown => return Component::not_priced(MACHINE, "tenancy is known only after apply"),
        Given::Known(_) | Given::Default => {}
    }
    // Written as a dynamic block it is not seen, and the instance priced on demand: more than it costs, never less.
    let spot = "instance_market_options";
    let price = item.values.value("spot_price");
    if (!item.values.is_omitted(spot) && item.blocks(spot).is_none_or(|blocks| !blocks.is_empty()))
        || matches!(&price, Value::String(price) if !price.is_empty())
    {
        return Component::not_priced(MACHINE, "spot prices are not in the price book");
    }
    linux(item, item.text("instance_type"), count)
}

/// So many instances of a type, with Linux, on demand.
pub(super) fn linux(item: &Item<'_>, kind: Given<String>, count: u64) -> Component {
    let Given::Known(kind) = kind else {
        return Component::not_priced(MACHINE, "the instance type is known only after apply");
    };
    let region = match item.region {
        Region::Known(region) | Region::Likely(region) => region.as_str(),
        Region::Unknown(why) => return Component::not_priced(MACHINE, *why),
    };
    match item.rates.instance(region, &kind) {
        Some(rate) => {
            let hours = Quantity::from(MONTH_HOURS).times(count);
            Component::at(format!("instance (Linux, on-demand, {kind})"), rate, hours, Status::Priced)
        }
        None => Component::not_priced(MACHINE, format!("no price for {} in {}", code(&kind), code(region))),
    }
}

/// The root disks of so many instances.
pub(super) fn root(item: &Item<'_>, count: u64) -> Vec<Component> {
    let disk = match item.blocks("root_block_device") {
        Some(blocks) => blocks.first().map_or_else(|| Disk::of_size(None), Disk::of_block),
        None => Disk::of_size(None),
    };
    match disk.size {
        Some(size) => {
            // Its type is the image's.
            let known = matches!(disk.kind, Given::Known(_));
            let assumed = (!known).then(|| format!("root volume of {size} GB is gp2"));
            block(item, "root disk", &disk, assumed, count)
        }
        None => unknown_root(item, disk, count),
    }
}

/// Root disks that the image brings along.
pub(super) fn unknown_root(item: &Item<'_>, disk: Disk, count: u64) -> Vec<Component> {
    let disk = Disk { size: Some(ROOT_GB), ..disk };
    let assumed = format!("root volume of {ROOT_GB} GB gp2, known only after apply");
    block(item, "root disk", &disk, Some(assumed), count)
}

/// The other disks of so many instances.
pub(super) fn disks(item: &Item<'_>, name: &str, count: u64) -> Vec<Component> {
    match item.blocks(name) {
        Some(blocks) => {
            blocks.iter().flat_map(|it| block(item, "disk", &Disk::of_block(it), None, count)).collect()
        }
        None => vec![Component::not_priced("disks", "the disks are known only after apply")],
    }
}

fn optimisation(item: &Item<'_>, kind: &str) -> Option<Component> {
    let is_sold = SOLD_OPTIMISATION.iter().any(|family| kind.starts_with(family));
    match item.flag("ebs_optimized").or(false).filter(|_| is_sold) {
        Some(false) => None,
        Some(true) => {
            let class = format!("ebs optimisation {kind}");
            Some(item.of_class("aws_instance", "ebs optimisation", &class, MONTH_HOURS, Status::Priced))
        }
        None if is_sold => Some(Component::not_priced("ebs optimisation", "known only after apply")),
        None => None,
    }
}

/// What an instance burns beyond its share is paid by use.
fn credits(item: &Item<'_>, kind: &str, specification: &Value) -> Option<Component> {
    let given = member(specification, "cpu_credits");
    let unlimited = match given.as_str() {
        Some(given) => given == "unlimited",
        None => !kind.starts_with("t2."),
    };
    let bursts = BURSTS.iter().any(|family| kind.starts_with(family));
    (bursts && unlimited).then(|| item.usage_of("aws_instance", "cpu credits"))
}

/// A host of one's own, sold by the family of its instances.
pub(super) fn host(item: &Item<'_>) -> Vec<Component> {
    let family = match (item.text("instance_family"), item.text("instance_type")) {
        (Given::Known(family), _) => family,
        (_, Given::Known(kind)) => kind.split('.').next().unwrap_or_default().to_owned(),
        _ => return vec![Component::not_priced("host", "its family is known only after apply")],
    };
    vec![item.of_class(item.kind, "dedicated host", &format!("host {family}"), MONTH_HOURS, Status::Priced)]
}
