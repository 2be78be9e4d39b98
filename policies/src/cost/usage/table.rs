//! The keys of every type that is paid by use, and what each is. They are those of infracost; what is not priced here stays
//! known, so that files can be shared.

use super::keys::To;
use super::made::{burst, capacity, job, scaling, seconds, workers, workflow};
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
pub(super) type Keys = &'static [(&'static str, To)];

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
pub(super) const KEYS: &[(&str, Keys)] = &[
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
