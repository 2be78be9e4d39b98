//! What inputs have to be together: the `precondition` blocks of a module, evaluated before there is a plan.
//!
//! A validation looks at one input; "give a service, accounts or repositories" is said by a precondition. What depends on
//! anything but inputs and locals is left to Terraform.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tfpilot_hcl::{Block, Expression, File, Scope, Value, evaluate};

use crate::catalog::Module;
use crate::inputs::Inputs;

/// Modules whose preconditions are kept.
const KEPT: usize = 256;

static READ: LazyLock<Mutex<HashMap<String, Arc<Preconditions>>>> = LazyLock::new(Mutex::default);

/// What inputs that were given are not together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The module's own message.
    pub why: String,
    /// Inputs that the message names, those that are not given first.
    pub inputs: Vec<String>,
}

/// The preconditions of a module and what they look at.
#[derive(Debug, Default)]
struct Preconditions {
    locals: BTreeMap<String, Expression>,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    condition: Expression,
    message: String,
    /// How often the block is there; without it, once.
    count: Option<Expression>,
}

impl Module {
    /// What these inputs lack together. `references` are inputs whose values are known at the apply only.
    pub fn unmet(&self, inputs: &Inputs, references: &[&str]) -> Vec<Unmet> {
        let known = preconditions_of(self);
        let variables: BTreeMap<String, Value> = self
            .variables
            .iter()
            .map(|variable| {
                let given = inputs.get(&variable.name).filter(|value| !value.is_null());
                let value = match (given, &variable.default) {
                    _ if references.contains(&variable.name.as_str()) => Value::Unknown,
                    (Some(value), _) => Value::from(value),
                    (None, Some(default)) => Value::from(default),
                    (None, None) => Value::Unknown,
                };
                (variable.name.clone(), value)
            })
            .collect();
        let scope = Scope::of_module(&variables, &known.locals);
        let is_there = |condition: &&Condition| {
            condition.count.as_ref().is_none_or(|count| match evaluate(count, &scope) {
                Value::Number(number) => number.as_f64().is_some_and(|number| number > 0.0),
                _ => false,
            })
        };
        let failed = known
            .conditions
            .iter()
            .filter(is_there)
            .filter(|condition| evaluate(&condition.condition, &scope) == Value::Bool(false));
        failed
            .map(|condition| Unmet {
                why: condition.message.clone(),
                inputs: self.named_in(condition, inputs),
            })
            .collect()
    }

    /// The inputs that a message names.
    fn named_in(&self, condition: &Condition, inputs: &Inputs) -> Vec<String> {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let words = condition.message.split(|letter| !is_word(letter));
        let mut named: Vec<String> = Vec::new();
        for word in words.filter(|word| self.variable(word).is_some()) {
            if !named.iter().any(|known| known == word) {
                named.push(word.to_owned());
            }
        }
        // Stable: of those not given the first that is named stays first.
        named.sort_by_key(|name| inputs.get(name).is_some_and(|value| !value.is_null()));
        named
    }
}

fn preconditions_of(module: &Module) -> Arc<Preconditions> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.get(&module.digest) {
        return Arc::clone(known);
    }
    if read.len() >= KEPT {
        read.clear();
    }
    let made = Arc::new(parse(module));
    read.insert(module.digest.clone(), Arc::clone(&made));
    made
}

fn parse(module: &Module) -> Preconditions {
    let mut found = Preconditions::default();
    let files = module.files.iter().filter(|file| file.path.ends_with(".tf") && !file.path.contains('/'));
    for file in files.filter_map(|file| File::parse(&file.path, file.content.as_bytes()).ok()) {
        for block in &file.body.blocks {
            match block.kind.as_str() {
                "locals" => {
                    let locals = block.body.attributes.iter();
                    found.locals.extend(locals.map(|local| (local.name.clone(), local.value.clone())));
                }
                "resource" | "data" | "output" => collect(block, &mut found.conditions),
                _ => {}
            }
        }
    }
    found
}

fn collect(block: &Block, conditions: &mut Vec<Condition>) {
    let attribute = |block: &Block, name: &str| {
        block
            .body
            .attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value.clone())
    };
    // Whether there is one at all, and for what, is for Terraform to say.
    if attribute(block, "for_each").is_some() {
        return;
    }
    let count = attribute(block, "count");
    let lifecycles = block.body.blocks.iter().filter(|inner| inner.kind == "lifecycle");
    let inner = lifecycles.flat_map(|lifecycle| &lifecycle.body.blocks).chain(&block.body.blocks);
    for precondition in inner.filter(|inner| inner.kind == "precondition") {
        let message = attribute(precondition, "error_message").and_then(|message| {
            match evaluate(&message, &Scope::empty()) {
                Value::String(text) => Some(text),
                _ => None,
            }
        });
        if let (Some(condition), Some(message)) = (attribute(precondition, "condition"), message) {
            conditions.push(Condition { condition, message, count: count.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::Catalog;

    #[track_caller]
    fn check(module: &str, inputs: Json, expect: &[&str]) {
        let catalog = Catalog::shipped();
        let module = catalog.find(module).expect("is shipped");
        let inputs: Inputs = serde_json::from_value(inputs).expect("inputs");
        let unmet = module.unmet(&inputs, &[]);
        let named: Vec<String> = unmet.iter().filter_map(|unmet| unmet.inputs.first().cloned()).collect();
        assert_eq!(named, expect, "{unmet:?}");
    }

    #[test]
    fn what_inputs_lack_together_is_found() {
        check("aws/iam-role", json!({"name": "ci", "owner": "web"}), &["trusted_service"]);
        check("aws/iam-role", json!({"name": "ci", "owner": "web", "trusted_service": "lambda"}), &[]);
        check(
            "aws/iam-role",
            json!({"name": "ci", "owner": "web", "trusted_service": "lambda", "actions": ["s3:GetObject"]}),
            &["resources"],
        );
    }

    #[test]
    fn what_is_known_at_the_apply_only_is_left_to_terraform() {
        let catalog = Catalog::shipped();
        let module = catalog.find("aws/iam-role").expect("is shipped");
        assert_eq!(module.unmet(&Inputs::new(), &["trusted_accounts"]), []);
    }

    #[test]
    fn examples_of_the_catalog_lack_nothing() {
        for module in Catalog::shipped().modules() {
            for example in &module.examples {
                assert_eq!(module.unmet(&example.expect, &[]), [], "{}: {}", module.id, example.request);
            }
        }
    }
}
