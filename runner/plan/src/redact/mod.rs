//! From the raw plan to what may leave the runner.
//!
//! Four passes over every part of the document: [`structure`] removes what Terraform, the provider's schema or the code mark
//! as sensitive and remembers the values; [`mask`] removes those values, and everything shaped like a token
//! ([`shapes`]), wherever else they stand; [`sides`] removes what stood before a change
//! where something is removed now; [`hidden`] records which removed values differ, as that is part of
//! what people review. A first look over all of it collects the secrets, a second one takes resource after resource through
//! the passes ([`rewrite`]), so that never more than one of them is in memory as values. A removed value becomes the marker `redacted:<shape>`, which policies read as Unknown.

mod hidden;
mod marks;
mod mask;
mod names;
mod patterns;
mod quiet;
mod rewrite;
mod schema;
mod sensitive;
mod shapes;
mod sides;
mod structure;
mod walk;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use names::is_secret_name;
pub use patterns::Redactor;
pub use schema::ProviderSchemas;

use crate::document::{Document, Node, Part, Shape, Text, read, read_from};
use crate::read::{MAX_DEPTH, check_depth, damage, depth, text_of};
use crate::{Plan, PlanError, ResourceChange};
use mask::Mask;
use rewrite::{Rewriting, Unreadable};
use structure::Pass;

/// What errors call the document.
const PLAN: &str = "plan";

/// Every marker starts with it.
pub const REDACTED_PREFIX: &str = "redacted:";

/// A plan without secrets: everything of it that leaves the runner, in the form of Terraform's plan JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactedPlan {
    document: Document,
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
    let text = text_of(PLAN, plan_json)?;
    let damaged = |_: serde_json::Error| damage(PLAN, plan_json);
    let (mut document, seen) = read(text).map_err(damaged)?;
    check_depth(PLAN, seen.levels())?;
    let raw_outputs = document.get("output_changes").and_then(Node::value).cloned();
    let mut pass = Pass::new(schemas, marks::of_changes(&document).map_err(damaged)?);
    pass.of_document(&mut document).map_err(damaged)?;
    let redactor = redactor.extended(pass.take_secrets());
    let mut rewriting = Rewriting::new(pass, Mask::new(&redactor));
    let document = rewriting.document(document, raw_outputs.as_ref()).map_err(|error| match error {
        Unreadable::Syntax => damage(PLAN, plan_json),
        Unreadable::TooDeep => PlanError::TooDeep { what: PLAN, limit: MAX_DEPTH },
    })?;
    Ok(Redaction { plan: RedactedPlan::of(document)?, redactor })
}

impl RedactedPlan {
    /// Takes a document that a runner redacted, as it is stored.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let text = text_of(PLAN, bytes)?;
        let (document, seen) = read(text).map_err(|_| damage(PLAN, bytes))?;
        check_depth(PLAN, seen.levels())?;
        Self::of(document)
    }

    /// Takes a document that is there as values.
    pub fn from_document(document: Value) -> Result<Self, PlanError> {
        check_depth(PLAN, depth(&document))?;
        Self::of(Document::of(document, Shape::Root).map_err(unreadable)?)
    }

    fn of(document: Document) -> Result<Self, PlanError> {
        let plan = Plan::from_document(&document)?;
        Ok(Self { document, plan })
    }

    /// The plan JSON as values: a copy of some eight times the size of its text. Nothing that looks at large plans asks for it.
    pub fn document(&self) -> Value {
        self.document.to_value()
    }

    /// A section of the plan JSON, to step into.
    pub fn section(&self, name: &str) -> Option<Part<'_>> {
        self.document.get(name).map(Part::of)
    }

    /// The same, typed, without what stands before and after the changes.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// One of the plan's changes with what stands before and after it, by its place in [`Plan::resource_changes`].
    pub fn change(&self, at: usize) -> Option<ResourceChange> {
        let head = self.plan.resource_changes.get(at)?;
        Some(ResourceChange::read(self.item("resource_changes", at)?, head))
    }

    /// Every one of them, read one after another.
    pub fn changes(&self) -> impl Iterator<Item = ResourceChange> {
        (0..self.plan.resource_changes.len()).filter_map(|at| self.change(at))
    }

    /// The JSON of one of them in its canonical form.
    pub fn change_text(&self, at: usize) -> &str {
        self.item("resource_changes", at).map(Text::as_str).unwrap_or_default()
    }

    /// What changed outside Terraform, read one after another.
    pub(crate) fn drift(&self) -> impl Iterator<Item = ResourceChange> {
        let heads = self.plan.resource_drift.iter().enumerate();
        heads.filter_map(|(at, head)| Some(ResourceChange::read(self.item("resource_drift", at)?, head)))
    }

    pub(crate) fn sections(&self) -> &Document {
        &self.document
    }

    fn item(&self, section: &str, at: usize) -> Option<&Text> {
        self.document.get(section)?.items().get(at)
    }
}

impl Serialize for RedactedPlan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RedactedPlan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let (document, seen) = read_from(deserializer)?;
        check_depth(PLAN, seen.levels()).map_err(D::Error::custom)?;
        Self::of(document).map_err(D::Error::custom)
    }
}

/// A value that is there can be written.
fn unreadable(error: serde_json::Error) -> PlanError {
    crate::read::syntax(PLAN, &error)
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
