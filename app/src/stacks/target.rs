//! An environment of the configuration as the renderer wants it.

use tfpilot_modules::render::{AwsProvider, Backend, Endpoints, Environment, S3Backend, StateLock};

use crate::config::repository::backend;
use crate::config::repository::environment;

/// The target of new stacks; none where the environment names no backend.
pub(super) fn target(name: &str, settings: &environment::Environment) -> Option<Environment> {
    let backend = match settings.backend.as_ref()? {
        backend::Backend::Local(local) => Backend::Local { path: local.path.clone() },
        backend::Backend::S3(s3) => Backend::S3(s3_backend(s3, settings.region.as_deref())),
    };
    let allowed_account_ids = settings.account.iter().cloned().collect();
    Some(Environment {
        name: name.to_owned(),
        region: settings.region.clone(),
        backend,
        default_tags: settings.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        aws: AwsProvider { allowed_account_ids, ..AwsProvider::default() },
    })
}

fn s3_backend(s3: &backend::S3Backend, region: Option<&str>) -> S3Backend {
    let lock = match (&s3.dynamodb_table, s3.use_lockfile()) {
        (Some(table), _) => StateLock::DynamodbTable(table.clone()),
        (None, true) => StateLock::LockFile,
        (None, false) => StateLock::None,
    };
    S3Backend {
        bucket: s3.bucket.clone(),
        key: s3.key().to_owned(),
        region: s3.region.clone().or_else(|| region.map(str::to_owned)).unwrap_or_default(),
        encrypt: s3.encrypt(),
        kms_key_id: s3.kms_key_id.clone(),
        lock,
        endpoints: Endpoints { s3: s3.endpoint.clone(), ..Endpoints::default() },
        use_path_style: s3.use_path_style,
        skip_credentials_validation: s3.skip_credentials_validation,
        skip_metadata_api_check: s3.skip_metadata_api_check,
        skip_requesting_account_id: s3.skip_requesting_account_id,
        skip_region_validation: s3.skip_region_validation,
        skip_s3_checksum: s3.skip_s3_checksum,
    }
}
