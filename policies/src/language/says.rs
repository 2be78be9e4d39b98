//! A leaf in words: what a value should be, and what to write.

use tfpilot_hcl::Value;
use tfpilot_plan::code;

use super::compare::Operator;
use super::expression::{Quantifier, Reason};
use super::path::{Root, Step};
use crate::values::shown;

/// Values of a list that are named.
const NAMED: usize = 6;

/// Why a thing is not as it should be.
pub(crate) fn all(reasons: &[&Reason<'_>], alternatives: bool) -> String {
    match reasons {
        [only] => only.message(),
        several if alternatives => {
            let one = |it: &&Reason<'_>| format!("{} {} ({})", it.path(), it.wanted(), it.state());
            format!("one of these has to hold: {}", several.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        several => several.iter().map(|it| it.message()).collect::<Vec<_>>().join("; "),
    }
}

impl Reason<'_> {
    /// What is wrong: the value that was found.
    fn message(&self) -> String {
        format!("{} {}, it {}", self.path(), self.state(), self.wanted())
    }

    fn path(&self) -> String {
        code(&self.leaf.path.to_string())
    }

    /// What it is now.
    fn state(&self) -> String {
        match (&self.value, &self.leaf.operator) {
            (Value::Unknown, _) => "is not known before apply".to_owned(),
            (Value::Null, _) if self.leaf.path.is_many() => "is empty".to_owned(),
            (Value::Null, _) => "is not set".to_owned(),
            (_, Operator::Exists(_)) => "is set".to_owned(),
            (value, _) if self.at_least => format!("is {} or more", shown(value)),
            (value, _) => format!("is {}", shown(value)),
        }
    }

    /// What to write.
    pub(crate) fn hint(&self) -> String {
        let path = &self.leaf.path;
        let argument = path.argument().filter(|it| *it == path.to_string());
        match (argument, &self.leaf.operator, self.negated) {
            (Some(name), Operator::Eq(value), false) | (Some(name), Operator::Ne(value), true) => {
                let value = value.to_json().map(|json| json.to_string()).unwrap_or_default();
                return format!("write {}", code(&format!("{name} = {value}")));
            }
            (Some(name), Operator::Exists(true), false) => {
                return format!("write {}", code(&format!("{name} = …")));
            }
            (Some(name), Operator::Exists(true), true) => return format!("leave {} out", code(name)),
            _ => {}
        }
        match &path.root {
            Root::Region => "choose another region in the provider's block".to_owned(),
            Root::TagsEffective => {
                let tag = path.steps.first().map_or("…", |step| match step {
                    Step::Member(name) => name.as_str(),
                    _ => "…",
                });
                let written = code(&format!("tags = {{ {tag} = \"…\" }}"));
                format!("write {written}, or set it in the provider's `default_tags`")
            }
            Root::Cost => "choose smaller or fewer resources".to_owned(),
            Root::Plan => "split the change".to_owned(),
            Root::Module => "change the module's call".to_owned(),
            Root::Provider => "change the provider's block".to_owned(),
            _ => format!("change {}", code(path.argument().unwrap_or(&path.to_string()))),
        }
    }

    /// The value in few characters and code font.
    pub(crate) fn shown(&self) -> String {
        shown(&self.value)
    }

    /// `must be …`.
    fn wanted(&self) -> String {
        let must = match (self.leaf.quantifier, self.negated) {
            (Quantifier::Some, true) => "must in no case be",
            _ if self.negated => "must not be",
            (Quantifier::Some, false) if self.leaf.path.is_many() => "must once be",
            _ => "must be",
        };
        let one = |value: &Value| if *value == Value::Null { "empty".to_owned() } else { shown(value) };
        match &self.leaf.operator {
            Operator::Exists(true) => format!("{must} set"),
            Operator::Exists(false) => format!("{must} left out"),
            Operator::Changed(true) => format!("{must} changed"),
            Operator::Changed(false) => format!("{must} left as it was"),
            Operator::Eq(value) => format!("{must} {}", one(value)),
            Operator::Ne(value) => format!("{must} other than {}", one(value)),
            Operator::In(values) => format!("{must} one of {}", list(values)),
            Operator::NotIn(values) => format!("{must} none of {}", list(values)),
            Operator::Matches(pattern) => format!("{must} like {}", code(pattern.as_str())),
            Operator::NotMatches(pattern) => format!("{must} unlike {}", code(pattern.as_str())),
            Operator::Gt(bound) => format!("{must} more than {bound}"),
            Operator::Gte(bound) => format!("{must} {bound} or more"),
            Operator::Lt(bound) => format!("{must} less than {bound}"),
            Operator::Lte(bound) => format!("{must} {bound} or less"),
            Operator::Contains(part) => format!("{must} something with {}", one(part)),
            Operator::SubsetOf(values) => format!("{must} taken from {}", list(values)),
            Operator::CidrIn(ranges) => {
                let ranges: Vec<String> = ranges.iter().map(|range| code(&range.to_string())).collect();
                format!("{must} within {}", ranges.join(", "))
            }
        }
    }
}

fn list(values: &[Value]) -> String {
    let named: Vec<String> = values.iter().take(NAMED).map(shown).collect();
    let more = values.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
}
