//! The allow-list: what is admitted without asking, and how a repository's configuration adds to it.
//! The configuration comes from the default branch, so code under review cannot widen it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a configuration admits beyond the built-in list. Nothing built in can be taken away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AllowList {
    /// Further providers by source (`hashicorp/random`), with what they may be given.
    pub providers: BTreeMap<String, ProviderRule>,
    /// Further backends by type, with the arguments they may be given.
    pub backends: BTreeMap<String, Vec<String>>,
    /// Further data source types.
    pub data_sources: Vec<String>,
    /// Further ephemeral resource types.
    pub ephemeral_resources: Vec<String>,
    /// Registry modules, by `namespace/name/provider` or by `namespace/`; they still need an exact version.
    pub registry_modules: Vec<String>,
    /// Origins that `endpoints` may name: `http://127.0.0.1:5000`.
    pub endpoints: Vec<String>,
    /// Whether the runner keeps its disk, so that a local backend with an absolute path keeps its state.
    pub persistent: bool,
}

/// What a provider may be given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderRule {
    /// Arguments of its `provider` block; those in nested blocks with a dot: `assume_role.role_arn`.
    pub arguments: Vec<String>,
}

/// The registry that a source without a host means.
const DEFAULT_HOST: &str = "registry.terraform.io";

/// Arguments of the AWS provider that name neither a program, a file, a proxy nor a credential.
const AWS_ARGUMENTS: [&str; 31] = [
    "alias",
    "allowed_account_ids",
    "assume_role.duration",
    "assume_role.external_id",
    "assume_role.policy",
    "assume_role.policy_arns",
    "assume_role.role_arn",
    "assume_role.session_name",
    "assume_role.source_identity",
    "assume_role.tags",
    "assume_role.transitive_tag_keys",
    "default_tags.tags",
    "forbidden_account_ids",
    "ignore_tags.key_prefixes",
    "ignore_tags.keys",
    "max_retries",
    "region",
    "retry_mode",
    "s3_us_east_1_regional_endpoint",
    "s3_use_path_style",
    "skip_credentials_validation",
    "skip_metadata_api_check",
    "skip_region_validation",
    "skip_requesting_account_id",
    "sts_region",
    "token_bucket_rate_limiter_capacity",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "version",
    // Judged by origin, see `endpoints`.
    "endpoints.*",
    "endpoints",
];

/// Arguments of the S3 backend, likewise.
const S3_ARGUMENTS: [&str; 48] = [
    "acl",
    "allowed_account_ids",
    "assume_role",
    "assume_role.duration",
    "assume_role.external_id",
    "assume_role.policy",
    "assume_role.policy_arns",
    "assume_role.role_arn",
    "assume_role.session_name",
    "assume_role.source_identity",
    "assume_role.tags",
    "assume_role.transitive_tag_keys",
    "assume_role_duration_seconds",
    "assume_role_policy",
    "assume_role_policy_arns",
    "assume_role_tags",
    "assume_role_transitive_tag_keys",
    "bucket",
    "dynamodb_endpoint",
    "dynamodb_table",
    "encrypt",
    "endpoint",
    "endpoints",
    "endpoints.dynamodb",
    "endpoints.iam",
    "endpoints.s3",
    "endpoints.sso",
    "endpoints.sts",
    "external_id",
    "forbidden_account_ids",
    "force_path_style",
    "iam_endpoint",
    "key",
    "kms_key_id",
    "max_retries",
    "region",
    "retry_mode",
    "role_arn",
    "session_name",
    "skip_credentials_validation",
    "skip_metadata_api_check",
    "skip_region_validation",
    "skip_requesting_account_id",
    "skip_s3_checksum",
    "sts_endpoint",
    "use_lockfile",
    "use_path_style",
    "workspace_key_prefix",
];

/// Data sources that read and do nothing else, one a line.
const DATA_SOURCES: &str = include_str!("data_sources.txt");

/// Ephemeral resources that read and do nothing else.
const EPHEMERAL_RESOURCES: [&str; 4] = [
    "aws_kms_secrets",
    "aws_secretsmanager_random_password",
    "aws_secretsmanager_secret_version",
    "aws_ssm_parameter",
];

/// A provider source with its host written out and in lower case.
pub(crate) fn full_source(source: &str) -> String {
    let source = source.to_ascii_lowercase();
    match source.split('/').count() {
        1 => format!("{DEFAULT_HOST}/hashicorp/{source}"),
        2 => format!("{DEFAULT_HOST}/{source}"),
        _ => source,
    }
}

impl AllowList {
    /// The arguments a provider may be given, or none when the provider is not admitted.
    pub(crate) fn provider(&self, source: &str) -> Option<Vec<&str>> {
        let source = full_source(source);
        let built_in: Option<&[&str]> = match source.as_str() {
            "registry.terraform.io/hashicorp/aws" => Some(&AWS_ARGUMENTS),
            "terraform.io/builtin/terraform" => Some(&[]),
            _ => None,
        };
        let added =
            self.providers.iter().find(|(added, _)| full_source(added) == source).map(|(_, rule)| rule);
        if built_in.is_none() && added.is_none() {
            return None;
        }
        let added = added.iter().flat_map(|rule| rule.arguments.iter().map(String::as_str));
        Some(built_in.unwrap_or_default().iter().copied().chain(["alias", "version"]).chain(added).collect())
    }

    /// The arguments a backend may be given, or none when the backend is not admitted.
    pub(crate) fn backend(&self, kind: &str) -> Option<Vec<&str>> {
        let built_in: Option<&[&str]> = match kind {
            "s3" => Some(&S3_ARGUMENTS),
            "local" if self.persistent => Some(&["path", "workspace_dir"]),
            _ => None,
        };
        let added = self.backends.get(kind).filter(|_| kind != "local");
        if built_in.is_none() && added.is_none() {
            return None;
        }
        let added = added.into_iter().flatten().map(String::as_str);
        Some(built_in.unwrap_or_default().iter().copied().chain(added).collect())
    }

    /// Whether a data source type is admitted.
    pub(crate) fn data_source(&self, kind: &str) -> bool {
        kind == "terraform_remote_state"
            || DATA_SOURCES.lines().any(|line| line == kind)
            || self.data_sources.iter().any(|added| added == kind)
    }

    /// Whether an ephemeral resource type is admitted.
    pub(crate) fn ephemeral_resource(&self, kind: &str) -> bool {
        EPHEMERAL_RESOURCES.contains(&kind) || self.ephemeral_resources.iter().any(|added| added == kind)
    }

    /// Whether a registry module, with its host, is admitted.
    pub(crate) fn registry_module(&self, module: &str) -> bool {
        self.registry_modules.iter().any(|added| {
            let hosted = added.split('/').next().is_some_and(|first| first.contains('.'));
            let added = if hosted { added.clone() } else { format!("{DEFAULT_HOST}/{added}") };
            module == added || (added.ends_with('/') && module.starts_with(&added))
        })
    }

    /// Whether an address may be named as an endpoint.
    pub(crate) fn endpoint(&self, address: &str) -> bool {
        self.endpoints.iter().any(|origin| {
            let origin = origin.trim_end_matches('/');
            address.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_their_full_source() {
        let allow = AllowList {
            providers: [("hashicorp/random".to_owned(), ProviderRule::default())].into(),
            ..AllowList::default()
        };
        for source in
            ["aws", "hashicorp/aws", "HashiCorp/AWS", "registry.terraform.io/hashicorp/aws", "random"]
        {
            assert!(allow.provider(source).is_some(), "{source}");
        }
        for source in [
            "evil/aws",
            "evil.example/hashicorp/aws",
            "hashicorp/null",
            "registry.terraform.io/hashicorp/aws/x",
            "",
        ] {
            assert!(allow.provider(source).is_none(), "{source}");
        }
    }

    #[test]
    fn data_sources_that_act_or_hand_out_credentials_are_not_listed() {
        let lines: Vec<_> = DATA_SOURCES.lines().collect();
        assert!(lines.is_sorted() && lines.len() > 500, "sorted by name, one a line");
        let allow = AllowList::default();
        assert!(allow.data_source("aws_caller_identity") && allow.data_source("terraform_remote_state"));
        for kind in [
            "aws_lambda_invocation",
            "aws_ecs_task_execution",
            "aws_eks_cluster_auth",
            "aws_ecr_authorization_token",
            "aws_redshift_cluster_credentials",
            "external",
            "http",
            "local_file",
            "aws_future",
            "",
        ] {
            assert!(!allow.data_source(kind), "{kind}");
        }
    }

    #[test]
    fn endpoints_are_compared_by_origin() {
        let allow =
            AllowList { endpoints: vec!["http://127.0.0.1:5000/".to_owned()], ..AllowList::default() };
        assert!(allow.endpoint("http://127.0.0.1:5000") && allow.endpoint("http://127.0.0.1:5000/x"));
        for address in
            ["http://127.0.0.1:50001", "http://127.0.0.1:5000@evil.example", "http://evil.example", ""]
        {
            assert!(!allow.endpoint(address), "{address}");
        }
    }

    #[test]
    fn registry_modules_are_compared_by_whole_names() {
        let allow = AllowList {
            registry_modules: vec!["acme/".to_owned(), "x/y/aws".to_owned()],
            ..AllowList::default()
        };
        assert!(allow.registry_module("registry.terraform.io/acme/net/aws"));
        assert!(allow.registry_module("registry.terraform.io/x/y/aws"));
        assert!(!allow.registry_module("registry.terraform.io/x/y/aws2"));
        assert!(!allow.registry_module("evil.example/acme/net/aws"));
    }

    #[test]
    fn unknown_keys_of_the_configuration_are_refused() {
        assert!(serde_json::from_str::<AllowList>(r#"{"persistent": true}"#).unwrap().persistent);
        assert!(serde_json::from_str::<AllowList>(r#"{"persistant": true}"#).is_err());
    }
}
