//! What a path leads to in a resource, and where it goes elsewhere.

use std::collections::BTreeSet;

use tfpilot_hcl::Value;
use tfpilot_plan::ResourceChange;

use super::Act;
use super::compare::Found;
use super::expression::{Of, Reached};
use super::path::{Path, Root, Step};
use super::steps::{member_of_keys, walk};
use crate::subject::{Subject, World};
use crate::{Shipped, Truth, region, tags};

/// Blocks that are nothing where they are left out.
static BLOCKS: Shipped<BTreeSet<(&'static str, &'static str)>> = Shipped::new(|| {
    crate::lines(include_str!("../../defaults/blocks.txt")).filter_map(|line| line.split_once('.')).collect()
});

/// What a policy is asked of.
#[derive(Debug)]
pub(crate) enum Asked<'s, 'w, 'a> {
    /// A resource.
    Resource(&'s Subject<'w, 'a>),
    /// The call of a module, by the names of the calls that lead to it.
    Call(&'s World<'a>, &'s [String]),
    /// The configuration of a provider.
    Provider(&'s World<'a>, &'s str),
    /// The plan as a whole.
    Whole(&'s World<'a>),
}

impl Asked<'_, '_, '_> {
    /// What a path leads to.
    pub(super) fn reach(&self, path: &Path) -> Reached {
        let mut reached = Reached::default();
        let (first, rest) = match path.steps.split_first() {
            Some((first, rest)) => (Some(first), rest),
            None => (None, &[][..]),
        };
        let name = match first {
            Some(Step::Member(name)) => name.as_str(),
            _ => "",
        };
        match &path.root {
            Root::Region => reached.found.push(Found::of(self.region())),
            Root::TagsEffective => self.keys(&path.steps, &mut reached),
            Root::Json(_) | Root::Entries(_) | Root::Item => {
                return Of { asked: self, item: None }.reach(path);
            }
            Root::Related(relation) => self.related(relation, path, None, &mut reached),
            Root::Literals(name) => self.literals(name, &mut reached),
            Root::Reference(name) => reached.found.push(Found::of(self.reference(name))),
            Root::Before => walk(&Found::of(self.value_before(name)), rest, &mut reached),
            Root::After => match rest.first() {
                // One unknown value makes the plan forget all keys of a map; the code does not.
                Some(Step::Member(_)) if self.is_forgotten_map(name) => {
                    let Self::Resource(subject) = self else { return reached };
                    member_of_keys(&subject.written_keys(name), rest, &mut reached);
                }
                _ => {
                    walk(&self.after(name), rest, &mut reached);
                    self.see_what_is_set(path, &mut reached);
                }
            },
            Root::Config => {
                reached.written = true;
                walk(&self.config(name), rest, &mut reached);
            }
            Root::Provider => walk(&Found::of(self.provider(name)), rest, &mut reached),
            Root::Module => {
                let (value, rest) = match (name, rest.split_first()) {
                    ("inputs", Some((Step::Member(input), rest))) => (self.argument_of_call(input), rest),
                    ("inputs", _) => (Value::Unknown, &[][..]),
                    _ => (self.call(name), rest),
                };
                walk(&Found::of(value), rest, &mut reached);
            }
            Root::Plan => walk(&Found::of(self.plan(name)), rest, &mut reached),
            Root::Cost => walk(&self.cost(name), rest, &mut reached),
            Root::Resource => walk(&Found::of(self.resource(name)), rest, &mut reached),
        }
        reached
    }

    /// The value at the same place before the change, several of them as a list.
    pub(crate) fn before(&self, path: &Path) -> Value {
        let (Root::After, Some((Step::Member(name), rest))) = (&path.root, path.steps.split_first()) else {
            return Value::Unknown;
        };
        let mut reached = Reached::default();
        walk(&Found::of(self.value_before(name)), rest, &mut reached);
        if path.is_many() {
            return Value::List(reached.found.into_iter().map(|found| found.value).collect());
        }
        reached.found.into_iter().next().map_or(Value::Null, |found| found.value)
    }

    pub(crate) fn world(&self) -> &World<'_> {
        match self {
            Self::Resource(subject) => subject.world,
            Self::Call(world, _) | Self::Provider(world, _) | Self::Whole(world) => world,
        }
    }

    fn value_before(&self, name: &str) -> Value {
        match self {
            Self::Resource(subject) => subject.before(name),
            _ => Value::Unknown,
        }
    }

    fn after(&self, name: &str) -> Found {
        match self {
            Self::Resource(subject) if subject.is_going() => Found::of(subject.before(name)),
            Self::Resource(subject) => {
                let value = match subject.after(name) {
                    Value::Unknown if is_unmade(subject, name) => Value::Null,
                    value => value,
                };
                let there = match value {
                    Value::Null => Truth::False,
                    Value::Unknown if subject.is_set(name) => Truth::True,
                    Value::Unknown if subject.is_omitted(name) => Truth::False,
                    Value::Unknown => Truth::Unknown,
                    _ => Truth::True,
                };
                Found { value, there, at_least: false }
            }
            Self::Call(..) => Found::of(self.argument_of_call(name)),
            Self::Provider(..) => Found::of(self.provider(name)),
            Self::Whole(_) => Found::of(Value::Unknown),
        }
    }

    /// What is written, and nothing where it is left out.
    pub(super) fn config(&self, name: &str) -> Found {
        let Self::Resource(subject) = self else { return self.after(name) };
        match subject.written() {
            Some(written) => {
                let there = Truth::from(written.value(name).is_some());
                Found { value: written.value(name).unwrap_or(Value::Null), there, at_least: false }
            }
            None if subject.is_omitted(name) => Found::of(Value::Null),
            None => Found::of(Value::Unknown),
        }
    }

    fn is_forgotten_map(&self, name: &str) -> bool {
        matches!(self, Self::Resource(subject)
            if !subject.is_going() && subject.after(name) == Value::Unknown && subject.is_set(name))
    }

    fn region(&self) -> Value {
        match self {
            Self::Resource(subject) => {
                region::place(subject).map_or(Value::Null, |(_, region)| region.clone())
            }
            Self::Provider(..) => self.provider("region"),
            _ => Value::Unknown,
        }
    }

    fn keys(&self, steps: &[Step], reached: &mut Reached) {
        let Self::Resource(subject) = self else {
            reached.found.push(Found::of(Value::Unknown));
            return;
        };
        match tags::effective(subject) {
            Some((_, keys)) => member_of_keys(keys, steps, reached),
            // A type without tags has none of them.
            None => reached.found.push(Found::of(Value::Null)),
        }
    }

    fn resource(&self, name: &str) -> Value {
        let Self::Resource(subject) = self else {
            return if name == "address" { Value::String(self.address()) } else { Value::Null };
        };
        let text = |text: &str| Value::String(text.to_owned());
        let change = subject.change;
        match name {
            "address" => Value::String(self.address()),
            "type" => text(subject.kind),
            "name" => text(subject.name),
            "module" => text(&subject.modules.join(".")),
            "actions" => Value::List(self.acts().into_iter().map(text).collect()),
            "previous_address" => {
                change.and_then(|it| it.previous_address.as_deref()).map_or(Value::Null, text)
            }
            "index" => change.and_then(|it| it.index.as_ref()).map_or(Value::Null, Value::from),
            _ => Value::Null,
        }
    }

    /// What happens, in the words of policies.
    fn acts(&self) -> Vec<&'static str> {
        let Self::Resource(subject) = self else { return Vec::new() };
        let imported = subject.change.is_some_and(ResourceChange::is_import);
        let acts = Act::of(subject.operation, imported);
        Act::ALL.iter().filter(|(_, act)| acts.contains(act)).map(|(word, _)| *word).collect()
    }

    /// How a person calls it.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Resource(subject) => {
                subject.change.map_or_else(|| subject.in_code().to_owned(), |change| change.address.clone())
            }
            Self::Call(_, modules) => {
                modules.iter().map(|it| format!("module.{it}")).collect::<Vec<_>>().join(".")
            }
            Self::Provider(_, key) => format!("provider {key}"),
            Self::Whole(..) => "the plan".to_owned(),
        }
    }
}

/// A block that is nothing where the code leaves it out.
fn is_unmade(subject: &Subject<'_, '_>, name: &str) -> bool {
    BLOCKS.contains(&(subject.kind, name))
        && (subject.is_left_out(name) || (subject.written().is_none() && !subject.is_set(name)))
}
