//! What a plan may do and what it costs: policy rules and the price book. Values in, verdicts out.
//!
//! [`judge_draft`] reads the code before there is a plan, [`judge_plan`] the redacted plan together with the code; both
//! answer with a [`PolicyReport`]. [`cost::estimate`] prices the same plan. What is unknown stays unknown ([`Truth`]) and is
//! never a pass. Which code may run at all is decided by the admission crate; whether a verdict stops an apply, and who may
//! override it, by the engine.

mod address;
mod arranged;
mod code;
pub mod cost;
mod finding;
mod judge;
pub mod language;
mod region;
pub mod rego;
mod relations;
mod report;
pub mod rules;
mod settings;
pub mod shipped;
pub mod skips;
mod subject;
mod tags;
mod truth;
mod values;
mod wiring;

pub use code::Code;
pub use finding::{Finding, Location, Severity};
pub use judge::{Context, judge_draft, judge_plan};
pub use report::{BrokenRule, Conclusion, Demanded, Exempted, PolicyReport, Stage};
pub use settings::{
    AllowedRegions, Enforcement, Listed, ListedExemption, Naming, NoPublicAccess, OnUnknown,
    ParameterProblem, ProtectStateful, RequiredTags, RuleSet, Rules, TerraformChecks,
};
pub use truth::Truth;

/// A list shipped as data, read once.
pub(crate) type Shipped<T = Vec<&'static str>> = std::sync::LazyLock<T>;

/// The entries of a list shipped as data: one a line, `#` begins a comment.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}
