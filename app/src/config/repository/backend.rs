//! Where the stacks of an environment keep their state: a template that each stack fills in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where state is kept; exactly one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// A file on a persistent runner's own disk.
    Local(LocalBackend),
    /// An object in S3 or in a store that speaks its protocol.
    S3(S3Backend),
}

/// A state file on the runner's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalBackend {
    /// Absolute path with the placeholder `{stack}`, such as `/var/lib/tfpilot/{stack}.tfstate`. A path in the
    /// work directory would lose the state with the runner.
    pub path: String,
}

/// A state object in S3.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Backend {
    /// Bucket of the state.
    pub bucket: String,
    /// Key with the placeholder `{stack}`. Default: `{stack}/terraform.tfstate`.
    #[serde(default)]
    pub key: Option<String>,
    /// Region of the bucket. Default: the environment's region.
    #[serde(default)]
    pub region: Option<String>,
    /// Ask S3 to encrypt the object. Default: true.
    #[serde(default)]
    pub encrypt: Option<bool>,
    /// Lock with an object beside the state. Default: true, unless `dynamodb_table` is given.
    #[serde(default)]
    pub use_lockfile: Option<bool>,
    /// Lock with an item in this DynamoDB table. Default: none.
    #[serde(default)]
    pub dynamodb_table: Option<String>,
    /// KMS key that encrypts the object. Default: the bucket's.
    #[serde(default)]
    pub kms_key_id: Option<String>,
    /// URL of a store that speaks S3's protocol. Default: AWS.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Put the bucket into the path instead of the host name. Default: false.
    #[serde(default)]
    pub use_path_style: bool,
    /// Do not ask AWS whether the credentials are valid, for other stores. Default: false.
    #[serde(default)]
    pub skip_credentials_validation: bool,
    /// Do not ask the metadata service for credentials. Default: false.
    #[serde(default)]
    pub skip_metadata_api_check: bool,
    /// Accept regions that AWS does not have. Default: false.
    #[serde(default)]
    pub skip_region_validation: bool,
    /// Do not ask AWS for the account, for other stores. Default: false.
    #[serde(default)]
    pub skip_requesting_account_id: bool,
    /// Do not send checksums that other stores may not know. Default: false.
    #[serde(default)]
    pub skip_s3_checksum: bool,
}

impl S3Backend {
    /// The key's template.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or("{stack}/terraform.tfstate")
    }

    /// Whether S3 is asked to encrypt the object.
    pub fn encrypt(&self) -> bool {
        self.encrypt.unwrap_or(true)
    }

    /// Whether an object beside the state is the lock.
    pub fn use_lockfile(&self) -> bool {
        self.use_lockfile.unwrap_or(self.dynamodb_table.is_none())
    }
}
