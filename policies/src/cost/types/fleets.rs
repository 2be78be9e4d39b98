//! Several machines of one kind: autoscaling groups and EKS node groups, by the launch template or configuration that they
//! refer to. A launch template costs nothing by itself.

use tfpilot_hcl::Value;

use super::compute::{MACHINE, disks, linux, machine, root, unknown_root};
use super::volume::{Disk, block};
use crate::cost::item::{Given, block_in, text_in};
use crate::cost::{Component, Item};
use crate::values::{elements, member};

const TEMPLATE: &[&str] = &["aws_launch_template"];
const CONFIGURATION: &[&str] = &["aws_launch_configuration"];

/// Names under which the common images have their root disk.
const ROOT_DEVICES: [&str; 2] = ["/dev/xvda", "/dev/sda1"];

/// What EKS takes when no type is named.
const EKS_TYPE: &str = "t3.medium";

/// Size in GB of a node's disk that nobody names.
const EKS_DISK_GB: u64 = 20;

/// A group, at the size that it is asked to have: the desired one, or the least.
pub(super) fn autoscaling_group(item: &Item<'_>) -> Vec<Component> {
    let size = match item.number("desired_capacity") {
        Given::Default => item.number("min_size"),
        given => given,
    };
    let Given::Known(count) = size else {
        return vec![Component::not_priced("instances", "the group's size is known only after apply")];
    };
    if item.blocks("mixed_instances_policy").is_none_or(|blocks| !blocks.is_empty()) {
        return vec![Component::not_priced(
            "instances",
            "which of the mixed instances will run is not known",
        )];
    }
    let by_configuration = item.ask(&["launch_configuration"], CONFIGURATION, |it| configured(it, count));
    let by_template = || {
        ["id", "name"].into_iter().find_map(|name| {
            let version = text_in(&item.block("launch_template"), "version");
            item.ask(&["launch_template", name], TEMPLATE, |it| {
                templated(it, &version, Given::Default, count)
            })
        })
    };
    by_configuration.or_else(by_template).unwrap_or_else(|| {
        vec![Component::not_priced(
            "instances",
            "their launch template is not in the plan, or not told which",
        )]
    })
}

fn configured(item: &Item<'_>, count: u64) -> Vec<Component> {
    let mut components = vec![machine(item, "placement_tenancy", count)];
    components.extend(root(item, count));
    components.extend(disks(item, "ebs_block_device", count));
    components
}

/// Instances of a launch template. A type that the group names comes before the template's.
fn templated(item: &Item<'_>, version: &Given<String>, kind: Given<String>, count: u64) -> Vec<Component> {
    if !is_this(item, version) {
        return vec![Component::not_priced("instances", "they use another version of their launch template")];
    }
    let placement = item.block("placement");
    let requirements = item.blocks("instance_requirements");
    let kind = match (kind, item.text("instance_type")) {
        (Given::Default, template) => template,
        (kind, _) => kind,
    };
    let machine = match text_in(&placement, "tenancy") {
        Given::Known(tenancy) if tenancy != "default" => {
            Component::not_priced(MACHINE, "tenancy is not the default")
        }
        _ if item.blocks("instance_market_options").is_none_or(|blocks| !blocks.is_empty()) => {
            Component::not_priced(MACHINE, "spot prices are not in the price book")
        }
        _ if kind == Given::Default && requirements.is_none_or(|blocks| !blocks.is_empty()) => {
            Component::not_priced(MACHINE, "which type will meet the requirements is not known")
        }
        _ if kind == Given::Default => Component::not_priced(MACHINE, "no instance type is named"),
        _ => linux(item, kind, count),
    };
    let mut components = vec![machine];
    components.extend(mapped(item, count));
    components
}

/// Whether the version that a group asks for is the one that the plan shows.
fn is_this(item: &Item<'_>, version: &Given<String>) -> bool {
    let latest = || item.number("latest_version").known();
    match version {
        Given::Known(version) => match version.as_str() {
            "$Latest" => true,
            "" | "$Default" => item.number("default_version").known() == latest(),
            // A template that is only now made has this one first.
            version => version.parse().ok() == Some(latest().unwrap_or(1)),
        },
        Given::Default => item.number("default_version").known() == latest(),
        // It refers to what apply will make of the template.
        Given::Unknown => true,
    }
}

fn mapped(item: &Item<'_>, count: u64) -> Vec<Component> {
    let Some(mappings) = item.blocks("block_device_mappings") else {
        return vec![Component::not_priced("disks", "the disks are known only after apply")];
    };
    let is_root = |mapping: &Value| {
        let name = member(mapping, "device_name");
        name.as_str().is_some_and(|name| ROOT_DEVICES.contains(&name))
    };
    let mut components = Vec::new();
    if !mappings.iter().any(is_root) {
        components.extend(unknown_root(item, Disk::of_size(None), count));
    }
    for mapping in &mappings {
        let ebs = block_in(mapping, "ebs");
        if ebs == Value::Null {
            // A disk that belongs to the machine.
            continue;
        }
        let name = if is_root(mapping) { "root disk" } else { "disk" };
        components.extend(block(item, name, &Disk::of_block(&ebs), None, count));
    }
    components
}

/// Nodes that EKS runs, at the size that they are asked to have.
pub(super) fn node_group(item: &Item<'_>) -> Vec<Component> {
    let scaling = item.block("scaling_config");
    let Some(count) = crate::cost::item::number(&member(&scaling, "desired_size")) else {
        return vec![Component::not_priced("nodes", "their number is known only after apply")];
    };
    match item.text("capacity_type").or("ON_DEMAND".to_owned()).as_deref() {
        Some("ON_DEMAND") => {}
        Some(_) => {
            return vec![Component::not_priced("nodes", "only on-demand prices are in the price book")];
        }
        None => return vec![Component::not_priced("nodes", "how they are bought is known only after apply")],
    }
    let image = item.text("ami_type").or(String::new());
    if image.is_none_or(|image| image.starts_with("WINDOWS")) {
        return vec![Component::not_priced("nodes", "only prices of Linux are in the price book")];
    }
    let kind = match types(item) {
        Ok(kind) => kind,
        Err(why) => return vec![Component::not_priced("nodes", why)],
    };
    let template = item.block("launch_template");
    if template == Value::Null {
        let kind = Given::Known(kind.unwrap_or_else(|| EKS_TYPE.to_owned()));
        let mut components = vec![linux(item, kind, count)];
        let size = item.number("disk_size").or(EKS_DISK_GB);
        let assumed = size.map(|size| format!("disks of {size} GB are gp2"));
        let disk = Disk::of_size(size);
        components.extend(block(item, "disk", &disk, assumed, count));
        return components;
    }
    let kind = kind.map_or(Given::Default, Given::Known);
    let templated = ["id", "name"].into_iter().find_map(|name| {
        let version = text_in(&template, "version");
        item.ask(&["launch_template", name], TEMPLATE, |it| templated(it, &version, kind.clone(), count))
    });
    templated.unwrap_or_else(|| {
        vec![Component::not_priced("nodes", "their launch template is not in the plan, or not told which")]
    })
}

/// The one type of the nodes, if one is named.
fn types(item: &Item<'_>) -> Result<Option<String>, &'static str> {
    let value = item.values.value("instance_types");
    if value == Value::Unknown && item.values.is_omitted("instance_types") {
        return Ok(None);
    }
    let Some(types) = elements(&value) else { return Err("the instance type is known only after apply") };
    match types.as_slice() {
        [] => Ok(None),
        [Value::String(only)] => Ok(Some(only.clone())),
        [_] => Err("the instance type is known only after apply"),
        _ => Err("which of several instance types will run is not known"),
    }
}
