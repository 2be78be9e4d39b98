//! The resources of a type with what one of their arguments refers to, found by where they point.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::Operation;

use super::Identity;
use super::pointing::Pointing;
use super::target::Referred;
use crate::Truth;
use crate::code::Written;
use crate::language::Relation;
use crate::subject::{Subject, World};

/// A resource that may refer to another one.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Its place among the plan's changes; none before the plan.
    change: Option<usize>,
    modules: Vec<String>,
    kind: String,
    name: String,
    pub(super) module_address: Option<String>,
    pub(super) index: Option<Json>,
    /// Whether it will be there.
    pub(super) exists: Truth,
    /// The argument's value.
    pub(super) value: Value,
    /// What the argument refers to, where it can be read.
    pub(super) target: Option<Referred>,
}

/// All resources of a type.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    all: Vec<Candidate>,
    pointing: Pointing,
    /// By the argument's value.
    by_value: BTreeMap<String, Vec<usize>>,
    /// There are others that are not seen.
    hidden: bool,
}

impl Candidates {
    pub(super) fn of(world: &World<'_>, relation: &Relation) -> Self {
        let mut candidates = Self::default();
        match (world.plans.is_planned(), &world.index) {
            (true, _) => candidates.of_plan(world, relation),
            (false, Some(_)) => candidates.of_code(world, relation),
            (false, None) => candidates.hidden = true,
        }
        candidates.index();
        candidates
    }

    fn of_plan(&mut self, world: &World<'_>, relation: &Relation) {
        let mut seen = BTreeSet::new();
        for (at, head) in world.plans.heads().iter().enumerate() {
            if head.is_data() || head.kind != relation.kind {
                continue;
            }
            let Some(change) = world.plans.change(at) else { continue };
            let subject = Subject::of_change(world, &change);
            seen.insert(subject.in_code().to_owned());
            if change.deposed.is_some() || subject.is_going() {
                continue;
            }
            self.all.push(Candidate {
                change: Some(at),
                modules: subject.modules.clone(),
                kind: change.kind.clone(),
                name: change.name.clone(),
                module_address: change.module_address.clone(),
                index: change.index.clone(),
                exists: if subject.operation == Operation::Unknown { Truth::Unknown } else { Truth::True },
                value: subject.after(&relation.argument),
                target: subject.target(&relation.argument),
            });
        }
        // A plan that is not of everything keeps silent about some.
        let of_type = || world.wiring.addresses(&relation.kind).any(|address| !seen.contains(address));
        self.hidden = !world.plans.is_whole() && of_type();
    }

    fn of_code(&mut self, world: &World<'_>, relation: &Relation) {
        let Some(index) = &world.index else { return };
        for (modules, kind, name) in index.resources() {
            if kind != relation.kind {
                continue;
            }
            let Some(written) = index.find(&modules, "resource", &kind, &name, None) else { continue };
            let value = written.value(&relation.argument).unwrap_or(Value::Unknown);
            let exists = Written::exists(&written);
            if exists == Truth::False {
                continue;
            }
            let target = Subject::of_code(world, &modules, &kind, &name).target(&relation.argument);
            self.all.push(Candidate {
                change: None,
                modules,
                kind,
                name,
                module_address: None,
                index: None,
                exists,
                value,
                target,
            });
        }
        self.hidden = index.has_unread_modules();
    }

    fn index(&mut self) {
        for (at, candidate) in self.all.iter().enumerate() {
            if let Value::String(value) = &candidate.value {
                self.by_value.entry(value.clone()).or_default().push(at);
            }
            self.pointing.add(at, candidate);
        }
    }

    /// Those that point to a resource or have a value of it; and whether others may refer to it all the same.
    pub(super) fn worth_asking(
        &self,
        subject: &Subject<'_, '_>,
        identity: &Identity,
    ) -> (impl Iterator<Item = &Candidate>, bool) {
        let (pointing, open) = self.pointing.at(subject, identity);
        let by_value = identity.known.iter().filter_map(|value| self.by_value.get(value)).flatten();
        let found: BTreeSet<usize> = by_value.copied().chain(pointing).collect();
        (found.into_iter().filter_map(|at| self.all.get(at)), self.hidden || open)
    }
}

impl Candidate {
    /// What a look at it costs, in bytes that are read.
    pub(super) fn cost(&self, world: &World<'_>) -> usize {
        let read = self.change.filter(|at| !world.plans.is_recent(*at));
        read.zip(world.plan).map_or(0, |(at, plan)| plan.change_text(at).len())
    }

    /// Looks at the resource itself; false where it cannot be found.
    pub(super) fn look<'a>(&self, world: &World<'a>, look: &mut dyn FnMut(&Subject<'_, 'a>)) -> bool {
        match self.change {
            Some(at) => {
                let Some(change) = world.plans.related(at) else { return false };
                look(&Subject::of_change(world, &change));
            }
            None => {
                let labels = [self.kind.clone(), self.name.clone()];
                let Some(index) = &world.index else { return false };
                let blocks = index.blocks(&self.modules, "resource", &labels);
                let Some([kind, name]) = blocks.first().and_then(|(_, block)| block.labels.first_chunk())
                else {
                    return false;
                };
                look(&Subject::of_code(world, &self.modules, kind, name));
            }
        }
        true
    }
}
