//! Which resources refer to another one: those whose argument is its id, ARN or name, as the code refers to it or as the
//! values say.
//!
//! [`target`] reads what the code refers to, from the plan's configuration or from the code itself. What can be read
//! neither here nor there may refer to anything: then there may be others, and nothing is said to be missing.

mod candidates;
mod pointing;
mod target;

pub(crate) use target::{Referred, Which};

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tfpilot_hcl::Value;

use crate::Truth;
use crate::address::code_address;
use crate::language::Relation;
use crate::subject::Subject;
use candidates::{Candidate, Candidates};

/// Arguments by which one resource is known to others.
const IDENTITIES: [&str; 4] = ["id", "arn", "bucket", "name"];

/// Resources that may pass a value on to each other, one after another.
const MAX_PASSES: usize = 8;

/// Resources that refer to one other, at most; beyond, there are more.
const MAX_RELATED: usize = 1_000;

/// Bytes that all looks from one resource to others may read together, some five times a large plan. Where everything refers
/// to everything, what is beyond may be anything.
const MAX_SPENT: usize = 1 << 29;

/// What it counts for to ask of a resource whether it refers to another one, in bytes.
const ASKED: usize = 64;

/// Resources that may refer to others, by type and argument, each looked at once.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    known: RefCell<BTreeMap<(String, String), Rc<Candidates>>>,
    /// Bytes that were spent on looking from one resource to others.
    spent: Cell<usize>,
}

impl Relations {
    /// Whether there is as much left.
    fn spend(&self, bytes: usize) -> bool {
        self.spent.set(self.spent.get().saturating_add(bytes));
        self.spent.get() <= MAX_SPENT
    }
}

/// What a resource is known by.
#[derive(Debug)]
pub(crate) struct Identity {
    known: BTreeSet<String>,
    /// Its ARN is not known.
    without_arn: bool,
}

impl<'w, 'a> Subject<'w, 'a> {
    /// The code address of the resource that an argument refers to, where it can be read.
    pub(crate) fn refers_to(&self, argument: &str) -> Option<String> {
        let target = self.direct_target(argument)?;
        Some(code_address(&target.modules, "managed", &target.kind, &target.name))
    }

    /// What an argument, or an argument of its only block, refers to, where it can be read.
    pub(crate) fn target_at(&self, path: &[&str]) -> Option<Referred> {
        match path {
            [argument] => self.direct_target(argument),
            path => self.world.wiring.target(&self.modules, &self.code_address(), path),
        }
    }

    fn direct_target(&self, argument: &str) -> Option<Referred> {
        // The plan lists what stands in an expression, not how.
        if self.written().is_some_and(|written| written.is_made_of_parts(argument)) {
            return None;
        }
        let planned = self.world.wiring.target(&self.modules, self.in_code(), &[argument]);
        planned.or_else(|| self.written()?.refers_to(argument))
    }

    /// What an argument refers to in the end: a resource that has the value from another one passes it on.
    fn target(&self, argument: &str) -> Option<Referred> {
        let mut target = self.direct_target(argument)?;
        for _ in 0..MAX_PASSES {
            let Some(attribute) = target.attribute.clone() else { break };
            let passes = Subject::of_code(self.world, &target.modules, &target.kind, &target.name);
            let Some(next) = passes.direct_target(&attribute) else { break };
            target = target.then(next);
        }
        Some(target)
    }

    /// Looks at the resources of a type that refer to this one by an argument; true where there may be others.
    pub(crate) fn related(&self, relation: &Relation, mut look: impl FnMut(&Subject<'_, 'a>)) -> bool {
        let world = self.world;
        let key = (relation.kind.clone(), relation.argument.clone());
        let known = world.relations.known.borrow().get(&key).map(Rc::clone);
        let candidates = known.unwrap_or_else(|| Rc::new(Candidates::of(world, relation)));
        world.relations.known.borrow_mut().insert(key, Rc::clone(&candidates));

        let identity = self.known.identity.get_or_init(|| Identity::of(self));
        let mut seen = 0;
        let (asked, mut open) = candidates.worth_asking(self, identity);
        for candidate in asked {
            if !world.relations.spend(ASKED) {
                return true;
            }
            match candidate.refers_to(self, identity).and(candidate.exists) {
                Truth::False => {}
                Truth::Unknown => open = true,
                Truth::True if seen >= MAX_RELATED => open = true,
                Truth::True if !world.relations.spend(candidate.cost(world)) => return true,
                Truth::True => {
                    let found = candidate.look(world, &mut look);
                    open |= !found;
                    seen += usize::from(found);
                }
            }
        }
        open
    }
}

/// Whether a module is one of several instances, by its address.
fn is_one_of_several(module: Option<&str>) -> bool {
    module.is_some_and(|address| address.contains('['))
}

impl Identity {
    fn of(subject: &Subject<'_, '_>) -> Self {
        let known = IDENTITIES.iter().filter_map(|name| subject.after(name).as_str().map(str::to_owned));
        let without_arn = subject.after("arn") == Value::Unknown;
        Self { known: known.collect(), without_arn }
    }

    /// Whether a value is one of them. What is known by nothing could be anything, and an ARN that is not known any ARN.
    fn is(&self, value: &Value) -> Truth {
        match value {
            Value::String(text) if self.known.contains(text) => Truth::True,
            Value::String(text)
                if self.known.is_empty() || (self.without_arn && text.starts_with("arn:")) =>
            {
                Truth::Unknown
            }
            Value::Unknown => Truth::Unknown,
            _ => Truth::False,
        }
    }
}

impl Candidate {
    /// Whether it refers to a resource. What either the reference or the value is sure of, is so.
    fn refers_to(&self, subject: &Subject<'_, '_>, identity: &Identity) -> Truth {
        let by_reference = self.target.as_ref().map_or(Truth::Unknown, |it| self.points_to(it, subject));
        match (by_reference, identity.is(&self.value)) {
            (Truth::True, _) | (_, Truth::True) => Truth::True,
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn points_to(&self, target: &Referred, subject: &Subject<'_, '_>) -> Truth {
        if !target.is_of(&subject.modules, subject.kind, subject.name) {
            // Another resource of the type has another id; one of another type may pass this one's on.
            return if target.kind == subject.kind { Truth::False } else { Truth::Unknown };
        }
        let instance = match subject.change {
            None => match &target.which {
                Which::Only | Which::Same => Truth::True,
                Which::Key(_) | Which::Unclear => Truth::Unknown,
            },
            Some(change) => self.points_to_instance(target, change),
        };
        // A text that is made of an id is not the id.
        let value = target.attribute.as_deref().map_or(Value::Unknown, |name| subject.after(name));
        match (&self.value, &value) {
            (Value::String(here), Value::String(there)) if here != there => instance.and(Truth::Unknown),
            _ => instance,
        }
    }

    /// Whether the one of several instances is meant.
    fn points_to_instance(&self, target: &Referred, change: &tfpilot_plan::ResourceChange) -> Truth {
        if target.through_modules {
            let modules = [self.module_address.as_deref(), change.module_address.as_deref()];
            if modules.into_iter().any(is_one_of_several) {
                return Truth::Unknown;
            }
        } else if self.module_address != change.module_address {
            return Truth::False;
        }
        match (&target.which, &change.index) {
            (Which::Only, None) => Truth::True,
            (Which::Key(key), Some(index)) => (key == index).into(),
            (Which::Same, Some(_)) if !target.through_modules => (self.index == change.index).into(),
            _ => Truth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_from_one_to_others_has_an_end() {
        let relations = Relations::default();
        assert!(relations.spend(MAX_SPENT - ASKED) && relations.spend(ASKED));
        assert!(!relations.spend(1) && !relations.spend(usize::MAX));
    }
}
