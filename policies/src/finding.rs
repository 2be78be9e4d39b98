//! One violation, or one thing that could not be told: rule, address, place, what is wrong and what to write.

use serde::{Deserialize, Serialize};
use tfpilot_hcl::Place;

use crate::{Enforcement, Truth};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Data or access of others is at stake.
    Critical,
    /// Hard to undo.
    High,
    /// A rule of the house.
    Medium,
    /// Good to have.
    Low,
    /// Good to know.
    Info,
}

/// A place in a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// What a rule has to say about one resource of the code; its instances are told once. Texts are Markdown in which all
/// foreign text is in code font.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// `False`: it is violated. `Unknown`: it cannot be told yet.
    pub truth: Truth,
    /// What that means: an unknown that only warns is advisory.
    pub enforcement: Enforcement,
    /// How bad it is.
    pub severity: Severity,
    /// The instance, or the resource in the code when there are several.
    pub address: String,
    /// Where the instance was before a `moved` block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_address: Option<String>,
    /// How many instances.
    pub instances: u32,
    /// Other resources of the same module of which the same is said, at the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The argument concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub hint: String,
    /// Where in the stack's own code; for a module, its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Where in the module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<Location>,
    /// Somebody with the right has overridden it.
    #[serde(default)]
    pub overridden: bool,
}

impl Finding {
    /// One of the plan or of something in it, without a place in the code.
    pub(crate) fn of_plan(
        rule: &str,
        truth: Truth,
        (enforcement, severity): (Enforcement, Severity),
        address: &str,
        message: String,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.to_owned(),
            truth,
            enforcement,
            severity,
            address: address.to_owned(),
            previous_address: None,
            instances: 1,
            also: Vec::new(),
            attribute: None,
            message,
            hint: hint.into(),
            location: None,
            inner: None,
            overridden: false,
        }
    }
}

/// What a rule says of one instance.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) remarks: Vec<Remark>,
    /// What would be said is let off.
    pub(crate) exempt: Option<LetOff>,
    /// The policy's approvals are demanded.
    pub(crate) demands: bool,
}

/// Why something is not said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LetOff {
    /// Why, as Markdown.
    pub(crate) reason: String,
    /// The last day on which it counts; none where it has no end.
    pub(crate) until: Option<jiff::civil::Date>,
}

/// One reason why the answer is not plainly yes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Remark {
    pub(crate) truth: Truth,
    pub(crate) argument: Option<String>,
    pub(crate) message: String,
    pub(crate) hint: String,
    /// An unknown that warns whatever the rule's setting: nothing that can be written makes it known.
    pub(crate) mild: bool,
    /// Ids of Checkov that together ask the same, where the rule's own say too little.
    pub(crate) ids: Vec<&'static str>,
}

impl Answer {
    /// All is well.
    pub(crate) fn passed() -> Self {
        Self::default()
    }

    /// It does not hold, and is let off.
    pub(crate) fn exempt(reason: &str, until: jiff::civil::Date) -> Self {
        let exempt = Some(LetOff { reason: reason.to_owned(), until: Some(until) });
        Self { exempt, ..Self::default() }
    }

    /// One reason.
    pub(crate) fn one(remark: Remark) -> Self {
        Self { remarks: vec![remark], ..Self::default() }
    }

    /// The same as a question for later.
    pub(crate) fn deferred(mut self) -> Self {
        for remark in &mut self.remarks {
            remark.truth = remark.truth.or(Truth::Unknown);
        }
        self
    }

    /// What all reasons together come to.
    pub(crate) fn truth(&self) -> Truth {
        Truth::all(self.remarks.iter().map(|remark| remark.truth))
    }
}

impl Remark {
    /// The rule does not hold.
    pub(crate) fn violated(argument: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Truth::False, argument, message.into(), hint.into())
    }

    /// It cannot be told.
    pub(crate) fn unknown(argument: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Truth::Unknown, argument, message.into(), hint.into())
    }

    /// The same, with Checkov's ids for it.
    pub(crate) fn known_as(self, ids: Vec<&'static str>) -> Self {
        Self { ids, ..self }
    }

    /// The same, and no more than a warning.
    pub(crate) fn mild(self) -> Self {
        Self { mild: true, ..self }
    }

    fn new(truth: Truth, argument: &str, message: String, hint: String) -> Self {
        let argument = (!argument.is_empty()).then(|| argument.to_owned());
        Self { truth, argument, message, hint, mild: false, ids: Vec::new() }
    }
}

impl From<Place> for Location {
    fn from(place: Place) -> Self {
        Self { path: place.path, line: place.line, column: place.column }
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}
