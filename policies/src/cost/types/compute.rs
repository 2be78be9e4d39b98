//! Machines: EC2 instances, EKS control planes, Lambda functions.

use tfpilot_hcl::Value;

use super::volume::{Disk, block};
use crate::cost::item::Given;
use crate::cost::{Component, Item, MONTH_HOURS, Status};
use crate::region::Region;
use crate::values::{elements, member};

/// Size in GB of a root volume that nobody names; what the common images bring.
const ROOT_GB: u64 = 8;

/// An instance with its disks. The image decides the operating system; list prices are those of Linux.
pub(super) fn instance(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![machine(item)];
    components.extend(root(item));
    match item.blocks("ebs_block_device") {
        Some(blocks) => {
            components.extend(blocks.iter().flat_map(|it| block(item, "disk", &Disk::of_block(it), None)));
        }
        None => components.push(Component::not_priced("disks", "the disks are known only after apply")),
    }
    components
}

fn machine(item: &Item<'_>) -> Component {
    let name = "instance (Linux, on-demand)";
    match item.text("tenancy") {
        Given::Known(tenancy) if tenancy != "default" => {
            return Component::not_priced(name, "tenancy is not the default");
        }
        Given::Unknown => return Component::not_priced(name, "tenancy is known only after apply"),
        Given::Known(_) | Given::Default => {}
    }
    // Written as a dynamic block it is not seen, and the instance priced on demand: more than it costs, never less.
    let spot = "instance_market_options";
    if !(item.omitted)(spot) && item.blocks(spot).is_none_or(|blocks| !blocks.is_empty()) {
        return Component::not_priced(name, "spot prices are not in the price book");
    }
    let Given::Known(kind) = item.text("instance_type") else {
        return Component::not_priced(name, "the instance type is known only after apply");
    };
    let region = match item.region {
        Region::Known(region) | Region::Likely(region) => region.as_str(),
        Region::Unknown(why) => return Component::not_priced(name, *why),
    };
    match item.book.instance(region, &kind) {
        Some(rate) => {
            Component::at(format!("instance (Linux, on-demand, {kind})"), rate, MONTH_HOURS, Status::Priced)
        }
        None => {
            let reason =
                format!("no price for {} in {}", tfpilot_plan::code(&kind), tfpilot_plan::code(region));
            Component::not_priced(name, reason)
        }
    }
}

fn root(item: &Item<'_>) -> Vec<Component> {
    let value = (item.get)("root_block_device");
    let known = elements(&value).and_then(|blocks| blocks.first().copied().cloned());
    let disk = known.map(|it| Disk::of_block(&it)).unwrap_or_default();
    if let Some(size) = disk.size {
        let assumed = disk.kind.is_none().then(|| format!("root volume of {size} GB is gp2"));
        return block(item, "root disk", &disk, assumed);
    }
    let disk = Disk { size: Some(ROOT_GB), ..disk };
    block(item, "root disk", &disk, Some(format!("root volume of {ROOT_GB} GB gp2, known only after apply")))
}

/// The control plane; nodes are resources of their own.
pub(super) fn eks_cluster(item: &Item<'_>) -> Vec<Component> {
    vec![item.fixed(item.kind, "control plane", MONTH_HOURS)]
}

/// Paid by use, unless concurrency is provisioned.
pub(super) fn lambda(item: &Item<'_>) -> Vec<Component> {
    let architectures = (item.get)("architectures");
    let arm = elements(&architectures).is_some_and(|all| all.iter().any(|it| it.as_str() == Some("arm64")));
    let duration = if arm { "duration arm64" } else { "duration x86_64" };
    vec![item.usage("requests"), item.usage(duration)]
}

impl Disk {
    /// A disk written as a block of an instance.
    pub(super) fn of_block(value: &Value) -> Self {
        let number = |name: &str| crate::cost::item::number(&member(value, name));
        Self {
            kind: member(value, "volume_type").as_str().map(str::to_owned),
            size: number("volume_size"),
            iops: number("iops"),
            throughput: number("throughput"),
        }
    }
}
