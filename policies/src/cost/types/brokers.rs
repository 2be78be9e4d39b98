//! Message brokers and streams: MSK, Amazon MQ, Kinesis.

use super::nodes::hours;
use crate::cost::item::{Given, block_in, flag_in, number_in, text_in};
use crate::cost::{Component, Item, MONTH_HOURS, Quantity, Status};
use crate::values::{elements, member};
use tfpilot_hcl::Value;

/// Hours that a stream keeps what it got without being paid for.
const FREE_RETENTION_HOURS: u64 = 24;

/// A Kafka cluster: so many brokers, each with its disk.
pub(super) fn kafka(item: &Item<'_>) -> Vec<Component> {
    let Given::Known(count) = item.number("number_of_broker_nodes") else {
        return vec![Component::not_priced("brokers", "their number is known only after apply")];
    };
    let group = item.block("broker_node_group_info");
    let brokers = match text_in(&group, "instance_type") {
        Given::Known(class) => item.of_class(item.kind, "brokers", &class, hours(count), Status::Priced),
        _ => Component::not_priced("brokers", "their class is known only after apply"),
    };
    let disk = block_in(&block_in(&group, "storage_info"), "ebs_storage_info");
    let size = match number_in(&disk, "volume_size") {
        Given::Known(size) => Some(size),
        // The older way to say it.
        _ => number_in(&group, "ebs_volume_size").known(),
    };
    let storage = match size {
        Some(size) => item.fixed(item.kind, "storage", Quantity::from(size).times(count)),
        None => Component::not_priced("storage", "its size is known only after apply"),
    };
    let mut components = vec![brokers, storage];
    let throughput = block_in(&disk, "provisioned_throughput");
    if flag_in(&throughput, "enabled").or(false) != Some(false) {
        components
            .push(Component::not_priced("throughput", "provisioned throughput is not in the price book"));
    }
    components
}

/// A broker, alone or with those that stand by.
pub(super) fn broker(item: &Item<'_>) -> Vec<Component> {
    let (Given::Known(engine), Given::Known(class)) =
        (item.text("engine_type"), item.text("host_instance_type"))
    else {
        return vec![Component::not_priced("broker", "engine and class are known only after apply")];
    };
    let Some(mode) = item.text("deployment_mode").or("SINGLE_INSTANCE".to_owned()) else {
        return vec![Component::not_priced("broker", "how it is deployed is known only after apply")];
    };
    let (engine, mode) = (engine.to_ascii_lowercase(), mode.to_ascii_lowercase());
    let sold = format!("{engine} {class} {mode}");
    let broker = item.of_class(item.kind, "broker", &sold, MONTH_HOURS, Status::Priced);
    let shared = engine == "activemq" && item.text("storage_type").known().as_deref() != Some("ebs");
    vec![broker, item.usage(if shared { "efs storage" } else { "ebs storage" })]
}

/// A stream: by its shards, or by use.
pub(super) fn stream(item: &Item<'_>) -> Vec<Component> {
    let mode = item.block("stream_mode_details");
    let retention = item.number("retention_period").or(FREE_RETENTION_HOURS);
    let long = retention.is_none_or(|hours| hours > FREE_RETENTION_HOURS);
    match text_in(&mode, "stream_mode").or("PROVISIONED".to_owned()).as_deref() {
        Some("ON_DEMAND") => {
            let mut components = vec![item.hourly("on-demand stream")];
            components.extend(item.usages(&["data ingested", "data retrieved"]));
            components.extend(long.then(|| item.usage("extended retention on-demand")));
            components
        }
        Some("PROVISIONED") => {
            let mut components = vec![match item.number("shard_count") {
                Given::Known(shards) => item.hours_of("shards", shards),
                _ => Component::not_priced("shards", "their number is known only after apply"),
            }];
            components.push(item.usage("put units"));
            components.extend(long.then(|| {
                let reason = "keeping data for longer than a day is not in the price book";
                Component::not_priced("extended retention", reason)
            }));
            components
        }
        _ => vec![Component::not_priced("stream", "its mode is known only after apply")],
    }
}

/// A stream that delivers: by use, and for each zone of a private network.
pub(super) fn delivery(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![item.usage("data ingested")];
    let converts = block_in(&item.block("extended_s3_configuration"), "data_format_conversion_configuration");
    if converts != Value::Null && flag_in(&converts, "enabled").or(true) != Some(false) {
        components.push(item.usage("format conversion"));
    }
    for target in ["elasticsearch_configuration", "opensearch_configuration"] {
        let network = block_in(&item.block(target), "vpc_config");
        if network == Value::Null {
            continue;
        }
        let subnets = member(&network, "subnet_ids");
        let zones = elements(&subnets).map(|all| u64::try_from(all.len()).unwrap_or(u64::MAX));
        components.push(match zones {
            Some(zones) if zones > 0 => {
                let input = "each subnet is in a zone of its own".to_owned();
                item.fixed_as(item.kind, "vpc delivery", hours(zones), Status::Assumed { input })
            }
            _ => Component::not_priced("vpc delivery", "its subnets are known only after apply"),
        });
        components.push(item.usage("vpc data"));
    }
    components
}

/// An application on streams; one that is written in Java has a unit of its own to run it.
pub(super) fn analytics(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![item.usage("processing")];
    match item.text("runtime_environment") {
        Given::Known(runtime) if runtime.starts_with("FLINK") => {
            components.push(item.hourly("orchestration"));
            components.push(item.usage("running storage"));
        }
        Given::Known(_) | Given::Default => {}
        Given::Unknown => {
            components.push(Component::not_priced("orchestration", "its runtime is known only after apply"));
        }
    }
    components
}
