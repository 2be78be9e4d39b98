//! Every expression inside an expression, with the names that `for` binds around it.
//!
//! Where a `for` runs over a closed collection, its body is met once per element, so that a path built from the element can
//! be judged; elsewhere its names are unknown.

use crate::eval::{Scope, possible};
use crate::{Expression, Value};
use hcl_edit::expr::{ForExpr, FuncCall, ObjectKey, TraversalOperator};
use hcl_edit::template::{Directive, Element, ForDirective};

/// Most expressions that are met in one walk; beyond, bodies are met once with unknown names.
const VISIT_CAP: usize = 20_000;

/// Names bound by `for` around an expression, innermost last.
pub type Bound = [(String, Value)];

/// Calls `visit` for the expression and everything in it, outer first.
pub fn walk<'e>(expr: &'e Expression, scope: &Scope<'_>, visit: &mut dyn FnMut(&'e Expression, &Bound)) {
    walk_bound(expr, scope, &[], visit);
}

/// The same inside names that are bound already.
pub fn walk_bound<'e>(
    expr: &'e Expression,
    scope: &Scope<'_>,
    bound: &Bound,
    visit: &mut dyn FnMut(&'e Expression, &Bound),
) {
    Walk { scope: *scope, bound: bound.to_vec(), visits: 0, visit }.expr(expr);
}

/// The same for a template that stands alone.
pub fn walk_template<'e>(
    elements: impl IntoIterator<Item = &'e Element>,
    scope: &Scope<'_>,
    bound: &Bound,
    visit: &mut dyn FnMut(&'e Expression, &Bound),
) {
    Walk { scope: *scope, bound: bound.to_vec(), visits: 0, visit }.elements(elements.into_iter());
}

/// A function's full name: `file`, `core::file` or `provider::aws::arn_parse`.
pub fn function(call: &FuncCall) -> String {
    let namespace = call.name.namespace.iter().map(|part| part.value().as_str());
    namespace.chain([call.name.name.value().as_str()]).collect::<Vec<_>>().join("::")
}

struct Walk<'w, 's, 'e> {
    scope: Scope<'s>,
    bound: Vec<(String, Value)>,
    visits: usize,
    visit: &'w mut dyn FnMut(&'e Expression, &Bound),
}

impl<'e> Walk<'_, '_, 'e> {
    fn expr(&mut self, expr: &'e Expression) {
        self.visits += 1;
        if self.scope.exhausted() {
            return;
        }
        (self.visit)(expr, &self.bound);
        match expr {
            Expression::Null(_)
            | Expression::Bool(_)
            | Expression::Number(_)
            | Expression::String(_)
            | Expression::Variable(_) => {}
            Expression::Array(items) => items.iter().for_each(|item| self.expr(item)),
            Expression::Object(object) => {
                for (key, value) in object {
                    if let ObjectKey::Expression(key) = key {
                        self.expr(key);
                    }
                    self.expr(value.expr());
                }
            }
            Expression::StringTemplate(template) => self.elements(template.iter()),
            Expression::HeredocTemplate(heredoc) => self.elements(heredoc.template.iter()),
            Expression::Parenthesis(inner) => self.expr(inner.inner()),
            Expression::Conditional(conditional) => {
                self.expr(&conditional.cond_expr);
                self.expr(&conditional.true_expr);
                self.expr(&conditional.false_expr);
            }
            Expression::FuncCall(call) => call.args.iter().for_each(|argument| self.expr(argument)),
            Expression::Traversal(traversal) => {
                self.expr(&traversal.expr);
                for operator in &traversal.operators {
                    if let TraversalOperator::Index(index) = operator.value() {
                        self.expr(index);
                    }
                }
            }
            Expression::UnaryOp(operation) => self.expr(&operation.expr),
            Expression::BinaryOp(operation) => {
                self.expr(&operation.lhs_expr);
                self.expr(&operation.rhs_expr);
            }
            Expression::ForExpr(expr) => self.for_expr(expr),
        }
    }

    fn elements(&mut self, elements: impl Iterator<Item = &'e Element>) {
        for element in elements {
            match element {
                Element::Literal(_) => {}
                Element::Interpolation(interpolation) => self.expr(&interpolation.expr),
                Element::Directive(directive) => match directive.as_ref() {
                    Directive::If(directive) => {
                        self.expr(&directive.if_expr.cond_expr);
                        self.elements(directive.if_expr.template.iter());
                        if let Some(otherwise) = &directive.else_expr {
                            self.elements(otherwise.template.iter());
                        }
                    }
                    Directive::For(directive) => self.for_directive(directive),
                },
            }
        }
    }

    fn for_expr(&mut self, expr: &'e ForExpr) {
        self.expr(&expr.intro.collection_expr);
        let names = (
            expr.intro.key_var.as_ref().map(|name| name.value().as_str()),
            expr.intro.value_var.value().as_str(),
        );
        self.rounds(&expr.intro.collection_expr, names, |walk| {
            if let Some(condition) = &expr.cond {
                walk.expr(&condition.expr);
            }
            if let Some(key) = &expr.key_expr {
                walk.expr(key);
            }
            walk.expr(&expr.value_expr);
        });
    }

    fn for_directive(&mut self, directive: &'e ForDirective) {
        let expr = &directive.for_expr;
        self.expr(&expr.collection_expr);
        let names =
            (expr.key_var.as_ref().map(|name| name.value().as_str()), expr.value_var.value().as_str());
        self.rounds(&expr.collection_expr, names, |walk| walk.elements(expr.template.iter()));
    }

    /// Meets a body once per element of a closed collection, or once with unknown names.
    fn rounds(
        &mut self,
        collection: &Expression,
        names: (Option<&str>, &str),
        mut body: impl FnMut(&mut Self),
    ) {
        let before = self.bound.len();
        let unknown = || vec![(Value::Unknown, Value::Unknown)];
        let mut rounds = Vec::new();
        for value in possible(collection, &self.scope, &self.bound) {
            rounds.extend(pairs(value).unwrap_or_else(unknown));
        }
        // A walk that grew too large goes on with what it cannot tell.
        if self.visits >= VISIT_CAP {
            rounds = unknown();
        }
        for (key, value) in rounds {
            let last = self.visits >= VISIT_CAP;
            let (key, value) = if last { (Value::Unknown, Value::Unknown) } else { (key, value) };
            if let Some(name) = names.0 {
                self.bound.push((name.to_owned(), key));
            }
            self.bound.push((names.1.to_owned(), value));
            body(self);
            self.bound.truncate(before);
            if last {
                break;
            }
        }
    }
}

/// Keys and values of a closed collection; an empty one is met once as unknown, for its calls are still code.
fn pairs(value: Value) -> Option<Vec<(Value, Value)>> {
    match value {
        Value::List(items) if !items.is_empty() => {
            Some(items.into_iter().zip(0u64..).map(|(item, at)| (Value::Number(at.into()), item)).collect())
        }
        Value::Object(entries) if !entries.is_empty() => {
            Some(entries.into_iter().map(|(key, value)| (Value::String(key), value)).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate_bound;

    fn calls(text: &str) -> Vec<String> {
        let expr = text.parse().expect("HCL");
        let mut found = Vec::new();
        let scope = Scope::empty();
        walk(&expr, &scope, &mut |expr, bound| {
            if let Expression::FuncCall(call) = expr {
                let argument = call.args.get(0).map(|argument| evaluate_bound(argument, &scope, bound));
                found.push(format!("{} {argument:?}", call.name.name.value()));
            }
        });
        found
    }

    #[test]
    fn calls_are_found_wherever_they_hide() {
        for text in [
            "[f(1)]",
            "{a = f(1)}",
            "{(f(1)) = 1}",
            "\"a${f(1)}\"",
            "x[f(1)]",
            "f(1).a",
            "-f(1)",
            "1 + f(1)",
            "(f(1))",
            "c ? f(1) : 0",
            "f(1) ? 0 : 0",
            "[for x in f(1) : x]",
            "[for x in y : f(1)]",
            "[for x in y : x if f(1)]",
            "{for x in y : f(1) => x}",
            "\"%{ if f(1) }%{ endif }\"",
            "\"%{ if c }%{ else }${f(1)}%{ endif }\"",
            "\"%{ for x in y }${f(1)}%{ endfor }\"",
            "<<E\n${f(1)}\nE",
            "[for x in [] : f(1)]",
        ] {
            assert_eq!(calls(text), ["f Some(Number(Number(1)))"], "{text}");
        }
        assert_eq!(calls("g(f(1))").len(), 2);
    }

    #[test]
    fn a_for_over_something_closed_is_followed() {
        assert_eq!(
            calls("[for x in [\"a\", \"b\"] : f(x)]"),
            ["f Some(String(\"a\"))", "f Some(String(\"b\"))"]
        );
        assert_eq!(calls("[for x in aws_y.z : f(x)]"), ["f Some(Unknown)"]);
        assert_eq!(calls("[for k, v in {a = 1} : f(k)]"), ["f Some(String(\"a\"))"]);
    }

    #[test]
    fn a_walk_ends() {
        let inner = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : f(c)]]]";
        assert!(calls(inner).len() < 50_000);
    }
}
