//! Whether an expression is made of literals and variables alone, through locals and the calls around a module. What a
//! provider or backend is told must be readable before anything runs.

use crate::subject::Subject;
use std::collections::BTreeSet;
use tfpilot_hcl::{Expression, Instance, Scope, TraversalOperator, walk};

impl Subject<'_> {
    /// The first name in an expression that is neither a literal nor a variable; none when there is no such name.
    pub(crate) fn computed(&self, instance: &Instance, expr: &Expression) -> Option<String> {
        // Kept by hand, not by recursion: the length of the chain is the author's choice.
        let mut open = vec![(instance, expr)];
        let mut seen = BTreeSet::new();
        while let Some((instance, expr)) = open.pop() {
            for (root, name) in self.names(expr) {
                let written = format!("{root}{}{name}", if name.is_empty() { "" } else { "." });
                let module = (instance.key.as_str(), &instance.module.directory);
                match root.as_str() {
                    "path" | "terraform" => {}
                    "local" if !seen.insert((module, written.clone())) => {}
                    "local" => match instance.module.locals.get(&name) {
                        Some(expr) => open.push((instance, expr)),
                        None => return Some(written),
                    },
                    // The root's variables are given by people.
                    "var" if instance.key.is_empty() || !seen.insert((module, written.clone())) => {}
                    "var" => open.extend(self.given(instance, &name)),
                    _ => return Some(written),
                }
            }
            if !self.graph.fuel.spend(1) {
                return Some("a chain of names that is too long".to_owned());
            }
        }
        None
    }

    /// The names an expression uses, as (root, first member); a function that is not pure stands as a name without member.
    fn names(&self, expr: &Expression) -> Vec<(String, String)> {
        let mut names = Vec::new();
        walk::walk(expr, &Scope::empty(), &mut |inner, bound| {
            self.graph.fuel.spend(1);
            match inner {
                Expression::Traversal(traversal) => {
                    let Some(root) = traversal.expr.as_variable().map(|name| name.to_string()) else {
                        return;
                    };
                    let member = match traversal.operators.first().map(|operator| operator.value()) {
                        Some(TraversalOperator::GetAttr(name)) => name.value().to_string(),
                        _ => String::new(),
                    };
                    if !bound.iter().any(|(known, _)| *known == root) {
                        names.push((root, member));
                    }
                }
                Expression::FuncCall(call) => {
                    names.extend(impure(&walk::function(call)).map(|name| (name, String::new())))
                }
                _ => {}
            }
        });
        names
    }

    /// What the calls of a module give one of its variables.
    fn given(&self, instance: &Instance, variable: &str) -> Vec<(&Instance, &Expression)> {
        let (caller_key, call_name) = instance.key.rsplit_once('.').unwrap_or(("", &instance.key));
        let callers = self.graph.instances.iter().filter(|caller| caller.key == caller_key);
        let calls = callers.flat_map(|caller| caller.module.calls.iter().map(move |call| (caller, call)));
        let arguments = calls.filter(|(_, call)| call.name == call_name).filter_map(|(caller, call)| {
            let argument = call.arguments().find(|argument| argument.name == variable)?;
            Some((caller, &argument.value))
        });
        arguments.collect()
    }
}

/// A function whose value does not follow from its arguments.
fn impure(function: &str) -> Option<String> {
    let name = function.strip_prefix("core::").unwrap_or(function);
    let reads = name.starts_with("file") || name.starts_with("template") || name.starts_with("provider::");
    (reads || matches!(name, "timestamp" | "uuid" | "bcrypt" | "pathexpand" | "abspath"))
        .then(|| format!("{function}(…)"))
}
