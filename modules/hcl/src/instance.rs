//! One use of a module: the names its expressions can use, in every round of a block. How instances come about belongs to
//! `graph`.

use crate::{Block, Files, Module, Scope, TreePath, Value, possible};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most rounds of a `for_each` or `count` that are told apart.
const ROUNDS_CAP: usize = 200;

/// One use of a module.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The names of the calls that lead to it, joined by dots; empty for the root.
    pub key: String,
    /// The module.
    pub module: Arc<Module>,
    /// What its variables are worth; unknown where that is not closed.
    pub variables: BTreeMap<String, Value>,
    /// `path` and `terraform`, as far as they are known.
    pub roots: BTreeMap<String, Value>,
    /// The directories of the modules around it, itself last.
    pub(crate) chain: Vec<TreePath>,
}

impl Instance {
    /// The names its expressions can use.
    pub fn scope<'a>(&'a self, roots: &'a BTreeMap<String, Value>, files: Files<'a>) -> Scope<'a> {
        Scope::of_module(&self.variables, &self.module.locals).with_roots(roots).with_files(files)
    }

    /// The names a block's expressions can use, once for every closed round of its `for_each` or `count`.
    pub fn rounds(&self, block: &Block, files: Files<'_>) -> Vec<BTreeMap<String, Value>> {
        let with = |name: &str, members: Vec<(&str, Value)>| {
            let members = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let mut roots = self.roots.clone();
            roots.insert(name.to_owned(), Value::Object(members));
            roots
        };
        let each = |key: Value, value: Value| with("each", vec![("key", key), ("value", value)]);
        let values = |name: &str| {
            let argument = block.body.get(name);
            argument.map_or_else(Vec::new, |argument| {
                possible(&argument.value, &self.scope(&self.roots, files), &[])
            })
        };
        let mut rounds = Vec::new();
        for value in values("for_each") {
            match value {
                Value::List(items) if items.len() <= ROUNDS_CAP => {
                    rounds.extend(items.into_iter().map(|item| each(item.clone(), item)));
                }
                Value::Object(entries) if entries.len() <= ROUNDS_CAP => {
                    rounds.extend(entries.into_iter().map(|(key, value)| each(Value::String(key), value)));
                }
                // Nobody knows what `each` is: names without a value.
                _ => rounds.push(self.roots.clone()),
            }
        }
        for value in values("count") {
            match value {
                Value::Number(count) if count.as_u64().is_some_and(|count| count <= ROUNDS_CAP as u64) => {
                    let count = count.as_u64().unwrap_or(0);
                    rounds.extend(
                        (0..count).map(|index| with("count", vec![("index", Value::Number(index.into()))])),
                    );
                }
                _ => rounds.push(self.roots.clone()),
            }
        }
        // No round, or too many: the block is code all the same.
        if rounds.is_empty() || rounds.len() > ROUNDS_CAP { vec![self.roots.clone()] } else { rounds }
    }
}
