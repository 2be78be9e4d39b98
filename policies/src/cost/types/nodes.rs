//! Data stores that are made of nodes of a class: caches, search domains, warehouses, replication instances.

use tfpilot_hcl::Value;
use tfpilot_plan::code;

use crate::cost::item::{Given, flag_in, number_in, text_in};
use crate::cost::{Component, Item, MONTH_HOURS, Quantity, Status};

/// Whose prices caches have, alone or in groups.
const CACHE: &str = "aws_elasticache_cluster";

/// Whose prices search domains have; OpenSearch is the newer name.
const SEARCH: &str = "aws_elasticsearch_domain";

/// Operations and MB per second that a search domain's gp3 volume includes.
const GP3_INCLUDED: (u64, u64) = (3_000, 125);

/// Size in GB of a replication instance's disk that is not paid extra: of classes t, and of the others.
const INCLUDED_DMS_GB: (u64, u64) = (50, 100);

/// Snapshots that are kept without being paid for.
const FREE_SNAPSHOTS: u64 = 1;

/// A cache that is no group.
pub(super) fn cache(item: &Item<'_>) -> Vec<Component> {
    if item.text("replication_group_id").known().is_some() {
        return vec![Component::not_priced("node", "a node of a group has the class of the group")];
    }
    let count = item.number("num_cache_nodes").or(1);
    cache_nodes(item, count)
}

/// A group of caches: shards with their copies, or so many nodes.
pub(super) fn cache_group(item: &Item<'_>) -> Vec<Component> {
    if item.text("global_replication_group_id").known().is_some() {
        return vec![Component::not_priced("nodes", "their class is that of a group in another region")];
    }
    let written = |name: &str| {
        if item.values.is_omitted(name) { Given::Default } else { item.number(name) }
    };
    let count = match (written("num_node_groups"), written("replicas_per_node_group")) {
        (Given::Known(groups), replicas) => {
            replicas.or(0).map(|replicas| groups.saturating_mul(replicas.saturating_add(1)))
        }
        (Given::Default, Given::Known(replicas)) => Some(replicas.saturating_add(1)),
        (Given::Default, Given::Default) => item.number("num_cache_clusters").or(1),
        _ => None,
    };
    cache_nodes(item, count)
}

fn cache_nodes(item: &Item<'_>, count: Option<u64>) -> Vec<Component> {
    let engine = item.text("engine").or("redis".to_owned());
    let component = match (engine.as_deref(), item.text("node_type"), count) {
        (Some("redis" | "memcached"), Given::Known(class), Some(count)) => {
            item.of_class(CACHE, "nodes", &class, hours(count), Status::Priced)
        }
        (Some("redis" | "memcached"), Given::Known(_), None) => {
            Component::not_priced("nodes", "their number is known only after apply")
        }
        (Some("redis" | "memcached") | None, _, _) => {
            Component::not_priced("nodes", "engine and class are known only after apply")
        }
        (Some(engine), _, _) => Component::not_priced("nodes", format!("no price for {}", code(engine))),
    };
    let mut components = vec![component];
    if item.number("snapshot_retention_limit").known().is_some_and(|kept| kept > FREE_SNAPSHOTS) {
        components.push(item.usage_of(CACHE, "backup storage"));
    }
    components
}

/// A search domain: data nodes, managing nodes, warm nodes, and a disk for each data node.
pub(super) fn search(item: &Item<'_>) -> Vec<Component> {
    let config = item.block("cluster_config");
    let count = number_in(&config, "instance_count").or(1);
    let mut components = vec![search_nodes(item, "nodes", &config, "instance_type", count)];
    match flag_in(&config, "dedicated_master_enabled").or(false) {
        Some(false) => {}
        Some(true) => {
            let masters = number_in(&config, "dedicated_master_count").known();
            components.push(search_nodes(item, "managing nodes", &config, "dedicated_master_type", masters));
        }
        None => components.push(Component::not_priced("managing nodes", "known only after apply")),
    }
    match flag_in(&config, "warm_enabled").or(false) {
        Some(false) => {}
        Some(true) => {
            let warm = number_in(&config, "warm_count").known();
            components.push(search_nodes(item, "warm nodes", &config, "warm_type", warm));
        }
        None => components.push(Component::not_priced("warm nodes", "known only after apply")),
    }
    components.extend(search_disks(item, count));
    components
}

fn search_nodes(
    item: &Item<'_>,
    name: &str,
    config: &Value,
    argument: &str,
    count: Option<u64>,
) -> Component {
    let class = match (text_in(config, argument), argument) {
        (Given::Known(class), _) => class,
        (Given::Default, "instance_type") => "m4.large".to_owned(),
        _ => return Component::not_priced(name, "their class is known only after apply"),
    };
    let Some(count) = count else {
        return Component::not_priced(name, "their number is known only after apply");
    };
    let class = class.trim_end_matches(".search").trim_end_matches(".elasticsearch");
    item.of_class(SEARCH, name, class, hours(count), Status::Priced)
}

fn search_disks(item: &Item<'_>, count: Option<u64>) -> Vec<Component> {
    let options = item.block("ebs_options");
    match flag_in(&options, "ebs_enabled") {
        Given::Known(false) | Given::Default => return Vec::new(),
        Given::Known(true) => {}
        Given::Unknown => return vec![Component::not_priced("storage", "known only after apply")],
    }
    let (Some(size), Some(count)) = (number_in(&options, "volume_size").known(), count) else {
        return vec![Component::not_priced("storage", "its size is known only after apply")];
    };
    let each = |quantity: u64| Quantity::from(quantity).times(count);
    let kind = match text_in(&options, "volume_type") {
        Given::Known(kind) => kind,
        Given::Default => "gp2".to_owned(),
        Given::Unknown => {
            return vec![Component::not_priced("storage", "its type is known only after apply")];
        }
    };
    let iops = number_in(&options, "iops");
    match kind.as_str() {
        "gp2" | "standard" => vec![item.fixed(SEARCH, &format!("{kind} storage"), each(size))],
        "io1" => {
            let iops = match iops {
                Given::Known(iops) => item.fixed(SEARCH, "io1 iops", each(iops)),
                _ => Component::not_priced("io1 iops", "known only after apply"),
            };
            vec![item.fixed(SEARCH, "io1 storage", each(size)), iops]
        }
        "gp3" => {
            let mut components = vec![item.fixed(SEARCH, "gp3 storage", each(size))];
            let throughput = number_in(&options, "throughput").or(0);
            let (most, fastest) = GP3_INCLUDED;
            if iops.or(0).is_none_or(|it| it > most) || throughput.is_none_or(|it| it > fastest) {
                let reason = "more than is included depends on the size, no price";
                components.push(Component::not_priced("iops and throughput", reason));
            }
            components
        }
        other => vec![Component::not_priced("storage", format!("no price for {}", code(other)))],
    }
}

/// A warehouse of so many nodes.
pub(super) fn warehouse(item: &Item<'_>) -> Vec<Component> {
    let Given::Known(class) = item.text("node_type") else {
        return vec![Component::not_priced("nodes", "their class is known only after apply")];
    };
    let single = item.text("cluster_type").known().as_deref() == Some("single-node");
    let count = if single { Some(1) } else { item.number("number_of_nodes").or(1) };
    let mut components = vec![match count {
        Some(count) => item.of_class(item.kind, "nodes", &class, hours(count), Status::Priced),
        None => Component::not_priced("nodes", "their number is known only after apply"),
    }];
    if class.starts_with("ra3.") {
        components.push(item.usage("managed storage"));
    }
    let scaling = item.usage(&format!("concurrency scaling {class}"));
    components.push(Component { name: "concurrency scaling".to_owned(), ..scaling });
    components.extend(item.usages(&["spectrum", "backup storage"]));
    components
}

/// An instance that moves data from one database to another.
pub(super) fn replication(item: &Item<'_>) -> Vec<Component> {
    let Some(several) = item.flag("multi_az").or(false) else {
        return vec![Component::not_priced("instance", "how many zones is known only after apply")];
    };
    let zones = if several { "multi-az" } else { "single-az" };
    let Given::Known(class) = item.text("replication_instance_class") else {
        return vec![Component::not_priced("instance", "its class is known only after apply")];
    };
    let sold = format!("{class} {zones}");
    let mut components = vec![item.of_class(item.kind, "instance", &sold, MONTH_HOURS, Status::Priced)];
    let (small, large) = INCLUDED_DMS_GB;
    let included = if class.starts_with("dms.t") { small } else { large };
    match item.number("allocated_storage").or(included) {
        Some(size) if size <= included => {}
        Some(size) => components.push(item.fixed(item.kind, &format!("storage {zones}"), size - included)),
        None => components.push(Component::not_priced("storage", "its size is known only after apply")),
    }
    components
}

/// The hours of so many nodes in a month.
pub(super) fn hours(count: u64) -> Quantity {
    Quantity::from(MONTH_HOURS).times(count)
}
