//! The keys of a map that is not wholly known: one unknown tag makes the plan forget all of them, the code does not.

use std::collections::BTreeMap;

use tfpilot_hcl::{Expression, ObjectKey, TraversalOperator, Value, evaluate, walk};

use super::{DEPTH_CAP, Index, View};

/// What is known of a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Keys {
    /// Keys that are there, with their values as far as they are known.
    pub(crate) known: BTreeMap<String, Value>,
    /// There may be others.
    pub(crate) open: bool,
}

/// Where an expression is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    pub(super) view: &'i View<'a>,
    pub(super) modules: &'i [String],
    depth: usize,
}

impl<'i, 'a> At<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>, view: &'i View<'a>, modules: &'i [String]) -> Self {
        Self { index, view, modules, depth: 0 }
    }

    /// One level deeper, or none when it is too deep or too much was spent on the stack.
    pub(super) fn deeper(self) -> Option<Self> {
        let spent = self.index.files().fuel.is_empty();
        (self.depth < DEPTH_CAP && !spent).then_some(Self { depth: self.depth + 1, ..self })
    }

    /// In another module, as deep as before.
    pub(super) fn elsewhere<'n>(&self, view: &'n View<'a>, modules: &'n [String]) -> At<'n, 'a>
    where
        'i: 'n,
    {
        At { index: self.index, view, modules, depth: self.depth }
    }

    pub(super) fn evaluate(&self, expr: &Expression) -> Value {
        evaluate(expr, &self.view.instance.scope(&self.view.roots, self.index.files()))
    }

    /// The expression of a local value, when the expression is no more than its name.
    pub(super) fn local(&self, expr: &Expression) -> Option<&'a Expression> {
        let name = named(expr, "local")?;
        self.view.instance.module.locals.get(&name)
    }
}

impl Keys {
    /// Nothing is known.
    pub(crate) fn unknown() -> Self {
        Self { known: BTreeMap::new(), open: true }
    }

    /// What a value tells.
    pub(crate) fn of_value(value: &Value) -> Self {
        match value {
            Value::Object(entries) => {
                // To the provider, a tag of null is no tag.
                let set = entries.iter().filter(|(_, value)| **value != Value::Null);
                Self { known: set.map(|(key, value)| (key.clone(), value.clone())).collect(), open: false }
            }
            Value::Null => Self::default(),
            _ => Self::unknown(),
        }
    }

    /// This map with another laid over it.
    pub(crate) fn overlaid(mut self, over: Self) -> Self {
        if over.open {
            // What is not known may overwrite any value.
            self.known.values_mut().for_each(|value| *value = Value::Unknown);
        }
        self.known.extend(over.known);
        self.open |= over.open;
        self
    }

    /// What all say; unknown of nobody.
    pub(crate) fn agreed(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().reduce(Self::common).unwrap_or_else(Self::unknown)
    }

    fn common(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        let both = self.known.into_iter().filter_map(|(key, value)| {
            let same = *other.known.get(&key)? == value;
            Some((key, if same { value } else { Value::Unknown }))
        });
        Self { known: both.collect(), open: true }
    }
}

/// The keys an expression is sure to have.
pub(super) fn of(expr: &Expression, at: &At<'_, '_>) -> Keys {
    match at.evaluate(expr) {
        Value::Unknown => at.deeper().map_or_else(Keys::unknown, |at| structure(expr, &at)),
        value => Keys::of_value(&value),
    }
}

fn structure(expr: &Expression, at: &At<'_, '_>) -> Keys {
    match expr {
        Expression::Parenthesis(inner) => of(inner.inner(), at),
        Expression::FuncCall(call) if call.args.expand_final() => Keys::unknown(),
        Expression::FuncCall(call) => match (walk::function(call).as_str(), call.args.get(0)) {
            ("merge" | "core::merge", _) => {
                call.args.iter().map(|map| of(map, at)).fold(Keys::default(), Keys::overlaid)
            }
            ("tomap" | "core::tomap", Some(map)) => of(map, at),
            _ => Keys::unknown(),
        },
        Expression::Object(object) => object.iter().fold(Keys::default(), |keys, (key, value)| {
            let key = match key {
                ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
                ObjectKey::Expression(key) => at.evaluate(key).as_str().map(str::to_owned),
            };
            keys.overlaid(key.map_or_else(Keys::unknown, |key| Keys {
                known: [(key, at.evaluate(value.expr()))].into(),
                open: false,
            }))
        }),
        Expression::Conditional(conditional) => match at.evaluate(&conditional.cond_expr) {
            Value::Bool(true) => of(&conditional.true_expr, at),
            Value::Bool(false) => of(&conditional.false_expr, at),
            _ => of(&conditional.true_expr, at).common(of(&conditional.false_expr, at)),
        },
        expr => match (at.local(expr), named(expr, "var")) {
            (Some(local), _) => of(local, at),
            (None, Some(name)) => passed(&name, at),
            _ => Keys::unknown(),
        },
    }
}

/// A variable of a module: what its callers pass.
fn passed(name: &str, at: &At<'_, '_>) -> Keys {
    let Some((call, views)) = at.index.caller(at.modules) else { return Keys::unknown() };
    let Some(argument) = call.arguments().find(|argument| argument.name == name) else {
        return Keys::unknown();
    };
    let parents = at.modules.split_last().map_or(&[][..], |(_, parents)| parents);
    Keys::agreed(views.iter().map(|view| {
        let caller = At { index: at.index, view, modules: parents, depth: at.depth };
        of(&argument.value, &caller)
    }))
}

/// The name, when the expression is `root.name` and no more.
pub(super) fn named(expr: &Expression, root: &str) -> Option<String> {
    let traversal = expr.as_traversal()?;
    if traversal.expr.as_variable()?.as_str() != root {
        return None;
    }
    match traversal.operators.as_slice() {
        [only] => match only.value() {
            TraversalOperator::GetAttr(name) => Some(name.value().as_str().to_owned()),
            _ => None,
        },
        _ => None,
    }
}
