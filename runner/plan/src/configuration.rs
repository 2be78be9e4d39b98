//! What the plan says about the code: which arguments each resource sets. Values are not read from here.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::change::Unread;
use crate::document::{Document, Members, Node, Text};
use crate::model::{head, or_default, typed};
use crate::{PlanError, ResourceChange};

/// What is read from the `configuration` section.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    #[serde(rename = "root_module", deserialize_with = "or_default")]
    _root_module: ConfigModule,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigModule {
    #[serde(rename = "resources", deserialize_with = "or_default")]
    _resources: Vec<ConfigResource>,
    #[serde(rename = "module_calls", deserialize_with = "or_default")]
    _module_calls: BTreeMap<String, ModuleCall>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ModuleCall {
    #[serde(rename = "module", deserialize_with = "or_default")]
    _module: ConfigModule,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigResource {
    #[serde(rename = "address", deserialize_with = "or_default")]
    _address: String,
    #[serde(rename = "expressions", deserialize_with = "or_default")]
    _expressions: BTreeMap<String, Unread>,
}

/// Whether the section has the shape that is read of it. Errors name the place, never a value.
pub(crate) fn check(document: &Document) -> Result<(), PlanError> {
    let Some(section) = document.get("configuration") else { return Ok(()) };
    let at = "configuration";
    match section {
        Node::Value(value) => typed::<Option<Configuration>>(at, value).map(drop),
        section => section
            .get("root_module")
            .map_or(Ok(()), |module| check_module(module, &format!("{at}.root_module"))),
    }
}

fn check_module(module: &Document, at: &str) -> Result<(), PlanError> {
    if let Node::Value(value) = module {
        return typed::<Option<ConfigModule>>(at, value).map(drop);
    }
    let calls_at = format!("{at}.module_calls");
    match module.get("module_calls") {
        Some(Node::Value(value)) => drop(typed::<Option<BTreeMap<String, ModuleCall>>>(&calls_at, value)?),
        Some(Node::Map(calls)) => {
            for (name, call) in calls {
                let at = format!("{calls_at}.{name}");
                match call {
                    Node::Value(value) => drop(typed::<ModuleCall>(&at, value)?),
                    call => {
                        let module = call.get("module");
                        module.map_or(Ok(()), |module| check_module(module, &format!("{at}.module")))?;
                    }
                }
            }
        }
        _ => {}
    }
    match module.get("resources") {
        Some(Node::Value(value)) => {
            drop(typed::<Option<Vec<ConfigResource>>>(&format!("{at}.resources"), value)?)
        }
        Some(resources) => {
            for (index, item) in resources.items().iter().enumerate() {
                head::<ConfigResource, ConfigResource>(&format!("{at}.resources[{index}]"), item)?;
            }
        }
        None => {}
    }
    Ok(())
}

/// Names of the arguments the code gives one resource; dynamic blocks are not among them [Terraform 1.11].
pub(crate) type ExpressionNames<'a> = BTreeSet<Cow<'a, str>>;

/// Every resource in the code, found by module path and resource.
#[derive(Debug, Default)]
pub(crate) struct Arguments<'a>(BTreeMap<(Vec<String>, Cow<'a, str>), &'a Text>);

impl<'a> Arguments<'a> {
    /// Of a document.
    pub(crate) fn of(document: &'a Document) -> Self {
        let mut arguments = Self::default();
        let root = document.get("configuration").and_then(|section| section.get("root_module"));
        root.into_iter().for_each(|module| arguments.add(module, &[]));
        arguments
    }

    /// The arguments the code gives the resource of this change; none when the code no longer has it.
    pub(crate) fn of_change<V>(&self, change: &ResourceChange<V>) -> Option<ExpressionNames<'a>> {
        let module = module_names(change.module_address.as_deref().unwrap_or_default());
        let address = code_address(&change.mode, &change.kind, &change.name);
        let resource = Members::of(self.0.get(&(module, address.into()))?.as_str())?;
        let expressions = resource.get("expressions").and_then(Members::of);
        Some(expressions.map(|expressions| expressions.into_names().collect()).unwrap_or_default())
    }

    fn add(&mut self, module: &'a Document, path: &[String]) {
        for resource in module.get("resources").map(Node::items).unwrap_or_default() {
            let address = Members::of(resource.as_str()).map(|members| members.text("address"));
            self.0.insert((path.to_vec(), address.unwrap_or_default().into()), resource);
        }
        let Some(Node::Map(calls)) = module.get("module_calls") else { return };
        for (name, call) in calls {
            let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            call.get("module").into_iter().for_each(|module| self.add(module, &path));
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
