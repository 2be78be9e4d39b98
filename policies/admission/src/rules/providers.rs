//! `admission/provider-source`: a provider is a program. Which one runs follows from `required_providers`, and from the
//! types of resources where nothing is written.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use std::collections::{BTreeMap, BTreeSet};
use tfpilot_hcl::{Block, Module, Place, Scope, Value, certain};

/// The rule's name.
pub const NAME: &str = "provider-source";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for (_, module) in subject.modules() {
        let mut implied = BTreeSet::new();
        for (_, requirements) in requirements(module) {
            for provider in &requirements.body.attributes {
                match source(&provider.name, &certain(&provider.value, &Scope::empty(), &[])) {
                    Some(source) => admit(subject, &source, &provider.place, findings),
                    None => findings.add(
                        &provider.place,
                        Say {
                            rule: NAME,
                            what: code(&provider.name),
                            why: "its source is computed",
                            next: "write `source` as plain text",
                        },
                    ),
                }
            }
        }
        let sources = sources(module);
        for (name, place) in used(module) {
            // One place per name is enough.
            if !sources.contains_key(&name) && implied.insert(name.clone()) {
                admit(subject, &default_source(&name), &place, findings);
            }
        }
    }
}

fn admit(subject: &Subject<'_>, source: &str, place: &Place, findings: &mut Findings) {
    if subject.allow.provider(source).is_none() {
        findings.add(
            place,
            Say {
                rule: NAME,
                what: format!("the provider {}", code(source)),
                why: "a provider is a program, and this one is not on the list",
                next: "use a listed provider, or ask an admin to list it under `admission.providers`",
            },
        );
    }
}

/// The `required_providers` blocks of a module.
fn requirements(module: &Module) -> impl Iterator<Item = (&Block, &Block)> {
    let settings = module.blocks().filter(|(_, block)| block.kind == "terraform");
    settings.flat_map(|(_, block)| block.body.named("required_providers").map(move |inner| (block, inner)))
}

/// Local names with the source written for them; an override wins, as it comes last.
pub(super) fn sources(module: &Module) -> BTreeMap<String, String> {
    let providers = requirements(module).flat_map(|(_, requirements)| &requirements.body.attributes);
    let written = providers.filter_map(|provider| {
        Some((
            provider.name.clone(),
            source(&provider.name, &certain(&provider.value, &Scope::empty(), &[]))?,
        ))
    });
    written.collect()
}

/// The source that a local name means when none is written for it.
pub(super) fn default_source(name: &str) -> String {
    if name == "terraform" {
        "terraform.io/builtin/terraform".to_owned()
    } else {
        format!("hashicorp/{name}")
    }
}

/// What one requirement says; none when it is computed.
fn source(name: &str, value: &Value) -> Option<String> {
    match value {
        // The old form: a version only.
        Value::String(_) => Some(default_source(name)),
        Value::Object(entries) => match entries.get("source") {
            None => Some(default_source(name)),
            Some(Value::String(source)) => Some(source.clone()),
            Some(_) => None,
        },
        _ => None,
    }
}

/// The local names of providers that a module's blocks use.
fn used(module: &Module) -> Vec<(String, Place)> {
    let mut used = Vec::new();
    for (_, block) in module.blocks() {
        collect(block, &mut used);
        block.body.named("data").for_each(|nested| collect(nested, &mut used));
    }
    used
}

fn collect(block: &Block, used: &mut Vec<(String, Place)>) {
    match (block.kind.as_str(), block.labels.as_slice()) {
        ("provider", [name]) => used.push((name.clone(), block.place.clone())),
        ("resource" | "data" | "ephemeral", [kind, _]) => {
            let implied = kind.split('_').next().unwrap_or(kind);
            let name = match block.body.get("provider") {
                Some(chosen) => chosen_name(&chosen.value).unwrap_or_else(|| implied.to_owned()),
                None => implied.to_owned(),
            };
            used.push((name, block.place.clone()));
        }
        _ => {}
    }
}

/// `aws` of `provider = aws.west`, which JSON writes as text.
fn chosen_name(expr: &tfpilot_hcl::Expression) -> Option<String> {
    match expr {
        tfpilot_hcl::Expression::Variable(name) => Some(name.value().to_string()),
        tfpilot_hcl::Expression::Traversal(traversal) => {
            traversal.expr.as_variable().map(|name| name.to_string())
        }
        tfpilot_hcl::Expression::String(text) => text.value().split('.').next().map(str::to_owned),
        _ => None,
    }
}
