//! What the code says about a resource where the plan says "known after apply", and where it says so.
//!
//! Reading HCL belongs to the hcl crate; here its module graph is asked for one resource of a plan at a time. Everything
//! answers "unknown" rather than guess: several instances of a module must agree, or nothing is known.

mod document;
mod keys;
mod literals;
mod providers;
mod refers;
mod written;

pub(crate) use keys::Keys;
pub(crate) use providers::Provider;
pub(crate) use written::{Written, call_place};

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;
use tfpilot_hcl::{Block, Call, File, Files, Fuel, Graph, Instance, Tree, Value, evaluate};
use tfpilot_plan::RedactedPlan;

use crate::skips::Skip;

/// Most uses of one module that are compared; beyond, what they say is unknown.
const VIEWS_CAP: usize = 60;

/// Levels of locals and module calls that are followed for one expression.
const DEPTH_CAP: usize = 12;

/// A stack's code: its module graph and the tree it was loaded from.
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    /// The stack's modules.
    pub graph: &'a Graph,
    /// The repository.
    pub tree: &'a Tree,
}

/// Calls that lead to a module, a block's word, its labels.
type BlockKey = (String, String, Vec<String>);

/// The code made ready for questions.
#[derive(Debug)]
pub(crate) struct Index<'a> {
    code: Code<'a>,
    /// Own fuel, so that the same code gives the same answers whoever read it before.
    fuel: Fuel,
    /// Uses of modules by the names of the calls that lead to them.
    instances: BTreeMap<String, Vec<&'a Instance>>,
    /// Blocks by the calls that lead to their module, their word and their labels, overriding ones last.
    blocks: HashMap<BlockKey, Vec<(&'a File, &'a Block)>>,
    /// Comments in blocks that skip a check, looked for when somebody asks.
    skips: OnceCell<HashMap<BlockKey, Vec<Skip>>>,
}

/// One use of a module, with one round of a block's `for_each` or `count`.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) roots: BTreeMap<String, Value>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(code: Code<'a>) -> Self {
        let mut instances = BTreeMap::<String, Vec<&Instance>>::new();
        for instance in &code.graph.instances {
            instances.entry(instance.key.clone()).or_default().push(instance);
        }
        let mut blocks = HashMap::<_, Vec<_>>::new();
        for (key, uses) in &instances {
            // Uses that the same calls lead to are uses of the same module.
            for (file, block) in uses.iter().take(1).flat_map(|instance| instance.module.blocks()) {
                let at = (key.clone(), block.kind.clone(), block.labels.clone());
                blocks.entry(at).or_default().push((file, block));
            }
        }
        Self { code, fuel: Fuel::default(), instances, blocks, skips: OnceCell::new() }
    }

    /// The blocks of a word and labels in the module that a path of calls leads to.
    pub(crate) fn blocks(
        &self,
        modules: &[String],
        word: &str,
        labels: &[String],
    ) -> &[(&'a File, &'a Block)] {
        self.blocks.get(&(modules.join("."), word.to_owned(), labels.to_vec())).map_or(&[], Vec::as_slice)
    }

    /// The comments that skip a check of a block, or of all that the calls around it lead to.
    pub(crate) fn skips(&self, modules: &[String], word: &str, labels: &[String]) -> Vec<Skip> {
        let skips = self.skips.get_or_init(|| crate::skips::by_block(&self.blocks));
        if skips.is_empty() {
            return Vec::new();
        }
        let own = (modules.join("."), word.to_owned(), labels.to_vec());
        let calls = (0..modules.len()).filter_map(|depth| {
            let (around, rest) = modules.split_at_checked(depth)?;
            Some((around.join("."), "module".to_owned(), vec![rest.first()?.clone()]))
        });
        let keys = std::iter::once(own).chain(calls);
        keys.filter_map(|key| skips.get(&key)).flatten().cloned().collect()
    }

    /// Whether the values that the plan was made with are those that the code was read with. They differ when a variable
    /// is given in a way that the code does not show; then nothing the code says may be trusted.
    pub(crate) fn agrees_with(&self, plan: &RedactedPlan) -> bool {
        let Some(root) = self.code.graph.instances.first() else { return false };
        let Some(given) = plan.section("variables").and_then(|part| part.value()?.as_object()) else {
            return true;
        };
        given.iter().all(|(name, given)| {
            let given = given.get("value").unwrap_or(&Json::Null);
            let Some(here) = root.variables.get(name).and_then(Value::to_json) else { return true };
            let variable = root.module.interface.variables.iter().find(|variable| variable.name == *name);
            let given = match variable.map(|variable| variable.ty.convert(given)) {
                Some(Ok(converted)) => Value::from(&converted).to_json().unwrap_or(converted),
                // A redacted value has another type than the variable.
                _ => return !tfpilot_plan::is_redacted(given) && given == &here,
            };
            tfpilot_plan::is_redacted(&given) || given == here
        })
    }

    /// Every resource that is written, in every module, once per code address.
    pub(crate) fn resources(&self) -> BTreeSet<(Vec<String>, String, String)> {
        let resources =
            self.blocks.keys().filter_map(|(key, word, labels)| match (word.as_str(), labels.as_slice()) {
                ("resource", [kind, name]) => Some((names(key), kind.clone(), name.clone())),
                _ => None,
            });
        resources.collect()
    }

    /// One resource or data source. `index` is the key of its instance.
    pub(crate) fn find(
        &self,
        modules: &[String],
        word: &str,
        kind: &str,
        name: &str,
        index: Option<&Json>,
    ) -> Option<Written<'_, 'a>> {
        let instances = self.instances.get(&modules.join("."))?;
        let blocks = self.blocks(modules, word, &[kind.to_owned(), name.to_owned()]).to_vec();
        let (_, first) = *blocks.first()?;
        let views = instances.iter().flat_map(|instance| self.views(instance, first, index));
        let views: Vec<View<'_>> = views.take(VIEWS_CAP + 1).collect();
        let views = if views.len() > VIEWS_CAP { Vec::new() } else { views };
        Some(Written { index: self, modules: modules.to_vec(), blocks, views })
    }

    /// The rounds of a block in one use of a module, or the one round of an index.
    pub(crate) fn views(&self, instance: &'a Instance, block: &Block, index: Option<&Json>) -> Vec<View<'a>> {
        let rounds = instance.rounds(block, self.files());
        let mut matching = rounds.iter().filter(|roots| index.is_some_and(|index| is_round(roots, index)));
        let rounds: Vec<_> = match matching.next() {
            Some(roots) => vec![roots.clone()],
            // One instance of many, and it cannot be told which: what differs between them is unknown.
            None if index.is_some() => vec![instance.roots.clone()],
            None => rounds,
        };
        rounds.into_iter().map(|roots| View { instance, roots }).collect()
    }

    /// The uses of the module that a path of calls leads to.
    pub(crate) fn instances(&self, modules: &[String]) -> &[&'a Instance] {
        self.instances.get(&modules.join(".")).map_or(&[], Vec::as_slice)
    }

    /// The call that leads to a module, and every round of it in every use of the caller.
    pub(crate) fn caller(&self, modules: &[String]) -> Option<(&'a Call, Vec<View<'a>>)> {
        let (name, parents) = modules.split_last()?;
        let instances = self.instances(parents);
        let call = instances.first()?.module.calls.iter().rev().find(|call| call.name == *name)?;
        let views = instances.iter().flat_map(|instance| self.views(instance, &call.block, None));
        let views: Vec<_> = views.take(VIEWS_CAP + 1).collect();
        Some((call, if views.len() > VIEWS_CAP { Vec::new() } else { views }))
    }

    /// Every call of a module, by the names of the calls that lead to it.
    pub(crate) fn calls(&self) -> BTreeSet<Vec<String>> {
        let calls = self.instances.iter().flat_map(|(key, instances)| {
            let module = instances.first().map(|instance| &instance.module.calls);
            module
                .into_iter()
                .flatten()
                .map(|call| names(key).into_iter().chain([call.name.clone()]).collect())
        });
        calls.collect()
    }

    /// Whether a module is called that could not be read.
    pub(crate) fn has_unread_modules(&self) -> bool {
        self.calls().iter().any(|modules| self.instances(modules).is_empty())
    }

    /// What a module call is given; none when the argument is not written.
    pub(crate) fn call_argument(&self, modules: &[String], name: &str) -> Option<Value> {
        let (call, views) = self.caller(modules)?;
        let attribute = call.block.body.get(name)?;
        let value =
            |view: &View<'a>| evaluate(&attribute.value, &view.instance.scope(&view.roots, self.files()));
        Some(agreed(views.iter().map(value)))
    }

    pub(crate) fn files(&self) -> Files<'_> {
        Files { tree: self.code.tree, directory: &self.code.graph.stack.directory, fuel: &self.fuel }
    }
}

fn names(key: &str) -> Vec<String> {
    key.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn is_round(roots: &BTreeMap<String, Value>, index: &Json) -> bool {
    let member = |root: &str, name: &str| match roots.get(root) {
        Some(Value::Object(members)) => members.get(name).and_then(Value::to_json),
        _ => None,
    };
    match index {
        Json::String(_) => member("each", "key").as_ref() == Some(index),
        _ => member("count", "index").as_ref() == Some(index),
    }
}

/// One value where all say the same.
pub(crate) fn agreed(values: impl IntoIterator<Item = Value>) -> Value {
    let mut values = values.into_iter();
    let Some(first) = values.next() else { return Value::Unknown };
    if values.all(|value| value == first) { first } else { Value::Unknown }
}
