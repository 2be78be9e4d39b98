//! What is stored between plan and apply, and the manifest that says what must not change until then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Carries the SHA-256 (hex) of a bundle beside its bytes.
pub const BUNDLE_SHA256_HEADER: &str = "x-tfpilot-sha256";

/// Everything a plan was made under. An apply whose world differs in any line is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The protocol the bundle was written under.
    pub protocol: u32,
    /// The commit the plan was made from.
    pub head: String,
    /// Root module directory.
    pub stack: String,
    /// Hash of everything the plan depends on.
    pub inputs_digest: String,
    /// `terraform version`.
    pub terraform_version: String,
    /// The arguments of `terraform plan`, without the program.
    pub argv: Vec<String>,
    /// The allow-listed environment of Terraform that can change what a plan means: value by name. A secret's
    /// value is left out; that it was set is kept as `set`.
    pub environment: BTreeMap<String, String>,
    /// The account the cloud reported, where the stack uses one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The state the plan was made from; none where there was no state yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateMark>,
    /// Digest of the redacted plan.
    pub plan_digest: String,
    /// Every other entry of the bundle.
    pub entries: Vec<BundleEntry>,
}

/// Which state a plan belongs to, read from `tfstate` inside the plan file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateMark {
    /// Terraform's lineage of the state.
    pub lineage: String,
    /// Terraform's serial of the state.
    pub serial: u64,
}

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleEntry {
    /// Path inside the bundle; unique.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 (hex).
    pub sha256: String,
}
