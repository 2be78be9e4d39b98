//! Parameters of the shipped rules, as the repository's configuration writes them, and what becomes of them: rules that can
//! be asked, and rules that cannot, which fail closed.

mod listed;
mod rule_set;

pub use listed::{Listed, ListedExemption};
pub(crate) use rule_set::{Configured, whole};
pub use rule_set::{ParameterProblem, RuleSet};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a violation means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl Enforcement {
    /// The word people write.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Advisory => "advisory",
            Self::SoftMandatory => "soft-mandatory",
            Self::HardMandatory => "hard-mandatory",
        }
    }
}

/// What it means when a rule cannot be decided on the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// It is said, as an advice.
    Warn,
    /// The same as a violation.
    Fail,
}

/// The shipped rules by id; one that is not given has its shipped setting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rules {
    /// Resources carry these tags.
    pub required_tags: Option<RequiredTags>,
    /// Resources are created in these regions only.
    pub allowed_regions: Option<AllowedRegions>,
    /// Names follow a pattern.
    pub naming: Option<Naming>,
    /// Nothing is reachable from the whole internet.
    pub no_public_access: Option<NoPublicAccess>,
    /// What holds data is neither destroyed nor replaced.
    pub protect_stateful: Option<ProtectStateful>,
    /// Conditions and `check` blocks of the code hold.
    pub terraform_checks: Option<TerraformChecks>,
}

/// Resources carry these tags.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequiredTags {
    /// What a violation means.
    pub enforcement: Enforcement,
    /// What it means that it cannot be told; none is the shipped setting.
    pub on_unknown: Option<OnUnknown>,
    /// Keys that must be there, such as Owner.
    pub tags: Vec<String>,
    /// Regular expressions that the whole value of a key must match; these keys are required too.
    pub patterns: BTreeMap<String, String>,
    /// Resource types that need none; `*` stands for any characters.
    pub exempt_types: Vec<String>,
}

/// Resources are created in these regions only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AllowedRegions {
    /// What a violation means.
    pub enforcement: Enforcement,
    /// What it means that it cannot be told; none is the shipped setting.
    pub on_unknown: Option<OnUnknown>,
    /// Regions, such as eu-central-1.
    pub regions: Vec<String>,
}

/// Names follow a pattern.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Naming {
    /// What a violation means.
    pub enforcement: Enforcement,
    /// What it means that it cannot be told; none is the shipped setting.
    pub on_unknown: Option<OnUnknown>,
    /// Regular expression that the whole name must match.
    pub pattern: String,
    /// Resource types it is asked of; `*` stands for any characters. Empty: every type with a name.
    pub types: Vec<String>,
}

/// Nothing is reachable from the whole internet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoPublicAccess {
    /// What a violation means.
    pub enforcement: Enforcement,
    /// What it means that it cannot be told; none is the shipped setting.
    pub on_unknown: Option<OnUnknown>,
    /// Ports that may be open to everybody.
    pub allowed_ports: Vec<u16>,
}

/// What holds data is neither destroyed nor replaced.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectStateful {
    /// What a violation means.
    pub enforcement: Enforcement,
    /// What it means that it cannot be told; none is the shipped setting.
    pub on_unknown: Option<OnUnknown>,
    /// Resource types that hold data, beside the known ones; `*` stands for any characters.
    pub types: Vec<String>,
}

/// Conditions and `check` blocks of the code hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerraformChecks {
    /// What a violation means.
    pub enforcement: Enforcement,
}
