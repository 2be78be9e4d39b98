//! Does every resource that can carry tags carry these?
//!
//! Asked of what the object will carry in the end: its own tags and the provider's default tags. One unknown value makes the
//! plan forget the whole map, so the keys are then read from the code.

use std::collections::BTreeMap;

use regex::bytes::Regex;
use tfpilot_hcl::Value;
use tfpilot_plan::code;

use crate::address::glob;
use crate::finding::{Answer, Remark};
use crate::settings::{ParameterProblem, RequiredTags, whole};
use crate::subject::Subject;
use crate::{tags, values};

/// The rule's id.
pub const ID: &str = "required-tags";

/// The rule with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Key and the pattern of its value.
    tags: BTreeMap<String, Option<Regex>>,
    exempt_types: Vec<String>,
}

impl Asked {
    pub(crate) fn new(parameters: &RequiredTags) -> Result<Self, Vec<ParameterProblem>> {
        let mut problems = Vec::new();
        let mut tags: BTreeMap<String, Option<Regex>> =
            parameters.tags.iter().map(|key| (key.clone(), None)).collect();
        for (key, pattern) in &parameters.patterns {
            match whole(ID, &format!("patterns.{key}"), pattern) {
                Ok(pattern) => drop(tags.insert(key.clone(), Some(pattern))),
                Err(problem) => problems.push(problem),
            }
        }
        let hint = "name at least one key, such as Owner";
        if tags.is_empty() || tags.contains_key("") {
            problems.push(ParameterProblem {
                rule: ID,
                parameter: "tags".to_owned(),
                what: "no key, or an empty one".to_owned(),
                hint: hint.to_owned(),
            });
        }
        let exempt_types = parameters.exempt_types.clone();
        if problems.is_empty() { Ok(Self { tags, exempt_types }) } else { Err(problems) }
    }

    /// Asks it of one resource.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        let exempt = self.exempt_types.iter().any(|pattern| glob(pattern, subject.kind));
        if exempt || !subject.is_made() {
            return None;
        }
        let (argument, carried) = tags::effective(subject)?;
        let mut answer = Answer::passed();
        let (mut missing, mut doubtful) = (Vec::new(), Vec::new());
        for (key, pattern) in &self.tags {
            match (carried.known.get(key), pattern) {
                (None, _) if carried.open => doubtful.push(code(key)),
                (None, _) => missing.push(code(key)),
                (Some(_), None) => {}
                (Some(value), Some(pattern)) => {
                    answer.remarks.extend(value_remark(argument, key, value, pattern))
                }
            }
        }
        if !missing.is_empty() {
            let first = missing.first().map_or("", |key| key.trim_matches('`'));
            let hint = code(&format!("{argument} = {{ {first} = \"…\" }}"));
            answer.remarks.push(Remark::violated(
                argument,
                format!("missing: {}", missing.join(", ")),
                format!("write {hint}, or set it in the provider's `default_tags`"),
            ));
        }
        if !doubtful.is_empty() {
            answer.remarks.push(Remark::unknown(
                argument,
                format!("not known before apply whether it is there: {}", doubtful.join(", ")),
                "write the keys in the code; their values may be unknown",
            ));
        }
        Some(answer)
    }
}

fn value_remark(argument: &str, key: &str, value: &Value, pattern: &Regex) -> Option<Remark> {
    let shape = pattern.as_str().trim_start_matches("\\A(?:").trim_end_matches(")\\z");
    let hint = format!("write a value that matches {}", code(shape));
    match value {
        Value::String(text) if pattern.is_match(text.as_bytes()) => None,
        Value::Unknown => {
            Some(Remark::unknown(argument, format!("the value of {} is not known", code(key)), hint))
        }
        value => Some(Remark::violated(argument, format!("{} is {}", code(key), values::shown(value)), hint)),
    }
}
