//! Does every name that is given now follow the pattern?
//!
//! Asked when a name is given: on creation and replacement, on import, and when it changes. Which argument is a type's name
//! is data (`defaults/names.txt`, `defaults/unnamed.txt`).

use std::collections::BTreeMap;

use regex::bytes::Regex;
use tfpilot_hcl::Value;
use tfpilot_plan::{Operation, code};

use crate::Shipped;
use crate::address::glob;
use crate::finding::{Answer, Remark};
use crate::settings::{Naming, ParameterProblem, whole};
use crate::subject::Subject;

/// The rule's id.
pub const ID: &str = "naming";

/// Types whose name is in another argument than `name`.
static NAMES: Shipped<BTreeMap<&'static str, &'static str>> = Shipped::new(|| {
    let entries =
        crate::lines(include_str!("../../defaults/names.txt")).filter_map(|line| line.split_once(' '));
    entries.map(|(kind, argument)| (kind, argument.trim())).collect()
});

/// Types whose `name` is no name of theirs.
static UNNAMED: Shipped = Shipped::new(|| crate::lines(include_str!("../../defaults/unnamed.txt")).collect());

/// The rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pattern: Regex,
    shown: String,
    types: Vec<String>,
}

impl Asked {
    pub(crate) fn new(parameters: &Naming) -> Result<Self, Vec<ParameterProblem>> {
        let pattern = whole(ID, "pattern", &parameters.pattern).map_err(|problem| vec![problem])?;
        Ok(Self { pattern, shown: code(&parameters.pattern), types: parameters.types.clone() })
    }

    /// Asks it of one resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        let argument = self.argument(subject)?;
        if !subject.is_made() || !subject.has(argument) {
            return None;
        }
        let name = subject.after(argument);
        let kept = subject.operation == Operation::Update
            && !subject.change.is_some_and(tfpilot_plan::ResourceChange::is_import)
            && name != Value::Unknown
            && name == subject.before(argument);
        if kept {
            return None;
        }
        let hint = format!("write a {argument} that matches {}", self.shown);
        Some(match &name {
            Value::String(name) if self.pattern.is_match(name.as_bytes()) => Answer::passed(),
            Value::String(name) => Answer::one(Remark::violated(
                argument,
                format!("{} does not match {}", code(name), self.shown),
                hint,
            )),
            Value::Unknown if subject.is_omitted(argument) => {
                Answer::one(Remark::unknown(argument, "the provider makes up the name", hint))
            }
            _ => Answer::one(Remark::unknown(argument, "the name is not known before apply", hint)),
        })
    }

    /// The argument with the type's name, when the rule is asked of the type.
    fn argument(&self, subject: &Subject<'_, '_>) -> Option<&'static str> {
        let other = NAMES.get(subject.kind).copied();
        if self.types.is_empty() {
            let unnamed = UNNAMED.iter().any(|pattern| glob(pattern, subject.kind));
            return other.or((!unnamed).then_some("name"));
        }
        self.types.iter().any(|pattern| glob(pattern, subject.kind)).then(|| other.unwrap_or("name"))
    }
}
