//! File systems: EFS, and FSx for OpenZFS and Windows.

use crate::cost::item::{Given, number_in, text_in};
use crate::cost::{Component, Item, Quantity, Status};

/// Operations per second that an OpenZFS volume includes for each GB.
const ZFS_IOPS_PER_GB: u64 = 3;

/// A file system that grows by use. Throughput that is asked for is billed beyond what its data brings along.
pub(super) fn elastic(item: &Item<'_>) -> Vec<Component> {
    let zone = !matches!(item.text("availability_zone_name"), Given::Default);
    let (storage, cold) = if zone {
        ("one zone storage", "one zone infrequent access storage")
    } else {
        ("standard storage", "infrequent access storage")
    };
    let mut components = vec![item.usage(storage)];
    if item.blocks("lifecycle_policy").is_some_and(|policies| !policies.is_empty()) {
        let reads = ["infrequent access reads", "infrequent access writes"];
        components.push(item.usage(cold));
        components.extend(item.usages(&reads));
    }
    match item.text("throughput_mode").or("bursting".to_owned()).as_deref() {
        Some("bursting") => {}
        Some("elastic") => components.push(Component::unlisted("elastic throughput")),
        Some("provisioned") => components.push(match throughput(item) {
            Some(mbps) => {
                let input = "no data that brings throughput along".to_owned();
                item.fixed_as(item.kind, "provisioned throughput", mbps, Status::Assumed { input })
            }
            None => Component::not_priced("provisioned throughput", "known only after apply"),
        }),
        _ => components.push(Component::not_priced("throughput", "its mode is known only after apply")),
    }
    components
}

/// MB per second, which may be a fraction.
fn throughput(item: &Item<'_>) -> Option<Quantity> {
    match item.values.value("provisioned_throughput_in_mibps") {
        tfpilot_hcl::Value::Number(number) => Quantity::parse(&number.to_string()),
        _ => None,
    }
}

/// An OpenZFS file system.
pub(super) fn zfs(item: &Item<'_>) -> Vec<Component> {
    let (mut components, kind) = match sized(item, "SSD") {
        Ok(sized) => sized,
        Err(why) => return vec![Component::not_priced("file system", why)],
    };
    let iops = item.block("disk_iops_configuration");
    match text_in(&iops, "mode") {
        Given::Known(mode) if mode == "USER_PROVISIONED" => {
            let size = item.number("storage_capacity").known();
            components.push(match (number_in(&iops, "iops"), size) {
                (Given::Known(iops), Some(size)) => {
                    let more = iops.saturating_sub(size.saturating_mul(ZFS_IOPS_PER_GB));
                    item.fixed(item.kind, &format!("iops {kind}"), more)
                }
                _ => Component::not_priced("iops", "known only after apply"),
            });
        }
        Given::Known(_) | Given::Default => {}
        Given::Unknown => components.push(Component::not_priced("iops", "known only after apply")),
    }
    components.push(item.usage("backup storage"));
    components
}

/// A Windows file system.
pub(super) fn windows(item: &Item<'_>) -> Vec<Component> {
    let default = "SSD";
    match sized(item, default) {
        Ok((mut components, _)) => {
            components.push(item.usage("backup storage"));
            components
        }
        Err(why) => vec![Component::not_priced("file system", why)],
    }
}

/// Storage and throughput, and how it is deployed.
fn sized(item: &Item<'_>, default: &str) -> Result<(Vec<Component>, String), &'static str> {
    let kind = item.text("deployment_type").or("SINGLE_AZ_1".to_owned());
    let kind = kind.ok_or("how it is deployed is known only after apply")?.to_ascii_lowercase();
    let disk = item.text("storage_type").or(default.to_owned());
    let disk = disk.ok_or("its disks are known only after apply")?.to_ascii_lowercase();
    let size = item.number("storage_capacity").known().ok_or("its size is known only after apply")?;
    let throughput = item.number("throughput_capacity").known();
    let throughput = throughput.ok_or("its throughput is known only after apply")?;
    let sold = |word: &str, quantity: u64| {
        let (name, class) = (word.to_owned(), format!("{word} {kind}"));
        let priced = item.of_class(item.kind, &name, &class, quantity, Status::Priced);
        if priced.rate.is_some() { Component { name: class, ..priced } } else { priced }
    };
    Ok((vec![sold(&format!("{disk} storage"), size), sold("throughput", throughput)], kind))
}
