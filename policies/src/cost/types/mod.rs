//! How the price of each resource type is put together. A type that stands nowhere here is not priced, and says so.

mod brokers;
mod clusters;
mod compute;
mod containers;
mod data;
mod databases;
mod edge;
mod files;
mod fleets;
mod functions;
mod managed;
mod network;
mod nodes;
mod volume;

use super::{Book, Component, Item};

/// How one resource's components are put together.
type Pricing = fn(&Item<'_>) -> Vec<Component>;

/// The types that have a price, each with what makes it.
pub(super) const PRICED: &[(&str, Pricing)] = &[
    // Machines and disks
    ("aws_autoscaling_group", fleets::autoscaling_group),
    ("aws_ebs_snapshot", |item| vec![item.usage("storage")]),
    ("aws_ebs_snapshot_copy", |item| vec![item.usage("storage")]),
    ("aws_ebs_volume", volume::volume),
    ("aws_ec2_host", compute::host),
    ("aws_eks_node_group", fleets::node_group),
    ("aws_instance", compute::instance),
    // Containers and functions
    ("aws_ecr_repository", |item| vec![item.usage("storage")]),
    ("aws_ecs_service", containers::ecs_service),
    ("aws_eks_cluster", containers::eks_cluster),
    ("aws_eks_fargate_profile", containers::fargate_profile),
    ("aws_lambda_function", functions::function),
    ("aws_lambda_provisioned_concurrency_config", functions::provisioned),
    // Databases
    ("aws_db_instance", databases::instance),
    ("aws_dms_replication_instance", nodes::replication),
    ("aws_docdb_cluster", |item| vec![item.usage("backup storage")]),
    ("aws_docdb_cluster_instance", clusters::document_instance),
    ("aws_docdb_cluster_snapshot", |item| vec![item.usage("backup storage")]),
    ("aws_dynamodb_table", data::table),
    ("aws_elasticache_cluster", nodes::cache),
    ("aws_elasticache_replication_group", nodes::cache_group),
    ("aws_elasticsearch_domain", nodes::search),
    ("aws_neptune_cluster", clusters::graph),
    ("aws_neptune_cluster_instance", clusters::graph_instance),
    ("aws_neptune_cluster_snapshot", |item| vec![item.usage("backup storage")]),
    ("aws_opensearch_domain", nodes::search),
    ("aws_rds_cluster", clusters::aurora),
    ("aws_rds_cluster_instance", clusters::aurora_instance),
    ("aws_redshift_cluster", nodes::warehouse),
    // Files and objects
    ("aws_backup_vault", |item| {
        item.usages(&["ebs snapshot", "efs backup", "rds snapshot", "aurora snapshot"])
    }),
    ("aws_efs_file_system", files::elastic),
    ("aws_fsx_openzfs_file_system", files::zfs),
    ("aws_fsx_windows_file_system", files::windows),
    ("aws_s3_bucket", data::bucket),
    ("aws_s3_bucket_analytics_configuration", |item| vec![item.usage("objects")]),
    ("aws_s3_bucket_inventory", |item| vec![item.usage("objects listed")]),
    // Messages and streams
    ("aws_cloudwatch_event_bus", |item| {
        item.usages(&["custom events", "partner events", "archive processing", "archive storage"])
    }),
    ("aws_kinesis_analytics_application", |item| vec![item.usage("processing")]),
    ("aws_kinesis_firehose_delivery_stream", brokers::delivery),
    ("aws_kinesis_stream", brokers::stream),
    ("aws_kinesisanalyticsv2_application", brokers::analytics),
    ("aws_kinesisanalyticsv2_application_snapshot", |item| vec![item.usage("backup storage")]),
    ("aws_mq_broker", brokers::broker),
    ("aws_msk_cluster", brokers::kafka),
    ("aws_sns_topic", data::topic),
    ("aws_sqs_queue", data::queue),
    // Networks
    ("aws_alb", network::load_balancer),
    ("aws_dx_connection", network::line),
    ("aws_dx_gateway_association", network::line_association),
    ("aws_ec2_client_vpn_endpoint", |item| vec![item.usage("connections")]),
    ("aws_ec2_client_vpn_network_association", |item| vec![item.hourly("association")]),
    ("aws_ec2_traffic_mirror_session", |item| vec![item.hourly("session")]),
    ("aws_ec2_transit_gateway_peering_attachment", |item| vec![item.hourly("attachment")]),
    ("aws_ec2_transit_gateway_vpc_attachment", |item| {
        vec![item.hourly("attachment"), item.usage("data processed")]
    }),
    ("aws_eip", network::address),
    ("aws_elb", network::classic_load_balancer),
    ("aws_lb", network::load_balancer),
    ("aws_nat_gateway", network::nat_gateway),
    ("aws_networkfirewall_firewall", network::firewall),
    ("aws_route53_resolver_endpoint", network::resolver),
    ("aws_vpc_endpoint", network::endpoint),
    ("aws_vpn_connection", network::vpn),
    // The edge
    ("aws_api_gateway_rest_api", |item| vec![item.usage("requests")]),
    ("aws_api_gateway_stage", edge::stage),
    ("aws_apigatewayv2_api", edge::api),
    ("aws_cloudfront_distribution", edge::distribution),
    ("aws_cloudfront_function", |item| vec![item.usage("invocations")]),
    ("aws_globalaccelerator_accelerator", |item| vec![item.hourly("accelerator")]),
    ("aws_globalaccelerator_endpoint_group", |_| vec![Component::unlisted("data transfer premium")]),
    ("aws_route53_health_check", edge::health_check),
    ("aws_route53_record", edge::record),
    ("aws_route53_zone", |item| vec![item.fixed(item.kind, "zone", 1)]),
    ("aws_waf_web_acl", edge::classic_acl),
    ("aws_wafv2_web_acl", edge::acl),
    // Keys, names and directories
    ("aws_acm_certificate", managed::certificate),
    ("aws_acmpca_certificate_authority", managed::authority),
    ("aws_cloudhsm_v2_hsm", |item| vec![item.hourly("hsm")]),
    ("aws_directory_service_directory", managed::directory),
    ("aws_kms_external_key", |item| vec![item.fixed(item.kind, "key", 1)]),
    ("aws_kms_key", managed::key),
    ("aws_secretsmanager_secret", data::secret),
    ("aws_ssm_activation", |item| vec![item.usage("advanced instances")]),
    ("aws_ssm_parameter", managed::parameter),
    // Watching
    ("aws_cloudtrail", managed::trail),
    ("aws_cloudwatch_dashboard", |item| vec![item.fixed(item.kind, "dashboard", 1)]),
    ("aws_cloudwatch_log_group", |item| item.usages(&["data ingested", "archival storage", "queries"])),
    ("aws_cloudwatch_metric_alarm", data::alarm),
    ("aws_config_config_rule", |item| vec![item.usage("evaluations")]),
    ("aws_config_configuration_recorder", |item| vec![item.usage("items")]),
    ("aws_config_organization_custom_rule", |item| vec![item.usage("evaluations")]),
    ("aws_config_organization_managed_rule", |item| vec![item.usage("evaluations")]),
    ("aws_grafana_workspace", |item| item.usages(&["editors", "viewers"])),
    // Work
    ("aws_cloudformation_stack", |item| item.usages(&["handler operations", "duration above 30 s"])),
    ("aws_cloudformation_stack_set", |item| item.usages(&["handler operations", "duration above 30 s"])),
    ("aws_codebuild_project", managed::build),
    ("aws_glue_catalog_database", |item| item.usages(&["objects", "requests"])),
    ("aws_glue_crawler", |item| vec![item.usage("duration")]),
    ("aws_glue_job", |item| vec![item.usage("duration")]),
    ("aws_mwaa_environment", managed::airflow),
    ("aws_sfn_state_machine", managed::workflow),
    ("aws_transfer_server", managed::transfer),
];

/// The components of one resource; never none.
pub(super) fn components(item: &Item<'_>) -> Vec<Component> {
    match pricing(item.kind) {
        Some(price) => price(item),
        None if is_free(item.rates.book, item.kind) => vec![Component::free()],
        None => vec![Component::not_priced("price", "the price book does not know this type")],
    }
}

/// Whether a type costs nothing by itself, whatever its arguments.
pub(super) fn is_free(book: &Book, kind: &str) -> bool {
    pricing(kind).is_none() && book.is_free(kind)
}

fn pricing(kind: &str) -> Option<Pricing> {
    use std::collections::HashMap;
    use std::sync::OnceLock;
    static KINDS: OnceLock<HashMap<&str, Pricing>> = OnceLock::new();
    KINDS.get_or_init(|| PRICED.iter().copied().collect()).get(kind).copied()
}
