//! Policies on resources: does one let anybody in?

use tfpilot_hcl::Value;

use super::statement::is_open;
use crate::Truth;
use crate::finding::{Answer, Remark};
use crate::subject::Subject;

/// Types with a policy on a resource, and its argument. Endpoints of a VPC and public registries are open by nature.
const POLICIES: &[(&str, &str)] = &[
    ("aws_api_gateway_rest_api_policy", "policy"),
    ("aws_backup_vault_policy", "policy"),
    ("aws_cloudwatch_event_bus_policy", "policy"),
    ("aws_cloudwatch_log_destination_policy", "access_policy"),
    ("aws_codeartifact_domain_permissions_policy", "policy_document"),
    ("aws_codeartifact_repository_permissions_policy", "policy_document"),
    ("aws_dynamodb_resource_policy", "policy"),
    ("aws_ecr_registry_policy", "policy"),
    ("aws_ecr_repository_policy", "policy"),
    ("aws_efs_file_system_policy", "policy"),
    ("aws_elasticsearch_domain", "access_policies"),
    ("aws_elasticsearch_domain_policy", "access_policies"),
    ("aws_glacier_vault", "access_policy"),
    ("aws_glue_resource_policy", "policy"),
    ("aws_iam_role", "assume_role_policy"),
    ("aws_kinesis_resource_policy", "policy"),
    ("aws_kms_external_key", "policy"),
    ("aws_kms_key", "policy"),
    ("aws_kms_key_policy", "policy"),
    ("aws_media_store_container_policy", "policy"),
    ("aws_opensearch_domain", "access_policies"),
    ("aws_opensearch_domain_policy", "access_policies"),
    ("aws_s3_access_point", "policy"),
    ("aws_s3_bucket", "policy"),
    ("aws_s3_bucket_policy", "policy"),
    ("aws_s3control_access_point_policy", "policy"),
    ("aws_s3control_bucket_policy", "policy"),
    ("aws_secretsmanager_secret", "policy"),
    ("aws_secretsmanager_secret_policy", "policy"),
    ("aws_sns_topic", "policy"),
    ("aws_sns_topic_policy", "policy"),
    ("aws_sqs_queue", "policy"),
    ("aws_sqs_queue_policy", "policy"),
];

pub(super) fn ask(subject: &Subject<'_, '_>) -> Option<Answer> {
    let (_, argument) = POLICIES.iter().find(|(kind, _)| *kind == subject.kind)?;
    let own = subject.kind.ends_with("policy") || subject.kind.ends_with("policies");
    // A policy that the code does not give is the service's own, which lets the account in and nobody else.
    if !own && subject.after(argument) == Value::Unknown && subject.is_omitted(argument) {
        return Some(Answer::passed());
    }
    let document = subject.document(argument);
    Some(match is_open(&document) {
        Truth::False => Answer::passed(),
        Truth::True => Answer::one(Remark::violated(
            argument,
            "a statement lets anybody in",
            "name the principals, or bind it with a condition such as `aws:PrincipalOrgID`",
        )),
        Truth::Unknown => Answer::one(
            Remark::unknown(
                argument,
                "whom the policy lets in is not known before apply",
                "write it with `jsonencode` or `aws_iam_policy_document` in the same module",
            )
            .mild(),
        ),
    })
}
