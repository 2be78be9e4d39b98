//! What the code itself calls secret, as far as it is closed: values of sensitive variables in every module, and values
//! given under names that say so. Known before Terraform runs, so that nothing it says of them is passed on.

use crate::graph::Graph;
use crate::{Body, Files, Instance, Manifest, Missing, Stack, Tree, Value, possible};
use std::collections::BTreeSet;

/// The texts of all secrets that the stack's code holds. `is_secret` says which names tell one.
pub fn secrets(
    tree: &Tree,
    stack: &Stack,
    manifest: Option<&Manifest>,
    is_secret: &dyn Fn(&str) -> bool,
) -> Result<BTreeSet<String>, Missing> {
    let graph = Graph::load(tree, stack, manifest)?;
    let mut found = BTreeSet::new();
    for instance in &graph.instances {
        for variable in &instance.module.interface.variables {
            let value = instance.variables.get(&variable.name);
            if variable.sensitive || is_secret(&variable.name) {
                value.into_iter().for_each(|value| texts(value, &mut found));
                let default = variable.default.as_ref().map(Value::from);
                default.iter().for_each(|value| texts(value, &mut found));
            }
        }
        for file in &instance.module.files {
            given(&file.body, instance, graph.files(tree), is_secret, &mut found);
        }
    }
    Ok(found)
}

/// Arguments under telling names, in any block, and in the maps that arguments are.
fn given(
    body: &Body,
    instance: &Instance,
    files: Files<'_>,
    is_secret: &dyn Fn(&str) -> bool,
    found: &mut BTreeSet<String>,
) {
    for attribute in &body.attributes {
        for value in possible(&attribute.value, &instance.scope(&instance.roots, files), &[]) {
            if is_secret(&attribute.name) {
                texts(&value, found);
            } else {
                named(&value, is_secret, found);
            }
        }
    }
    body.blocks.iter().for_each(|block| given(&block.body, instance, files, is_secret, found));
}

/// Members of a value whose names tell a secret.
fn named(value: &Value, is_secret: &dyn Fn(&str) -> bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(name, value)| {
            if is_secret(name) { texts(value, found) } else { named(value, is_secret, found) }
        }),
        Value::List(items) => items.iter().for_each(|item| named(item, is_secret, found)),
        _ => {}
    }
}

/// Every text and number in a value.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Number(number) => drop(found.insert(number.to_string())),
        Value::List(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(entries) => entries.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_the_code_are_known_before_it_runs() {
        let tree = crate::tests::tree(&[
            (
                "live/a/main.tf",
                "variable \"pin\" {\n  type = string\n  sensitive = true\n}\n\
                 variable \"login\" {\n  type = any\n  sensitive = true\n  default = { user = \"default-one\" }\n}\n\
                 variable \"api_token\" {\n  default = \"by-name\"\n}\n\
                 variable \"plain\" {\n  default = \"kept\"\n}\n\
                 resource \"box\" \"this\" {\n  password = \"literal-${var.plain}\"\n  tags = { db_password = \"in-a-map\", Name = \"kept-too\" }\n  \
                 login {\n    password = \"in-a-block\"\n  }\n}\n\
                 module \"m\" {\n  source = \"../../m\"\n  key = \"to-a-module\"\n}\n",
            ),
            ("live/a/terraform.tfvars", "pin = \"from-values\"\n"),
            (
                "live/a/b.auto.tfvars.json",
                "{\"login\": {\"user\": \"deep\", \"more\": [\"list\", 123456789]}}",
            ),
            ("m/main.tf", "variable \"key\" {\n  type = string\n  sensitive = true\n}\n"),
        ]);
        let stack = Stack::new("live/a").expect("a stack");
        let is_secret = |name: &str| name.ends_with("password") || name.ends_with("token");
        let found = secrets(&tree, &stack, None, &is_secret).expect("all loaded");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        insta::assert_snapshot!(found.join(" "), @"123456789 by-name deep default-one from-values in-a-block in-a-map list literal-kept to-a-module");
    }
}
