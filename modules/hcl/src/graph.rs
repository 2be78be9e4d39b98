//! A stack's modules: the root and every module it reaches, each with the values its variables have where they are closed.
//!
//! Remote modules are followed only after they were downloaded, by Terraform's manifest. Whether a call is allowed is
//! decided by the admission crate.

use crate::module::{Call, Loading, Module};
use crate::source::names::{self, Kind};
use crate::tree::Child;
use crate::{
    Address, Diagnostic, Files, Fuel, Instance, Manifest, Missing, Mode, Place, Scope, Stack, Tree, TreePath,
    Value, certain,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most module instances that are followed: the same module with other values counts again.
const INSTANCES_CAP: usize = 400;

/// Deepest chain of modules calling modules.
const DEPTH_CAP: usize = 24;

/// Why a call cannot be followed inside the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// `source` is missing or computed.
    Computed,
    /// A local path that leaves the repository.
    Outside,
    /// A local path where no directory is.
    NoDirectory(TreePath),
    /// A local path through a symbolic link or a submodule.
    Detour(TreePath, Mode),
    /// A module from elsewhere that was not downloaded.
    Remote,
}

/// A stack's modules.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The stack.
    pub stack: Stack,
    /// The root first, then callers before the called.
    pub instances: Vec<Instance>,
    /// What cannot be read, in any module and in the files of values.
    pub unreadable: Vec<Diagnostic>,
    /// What may still be spent on judging the stack.
    pub fuel: Fuel,
}

impl Graph {
    /// The files that closed expressions of the stack may look at.
    pub fn files<'a>(&'a self, tree: &'a Tree) -> Files<'a> {
        Files { tree, directory: &self.stack.directory, fuel: &self.fuel }
    }

    /// Loads a stack's modules.
    pub fn load(tree: &Tree, stack: &Stack, manifest: Option<&Manifest>) -> Result<Self, Missing> {
        let mut loading = Loading::new(tree);
        let mut modules = BTreeMap::<TreePath, Arc<Module>>::new();
        let mut graph = Self {
            stack: stack.clone(),
            instances: Vec::new(),
            unreadable: Vec::new(),
            fuel: Fuel::default(),
        };
        let values = graph.values(&mut loading);
        let root = Arc::new(Module::load(&stack.directory, &mut loading));
        modules.insert(stack.directory.clone(), Arc::clone(&root));
        graph.instances.push(graph.instance(String::new(), root, values, vec![stack.directory.clone()]));
        let mut next = 0;
        while let Some(instance) = graph.instances.get(next).cloned() {
            next += 1;
            for call in &instance.module.calls {
                let Ok(directory) = resolve(tree, &instance, call, manifest) else { continue };
                let module = modules
                    .entry(directory.clone())
                    .or_insert_with(|| Arc::new(Module::load(&directory, &mut loading)));
                graph.follow(&instance, call, &Arc::clone(module), tree);
            }
        }
        if !loading.missing.is_empty() {
            return Err(Missing { paths: loading.missing });
        }
        let unreadable = modules.values().flat_map(|module| module.unreadable.iter().cloned());
        graph.unreadable.extend(unreadable);
        graph.unreadable.sort();
        graph.unreadable.dedup();
        Ok(graph)
    }

    fn instance(
        &self,
        key: String,
        module: Arc<Module>,
        given: BTreeMap<String, Value>,
        chain: Vec<TreePath>,
    ) -> Instance {
        let mut variables = BTreeMap::new();
        for variable in &module.interface.variables {
            let value = match (given.get(&variable.name), &variable.default) {
                // A null takes the default, where the variable does not take null.
                (Some(Value::Null), Some(default)) if !variable.nullable => Value::from(default),
                (Some(value), _) => match value.to_json().map(|json| variable.ty.convert(&json)) {
                    Some(Ok(json)) if variable.ty.is_exact(&json) => Value::from(&json),
                    Some(_) => Value::Unknown,
                    None => value.clone(),
                },
                (None, Some(default)) if variable.ty.is_exact(default) => Value::from(default),
                (None, Some(_)) => Value::Unknown,
                (None, None) => Value::Unknown,
            };
            variables.insert(variable.name.clone(), value);
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_or(Value::Unknown, Value::String);
        let path = [
            ("module".to_owned(), text(module.directory.relative_to(&self.stack.directory))),
            ("root".to_owned(), Value::String(".".to_owned())),
        ];
        let mut roots = BTreeMap::from([("path".to_owned(), Value::Object(path.into()))]);
        if let Some(workspace) = &self.stack.workspace {
            let members = [("workspace".to_owned(), Value::String(workspace.clone()))];
            roots.insert("terraform".to_owned(), Value::Object(members.into()));
        }
        Instance { key, module, variables, roots, chain }
    }

    /// Adds the instances that a call makes.
    fn follow(&mut self, caller: &Instance, call: &Call, module: &Arc<Module>, tree: &Tree) {
        let mut refuse =
            |what: String, hint: &str| self.unreadable.push(Diagnostic::new(call.place.clone(), what, hint));
        if caller.chain.contains(&module.directory) {
            return refuse(format!("module `{}` calls itself", call.name), "remove the cycle");
        }
        if caller.chain.len() >= DEPTH_CAP {
            return refuse(format!("modules are nested deeper than {DEPTH_CAP} levels"), "flatten them");
        }
        let (directory, fuel) = (self.stack.directory.clone(), self.fuel.clone());
        let files = Files { tree, directory: &directory, fuel: &fuel };
        for roots in caller.rounds(&call.block, files) {
            let scope = caller.scope(&roots, files);
            let given: BTreeMap<_, _> = call
                .arguments()
                .map(|argument| (argument.name.clone(), certain(&argument.value, &scope, &[])))
                .collect();
            let key = if caller.key.is_empty() {
                call.name.clone()
            } else {
                format!("{}.{}", caller.key, call.name)
            };
            let chain = caller.chain.iter().cloned().chain([module.directory.clone()]).collect();
            let instance = self.instance(key, Arc::clone(module), given, chain);
            // The same module with the same values says nothing new, except where the caller's key leads to other modules.
            let known = self.instances.iter().any(|known| {
                Arc::ptr_eq(&known.module, module)
                    && known.variables == instance.variables
                    && known.key == instance.key
            });
            if known {
                continue;
            }
            if self.instances.len() >= INSTANCES_CAP {
                let what =
                    format!("the stack has more than the {INSTANCES_CAP} module instances that are followed");
                self.unreadable.push(Diagnostic::new(call.place.clone(), what, "split the stack"));
                break;
            }
            self.instances.push(instance);
        }
        self.fuel = fuel;
    }

    /// What the files of values give the root's variables, in Terraform's order.
    fn values(&mut self, loading: &mut Loading<'_>) -> BTreeMap<String, Value> {
        let mut paths = Vec::new();
        for (name, child) in loading.tree.list(&self.stack.directory) {
            if let (Some(Kind::AutoValues), Child::Entry(entry)) = (names::kind(name), child)
                && entry.mode.is_file()
            {
                // `terraform.tfvars` comes first, its JSON form second, the others by name.
                let rank = [b"terraform.tfvars".as_slice(), b"terraform.tfvars.json"]
                    .iter()
                    .position(|first| *first == name);
                paths.push((rank.unwrap_or(2), self.stack.directory.child(name)));
            }
        }
        paths.sort();
        let mut values = BTreeMap::new();
        for path in paths.into_iter().map(|(_, path)| path).chain(self.stack.var_files.clone()) {
            let Some(entry) = loading.tree.entry(&path).filter(|entry| entry.mode.is_file()) else {
                let what = format!("the file of values {path} is not a file of the repository");
                self.unreadable.push(Diagnostic::new(Place::start(path.to_string()), what, "commit it"));
                continue;
            };
            match loading.file(&path, entry) {
                Some(Ok(file)) => values.extend(
                    file.body
                        .attributes
                        .iter()
                        .map(|value| (value.name.clone(), certain(&value.value, &Scope::empty(), &[]))),
                ),
                Some(Err(diagnostic)) => self.unreadable.push(diagnostic),
                None => {}
            }
        }
        values
    }
}

/// The directory that a call leads to.
pub fn resolve(
    tree: &Tree,
    caller: &Instance,
    call: &Call,
    manifest: Option<&Manifest>,
) -> Result<TreePath, Unresolved> {
    let directory = match &call.address {
        None => return Err(Unresolved::Computed),
        Some(Address::Local(path)) => caller.module.directory.join(path).ok_or(Unresolved::Outside)?,
        Some(_) => {
            let key = if caller.key.is_empty() {
                call.name.clone()
            } else {
                format!("{}.{}", caller.key, call.name)
            };
            manifest.and_then(|manifest| manifest.directory(&key)).cloned().ok_or(Unresolved::Remote)?
        }
    };
    match tree.detour(&directory) {
        Some((at, mode)) => Err(Unresolved::Detour(at, mode)),
        None if tree.is_directory(&directory) => Ok(directory),
        None => Err(Unresolved::NoDirectory(directory)),
    }
}
