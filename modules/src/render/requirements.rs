//! What the modules of a stack need together: one range of Terraform versions, each provider once.

use super::RenderError;
use super::draft::StackDraft;
use crate::catalog::{Module, Provider};

/// The modules of a stack, each once, in the order they are first called.
pub(super) fn modules<'c>(draft: &StackDraft<'c>) -> Vec<&'c Module> {
    let mut modules: Vec<&Module> = Vec::new();
    for call in &draft.calls {
        if !modules.iter().any(|known| known.id == call.module.id) {
            modules.push(call.module);
        }
    }
    modules
}

/// All constraints of all modules, each once: Terraform keeps every one of them.
pub(super) fn required_version(modules: &[&Module]) -> String {
    if let [only] = modules {
        return only.required_version.clone();
    }
    let mut constraints: Vec<&str> = Vec::new();
    for constraint in modules.iter().flat_map(|module| module.required_version.split(',')) {
        let constraint = constraint.trim();
        if !constraint.is_empty() && !constraints.contains(&constraint) {
            constraints.push(constraint);
        }
    }
    constraints.join(", ")
}

/// The providers of all modules. A stack has one version of each, so modules that want different ones do not go together.
pub(super) fn providers<'c>(modules: &[&'c Module]) -> Result<Vec<&'c Provider>, RenderError> {
    let mut merged: Vec<(&Module, &Provider)> = Vec::new();
    for module in modules {
        for provider in &module.providers {
            match merged.iter().find(|(_, known)| known.name == provider.name) {
                Some((_, known)) if *known == provider => {}
                Some((first, known)) => {
                    return Err(RenderError::Providers {
                        provider: provider.name.clone(),
                        first: wanted(first, known),
                        second: wanted(module, provider),
                    });
                }
                None => merged.push((module, provider)),
            }
        }
    }
    Ok(merged.into_iter().map(|(_, provider)| provider).collect())
}

fn wanted(module: &Module, provider: &Provider) -> String {
    format!("{} wants {} {}", module.id, provider.source, provider.version)
}
