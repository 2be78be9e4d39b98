//! Parameters of the shipped policy rules, of the cost gate and of admission.
//!
//! What the rules find is the policy crate's business; here are only the words people write about them.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::own_costs::OwnCosts;
use super::own_policies::OwnPolicies;

/// Policies as far as they are set in this file; rules of one's own lie in `.github/tfpilot/policies/`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// The shipped rules.
    pub rules: Rules,
    /// The shipped policies by id, such as `s3-versioning`, where they are to be otherwise.
    pub shipped: IndexMap<String, ShippedPolicy>,
    /// The repository that holds the policies of the whole organisation.
    pub repository: Option<PolicyRepository>,
    /// Whether comments in the code such as `#checkov:skip=CKV_AWS_18:why` let off what a shipped policy says: those of the
    /// default branch in full, new ones advice only. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_comments: Option<bool>,
    /// Policies in Rego, as conftest asks them.
    pub rego: Rego,
    /// Policies of its own, read from files beside this one.
    #[serde(skip)]
    pub own: OwnPolicies,
}

impl Policies {
    /// Whether comments in the code let anything off.
    pub fn skip_comments(&self) -> bool {
        self.skip_comments.unwrap_or(true)
    }
}

/// What the results of policies in Rego mean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rego {
    /// What results of `deny` and `violation` mean; `warn` is an advice. Default: hard-mandatory.
    pub enforcement: Enforcement,
    /// Who may override them.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// What it means that something which a policy reads is not known before apply. Default: warn.
    pub on_unknown: OnUnknown,
    /// Packages whose rules are asked; `*` is all of them. Default: main.
    pub packages: Vec<String>,
}

/// What it means that something is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnUnknown {
    /// An advice.
    #[default]
    Warn,
    /// The same as a violation.
    Fail,
}

/// A shipped policy as a repository wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShippedPolicy {
    /// What a violation means. Default: as it is shipped.
    pub enforcement: Option<Enforcement>,
    /// Who may override it.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// What is let off.
    pub exempt: Vec<Exempt>,
}

/// Something that is let off, why and how long.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Exempt {
    /// Pattern of addresses: `*` stays within a step, `**` goes through all.
    pub address: String,
    /// Patterns of stacks. Default: all.
    pub stacks: Vec<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it counts, such as 2027-01-31.
    pub expires: String,
}

/// Policies in another repository on the same GitHub, as its default branch has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyRepository {
    /// The repository as `owner/name`; the App is installed there too.
    pub repository: String,
    /// The directory that holds the files. Default: policies.
    #[serde(default = "policies")]
    pub path: String,
}

fn policies() -> String {
    "policies".to_owned()
}

/// The shipped rules by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rules {
    /// Resources carry these tags.
    pub required_tags: Option<RequiredTags>,
    /// Resources are created in these regions only.
    pub allowed_regions: Option<AllowedRegions>,
    /// Names follow a pattern.
    pub naming: Option<Naming>,
    /// Nothing is reachable from the whole internet. Default: hard-mandatory.
    pub no_public_access: Option<NoPublicAccess>,
    /// What holds data is neither destroyed nor replaced. Default: hard-mandatory.
    pub protect_stateful: Option<ProtectStateful>,
}

/// What a violation means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// The rule is not asked.
    Off,
    /// It is said, and the apply goes on.
    Advisory,
    /// Somebody with the right may override it, with a reason.
    SoftMandatory,
    /// It blocks the apply.
    #[default]
    HardMandatory,
}

/// Who may override a soft-mandatory rule, with a reason. Admins always may, and nobody for a change of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Override {
    /// Teams, such as `acme/finops`. Default: only people with the role admin.
    pub teams: Vec<String>,
    /// GitHub logins.
    pub users: Vec<String>,
    /// People who must agree. Default: 1.
    #[schemars(range(min = 1, max = 10))]
    pub count: Option<u32>,
}

/// Resources carry these tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequiredTags {
    /// What a violation means. Default: hard-mandatory.
    pub enforcement: Enforcement,
    /// Who may override it.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// Keys that must be there, such as Owner.
    pub tags: Vec<String>,
    /// Resource types that need none, such as `aws_iam_policy_attachment`.
    pub exempt_types: Vec<String>,
}

/// Resources are created in these regions only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AllowedRegions {
    /// What a violation means. Default: hard-mandatory.
    pub enforcement: Enforcement,
    /// Who may override it.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// Regions, such as eu-central-1.
    pub regions: Vec<String>,
}

/// Names follow a pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Naming {
    /// What a violation means. Default: hard-mandatory.
    pub enforcement: Enforcement,
    /// Who may override it.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// Regular expression that the whole name must match, such as `acme-[a-z0-9-]+`.
    pub pattern: String,
    /// Resource types it is asked of. Default: every type with a name.
    pub types: Vec<String>,
}

/// Nothing is reachable from the whole internet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NoPublicAccess {
    /// What a violation means. Default: hard-mandatory.
    pub enforcement: Enforcement,
    /// Who may override it.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// Ports that may be open to everybody, such as 443.
    pub allowed_ports: Vec<u16>,
}

/// What holds data is neither destroyed nor replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectStateful {
    /// What a violation means. Default: hard-mandatory.
    pub enforcement: Enforcement,
    /// Who may override it.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// Resource types that hold data, beside the known ones.
    pub types: Vec<String>,
}

/// Limits on what changes may cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cost {
    /// Currency of the limits. Default: USD.
    pub currency: Option<String>,
    /// Most that one change may add per month. Default: no limit.
    #[schemars(range(min = 0))]
    pub limit_monthly: Option<f64>,
    /// Apply although some resources have no known price. Default: true; with a limit: false.
    pub allow_unpriced: Option<bool>,
    /// Whether what infracost says counts, where a worker has it, instead of the embedded prices. Default: true.
    pub infracost: Option<bool>,
    /// Who may let a change pass the limit.
    #[serde(rename = "override")]
    pub overriders: Override,
    /// Prices and usage of its own, read from files beside this one.
    #[serde(skip)]
    pub own: OwnCosts,
}

impl Rules {
    /// Who may override a rule, as far as the file says.
    pub fn overriders(&self, rule: &str) -> Option<&Override> {
        match rule {
            "required-tags" => self.required_tags.as_ref().map(|rule| &rule.overriders),
            "allowed-regions" => self.allowed_regions.as_ref().map(|rule| &rule.overriders),
            "naming" => self.naming.as_ref().map(|rule| &rule.overriders),
            "no-public-access" => self.no_public_access.as_ref().map(|rule| &rule.overriders),
            "protect-stateful" => self.protect_stateful.as_ref().map(|rule| &rule.overriders),
            _ => None,
        }
    }
}

impl Cost {
    /// Whether what infracost says counts.
    pub fn takes_infracost(&self) -> bool {
        self.infracost.unwrap_or(true)
    }

    /// Whether resources without a known price may be applied.
    pub fn allows_unpriced(&self) -> bool {
        self.allow_unpriced.unwrap_or(self.limit_monthly.is_none())
    }
}

/// What may run beyond the shipped allow-lists, before any Terraform process starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Admission {
    /// More providers by source, such as `hashicorp/random`. Each runs code of its own at plan time.
    pub providers: IndexMap<String, ProviderArguments>,
    /// More backends by type, such as `gcs`, with the arguments they may be given.
    pub backends: IndexMap<String, Vec<String>>,
    /// More data source types, such as `aws_secretsmanager_secret_version`.
    pub data_sources: Vec<String>,
    /// More ephemeral resource types.
    pub ephemeral_resources: Vec<String>,
    /// Registry modules by `namespace/name/provider` or by `namespace/`; they still need an exact version.
    pub registry_modules: Vec<String>,
    /// Origins that endpoints may name, such as `http://127.0.0.1:5000`. Those of the environments' backends are
    /// known.
    pub endpoints: Vec<String>,
}

/// What a provider may be given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderArguments {
    /// Arguments of its `provider` block; those in nested blocks with a dot, such as `assume_role.role_arn`.
    pub arguments: Vec<String>,
}
