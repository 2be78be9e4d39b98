//! Reaching into values: traversals, indexes, splats, and `for`.

use super::{Fault, Outcome, Run, operators};
use crate::Value;
use hcl_edit::expr::{Expression, ForExpr, Traversal, TraversalOperator};
use hcl_edit::{Decorated, Ident};
use std::collections::BTreeMap;

type Operators<'t> = &'t [Decorated<TraversalOperator>];

impl Run<'_> {
    pub(super) fn traversal(&self, traversal: &Traversal) -> Outcome {
        let (root, rest) = self.root(traversal)?;
        self.follow(root, rest)
    }

    /// The value a traversal starts from: `var.x`, `local.x` and `path.module` are names of two parts.
    fn root<'t>(&self, traversal: &'t Traversal) -> Result<(Value, Operators<'t>), Fault> {
        let operators = traversal.operators.as_slice();
        let Some(root) = traversal.expr.as_variable() else {
            return Ok((self.eval(&traversal.expr)?, operators));
        };
        let bound = self.bound.borrow().iter().any(|(name, _)| name == root.as_str());
        if bound {
            return Ok((self.name(root.as_str()), operators));
        }
        let Some((name, rest)) = operators.split_first() else { return Ok((Value::Unknown, &[])) };
        let name = match name.value() {
            TraversalOperator::GetAttr(name) => name.value().as_str(),
            _ => return Ok((Value::Unknown, &[])),
        };
        let value = match root.as_str() {
            "var" => self.scope.variables.get(name).map_or(Value::Unknown, |value| self.paid(value)),
            "local" => self.local(name)?,
            root => match self.scope.roots.get(root) {
                Some(Value::Object(members)) => {
                    members.get(name).map_or(Value::Unknown, |value| self.paid(value))
                }
                // A resource, data source or module: nothing below it can be known.
                _ => return Ok((Value::Unknown, &[])),
            },
        };
        Ok((value, rest))
    }

    fn follow(&self, value: Value, operators: Operators<'_>) -> Outcome {
        let mut value = value;
        for (at, operator) in operators.iter().enumerate() {
            if value == Value::Unknown {
                return Ok(Value::Unknown);
            }
            value = match operator.value() {
                TraversalOperator::GetAttr(name) => member(value, name.value().as_str())?,
                TraversalOperator::LegacyIndex(_) | TraversalOperator::Index(_) if self.is_strict() => {
                    self.any_element(value)?
                }
                TraversalOperator::LegacyIndex(index) => element(value, *index.value())?,
                TraversalOperator::Index(index) => self.index(value, index)?,
                TraversalOperator::FullSplat(_) => {
                    return self.splat(value, operators.get(at + 1..).unwrap_or_default());
                }
                // `.*` ends at the first index; rare enough to leave to Terraform.
                TraversalOperator::AttrSplat(_) => return Ok(Value::Unknown),
            };
        }
        Ok(value)
    }

    fn splat(&self, value: Value, rest: Operators<'_>) -> Outcome {
        let items = match value {
            Value::List(items) => items,
            Value::Null => Vec::new(),
            single => vec![single],
        };
        items.into_iter().map(|item| self.follow(item, rest)).collect::<Result<_, _>>().map(Value::List)
    }

    fn index(&self, value: Value, index: &Expression) -> Outcome {
        match (&value, self.eval(index)?) {
            (_, Value::Unknown) => Ok(Value::Unknown),
            (Value::Object(_), key) => member(value, &operators::text(&key).ok_or(Fault)?),
            (Value::List(_), key) => {
                let index = operators::number(&key)?;
                if index < 0.0 || index.fract() != 0.0 || index > 1e9 {
                    return Err(Fault);
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked just above"
                )]
                element(value, index as u64)
            }
            _ => Err(Fault),
        }
    }

    pub(super) fn for_expr(&self, expr: &ForExpr) -> Outcome {
        let Some(pairs) = self.pairs(&expr.intro.collection_expr)? else { return Ok(Value::Unknown) };
        let names = (expr.intro.key_var.as_ref().map(ident), ident(&expr.intro.value_var));
        let mut list = Vec::new();
        let mut object = BTreeMap::new();
        for (key, value) in pairs {
            let outcome = self.with_bound(names, key, value, || self.for_step(expr))?;
            match outcome {
                Step::Skip => {}
                Step::Unknown => return Ok(Value::Unknown),
                Step::Item(value) => list.push(value),
                Step::Entry(key, value) if expr.grouping => {
                    match object.entry(key).or_insert_with(|| Value::List(vec![])) {
                        Value::List(group) => group.push(value),
                        _ => return Err(Fault),
                    }
                }
                Step::Entry(key, value) => {
                    if object.insert(key, value).is_some() {
                        return Err(Fault);
                    }
                }
            }
        }
        Ok(if expr.key_expr.is_some() { Value::Object(object) } else { Value::List(list) })
    }

    fn for_step(&self, expr: &ForExpr) -> Result<Step, Fault> {
        if !self.spend(1) {
            return Ok(Step::Unknown);
        }
        if let (Some(_), true) = (&expr.cond, self.is_strict()) {
            // Every element, and maybe none.
            self.loosen();
        } else if let Some(condition) = &expr.cond {
            match self.eval(&condition.expr)? {
                Value::Unknown => return Ok(Step::Unknown),
                condition if !operators::boolean(&condition)? => return Ok(Step::Skip),
                _ => {}
            }
        }
        let Some(key) = &expr.key_expr else { return self.eval(&expr.value_expr).map(Step::Item) };
        match self.eval(key)? {
            key if self.is_open_key(&key) => Ok(Step::Unknown),
            key => Ok(Step::Entry(operators::text(&key).ok_or(Fault)?, self.eval(&expr.value_expr)?)),
        }
    }

    /// Keys and values of a collection, in Terraform's order; none when it is unknown.
    pub(super) fn pairs(&self, collection: &Expression) -> Result<Option<Vec<(Value, Value)>>, Fault> {
        match self.eval(collection)? {
            Value::Unknown => Ok(None),
            Value::List(items) => Ok(Some(
                items.into_iter().zip(0u64..).map(|(item, at)| (Value::Number(at.into()), item)).collect(),
            )),
            Value::Object(entries) => {
                Ok(Some(entries.into_iter().map(|(key, value)| (Value::String(key), value)).collect()))
            }
            _ => Err(Fault),
        }
    }

    /// Runs with the names of a `for` bound.
    pub(super) fn with_bound<T>(
        &self,
        names: (Option<&str>, &str),
        key: Value,
        value: Value,
        inner: impl FnOnce() -> T,
    ) -> T {
        let before = self.bound.borrow().len();
        if let Some(name) = names.0 {
            self.bound.borrow_mut().push((name.to_owned(), key));
        }
        self.bound.borrow_mut().push((names.1.to_owned(), value));
        let outcome = inner();
        self.bound.borrow_mut().truncate(before);
        outcome
    }
}

/// What one round of a `for` gives.
enum Step {
    Skip,
    Unknown,
    Item(Value),
    Entry(String, Value),
}

fn ident(name: &Decorated<Ident>) -> &str {
    name.value().as_str()
}

fn member(value: Value, name: &str) -> Outcome {
    match value {
        Value::Object(mut entries) => entries.remove(name).ok_or(Fault),
        _ => Err(Fault),
    }
}

fn element(value: Value, index: u64) -> Outcome {
    match (value, usize::try_from(index)) {
        (Value::List(items), Ok(index)) => items.into_iter().nth(index).ok_or(Fault),
        _ => Err(Fault),
    }
}
