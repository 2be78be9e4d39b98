//! Which key of a usage file is how much of which component. The keys are infracost's.

use std::collections::BTreeMap;

use tfpilot_hcl::Value;

use super::Values;
use crate::cost::{Item, MONTH_HOURS, Quantity};
use crate::values::elements;

/// Seconds of a month.
const MONTH_SECONDS: u64 = MONTH_HOURS * 3_600;

/// Types of which a resource may use what it does not name.
pub(super) const SELLS_MANY: [&str; 2] = ["aws_cloudfront_distribution", "aws_s3_bucket"];

/// What a key is.
#[derive(Clone, Copy)]
enum To {
    /// So much of one of these components a month, whichever the resource has.
    Part(&'static [&'static str]),
    /// So much all the time, paid by the hour.
    Hourly(&'static str),
    /// So many a second.
    PerSecond(&'static str),
    /// So many, each billed as several when it is larger than a chunk: the key of the size, and the chunk.
    Chunks(&'static [&'static str], &'static str, u64),
    /// What the arguments and other keys make of it.
    Made(fn(&Item<'_>, &Values) -> Option<(&'static str, Quantity)>),
    /// Part of another key's meaning, or something that is not priced here.
    Nothing,
}

use To::{Chunks, Hourly, Made, Nothing, Part, PerSecond};

/// Areas of CloudFront, as keys call them, with what is transferred and asked there.
macro_rules! areas {
    ($($area:literal $name:literal),*) => {
        &[$(
            (concat!("monthly_data_transfer_to_internet_gb.", $area), Part(&[concat!("data transfer ", $name)])),
            (concat!("monthly_data_transfer_to_origin_gb.", $area), Nothing),
            (concat!("monthly_http_requests.", $area), Part(&[concat!("http requests ", $name)])),
            (concat!("monthly_https_requests.", $area), Part(&[concat!("https requests ", $name)])),
            (concat!("monthly_shield_requests.", $area), Nothing),
        )*
        ("monthly_shield_requests.singapore", Nothing),
        ("monthly_shield_requests.south_korea", Nothing),
        ("monthly_invalidation_requests", Part(&["invalidations"])),
        ("monthly_encryption_requests", Part(&["field-level encryption"])),
        ("monthly_log_lines", Nothing),
        ("custom_ssl_certificates", Nothing)]
    };
}

/// The keys of one type.
type Keys = &'static [(&'static str, To)];

const BALANCER: Keys = &[
    ("new_connections", Made(capacity)),
    ("active_connections", Nothing),
    ("processed_bytes_gb", Made(capacity)),
    ("rule_evaluations", Nothing),
];
const BACKUP: Keys = &[("backup_storage_gb", Part(&["backup storage"]))];
const EVALUATIONS: Keys = &[("monthly_rule_evaluations", Part(&["evaluations"]))];
const PROCESSED: Keys = &[("monthly_data_processed_gb", Part(&["data processed"]))];
const REQUESTS: Keys = &[("monthly_requests", Part(&["requests"]))];
const STACK: Keys = &[
    ("monthly_handler_operations", Part(&["handler operations"])),
    ("monthly_duration_secs", Part(&["duration above 30 s"])),
];
const MACHINE: Keys = &[
    ("operating_system", Nothing),
    ("reserved_instance_type", Nothing),
    ("reserved_instance_term", Nothing),
    ("reserved_instance_payment_option", Nothing),
    ("monthly_cpu_credit_hrs", Made(burst)),
    ("vcpu_count", Nothing),
    ("monthly_hrs", Nothing),
    ("instances", Nothing),
];

/// Every type that has keys.
const KEYS: &[(&str, Keys)] = &[
    ("aws_acm_certificate", &[("monthly_requests", Part(&["private certificate"]))]),
    (
        "aws_acmpca_certificate_authority",
        &[("monthly_requests", Part(&["certificates", "short-lived certificates"]))],
    ),
    ("aws_alb", BALANCER),
    ("aws_api_gateway_rest_api", REQUESTS),
    (
        "aws_apigatewayv2_api",
        &[
            ("monthly_requests", Chunks(&["requests"], "request_size_kb", 512)),
            ("request_size_kb", Nothing),
            ("monthly_messages", Chunks(&["messages"], "message_size_kb", 32)),
            ("message_size_kb", Nothing),
            ("monthly_connection_mins", Part(&["connection duration"])),
        ],
    ),
    ("aws_autoscaling_group", MACHINE),
    (
        "aws_backup_vault",
        &[
            ("monthly_ebs_snapshot_gb", Part(&["ebs snapshot"])),
            ("monthly_efs_warm_backup_gb", Part(&["efs backup"])),
            ("monthly_rds_snapshot_gb", Part(&["rds snapshot"])),
            ("monthly_aurora_snapshot_gb", Part(&["aurora snapshot"])),
            ("monthly_efs_cold_backup_gb", Nothing),
            ("monthly_efs_warm_restore_gb", Nothing),
            ("monthly_efs_cold_restore_gb", Nothing),
            ("monthly_efs_item_restore_requests", Nothing),
            ("monthly_dynamodb_backup_gb", Nothing),
            ("monthly_dynamodb_restore_gb", Nothing),
            ("monthly_fsx_windows_backup_gb", Nothing),
            ("monthly_fsx_lustre_backup_gb", Nothing),
        ],
    ),
    ("aws_cloudformation_stack", STACK),
    ("aws_cloudformation_stack_set", STACK),
    (
        "aws_cloudfront_distribution",
        areas!(
            "us" "us", "europe" "europe", "south_africa" "south africa", "south_america" "south america",
            "japan" "japan", "australia" "australia", "asia_pacific" "asia pacific", "india" "india"
        ),
    ),
    ("aws_cloudfront_function", &[("monthly_requests", Part(&["invocations"]))]),
    ("aws_cloudhsm_v2_hsm", &[("monthly_hrs", Nothing)]),
    (
        "aws_cloudtrail",
        &[
            ("monthly_additional_management_events", Part(&["further management events"])),
            ("monthly_data_events", Part(&["data events"])),
            ("monthly_insight_events", Part(&["insight events"])),
        ],
    ),
    (
        "aws_cloudwatch_event_bus",
        &[
            ("monthly_custom_events", Part(&["custom events"])),
            ("monthly_third_party_events", Part(&["partner events"])),
            ("monthly_archive_processing_gb", Part(&["archive processing"])),
            ("archive_storage_gb", Part(&["archive storage"])),
            ("monthly_schema_discovery_events", Nothing),
        ],
    ),
    (
        "aws_cloudwatch_log_group",
        &[
            ("storage_gb", Part(&["archival storage"])),
            ("monthly_data_ingested_gb", Part(&["data ingested"])),
            ("monthly_data_scanned_gb", Part(&["queries"])),
        ],
    ),
    // The component is called by its machine.
    ("aws_codebuild_project", &[("monthly_build_mins", Part(BUILDS))]),
    ("aws_config_config_rule", EVALUATIONS),
    (
        "aws_config_configuration_recorder",
        &[("monthly_config_items", Part(&["items"])), ("monthly_custom_config_items", Part(&["items"]))],
    ),
    ("aws_config_organization_custom_rule", EVALUATIONS),
    ("aws_config_organization_managed_rule", EVALUATIONS),
    (
        "aws_db_instance",
        &[
            ("additional_backup_storage_gb", Part(&["backup storage"])),
            ("monthly_standard_io_requests", Part(&["io requests"])),
            ("monthly_additional_performance_insights_requests", Nothing),
            ("monthly_cpu_credit_hrs", Made(burst)),
            ("vcpu_count", Nothing),
            ("reserved_instance_term", Nothing),
            ("reserved_instance_payment_option", Nothing),
        ],
    ),
    (
        "aws_directory_service_directory",
        &[("additional_domain_controllers", Nothing), ("shared_accounts", Nothing)],
    ),
    ("aws_docdb_cluster", BACKUP),
    (
        "aws_docdb_cluster_instance",
        &[
            ("data_storage_gb", Part(&["storage"])),
            ("monthly_io_requests", Part(&["io requests"])),
            ("monthly_cpu_credit_hrs", Part(&["cpu credits"])),
        ],
    ),
    ("aws_docdb_cluster_snapshot", BACKUP),
    ("aws_dx_connection", &[("monthly_outbound_region_to_dx_location", Nothing)]),
    ("aws_dx_gateway_association", PROCESSED),
    (
        "aws_dynamodb_table",
        &[
            ("monthly_write_request_units", Part(&["write requests"])),
            ("monthly_read_request_units", Part(&["read requests"])),
            ("storage_gb", Part(&["data storage"])),
            ("pitr_backup_storage_gb", Part(&["point-in-time recovery"])),
            ("on_demand_backup_storage_gb", Nothing),
            ("monthly_data_restored_gb", Nothing),
            ("monthly_streams_read_request_units", Part(&["stream reads"])),
        ],
    ),
    (
        "aws_ebs_snapshot",
        &[
            ("monthly_list_block_requests", Nothing),
            ("monthly_get_block_requests", Nothing),
            ("monthly_put_block_requests", Nothing),
            ("fast_snapshot_restore_hours", Nothing),
        ],
    ),
    ("aws_ebs_volume", &[("monthly_standard_io_requests", Part(&["standard requests"]))]),
    ("aws_ec2_client_vpn_endpoint", &[("monthly_hrs", Part(&["connections"]))]),
    ("aws_ec2_transit_gateway_vpc_attachment", PROCESSED),
    ("aws_ecr_repository", &[("storage_gb", Part(&["storage"]))]),
    (
        "aws_efs_file_system",
        &[
            ("storage_gb", Part(&["standard storage", "one zone storage"])),
            (
                "infrequent_access_storage_gb",
                Part(&["infrequent access storage", "one zone infrequent access storage"]),
            ),
            ("monthly_infrequent_access_read_gb", Part(&["infrequent access reads"])),
            ("monthly_infrequent_access_write_gb", Part(&["infrequent access writes"])),
        ],
    ),
    ("aws_eks_node_group", MACHINE),
    ("aws_elasticache_cluster", &[("snapshot_storage_size_gb", Part(&["backup storage"]))]),
    ("aws_elasticache_replication_group", &[("snapshot_storage_size_gb", Part(&["backup storage"]))]),
    ("aws_elb", PROCESSED),
    ("aws_fsx_openzfs_file_system", BACKUP),
    ("aws_fsx_windows_file_system", BACKUP),
    (
        "aws_glue_catalog_database",
        &[("monthly_objects", Part(&["objects"])), ("monthly_requests", Part(&["requests"]))],
    ),
    ("aws_glue_crawler", &[("monthly_hours", Part(&["duration"]))]),
    ("aws_glue_job", &[("monthly_hours", Made(job))]),
    (
        "aws_grafana_workspace",
        &[("editors_administrator_licenses", Part(&["editors"])), ("viewer_licenses", Part(&["viewers"]))],
    ),
    ("aws_instance", MACHINE),
    (
        "aws_kinesis_analytics_application",
        &[("kinesis_processing_units", Hourly("processing")), ("durable_application_backup_gb", Nothing)],
    ),
    (
        "aws_kinesisanalyticsv2_application",
        &[("kinesis_processing_units", Hourly("processing")), ("durable_application_backup_gb", Nothing)],
    ),
    (
        "aws_kinesisanalyticsv2_application_snapshot",
        &[("durable_application_backup_gb", Part(&["backup storage"]))],
    ),
    ("aws_kinesis_firehose_delivery_stream", &[("monthly_data_ingested_gb", Part(&["data ingested"]))]),
    (
        "aws_kinesis_stream",
        &[
            ("monthly_on_demand_data_in_gb", Part(&["data ingested"])),
            ("monthly_on_demand_data_out_gb", Part(&["data retrieved"])),
            ("monthly_on_demand_extended_retention_gb", Part(&["extended retention on-demand"])),
            ("monthly_on_demand_efo_data_out_gb", Nothing),
            ("monthly_on_demand_long_term_retention_gb", Nothing),
            ("monthly_provisioned_put_units", Part(&["put units"])),
            ("monthly_provisioned_extended_retention_gb", Nothing),
            ("monthly_provisioned_long_term_retention_gb", Nothing),
            ("monthly_provisioned_long_term_retrieval_gb", Nothing),
            ("monthly_provisioned_efo_data_out_gb", Nothing),
            ("monthly_provisioned_efo_consumer_hours", Nothing),
        ],
    ),
    ("aws_kms_key", REQUESTS),
    (
        "aws_lambda_function",
        &[("monthly_requests", Part(&["requests"])), ("request_duration_ms", Made(seconds))],
    ),
    (
        "aws_lambda_provisioned_concurrency_config",
        &[
            ("monthly_duration_hrs", Nothing),
            ("request_duration_ms", Nothing),
            ("monthly_requests", Part(&["requests"])),
            ("memory_mb", Nothing),
            ("architecture", Nothing),
        ],
    ),
    ("aws_lb", BALANCER),
    ("aws_mq_broker", &[("storage_size_gb", Part(&["efs storage", "ebs storage"]))]),
    ("aws_msk_cluster", &[("appautoscaling_target", Nothing)]),
    (
        "aws_mwaa_environment",
        &[
            ("additional_workers", Made(workers)),
            ("additional_schedulers", Nothing),
            ("meta_database_gb", Part(&["meta database"])),
        ],
    ),
    ("aws_nat_gateway", PROCESSED),
    (
        "aws_neptune_cluster",
        &[
            ("storage_gb", Part(&["storage"])),
            ("monthly_io_requests", Part(&["io requests"])),
            ("backup_storage_gb", Part(&["backup storage"])),
        ],
    ),
    ("aws_neptune_cluster_instance", &[("monthly_cpu_credit_hrs", Nothing)]),
    ("aws_neptune_cluster_snapshot", BACKUP),
    ("aws_networkfirewall_firewall", PROCESSED),
    (
        "aws_rds_cluster",
        &[
            ("capacity_units_per_hr", Hourly("serverless capacity")),
            ("storage_gb", Part(&["storage"])),
            ("write_requests_per_sec", PerSecond("io requests")),
            ("read_requests_per_sec", PerSecond("io requests")),
            ("backup_snapshot_size_gb", Nothing),
            ("average_statements_per_hr", Nothing),
            ("change_records_per_statement", Nothing),
            ("backtrack_window_hrs", Nothing),
            ("snapshot_export_size_gb", Part(&["snapshot export"])),
        ],
    ),
    (
        "aws_rds_cluster_instance",
        &[
            ("capacity_units_per_hr", Hourly("serverless v2 capacity")),
            ("monthly_additional_performance_insights_requests", Nothing),
            ("monthly_cpu_credit_hrs", Made(burst)),
            ("vcpu_count", Nothing),
        ],
    ),
    (
        "aws_redshift_cluster",
        &[
            ("managed_storage_gb", Part(&["managed storage"])),
            ("excess_concurrency_scaling_secs", Made(scaling)),
            ("spectrum_data_scanned_tb", Part(&["spectrum"])),
            ("backup_storage_gb", Part(&["backup storage"])),
        ],
    ),
    ("aws_route53_health_check", &[("endpoint_type", Nothing)]),
    (
        "aws_route53_record",
        &[
            ("monthly_standard_queries", Part(&["queries"])),
            ("monthly_latency_based_queries", Part(&["latency queries"])),
            ("monthly_geo_queries", Part(&["geo queries"])),
        ],
    ),
    ("aws_route53_resolver_endpoint", &[("monthly_queries", Part(&["queries"]))]),
    (
        "aws_s3_bucket",
        &[
            ("object_tags", Nothing),
            ("standard.storage_gb", Part(&["standard storage"])),
            ("standard.monthly_tier_1_requests", Part(&["write requests"])),
            ("standard.monthly_tier_2_requests", Part(&["read requests"])),
            ("standard.", Nothing),
            ("intelligent_tiering.frequent_access_storage_gb", Part(&["intelligent tiering storage"])),
            ("intelligent_tiering.", Nothing),
            ("standard_infrequent_access.storage_gb", Part(&["standard infrequent access storage"])),
            ("standard_infrequent_access.", Nothing),
            ("one_zone_infrequent_access.storage_gb", Part(&["one zone infrequent access storage"])),
            ("one_zone_infrequent_access.", Nothing),
            ("glacier_flexible_retrieval.storage_gb", Part(&["glacier storage"])),
            ("glacier_flexible_retrieval.", Nothing),
            ("glacier_deep_archive.storage_gb", Part(&["deep archive storage"])),
            ("glacier_deep_archive.", Nothing),
        ],
    ),
    ("aws_s3_bucket_analytics_configuration", &[("monthly_monitored_objects", Part(&["objects"]))]),
    ("aws_s3_bucket_inventory", &[("monthly_listed_objects", Part(&["objects listed"]))]),
    ("aws_secretsmanager_secret", REQUESTS),
    (
        "aws_sfn_state_machine",
        &[
            ("monthly_transitions", Part(&["transitions"])),
            ("monthly_requests", Part(&["requests"])),
            ("memory_mb", Nothing),
            ("workflow_duration_ms", Made(workflow)),
        ],
    ),
    (
        "aws_sns_topic",
        &[
            ("monthly_requests", Chunks(&["requests", "fifo requests"], "request_size_kb", 64)),
            ("request_size_kb", Nothing),
            ("http_subscriptions", Nothing),
            ("email_subscriptions", Nothing),
            ("kinesis_subscriptions", Nothing),
            ("mobile_push_subscriptions", Nothing),
            ("macos_subscriptions", Nothing),
            ("sms_subscriptions", Nothing),
            ("sms_notification_price", Nothing),
        ],
    ),
    (
        "aws_sqs_queue",
        &[
            ("monthly_requests", Chunks(&["standard requests", "fifo requests"], "request_size_kb", 64)),
            ("request_size_kb", Nothing),
        ],
    ),
    ("aws_ssm_activation", &[("instance_tier", Nothing), ("instances", Hourly("advanced instances"))]),
    (
        "aws_ssm_parameter",
        &[
            ("monthly_api_interactions", Part(&["requests"])),
            ("parameter_storage_hrs", Nothing),
            ("api_throughput_limit", Nothing),
        ],
    ),
    (
        "aws_transfer_server",
        &[
            ("monthly_data_downloaded_gb", Part(&["data downloaded"])),
            ("monthly_data_uploaded_gb", Part(&["data uploaded"])),
        ],
    ),
    (
        "aws_vpc_endpoint",
        &[("monthly_data_processed_gb", Part(&["data processed", "gateway load balancer data processed"]))],
    ),
    ("aws_vpn_connection", PROCESSED),
    ("aws_waf_web_acl", &[("rule_group_rules", Nothing), ("monthly_requests", Part(&["requests"]))]),
    (
        "aws_wafv2_web_acl",
        &[
            ("rule_group_rules", Nothing),
            ("managed_rule_group_rules", Nothing),
            ("monthly_requests", Part(&["requests"])),
        ],
    ),
];

/// Machines that builds run on.
const BUILDS: &[&str] =
    &["linux general1.small", "linux general1.medium", "linux general1.large", "windows general1.large"];

/// The keys of a type; none for types that are not priced here, or by nothing that is used.
pub(super) fn of_kind(kind: &str) -> Option<impl Iterator<Item = &'static str>> {
    keys(kind).map(|keys| keys.iter().map(|(key, _)| *key))
}

fn keys(kind: &str) -> Option<Keys> {
    KEYS.iter().find(|(it, _)| *it == kind).map(|(_, keys)| *keys)
}

/// Keys whose values are words.
pub(super) fn is_text(key: &str) -> bool {
    const TEXTS: [&str; 9] = [
        "api_throughput_limit",
        "appautoscaling_target",
        "architecture",
        "endpoint_type",
        "instance_tier",
        "operating_system",
        "reserved_instance_payment_option",
        "reserved_instance_term",
        "reserved_instance_type",
    ];
    TEXTS.contains(&key)
}

/// How much of each component the values of a resource come to.
pub(super) fn quantities(item: &Item<'_>, values: &Values) -> BTreeMap<String, Quantity> {
    let (mut all, mut made) = (BTreeMap::<String, Quantity>::new(), BTreeMap::new());
    let mut add = |component: &str, quantity: Quantity| {
        let sum = all.entry(component.to_owned()).or_default();
        *sum = sum.and(quantity);
    };
    for (key, value) in values {
        let to = keys(item.kind).and_then(|keys| keys.iter().find(|(it, _)| it == key)).map(|(_, to)| *to);
        match to.unwrap_or(Nothing) {
            Part(components) => components.iter().for_each(|component| add(component, *value)),
            Hourly(component) => add(component, value.times(MONTH_HOURS)),
            PerSecond(component) => add(component, value.times(MONTH_SECONDS)),
            Chunks(components, size, chunk) => {
                let each = values.get(size).map_or(1, |size| size.chunks(chunk));
                components.iter().for_each(|component| add(component, value.times(each)));
            }
            // Several keys may lead to one quantity.
            Made(make) => {
                if let Some((component, quantity)) = make(item, values) {
                    made.insert(component.to_owned(), quantity);
                }
            }
            Nothing => {}
        }
    }
    all.extend(made);
    all
}

/// What a balancer takes: the most of connections, bytes and rules, by its kind.
fn capacity(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let network = item.text("load_balancer_type").known().as_deref() == Some("network");
    let (component, new, active) =
        if network { ("network capacity", 800, 100_000) } else { ("application capacity", 25, 3_000) };
    let of = |key: &str, per: u64| values.get(key).copied().unwrap_or_default().times(MONTH_HOURS).per(per);
    let rules = if network { Quantity::ZERO } else { of("rule_evaluations", 1_000) };
    // A GB an hour is a unit.
    let bytes = values.get("processed_bytes_gb").copied().unwrap_or_default();
    let most = [of("new_connections", new), of("active_connections", active), rules, bytes].into_iter().max();
    Some((component, most?))
}

/// Hours of bursting, by the number of CPUs that burst.
fn burst(_: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    Some(("cpu credits", values.get("monthly_cpu_credit_hrs")?.by(*values.get("vcpu_count")?)))
}

/// A function's requests, by how long each takes, by its memory.
fn seconds(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let memory = item.number("memory_size").or(128)?;
    let each = values.get("request_duration_ms")?.times(memory).per(1_000 * 1_024);
    let architectures = item.values.value("architectures");
    let arm = elements(&architectures).is_some_and(|all| all.iter().any(|it| it.as_str() == Some("arm64")));
    let component = if arm { "duration arm64" } else { "duration x86_64" };
    Some((component, values.get("monthly_requests")?.by(each)))
}

/// A workflow's requests, by how long each takes in tenths of seconds, by its memory in chunks of 64 MB.
fn workflow(_: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let tenths = values.get("workflow_duration_ms")?.chunks(100);
    let memory = values.get("memory_mb")?.chunks(64).checked_mul(64)?;
    let each = Quantity::from(tenths).times(memory).per(10 * 1_024);
    Some(("duration", values.get("monthly_requests")?.by(each).per(3_600)))
}

/// A job's hours, by the units that it takes.
fn job(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let hours = *values.get("monthly_hours")?;
    if let Value::Number(units) = item.values.value("max_capacity") {
        return Some(("duration", hours.by(Quantity::parse(&units.to_string())?)));
    }
    let units = match item.text("worker_type").known().as_deref() {
        Some("Standard" | "G.1X") => 1,
        Some("G.2X") => 2,
        _ => return None,
    };
    Some(("duration", hours.times(item.number("number_of_workers").known()?.checked_mul(units)?)))
}

fn workers(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let class = item.text("environment_class").or("mw1.small".to_owned())?.to_ascii_lowercase();
    let component = match class.as_str() {
        "mw1.small" => "further workers small",
        "mw1.medium" => "further workers medium",
        "mw1.large" => "further workers large",
        _ => return None,
    };
    Some((component, values.get("additional_workers")?.times(MONTH_HOURS)))
}

fn scaling(item: &Item<'_>, values: &Values) -> Option<(&'static str, Quantity)> {
    let component = match item.text("node_type").known()?.as_str() {
        "dc2.large" => "concurrency scaling dc2.large",
        "ds2.8xlarge" => "concurrency scaling ds2.8xlarge",
        "ra3.4xlarge" => "concurrency scaling ra3.4xlarge",
        "ra3.16xlarge" => "concurrency scaling ra3.16xlarge",
        _ => return None,
    };
    Some((component, *values.get("excess_concurrency_scaling_secs")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::coverage;

    #[test]
    fn keys_are_those_of_types_that_have_a_price() {
        let priced = coverage().priced;
        for (kind, keys) in KEYS {
            assert!(priced.contains(kind), "{kind}");
            let mut names: Vec<_> = keys.iter().map(|(key, _)| key).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), keys.len(), "{kind} has a key twice");
        }
    }

    #[test]
    fn a_key_leads_to_components_that_are_in_the_book() {
        let book = crate::cost::Book::embedded();
        // Prices of other types: balancers, and what is a newer name.
        let elsewhere = ["aws_alb", "aws_lb", "aws_elasticache_replication_group", "aws_instance"];
        for (kind, keys) in KEYS.iter().filter(|(kind, _)| !elsewhere.contains(kind)) {
            for (key, to) in *keys {
                let components: &[&str] = match to {
                    Part(components) | Chunks(components, ..) => components,
                    Hourly(component) | PerSecond(component) => std::slice::from_ref(component),
                    Made(_) | Nothing => continue,
                };
                for component in components {
                    assert!(book.elsewhere(kind, component).is_some(), "{kind} {key}: {component}");
                }
            }
        }
    }
}
