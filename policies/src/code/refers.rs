//! What an argument refers to, as the code writes it: a resource's attribute, by way of locals, variables and outputs.

use tfpilot_hcl::{Expression, TraversalOperator, walk};

use super::keys::{At, named};
use super::{View, Written};
use crate::relations::{Referred, Which};

impl<'a> Written<'_, 'a> {
    /// Whether an argument is a text made of what it refers to.
    pub(crate) fn is_made_of_parts(&self, argument: &str) -> bool {
        self.argument(argument).is_some_and(|(_, attribute)| is_made(&attribute.value))
    }

    /// The resource that an argument refers to; none where that is no resource, several, or cannot be told.
    pub(crate) fn refers_to(&self, argument: &str) -> Option<Referred> {
        let for_each = self.argument("for_each").map(|(_, attribute)| &attribute.value);
        let each = self.expressions(argument);
        let mut targets = each.iter().map(|(at, expr)| target(expr, at, for_each));
        let first = targets.next()??;
        targets.try_fold(first, |all, one| {
            let one = one?;
            if all == one {
                return Some(all);
            }
            // Rounds that differ in nothing but their key refer to the same resource.
            let same = Referred { which: all.which.clone(), ..one.clone() } == all;
            same.then_some(Referred { which: Which::Same, ..one })
        })
    }
}

/// Functions that give one of their arguments as it is.
const PASS_ON: [&str; 7] = ["coalesce", "element", "nonsensitive", "one", "sensitive", "tostring", "try"];

/// Whether an expression makes a text of its parts, so that what it refers to is not what it is.
fn is_made(expr: &Expression) -> bool {
    match expr {
        Expression::Parenthesis(inner) => is_made(inner.inner()),
        Expression::StringTemplate(template) => template.iter().count() > 1,
        Expression::HeredocTemplate(_) | Expression::BinaryOp(_) => true,
        Expression::FuncCall(call) => {
            let name = walk::function(call);
            !PASS_ON.contains(&name.trim_start_matches("core::")) || call.args.iter().any(is_made)
        }
        _ => false,
    }
}

fn target(expr: &Expression, at: &At<'_, '_>, for_each: Option<&Expression>) -> Option<Referred> {
    let at = at.deeper()?;
    match expr {
        Expression::Parenthesis(inner) => return target(inner.inner(), &at, for_each),
        Expression::Conditional(conditional) => {
            return match at.evaluate(&conditional.cond_expr) {
                tfpilot_hcl::Value::Bool(true) => target(&conditional.true_expr, &at, for_each),
                tfpilot_hcl::Value::Bool(false) => target(&conditional.false_expr, &at, for_each),
                _ => None,
            };
        }
        _ => {}
    }
    if let Some(local) = at.local(expr) {
        return target(local, &at, for_each);
    }
    if let Some(name) = named(expr, "var") {
        return passed(&name, &at);
    }
    let traversal = expr.as_traversal()?;
    let root = traversal.expr.as_variable()?.as_str();
    let steps: Vec<&TraversalOperator> = traversal.operators.iter().map(|it| it.value()).collect();
    match root {
        "each" => {
            let ([TraversalOperator::GetAttr(value)] | [TraversalOperator::GetAttr(value), _]) =
                steps.as_slice()
            else {
                return None;
            };
            let all = target(for_each?, &at, None)?;
            let attribute = steps.get(1).map(|step| attribute(step));
            let whole =
                value.value().as_str() == "value" && all.attribute.is_none() && all.which == Which::Only;
            let attribute = attribute.map_or(Some(None), |it| it.map(Some))?;
            whole.then_some(Referred { which: Which::Same, attribute, ..all })
        }
        "module" => match steps.as_slice() {
            [TraversalOperator::GetAttr(module), TraversalOperator::GetAttr(output)] => {
                given(module.value().as_str(), output.value().as_str(), &at)
            }
            _ => None,
        },
        "data" | "count" | "local" | "path" | "self" | "terraform" | "var" => None,
        kind => resource(kind, &steps, &at),
    }
}

/// `aws_s3_bucket.b["a"].id`.
fn resource(kind: &str, steps: &[&TraversalOperator], at: &At<'_, '_>) -> Option<Referred> {
    let (TraversalOperator::GetAttr(name), rest) = steps.split_first()? else { return None };
    let (which, rest) = match rest {
        [TraversalOperator::Index(index), rest @ ..] => (key(index, at), rest),
        [TraversalOperator::LegacyIndex(index), rest @ ..] => (Which::Key((*index.value()).into()), rest),
        rest => (Which::Only, rest),
    };
    let attribute = match rest {
        [] => None,
        [one] => Some(attribute(one)?),
        _ => return None,
    };
    let name = name.value().as_str().to_owned();
    let modules = at.modules.to_vec();
    Some(Referred { modules, kind: kind.to_owned(), name, which, attribute, through_modules: false })
}

fn key(index: &Expression, at: &At<'_, '_>) -> Which {
    match at.evaluate(index).to_json() {
        Some(key @ (serde_json::Value::String(_) | serde_json::Value::Number(_))) => Which::Key(key),
        _ => Which::Unclear,
    }
}

fn attribute(step: &TraversalOperator) -> Option<String> {
    match step {
        TraversalOperator::GetAttr(name) => Some(name.value().as_str().to_owned()),
        _ => None,
    }
}

/// A variable of a module: what its callers pass.
fn passed(name: &str, at: &At<'_, '_>) -> Option<Referred> {
    let (call, views) = at.index.caller(at.modules)?;
    let argument = call.arguments().find(|argument| argument.name == name)?;
    let (_, parents) = at.modules.split_last()?;
    all_the_same(views.iter().map(|view| target(&argument.value, &at.elsewhere(view, parents), None)))
}

/// An output of a module.
fn given(module: &str, output: &str, at: &At<'_, '_>) -> Option<Referred> {
    let modules: Vec<String> = at.modules.iter().cloned().chain([module.to_owned()]).collect();
    let (_, block) = at.index.blocks(&modules, "output", &[output.to_owned()]).last()?;
    let value = &block.body.get("value")?.value;
    let instances = at.index.instances(&modules).iter();
    let views: Vec<View<'_>> =
        instances.map(|instance| View { instance, roots: instance.roots.clone() }).collect();
    all_the_same(views.iter().map(|view| target(value, &at.elsewhere(view, &modules), None)))
}

fn all_the_same(mut targets: impl Iterator<Item = Option<Referred>>) -> Option<Referred> {
    let first = targets.next()??;
    targets.all(|it| it.as_ref() == Some(&first)).then(|| first.passed())
}
