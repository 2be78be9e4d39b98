//! Where resources point to, so that each of many instances is asked of those alone that may point to it.
//!
//! What points to a resource, but not surely to this instance of it, is not looked at one by one: what its values are decides
//! whether there may be others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tfpilot_hcl::Value;

use super::candidates::Candidate;
use super::target::{Referred, Which};
use super::{Identity, is_one_of_several};
use crate::subject::Subject;

/// The resource that is pointed to: the calls that lead to it, its type and its name.
type Target = (Vec<String>, String, String);

/// Whence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    /// The same module, by the address of its instance.
    Module(Option<String>),
    /// Another module.
    Elsewhere,
}

/// All that point somewhere, or nowhere that could be read.
#[derive(Debug, Default)]
pub(super) struct Pointing {
    /// By what they point to.
    targets: BTreeMap<Target, Vec<usize>>,
    groups: BTreeMap<(Target, From), Group>,
    /// What is known of those that point to a resource of a type, or nowhere that could be read.
    by_kind: BTreeMap<Option<String>, Values>,
}

/// Those that point to one resource from one place.
#[derive(Debug, Default)]
struct Group {
    /// By the key of the instance, as JSON; none for the only one.
    exact: BTreeMap<Option<String>, Vec<usize>>,
    /// Of those that point to the only one.
    only: Values,
    /// Of those that point to one by its key.
    keyed: Values,
    /// Of those that point to any.
    unclear: Values,
}

/// Which values an argument of several resources has.
#[derive(Debug, Default)]
struct Values {
    unknown: bool,
    known: bool,
    arns: BTreeSet<String>,
}

impl Pointing {
    pub(super) fn add(&mut self, at: usize, candidate: &Candidate) {
        let Some(target) = &candidate.target else {
            return self.by_kind.entry(None).or_default().add(&candidate.value);
        };
        self.by_kind.entry(Some(target.kind.clone())).or_default().add(&candidate.value);
        let key = (target.modules.clone(), target.kind.clone(), target.name.clone());
        self.targets.entry(key.clone()).or_default().push(at);
        let from = match target.through_modules {
            true => From::Elsewhere,
            false => From::Module(candidate.module_address.clone()),
        };
        self.groups.entry((key, from)).or_default().add(at, candidate, target);
    }

    /// Those that may be sure to point to a resource, and whether others may refer to it all the same.
    pub(super) fn at(&self, subject: &Subject<'_, '_>, identity: &Identity) -> (Vec<usize>, bool) {
        let elsewhere = self.by_kind.iter().filter(|(kind, _)| kind.as_deref() != Some(subject.kind));
        let mut open = elsewhere.into_iter().any(|(_, values)| values.may_be(identity));
        let target = (subject.modules.clone(), subject.kind.to_owned(), subject.name.to_owned());
        let Some(all) = self.targets.get(&target) else { return (Vec::new(), open) };
        // Before the plan there are no instances.
        let Some(change) = subject.change else { return (all.clone(), open) };
        let mut found = Vec::new();
        let group = |from: From| self.groups.get(&(target.clone(), from));
        if let Some(group) = group(From::Module(change.module_address.clone())) {
            open |= group.at(change.index.as_ref(), identity, &mut found);
        }
        if let Some(group) = group(From::Elsewhere) {
            open |= match is_one_of_several(change.module_address.as_deref()) {
                true => group.all().any(|values| values.may_be(identity)),
                false => group.at(change.index.as_ref(), identity, &mut found),
            };
        }
        (found, open)
    }
}

impl Group {
    fn add(&mut self, at: usize, candidate: &Candidate, target: &Referred) {
        let several = target.through_modules && is_one_of_several(candidate.module_address.as_deref());
        let (values, key) = match &target.which {
            _ if several => (&mut self.unclear, None),
            Which::Only => (&mut self.only, Some(None)),
            Which::Key(key) => (&mut self.keyed, Some(Some(key.to_string()))),
            Which::Same if !target.through_modules => {
                let key = candidate.index.as_ref().map_or(Json::Null.to_string(), Json::to_string);
                (&mut self.keyed, Some(Some(key)))
            }
            Which::Same | Which::Unclear => (&mut self.unclear, None),
        };
        values.add(&candidate.value);
        if let Some(key) = key {
            self.exact.entry(key).or_default().push(at);
        }
    }

    fn at(&self, index: Option<&Json>, identity: &Identity, found: &mut Vec<usize>) -> bool {
        found.extend(self.exact.get(&index.map(Json::to_string)).into_iter().flatten());
        // One instance of several is not the only one, and the only one has no key.
        let others = if index.is_some() { &self.only } else { &self.keyed };
        self.unclear.may_be(identity) || others.may_be(identity)
    }

    fn all(&self) -> impl Iterator<Item = &Values> {
        [&self.only, &self.keyed, &self.unclear].into_iter()
    }
}

impl Values {
    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.known = true;
                if text.starts_with("arn:") {
                    self.arns.insert(text.clone());
                }
            }
            Value::Unknown => self.unknown = true,
            _ => {}
        }
    }

    /// Whether one of them may be a value of a resource without being known to be.
    fn may_be(&self, identity: &Identity) -> bool {
        self.unknown
            || (identity.known.is_empty() && self.known)
            || (identity.without_arn && self.arns.iter().any(|arn| !identity.known.contains(arn)))
    }
}
