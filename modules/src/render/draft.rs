//! What a stack is rendered from, and the refusal of names and places that must not be rendered.
//!
//! Inputs are checked against the module in [`crate::inputs`]; where environments come from is the business of the
//! repository's configuration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfpilot_hcl::File;

use super::RenderError;
use super::alike::Alike;
use crate::catalog::is_slug;
use crate::wiring::Call;

/// The form of names.
const SLUG: &str = "1 to 63 lower case letters, digits and hyphens, no hyphen at either end";

/// Deepest stack directory; deeper ones are a mistake, and the path to the module grows with it.
const DEEPEST: usize = 8;

/// Everything that a stack's files are made of.
#[derive(Debug, Clone)]
pub struct StackDraft<'c> {
    /// Number of the request's issue; it names the managed block.
    pub request: u64,
    /// Name of the stack.
    pub name: String,
    /// Its folder in the repository, such as `live/dev/acme-invoices`.
    pub directory: String,
    /// The modules it calls, a call for each thing.
    pub calls: Vec<Call<'c>>,
    /// Where it goes.
    pub environment: Environment,
    /// Content of `.terraform.lock.hcl`, once a plan job has returned it for the same providers.
    pub lock_file: Option<String>,
    /// Whether things that are alike share a module block.
    pub alike: Alike,
}

/// The target of a stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Its name, such as `dev`.
    pub name: String,
    /// Region, written into the provider block.
    #[serde(default)]
    pub region: Option<String>,
    /// Where the state is kept.
    pub backend: Backend,
    /// Tags that the provider puts on everything.
    #[serde(default)]
    pub default_tags: BTreeMap<String, String>,
    /// More about the AWS provider.
    #[serde(default)]
    pub aws: AwsProvider,
}

/// Settings of the AWS provider beside its region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AwsProvider {
    /// The only accounts it may work in; none means any.
    pub allowed_account_ids: Vec<String>,
    /// Endpoints by service, for stores and stand-ins that are compatible with AWS.
    pub endpoints: BTreeMap<String, String>,
    /// Put the bucket's name into the path instead of the host name.
    pub s3_use_path_style: bool,
    /// Do not ask STS whether the credentials are valid.
    pub skip_credentials_validation: bool,
    /// Do not look for an instance's metadata service.
    pub skip_metadata_api_check: bool,
    /// Do not ask for the account id.
    pub skip_requesting_account_id: bool,
    /// Accept regions that the provider does not know.
    pub skip_region_validation: bool,
}

/// Where a state is kept. `{stack}`, `{environment}` and `{name}` in templates stand for the stack's folder, the
/// environment and the stack's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Backend {
    /// A file on a persistent runner.
    Local {
        /// Absolute path, a template.
        path: String,
    },
    /// An object in S3 or a compatible store.
    S3(S3Backend),
}

/// An S3 backend.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Backend {
    /// The bucket.
    pub bucket: String,
    /// Key of the state, a template.
    pub key: String,
    /// Region of the bucket.
    pub region: String,
    /// Encrypt the state; left out, it is.
    #[serde(default = "yes")]
    pub encrypt: bool,
    /// KMS key for it.
    #[serde(default)]
    pub kms_key_id: Option<String>,
    /// How two writers are kept apart.
    #[serde(default)]
    pub lock: StateLock,
    /// Endpoints of a compatible store.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// Put the bucket's name into the path instead of the host name.
    #[serde(default)]
    pub use_path_style: bool,
    /// Do not ask STS whether the credentials are valid.
    #[serde(default)]
    pub skip_credentials_validation: bool,
    /// Do not look for an instance's metadata service.
    #[serde(default)]
    pub skip_metadata_api_check: bool,
    /// Do not ask for the account id.
    #[serde(default)]
    pub skip_requesting_account_id: bool,
    /// Accept regions that Terraform does not know.
    #[serde(default)]
    pub skip_region_validation: bool,
    /// Send no checksum, for stores that refuse it.
    #[serde(default)]
    pub skip_s3_checksum: bool,
}

fn yes() -> bool {
    true
}

impl Default for S3Backend {
    /// Encrypted and locked, in a bucket that has yet to be named.
    fn default() -> Self {
        Self {
            bucket: String::new(),
            key: String::new(),
            region: String::new(),
            encrypt: true,
            kms_key_id: None,
            lock: StateLock::default(),
            endpoints: Endpoints::default(),
            use_path_style: false,
            skip_credentials_validation: false,
            skip_metadata_api_check: false,
            skip_requesting_account_id: false,
            skip_region_validation: false,
            skip_s3_checksum: false,
        }
    }
}

/// How two writers of a state are kept apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateLock {
    /// A lock object beside the state.
    #[default]
    LockFile,
    /// A DynamoDB table of this name.
    DynamodbTable(String),
    /// Nothing; for stores without conditional writes.
    None,
}

/// Endpoints of a store that is compatible with AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoints {
    /// For S3.
    pub s3: Option<String>,
    /// For DynamoDB.
    pub dynamodb: Option<String>,
    /// For STS.
    pub sts: Option<String>,
}

impl StackDraft<'_> {
    /// Refuses names and folders that must not end in paths, and a stack of nothing.
    pub(super) fn check_places(&self) -> Result<(), RenderError> {
        if self.calls.is_empty() {
            return Err(RenderError::Nothing { request: self.request });
        }
        for (what, value) in [("stack name", &self.name), ("environment", &self.environment.name)] {
            if !is_slug(value) {
                return Err(RenderError::Name { what, value: value.clone(), allowed: SLUG });
            }
        }
        let refuse = |why| Err(RenderError::Directory { directory: self.directory.clone(), why });
        let parts: Vec<_> = self.directory.split('/').collect();
        if parts.len() > DEEPEST {
            return refuse("it is more than 8 folders deep");
        }
        if parts.first() == Some(&super::VENDOR_ROOT) {
            return refuse("it lies among the vendored modules");
        }
        let plain = |part: &&str| {
            part.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
                && part.len() <= 63
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if !parts.iter().all(plain) {
            return refuse(
                "each folder is 1 to 63 letters, digits, dots, hyphens and underscores after a letter or digit",
            );
        }
        Ok(())
    }

    /// The folder of a module as seen from the stack.
    pub(super) fn source(&self, target: &str) -> String {
        format!("{}{target}", "../".repeat(self.directory.split('/').count()))
    }

    /// Fills a backend's template; two stacks must never get the same state.
    pub(super) fn expand(&self, template: &str) -> Result<String, RenderError> {
        let refuse = |why: String| RenderError::Backend { environment: self.environment.name.clone(), why };
        if !template.contains("{stack}") {
            let why = format!("{template:?} gives all stacks the same state; write {{stack}} into it");
            return Err(refuse(why));
        }
        let mut filled = template.to_owned();
        let values =
            [("{stack}", &self.directory), ("{environment}", &self.environment.name), ("{name}", &self.name)];
        for (placeholder, value) in values {
            filled = filled.replace(placeholder, value);
        }
        if filled.contains(['{', '}']) {
            let why = format!(
                "{template:?} holds an unknown placeholder; there are {{stack}}, {{environment}}, {{name}}"
            );
            return Err(refuse(why));
        }
        if filled.split('/').any(|part| part == ".." || part == ".") {
            return Err(refuse(format!("{template:?} holds a `.` or `..`; write the path without")));
        }
        Ok(filled)
    }

    /// The lock file, when it holds nothing but providers.
    pub(super) fn checked_lock_file(&self) -> Result<Option<&str>, RenderError> {
        let Some(text) = self.lock_file.as_deref() else { return Ok(None) };
        let refuse = |why: String| RenderError::LockFile { directory: self.directory.clone(), why };
        // The parser goes by the ending, and `.hcl` is native syntax like `.tf`.
        let file = File::parse("terraform.lock.hcl", text.as_bytes())
            .map_err(|problem| refuse(problem.to_string()))?;
        let foreign = file.body.blocks.iter().find(|block| block.kind != "provider");
        if let Some(block) = foreign {
            return Err(refuse(format!(
                "{} holds a `{}` block; it holds provider blocks alone",
                block.place, block.kind
            )));
        }
        if let Some(attribute) = file.body.attributes.first() {
            return Err(refuse(format!(
                "{} holds `{}`; it holds provider blocks alone",
                attribute.place, attribute.name
            )));
        }
        Ok(Some(text))
    }
}
