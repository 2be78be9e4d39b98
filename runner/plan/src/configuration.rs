//! What the plan says about the code: which arguments each resource sets. Values are not read from here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::ResourceChange;
use crate::model::or_default;

/// What is read from the `configuration` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Configuration {
    #[serde(deserialize_with = "or_default")]
    root_module: ConfigModule,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct ConfigModule {
    #[serde(deserialize_with = "or_default")]
    resources: Vec<ConfigResource>,
    #[serde(deserialize_with = "or_default")]
    module_calls: BTreeMap<String, ModuleCall>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct ModuleCall {
    #[serde(deserialize_with = "or_default")]
    module: ConfigModule,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct ConfigResource {
    #[serde(deserialize_with = "or_default")]
    address: String,
    #[serde(deserialize_with = "or_default")]
    expressions: BTreeMap<String, Value>,
}

/// Names of the arguments the code gives one resource; dynamic blocks are not among them [Terraform 1.11].
pub(crate) type ExpressionNames = BTreeSet<String>;

/// The arguments of every resource in the code, found by module path and resource.
#[derive(Debug, Default)]
pub(crate) struct Arguments(BTreeMap<(Vec<String>, String), ExpressionNames>);

impl Configuration {
    /// Every resource's arguments.
    pub(crate) fn index(&self) -> Arguments {
        let mut arguments = Arguments::default();
        arguments.add(&self.root_module, &[]);
        arguments
    }
}

impl Arguments {
    /// The arguments the code gives the resource of this change; none when the code no longer has it.
    pub(crate) fn of(&self, change: &ResourceChange) -> Option<&ExpressionNames> {
        let module = module_names(change.module_address.as_deref().unwrap_or_default());
        self.0.get(&(module, code_address(&change.mode, &change.kind, &change.name)))
    }

    fn add(&mut self, module: &ConfigModule, path: &[String]) {
        for resource in &module.resources {
            let names = resource.expressions.keys().cloned().collect();
            self.0.insert((path.to_vec(), resource.address.clone()), names);
        }
        for (name, call) in &module.module_calls {
            let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            self.add(&call.module, &path);
        }
    }
}

/// How the code calls a resource: without module and index.
pub(crate) fn code_address(mode: &str, kind: &str, name: &str) -> String {
    let prefix = if mode == "data" { "data." } else { "" };
    format!("{prefix}{kind}.{name}")
}

/// `module.a["x.y"].module.b[0]` → `a`, `b`.
pub(crate) fn module_names(address: &str) -> Vec<String> {
    // Every second part: a module may itself be called "module".
    let names = split_address(address).into_iter().skip(1).step_by(2);
    names.map(|part| part.split('[').next().unwrap_or_default().to_owned()).collect()
}

/// Splits at dots outside of index keys.
pub(crate) fn split_address(address: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, character) in address.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => {
                parts.push(address.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(address.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split_outside_of_keys() {
        assert_eq!(module_names(r#"module.a["x.module.y\"]."].module.b[0]"#), ["a", "b"]);
        assert_eq!(module_names("module.module"), ["module"]);
        assert!(module_names("").is_empty());
    }
}
