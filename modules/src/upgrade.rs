//! What another version of a module brings: its interface, what it makes and what it needs, compared with what there was.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;
use tfpilot_hcl::{File, Variable};

use crate::catalog::Module;

/// One difference between two versions of a module, as people are told of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// An input that was not there; with its default, if it has one.
    InputAdded(String, Option<Json>),
    /// An input that is not there any more.
    InputRemoved(String),
    /// Another default: what there was, what there is.
    Default(String, Option<Json>, Option<Json>),
    /// An input of another type.
    Type(String),
    /// An output that was not there.
    OutputAdded(String),
    /// An output that is not there any more.
    OutputRemoved(String),
    /// A resource that the old one did not have, such as `aws_s3_bucket_logging.this`.
    ResourceAdded(String),
    /// A resource that the new one does not have.
    ResourceRemoved(String),
    /// Another version of a provider: its name, what there was, what there is.
    Provider(String, String, String),
    /// Other versions of Terraform: what there was, what there is.
    Terraform(String, String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Json>| value.as_ref().map_or("none".to_owned(), Json::to_string);
        match self {
            Self::InputAdded(name, None) => write!(f, "needs a new input {name}"),
            Self::InputAdded(name, default) => write!(f, "new input {name}, by default {}", shown(default)),
            Self::InputRemoved(name) => write!(f, "input {name} is gone"),
            Self::Default(name, from, to) => {
                write!(f, "default of {name}: {} becomes {}", shown(from), shown(to))
            }
            Self::Type(name) => write!(f, "input {name} has another type"),
            Self::OutputAdded(name) => write!(f, "new output {name}"),
            Self::OutputRemoved(name) => write!(f, "output {name} is gone"),
            Self::ResourceAdded(address) => write!(f, "also makes {address}"),
            Self::ResourceRemoved(address) => write!(f, "does not make {address} any more"),
            Self::Provider(name, from, to) => write!(f, "provider {name}: {from} becomes {to}"),
            Self::Terraform(from, to) => write!(f, "Terraform: {from} becomes {to}"),
        }
    }
}

/// What `new` does otherwise than `old`, a version of the same module. What only changed inside is for the plan to tell.
pub fn differences(old: &Module, new: &Module) -> Vec<Difference> {
    let mut found = Vec::new();
    for variable in &new.variables {
        let name = || variable.name.clone();
        match old.variable(&variable.name) {
            None => found.push(Difference::InputAdded(name(), variable.default.clone())),
            Some(known) if known.ty != variable.ty => found.push(Difference::Type(name())),
            Some(known) if known.default != variable.default => {
                found.push(Difference::Default(name(), known.default.clone(), variable.default.clone()));
            }
            Some(_) => {}
        }
    }
    let is_gone = |variable: &&Variable| new.variable(&variable.name).is_none();
    let gone = old.variables.iter().filter(is_gone).map(|it| Difference::InputRemoved(it.name.clone()));
    found.extend(gone);
    let outputs = |module: &Module| -> BTreeSet<String> {
        module.outputs.iter().map(|output| output.name.clone()).collect()
    };
    compare(&outputs(old), &outputs(new), Difference::OutputAdded, Difference::OutputRemoved, &mut found);
    compare(
        &resources(old),
        &resources(new),
        Difference::ResourceAdded,
        Difference::ResourceRemoved,
        &mut found,
    );
    for provider in &new.providers {
        let known = old.providers.iter().find(|known| known.name == provider.name);
        let known = known.filter(|known| known.version != provider.version);
        found.extend(known.map(|known| {
            Difference::Provider(provider.name.clone(), known.version.clone(), provider.version.clone())
        }));
    }
    if old.required_version != new.required_version {
        found.push(Difference::Terraform(old.required_version.clone(), new.required_version.clone()));
    }
    found
}

fn compare(
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
    added: fn(String) -> Difference,
    removed: fn(String) -> Difference,
    found: &mut Vec<Difference>,
) {
    found.extend(new.difference(old).cloned().map(added));
    found.extend(old.difference(new).cloned().map(removed));
}

/// Addresses of the resources in a module's own configuration.
fn resources(module: &Module) -> BTreeSet<String> {
    let files = module.files.iter().filter(|file| !file.path.contains('/') && file.path.ends_with(".tf"));
    let parsed = files.filter_map(|file| File::parse(&file.path, file.content.as_bytes()).ok());
    let of_file = |file: File| -> Vec<String> {
        let blocks = file.body.blocks.iter().filter(|block| block.kind == "resource");
        blocks.map(|block| block.labels.join(".")).collect()
    };
    parsed.flat_map(of_file).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Catalog;

    #[test]
    fn everything_that_an_upgrade_brings_is_told() {
        let catalog = Catalog::shipped();
        let new = catalog.find("local/note").expect("a shipped module");
        let files = new.files.iter().map(|file| {
            let content = match file.path.as_str() {
                "main.tf" => format!("{}\nresource \"terraform_data\" \"old\" {{}}\n", file.content),
                "outputs.tf" => "output \"gone\" {\n  value = 1\n}\n".to_owned(),
                "variables.tf" => {
                    "variable \"name\" {\n  type = string\n}\nvariable \"text\" {\n  type    = string\n  default = \"x\"\n}\nvariable \"size\" {\n  type = number\n}\n".to_owned()
                }
                "versions.tf" => "terraform {\n  required_version = \">= 1.0.0\"\n}\n".to_owned(),
                _ => file.content.clone(),
            };
            (file.path.clone(), content)
        });
        let old = new.vendored("0.1.0", files, &BTreeMap::new()).expect("a module");
        let told: Vec<String> = differences(&old, new).iter().map(Difference::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
        assert_eq!(differences(new, new), []);
    }
}
