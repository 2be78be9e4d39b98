//! From the raw plan to what may leave the runner.
//!
//! Four passes over the document: [`structure`] removes what Terraform, the provider's schema or the code mark
//! as sensitive and remembers the values; [`mask`] removes those values, and everything shaped like a token
//! ([`shapes`]), wherever else they stand; [`sides`] removes what stood before a change
//! where something is removed now; [`hidden`] records which removed values differ, as that is part of
//! what people review. A removed value becomes the marker `redacted:<shape>`, which policies read as Unknown.

mod hidden;
mod marks;
mod mask;
mod patterns;
mod schema;
mod sensitive;
mod shapes;
mod sides;
mod structure;
mod walk;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use patterns::Redactor;
pub use schema::ProviderSchemas;
pub use shapes::is_secret_name;

use crate::read::{check_depth, parse_json};
use crate::{Plan, PlanError};

/// Every marker starts with it.
pub const REDACTED_PREFIX: &str = "redacted:";

/// A plan without secrets: everything of it that leaves the runner, in the form of Terraform's plan JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactedPlan {
    document: Value,
    plan: Plan,
}

/// What [`redact`] returns.
#[derive(Debug)]
pub struct Redaction {
    /// The plan that may leave the runner.
    pub plan: RedactedPlan,
    /// Masks the same secrets in logs and diagnostics.
    pub redactor: Redactor,
}

/// Redacts the output of `terraform show -json PLAN`. With the output of `terraform providers schema -json`
/// attributes that only the provider knows to be secret go as well. What `redactor` already knows, such as the
/// runner's own credentials, is removed too.
pub fn redact(
    plan_json: &[u8],
    schemas: Option<&ProviderSchemas>,
    redactor: &Redactor,
) -> Result<Redaction, PlanError> {
    let raw = parse_json("plan", plan_json)?;
    let mut document = raw.clone();
    let secrets = structure::remove_marked(&mut document, schemas);
    let redactor = redactor.extended(secrets);
    mask::remove_known(&mut document, &redactor);
    sides::level(&mut document);
    hidden::record(&raw, &mut document);
    Ok(Redaction { plan: RedactedPlan::from_document(document)?, redactor })
}

impl RedactedPlan {
    /// Takes a document that a runner redacted, as it arrives at the app.
    pub fn from_document(document: Value) -> Result<Self, PlanError> {
        check_depth("plan", &document)?;
        let plan = Plan::from_document(&document)?;
        Ok(Self { document, plan })
    }

    /// The plan JSON, for policies and cost tools.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The same, typed.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}

impl Serialize for RedactedPlan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RedactedPlan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_document(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Whether a value was removed by the redactor: Unknown to every policy.
pub fn is_redacted(value: &Value) -> bool {
    value.as_str().is_some_and(is_marker)
}

fn is_marker(text: &str) -> bool {
    matches!(
        text.strip_prefix(REDACTED_PREFIX),
        Some("string" | "number" | "bool" | "list" | "object" | "key")
    )
}

/// What stands in a value's place. Null stays null: that nothing is set is no secret, and it must not be
/// mistaken for a value.
fn marker(value: &Value) -> Value {
    let shape = match value {
        Value::Null => return Value::Null,
        Value::String(text) if is_marker(text) => return value.clone(),
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    Value::String(format!("{REDACTED_PREFIX}{shape}"))
}
