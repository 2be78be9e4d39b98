//! Closed evaluation: what an expression is worth when only literals, locals and given variables count.
//!
//! Everything else is [`Value::Unknown`]: resources, data sources, files, the clock, functions not listed in
//! `functions`. Nothing here reads the world. Work is bounded, so a few lines that expand without end become unknown.

mod access;
mod files;
mod functions;
mod operators;
mod strict;
mod template;

pub use strict::{certain, possible};

use crate::{Tree, TreePath, Value};
use hcl_edit::expr::{Expression, Object, ObjectKey};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// Steps and stored elements one evaluation may cost.
const BUDGET: usize = 500_000;

/// Steps and stored elements all evaluations of a stack may cost: about a second. Large stacks need a tenth of it.
const FUEL: usize = 3_000_000;

/// Deepest chain of expressions and locals that is followed. The parser's own limit is somewhat lower.
const DEPTH_CAP: usize = 160;

/// What names are worth.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    variables: &'a BTreeMap<String, Value>,
    locals: &'a BTreeMap<String, Expression>,
    /// Other names with parts that are known: `path`, `each`, `count`.
    roots: &'a BTreeMap<String, Value>,
    /// The files which `fileset` and `fileexists` look at.
    files: Option<Files<'a>>,
}

/// A tree and the directory that Terraform runs in.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The stack's directory: relative paths start here.
    pub directory: &'a TreePath,
    /// What all evaluations of the stack may cost together.
    pub fuel: &'a Fuel,
}

/// What may still be spent on a stack, so that code under review cannot keep its readers busy.
#[derive(Debug, Clone)]
pub struct Fuel(Cell<usize>);

impl Default for Fuel {
    fn default() -> Self {
        Self(Cell::new(FUEL))
    }
}

impl Fuel {
    /// Takes from it; false once it is used up.
    pub fn spend(&self, cost: usize) -> bool {
        let left = self.0.get().checked_sub(cost);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether it is used up, and what was asked then is unknown.
    pub fn is_empty(&self) -> bool {
        self.0.get() == 0
    }
}

/// What an evaluation that Terraform would refuse ends with. `can` and `try` tell it from an unknown.
#[derive(Debug)]
pub(crate) struct Fault;

type Outcome = Result<Value, Fault>;

static NO_VARIABLES: BTreeMap<String, Value> = BTreeMap::new();
static NO_LOCALS: BTreeMap<String, Expression> = BTreeMap::new();
static NO_ROOTS: BTreeMap<String, Value> = BTreeMap::new();

impl<'a> Scope<'a> {
    /// No names at all.
    pub fn empty() -> Self {
        Self { variables: &NO_VARIABLES, locals: &NO_LOCALS, roots: &NO_ROOTS, files: None }
    }

    /// Variables only.
    pub fn with_variables(variables: &'a BTreeMap<String, Value>) -> Self {
        Self { variables, ..Self::empty() }
    }

    /// A module's variables and locals.
    pub fn of_module(
        variables: &'a BTreeMap<String, Value>,
        locals: &'a BTreeMap<String, Expression>,
    ) -> Self {
        Self { variables, locals, ..Self::empty() }
    }

    /// The same scope with other names known, such as `path`, `each` and `count`: objects whose missing members are unknown.
    pub fn with_roots(self, roots: &'a BTreeMap<String, Value>) -> Self {
        Self { roots, ..self }
    }

    /// Whether all that may be spent on the stack is spent.
    pub(crate) fn exhausted(&self) -> bool {
        self.files.is_some_and(|files| files.fuel.is_empty())
    }

    /// The same scope with a tree, so that `fileset` and `fileexists` have values.
    pub fn with_files(self, files: Files<'a>) -> Self {
        Self { files: Some(files), ..self }
    }
}

/// What an expression is worth. What Terraform would refuse is unknown here; saying so is Terraform's part.
pub fn evaluate(expr: &Expression, scope: &Scope<'_>) -> Value {
    evaluate_bound(expr, scope, &[])
}

/// The same inside names bound by `for`, innermost last.
pub fn evaluate_bound(expr: &Expression, scope: &Scope<'_>, bound: &[(String, Value)]) -> Value {
    let budget = scope.files.map_or(BUDGET, |files| BUDGET.min(files.fuel.0.get()));
    let run = Run::new(*scope, budget, bound, None);
    let value = run.eval(expr).unwrap_or(Value::Unknown);
    if let Some(files) = scope.files {
        files.fuel.spend(budget - run.left.get());
    }
    value
}

/// A constant: the value of an expression without any name in it.
pub(crate) fn constant(expr: &Expression) -> Option<serde_json::Value> {
    certain(expr, &Scope::empty(), &[]).to_json()
}

/// One evaluation under way.
struct Run<'a> {
    scope: Scope<'a>,
    left: Cell<usize>,
    depth: Cell<usize>,
    /// Locals computed so far.
    known: RefCell<BTreeMap<String, Value>>,
    /// Locals being computed: meeting one again is a cycle.
    open: RefCell<BTreeSet<String>>,
    /// Names bound by `for`, innermost last.
    bound: RefCell<Vec<(String, Value)>>,
    /// Set when nothing may be decided.
    strict: Option<strict::Strict>,
}

impl<'a> Run<'a> {
    fn new(
        scope: Scope<'a>,
        budget: usize,
        bound: &[(String, Value)],
        strict: Option<strict::Strict>,
    ) -> Self {
        Self {
            scope,
            left: Cell::new(budget),
            depth: Cell::new(0),
            known: RefCell::default(),
            open: RefCell::default(),
            bound: RefCell::new(bound.to_vec()),
            strict,
        }
    }
}

impl Run<'_> {
    /// Takes from the budget; false when it is used up.
    fn spend(&self, cost: usize) -> bool {
        match self.left.get().checked_sub(cost) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => {
                self.left.set(0);
                false
            }
        }
    }

    /// A value about to be stored or copied, or unknown when that would cost more than is left.
    fn paid(&self, value: &Value) -> Value {
        if self.spend(weight(value)) { value.clone() } else { Value::Unknown }
    }

    fn eval(&self, expr: &Expression) -> Outcome {
        if self.depth.get() >= DEPTH_CAP || !self.spend(1) {
            return Ok(Value::Unknown);
        }
        self.depth.set(self.depth.get() + 1);
        let outcome = self.dispatch(expr);
        self.depth.set(self.depth.get() - 1);
        // What a function or an operator made is paid for once it exists; each makes at most a bounded multiple of what
        // it was given.
        outcome.map(|value| if self.spend(shallow(&value)) { value } else { Value::Unknown })
    }

    fn dispatch(&self, expr: &Expression) -> Outcome {
        match expr {
            Expression::Null(_) => Ok(Value::Null),
            Expression::Bool(value) => Ok(Value::Bool(*value.value())),
            Expression::Number(number) => Ok(literal_number(number.value())),
            Expression::String(text) => Ok(Value::String(text.value().clone())),
            Expression::Array(items) => {
                items.iter().map(|item| self.eval(item)).collect::<Result<_, _>>().map(Value::List)
            }
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => self.template(template.iter()),
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc),
            Expression::Parenthesis(inner) => self.eval(inner.inner()),
            Expression::Variable(name) => Ok(self.name(name.value().as_str())),
            Expression::Conditional(conditional) => self.conditional(conditional),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::UnaryOp(operation) => self.unary(operation),
            Expression::BinaryOp(operation) => self.binary(operation),
            Expression::ForExpr(expr) => self.for_expr(expr),
        }
    }

    fn object(&self, object: &Object) -> Outcome {
        let mut entries = BTreeMap::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) if self.is_strict() && !name.value().is_ascii() => {
                    return Ok(Value::Unknown);
                }
                ObjectKey::Ident(name) => name.value().to_string(),
                ObjectKey::Expression(expr) => match self.eval(expr)? {
                    key if self.is_open_key(&key) => return Ok(Value::Unknown),
                    key => operators::text(&key).ok_or(Fault)?,
                },
            };
            entries.insert(key, self.eval(value.expr())?);
        }
        Ok(Value::Object(entries))
    }

    /// Whether a computed key may be another one for Terraform.
    fn is_open_key(&self, key: &Value) -> bool {
        let exact = key.as_str().is_some_and(str::is_ascii) || strict::whole(key);
        *key == Value::Unknown || (self.is_strict() && !exact)
    }

    /// A name standing alone: one bound by `for`, else nothing that has a value by itself.
    fn name(&self, name: &str) -> Value {
        match self.bound.borrow().iter().rev().find(|(bound, _)| bound == name) {
            Some((_, value)) => self.paid(value),
            None => Value::Unknown,
        }
    }

    fn local(&self, name: &str) -> Outcome {
        if let Some(value) = self.known.borrow().get(name) {
            return Ok(self.paid(value));
        }
        let Some(expr) = self.scope.locals.get(name) else { return Ok(Value::Unknown) };
        if !self.open.borrow_mut().insert(name.to_owned()) {
            return Ok(Value::Unknown);
        }
        // A local does not see what a `for` around its use has bound.
        let bound = self.bound.take();
        let outcome = self.eval(expr);
        self.bound.replace(bound);
        self.open.borrow_mut().remove(name);
        let value = outcome?;
        self.known.borrow_mut().insert(name.to_owned(), self.paid(&value));
        Ok(value)
    }
}

fn literal_number(number: &hcl_edit::Number) -> Value {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(value), ..) => Value::Number(value.into()),
        (_, Some(value), _) => Value::Number(value.into()),
        (_, _, Some(value)) => Value::from_f64(value),
        _ => Value::Unknown,
    }
}

/// What a value costs to copy.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len() / 16,
        Value::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(entries) => {
            1 + entries.iter().map(|(key, value)| 1 + key.len() / 16 + weight(value)).sum::<usize>()
        }
        _ => 1,
    }
}

/// What a value costs by its own size, without what it holds.
fn shallow(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() / 16,
        Value::List(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
