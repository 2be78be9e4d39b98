//! A resource's arguments before or after the plan, and those of the resources that it refers to: a group's launch template,
//! a service's task definition. Before the plan the values tell which one is meant, after it the references do.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::Operation;

use super::Values;
use crate::address::module_names;
use crate::relations::{Referred, Which};
use crate::subject::{Subject, World};
use crate::values::{elements, member};

/// Attributes by whose value resources refer to each other.
const IDENTITIES: [&str; 3] = ["id", "arn", "name"];

/// The places of the plan's resources by type and name, and by what they are known by; each made when somebody asks.
#[derive(Debug, Default)]
pub(super) struct Places {
    names: OnceCell<HashMap<(String, String), Vec<usize>>>,
    values: OnceCell<HashMap<(&'static str, String), Vec<usize>>>,
}

/// Types that others refer to for what they cost.
const REFERRED: [&str; 7] = [
    "aws_docdb_cluster",
    "aws_ecs_task_definition",
    "aws_lambda_function",
    "aws_launch_configuration",
    "aws_launch_template",
    "aws_neptune_cluster",
    "aws_rds_cluster",
];

/// One resource at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'s, 'w, 'a> {
    pub(super) places: &'s Places,
    pub(super) subject: &'s Subject<'w, 'a>,
    /// As it was, not as it will be.
    pub(super) before: bool,
}

impl Values for At<'_, '_, '_> {
    fn value(&self, name: &str) -> Value {
        if self.before { self.subject.before(name) } else { self.subject.after(name) }
    }

    fn is_omitted(&self, name: &str) -> bool {
        !self.before && self.subject.is_omitted(name)
    }

    fn is_left_out(&self, name: &str) -> bool {
        !self.before && self.subject.is_left_out(name)
    }

    fn written_in(&self, name: &str) -> Option<(usize, BTreeSet<String>)> {
        if self.before {
            return None;
        }
        let planned = self.subject.world.wiring.resource(&self.subject.code_address())?;
        let Json::Array(blocks) = planned.expression(name)? else { return None };
        let names = blocks.iter().filter_map(Json::as_object).flat_map(|block| block.keys().cloned());
        Some((blocks.len(), names.collect()))
    }

    fn referred_kind(&self, path: &[&str]) -> Option<String> {
        let target = self.subject.target_at(path)?;
        (!self.before).then_some(target.kind)
    }

    fn referred(&self, path: &[&str], kinds: &[&str], look: &mut dyn FnMut(&str, &dyn Values)) -> bool {
        let Some(change) = self.place(path, kinds).and_then(|at| self.subject.world.plans.change(at)) else {
            return false;
        };
        let subject = Subject::of_change(self.subject.world, &change);
        look(&change.kind, &At { places: self.places, subject: &subject, before: self.before });
        true
    }
}

impl At<'_, '_, '_> {
    fn place(&self, path: &[&str], kinds: &[&str]) -> Option<usize> {
        let target = self.subject.target_at(path).filter(|_| !self.before);
        match target {
            Some(target) if kinds.contains(&target.kind.as_str()) => self.meant(&target),
            Some(_) => None,
            None => self.known_as(path, kinds),
        }
    }

    /// The one instance that a reference means.
    fn meant(&self, target: &Referred) -> Option<usize> {
        let world = self.subject.world;
        let change = self.subject.change?;
        let named = self.places.named(world).get(&(target.kind.clone(), target.name.clone()))?;
        let mut meant = named.iter().copied().filter(|at| {
            let Some(head) = world.plans.heads().get(*at) else { return false };
            let module = head.module_address.as_deref().unwrap_or_default();
            let is_there = !matches!(head.operation(), Operation::Delete | Operation::Forget);
            is_there
                && module_names(module) == target.modules
                && (target.through_modules || head.module_address == change.module_address)
                && match &target.which {
                    Which::Only => head.index.is_none(),
                    Which::Key(key) => head.index.as_ref() == Some(key),
                    Which::Same => head.index == change.index,
                    Which::Unclear => true,
                }
        });
        let first = meant.next()?;
        meant.next().is_none().then_some(first)
    }

    /// The one that is known by the argument's value.
    fn known_as(&self, path: &[&str], kinds: &[&str]) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        let value = rest.iter().fold(self.value(first), |value, step| match elements(&value) {
            Some(blocks) if blocks.len() == 1 => blocks.first().map_or(Value::Null, |it| member(it, step)),
            _ => Value::Unknown,
        });
        let value = value.as_str()?;
        let values = self.places.values(self.subject.world);
        let mut known = kinds.iter().filter_map(|kind| {
            let kind = REFERRED.iter().find(|it| *it == kind)?;
            values.get(&(*kind, value.to_owned()))
        });
        match (known.next()?.as_slice(), known.next()) {
            ([only], None) => Some(*only),
            _ => None,
        }
    }
}

impl Places {
    fn named(&self, world: &World<'_>) -> &HashMap<(String, String), Vec<usize>> {
        self.names.get_or_init(|| {
            let mut names: HashMap<_, Vec<usize>> = HashMap::new();
            for (at, head) in world.plans.heads().iter().enumerate() {
                if !head.is_data() && head.deposed.is_none() {
                    names.entry((head.kind.clone(), head.name.clone())).or_default().push(at);
                }
            }
            names
        })
    }

    fn values(&self, world: &World<'_>) -> &HashMap<(&'static str, String), Vec<usize>> {
        self.values.get_or_init(|| {
            let mut values: HashMap<_, Vec<usize>> = HashMap::new();
            for (at, head) in world.plans.heads().iter().enumerate() {
                let Some(kind) = REFERRED.iter().find(|it| **it == head.kind) else { continue };
                if head.is_data() || head.deposed.is_some() {
                    continue;
                }
                let Some(change) = world.plans.change(at) else { continue };
                let mut known: Vec<&str> = [&change.change.before, &change.change.after]
                    .into_iter()
                    .flat_map(|tree| IDENTITIES.iter().filter_map(|name| tree.get(name)?.as_str()))
                    .collect();
                known.sort_unstable();
                known.dedup();
                for value in known {
                    values.entry((*kind, value.to_owned())).or_default().push(at);
                }
            }
            values
        })
    }
}
