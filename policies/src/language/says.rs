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

/// Why it cannot be told, where the policy itself says what would be wrong.
pub(crate) fn unknown(reasons: &[&Reason<'_>], alternatives: bool) -> String {
    let open = reasons.iter().filter(|reason| reason.value == Value::Unknown);
    let mut states: Vec<String> = open.map(|it| format!("{} {}", it.path(), it.state())).collect();
    states.dedup();
    if states.is_empty() { all(reasons, alternatives) } else { states.join("; ") }
}

impl Reason<'_> {
    /// What is written out may be the secret that a policy looks for.
    fn is_hidden(&self) -> bool {
        matches!(self.path.root, Root::Literals(_)) && matches!(self.value, Value::String(_))
    }

    /// What is wrong: the value that was found.
    fn message(&self) -> String {
        format!("{} {}, it {}", self.path(), self.state(), self.wanted())
    }

    /// The argument at the top of the resource that it is about.
    pub(crate) fn argument(&self) -> Option<&str> {
        self.path.argument().or_else(|| self.entry.and_then(|(list, _)| list.argument()))
    }

    fn path(&self) -> String {
        let path = match &self.path.root {
            Root::Related(relation) if self.path.steps.is_empty() => {
                format!("which {} refers to it", code(&relation.kind))
            }
            Root::Reference(name) => format!("what {} refers to", code(name)),
            Root::Literals(name) => format!("what is written out in {}", code(name)),
            _ => code(&self.path.to_string()),
        };
        match self.entry {
            Some((list, at)) => format!("{path} of entry {at} of {}", code(&list.to_string())),
            None => path,
        }
    }

    /// What it is now.
    fn state(&self) -> String {
        match (&self.value, self.operator) {
            (Value::Null, _) | (Value::Unknown, Some(Operator::Exists(_))) if self.left_out => {
                "is not set".to_owned()
            }
            (Value::Unknown, _) if matches!(self.path.root, Root::Literals(_)) => {
                "cannot all be read in the code".to_owned()
            }
            (Value::Unknown, _) => "is not known before apply".to_owned(),
            (value, _) if self.left_out => format!("is not set, which is {}", shown(value)),
            (Value::Null, None) => "is empty".to_owned(),
            _ if self.is_hidden() => "holds a text".to_owned(),
            (Value::Null, _) if self.path.is_many() => "is empty".to_owned(),
            (Value::Null, _) => "is not set".to_owned(),
            (_, Some(Operator::Exists(_))) => "is set".to_owned(),
            (value, _) if self.at_least => format!("is {} or more", shown(value)),
            (value, _) => format!("is {}", shown(value)),
        }
    }

    /// What to write.
    pub(crate) fn hint(&self) -> String {
        let path = self.path;
        let argument = path.argument().filter(|it| *it == path.to_string());
        match (argument, self.operator, self.negated) {
            (Some(name), Some(Operator::Eq(value)), false)
            | (Some(name), Some(Operator::Ne(value)), true) => {
                let value = value.to_json().map(|json| json.to_string()).unwrap_or_default();
                return format!("write {}", code(&format!("{name} = {value}")));
            }
            (Some(name), Some(Operator::Exists(true)), false) => {
                return format!("write {}", code(&format!("{name} = …")));
            }
            (Some(name), Some(Operator::Exists(true)), true) => return format!("leave {} out", code(name)),
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
            Root::Related(relation) => {
                let written = code(&format!("resource \"{}\"", relation.kind));
                format!("write a {written} whose {} is this one", code(&relation.argument))
            }
            _ => format!("change {}", code(self.argument().unwrap_or(&path.to_string()))),
        }
    }

    /// The value in few characters and code font.
    pub(crate) fn shown(&self) -> String {
        if self.is_hidden() {
            return "a text".to_owned();
        }
        shown(&self.value)
    }

    /// `must be …`.
    fn wanted(&self) -> String {
        let must = match (self.quantifier, self.negated) {
            (Quantifier::Some, true) => "must in no case be",
            _ if self.negated => "must not be",
            (Quantifier::Some, false) if self.path.is_many() => "must once be",
            _ => "must be",
        };
        let one = |value: &Value| if *value == Value::Null { "empty".to_owned() } else { shown(value) };
        let Some(operator) = self.operator else {
            return match self.negated {
                true => "must have no such entry",
                false => "must have such an entry",
            }
            .to_owned();
        };
        match operator {
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
