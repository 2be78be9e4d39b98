//! What kind of thing a resource type is: whether it keeps data, grants rights, or is part of the network.

/// Types whose destruction loses data that no plan can bring back.
const STATEFUL: &[&str] = &[
    // AWS
    "aws_backup_vault",
    "aws_cloudwatch_log_group",
    "aws_codecommit_repository",
    "aws_cognito_user_pool",
    "aws_db_cluster_snapshot",
    "aws_db_instance",
    "aws_db_snapshot",
    "aws_dax_cluster",
    "aws_docdb_cluster",
    "aws_docdb_cluster_instance",
    "aws_docdbelastic_cluster",
    "aws_dynamodb_global_table",
    "aws_dynamodb_table",
    "aws_dynamodb_table_item",
    "aws_ebs_snapshot",
    "aws_ebs_volume",
    "aws_ecr_repository",
    "aws_ecrpublic_repository",
    "aws_efs_file_system",
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_elasticache_serverless_cache",
    "aws_elasticsearch_domain",
    "aws_emr_cluster",
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_file_system",
    "aws_fsx_ontap_volume",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_openzfs_volume",
    "aws_fsx_windows_file_system",
    "aws_glacier_vault",
    "aws_keyspaces_table",
    "aws_kinesis_stream",
    "aws_kms_key",
    "aws_kms_external_key",
    "aws_lightsail_database",
    "aws_lightsail_disk",
    "aws_memorydb_cluster",
    "aws_mq_broker",
    "aws_msk_cluster",
    "aws_msk_serverless_cluster",
    "aws_neptune_cluster",
    "aws_neptune_cluster_instance",
    "aws_opensearch_domain",
    "aws_opensearchserverless_collection",
    "aws_qldb_ledger",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_rds_global_cluster",
    "aws_redshift_cluster",
    "aws_redshiftserverless_namespace",
    "aws_s3_bucket",
    "aws_s3_directory_bucket",
    "aws_s3_object",
    "aws_s3tables_table",
    "aws_s3tables_table_bucket",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_version",
    "aws_sqs_queue",
    "aws_ssm_parameter",
    "aws_timestreamwrite_database",
    "aws_timestreamwrite_table",
    // Google Cloud
    "google_alloydb_cluster",
    "google_artifact_registry_repository",
    "google_bigquery_dataset",
    "google_bigquery_table",
    "google_bigtable_instance",
    "google_bigtable_table",
    "google_compute_disk",
    "google_compute_region_disk",
    "google_compute_snapshot",
    "google_filestore_instance",
    "google_firestore_database",
    "google_kms_crypto_key",
    "google_pubsub_subscription",
    "google_pubsub_topic",
    "google_redis_instance",
    "google_secret_manager_secret",
    "google_spanner_database",
    "google_spanner_instance",
    "google_sql_database",
    "google_sql_database_instance",
    "google_storage_bucket",
    "google_storage_bucket_object",
    // Azure
    "azurerm_container_registry",
    "azurerm_cosmosdb_account",
    "azurerm_eventhub",
    "azurerm_key_vault",
    "azurerm_key_vault_key",
    "azurerm_key_vault_secret",
    "azurerm_managed_disk",
    "azurerm_mssql_database",
    "azurerm_mssql_managed_instance",
    "azurerm_mssql_server",
    "azurerm_mysql_flexible_server",
    "azurerm_postgresql_flexible_server",
    "azurerm_recovery_services_vault",
    "azurerm_redis_cache",
    "azurerm_servicebus_queue",
    "azurerm_snapshot",
    "azurerm_storage_account",
    "azurerm_storage_blob",
    "azurerm_storage_container",
    "azurerm_storage_share",
    // Kubernetes
    "kubernetes_persistent_volume",
    "kubernetes_persistent_volume_claim",
    "kubernetes_persistent_volume_claim_v1",
    "kubernetes_persistent_volume_v1",
];

/// Endings by which types of other providers are recognised as keeping data.
const STATEFUL_ENDINGS: &[&str] = &[
    "_bucket",
    "_database",
    "_db_instance",
    "_database_cluster",
    "_volume",
    "_disk",
    "_file_system",
    "_filesystem",
];

const IAM_PREFIXES: &[&str] = &[
    "aws_iam_",
    "aws_identitystore_",
    "aws_organizations_policy",
    "aws_rolesanywhere_",
    "aws_ssoadmin_",
    "azuread_",
    "azurerm_role_",
    "azurerm_user_assigned_identity",
    "google_service_account",
    "kubernetes_cluster_role",
    "kubernetes_role",
];

const IAM_TYPES: &[&str] = &[
    "aws_cognito_identity_pool_roles_attachment",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_eks_pod_identity_association",
    "aws_glue_resource_policy",
    "aws_kms_grant",
    "aws_lakeformation_permissions",
    "aws_lambda_permission",
    "aws_ram_principal_association",
    "aws_ram_resource_share",
    "azurerm_key_vault_access_policy",
];

/// Policies on a resource, such as `aws_s3_bucket_policy`.
const IAM_POLICY_OWNERS: &[&str] = &[
    "backup_vault",
    "cloudsearch_domain_service_access",
    "codeartifact_domain_permissions",
    "ecr_repository",
    "ecr_registry",
    "ecrpublic_repository",
    "efs_file_system",
    "kinesis_resource",
    "kms_key",
    "media_store_container",
    "opensearch_domain",
    "s3_bucket",
    "s3control_bucket",
    "s3_access_point",
    "secretsmanager_secret",
    "sns_topic",
    "sqs_queue",
    "vpc_endpoint",
];

const NETWORK_PREFIXES: &[&str] = &[
    "aws_alb",
    "aws_customer_gateway",
    "aws_dx_",
    "aws_ec2_client_vpn",
    "aws_ec2_managed_prefix_list",
    "aws_ec2_transit_gateway",
    "aws_egress_only_internet_gateway",
    "aws_eip",
    "aws_elb",
    "aws_globalaccelerator",
    "aws_internet_gateway",
    "aws_lb",
    "aws_main_route_table",
    "aws_nat_gateway",
    "aws_network",
    "aws_default_route",
    "aws_default_network",
    "aws_default_security_group",
    "aws_default_subnet",
    "aws_default_vpc",
    "aws_route",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
    "aws_vpn",
    "azurerm_firewall",
    "azurerm_network",
    "azurerm_private_",
    "azurerm_public_ip",
    "azurerm_route",
    "azurerm_subnet",
    "azurerm_virtual_network",
    "google_compute_firewall",
    "google_compute_global_address",
    "google_compute_network",
    "google_compute_route",
    "google_compute_subnetwork",
    "google_compute_vpn",
    "google_dns_",
    "kubernetes_ingress",
    "kubernetes_network_policy",
];

/// Its destruction loses data.
pub(super) fn is_stateful(kind: &str) -> bool {
    STATEFUL.contains(&kind) || STATEFUL_ENDINGS.iter().any(|ending| kind.ends_with(ending))
}

/// It grants or takes rights.
pub(super) fn is_iam(kind: &str) -> bool {
    let owned = kind.strip_prefix("aws_").and_then(|rest| rest.strip_suffix("_policy"));
    IAM_TYPES.contains(&kind)
        || IAM_PREFIXES.iter().any(|prefix| kind.starts_with(prefix))
        || owned.is_some_and(|owner| IAM_POLICY_OWNERS.contains(&owner))
        || (kind.starts_with("google_") && (kind.contains("_iam_") || kind.ends_with("_iam")))
}

/// It connects or separates.
pub(super) fn is_network(kind: &str) -> bool {
    NETWORK_PREFIXES.iter().any(|prefix| kind.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_stateful_thing_are_not_stateful() {
        assert!(is_stateful("aws_s3_bucket") && is_stateful("digitalocean_volume"));
        assert!(!is_stateful("aws_s3_bucket_policy") && !is_stateful("terraform_data"));
    }

    #[test]
    fn rights_and_networks() {
        for kind in
            ["aws_iam_role", "aws_s3_bucket_policy", "google_project_iam_member", "azurerm_role_assignment"]
        {
            assert!(is_iam(kind), "{kind}");
        }
        assert!(!is_iam("aws_s3_bucket_lifecycle_configuration") && !is_iam("aws_autoscaling_policy"));
        assert!(is_network("aws_security_group_rule") && !is_network("aws_instance"));
    }
}
