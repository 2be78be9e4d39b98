//! One resource as it is written: its arguments' values as far as they are closed, and their places.

use tfpilot_hcl::{
    Attribute, Block, Body, Call, Expression, File, Place, TraversalOperator, Value, evaluate,
};

use crate::Truth;

use super::{Index, Keys, View, agreed, keys};

/// Arguments of every resource that are not of its type.
const META: [&str; 6] = ["count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// A block of the code, with those that override it.
#[derive(Debug)]
pub(crate) struct Written<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    pub(super) modules: Vec<String>,
    /// Overriding ones last.
    pub(super) blocks: Vec<(&'a File, &'a Block)>,
    /// Empty when there are too many to compare.
    pub(super) views: Vec<View<'a>>,
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    /// In the stack's own code: the argument, or the call of the module around it.
    pub(crate) outer: Place,
    /// In the module, when it is in one.
    pub(crate) inner: Option<Place>,
}

impl<'a> Written<'_, 'a> {
    /// The argument of a name, as the last file that has it writes it.
    pub(crate) fn argument(&self, name: &str) -> Option<(&'a File, &'a Attribute)> {
        self.blocks.iter().rev().find_map(|(file, block)| Some((*file, block.body.get(name)?)))
    }

    /// What the code gives an argument: its value, its blocks as a list, or none when it is not written.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        if let Some((_, attribute)) = self.argument(name) {
            return Some(agreed(self.views.iter().map(|view| self.evaluate(view, &attribute.value))));
        }
        let holds = |body: &Body| body.named(name).next().is_some() || is_dynamic(body, name);
        let (_, block) = self.blocks.iter().rev().find(|(_, block)| holds(&block.body))?;
        Some(agreed(self.views.iter().map(|view| self.blocks_value(view, &block.body, name))))
    }

    /// Everything that is written, nested blocks as lists; for documents that are written as blocks.
    pub(crate) fn all(&self) -> Value {
        let Some((_, block)) = self.blocks.last().filter(|_| self.blocks.len() == 1) else {
            return Value::Unknown;
        };
        agreed(self.views.iter().map(|view| self.body_value(view, &block.body)))
    }

    /// Whether there is any instance of it: `count` and `for_each`, its own and those of the modules around it.
    pub(crate) fn exists(&self) -> Truth {
        let own = ["count", "for_each"].into_iter().filter_map(|name| self.value(name));
        let mut exists = Truth::all(own.map(|value| is_some(&value)));
        let mut modules = self.modules.clone();
        while !modules.is_empty() {
            let Some((call, views)) = self.index.caller(&modules) else { return exists.and(Truth::Unknown) };
            for name in ["count", "for_each"] {
                if let Some(argument) = call.block.body.get(name) {
                    let value = agreed(views.iter().map(|view| self.evaluate(view, &argument.value)));
                    exists = exists.and(is_some(&value));
                }
            }
            modules.pop();
        }
        exists
    }

    /// The keys of an argument that is a map, as far as they are written.
    pub(crate) fn keys(&self, name: &str) -> Keys {
        let Some((_, attribute)) = self.argument(name) else { return Keys::default() };
        Keys::agreed(
            self.views
                .iter()
                .map(|view| keys::of(&attribute.value, &keys::At::new(self.index, view, &self.modules))),
        )
    }

    /// Each use's view with an expression, for readers of other kinds.
    pub(crate) fn expressions(&self, name: &str) -> Vec<(keys::At<'_, 'a>, &'a Expression)> {
        let Some((_, attribute)) = self.argument(name) else { return Vec::new() };
        let at = |view| keys::At::new(self.index, view, &self.modules);
        self.views.iter().map(|view| (at(view), &attribute.value)).collect()
    }

    /// Where an argument is written, or the resource when it is not.
    pub(crate) fn places(&self, name: Option<&str>) -> Option<Places> {
        let (_, last) = self.blocks.first()?;
        let attribute = name.and_then(|name| self.argument(name)).map(|(_, attribute)| attribute);
        let nested = name.and_then(|name| {
            let blocks = self.blocks.iter().rev();
            blocks.flat_map(|(_, block)| block.body.blocks.iter()).find(|block| {
                block.kind == name
                    || (block.kind == "dynamic" && block.labels.first().is_some_and(|it| it == name))
            })
        });
        let inner = attribute.map(|attribute| &attribute.place).or(nested.map(|block| &block.place));
        let inner = inner.unwrap_or(&last.place).clone();
        Some(match outer(self.index, &self.modules, attribute.map(|attribute| &attribute.value)) {
            Some(outer) => Places { outer, inner: Some(inner) },
            None => Places { outer: inner, inner: None },
        })
    }

    fn evaluate(&self, view: &View<'_>, expr: &Expression) -> Value {
        let files = self.index.files();
        evaluate(expr, &view.instance.scope(&view.roots, files))
    }

    fn blocks_value(&self, view: &View<'_>, body: &Body, name: &str) -> Value {
        if is_dynamic(body, name) {
            return Value::Unknown;
        }
        Value::List(body.named(name).map(|block| self.body_value(view, &block.body)).collect())
    }

    fn body_value(&self, view: &View<'_>, body: &Body) -> Value {
        let plain = body.attributes.iter().filter(|attribute| !META.contains(&attribute.name.as_str()));
        let mut members: std::collections::BTreeMap<String, Value> =
            plain.map(|attribute| (attribute.name.clone(), self.evaluate(view, &attribute.value))).collect();
        for block in &body.blocks {
            let name = match block.labels.first() {
                Some(label) if block.kind == "dynamic" => label,
                _ => &block.kind,
            };
            // Readers bound the depth of blocks, so the recursion is bounded too.
            if !META.contains(&name.as_str()) && !members.contains_key(name) {
                members.insert(name.clone(), self.blocks_value(view, body, name));
            }
        }
        Value::Object(members)
    }
}

/// Whether a `count` or `for_each` makes anything.
fn is_some(value: &Value) -> Truth {
    match value {
        Value::Number(count) => (count.as_u64() != Some(0)).into(),
        Value::List(items) => (!items.is_empty()).into(),
        Value::Object(entries) => (!entries.is_empty()).into(),
        _ => Truth::Unknown,
    }
}

fn is_dynamic(body: &Body, name: &str) -> bool {
    body.named("dynamic").any(|block| block.labels.first().is_some_and(|label| label == name))
}

/// The place in the stack's own code which decides a module's value: the argument it is passed through, or the call.
/// None in the root module.
fn outer(index: &Index<'_>, modules: &[String], expr: Option<&Expression>) -> Option<Place> {
    let mut modules = modules.to_vec();
    let mut expr = expr.cloned();
    let mut place = None;
    while !modules.is_empty() {
        let Some((call, _)) = index.caller(&modules) else {
            // The module was not read; the call that leads towards it is.
            modules.pop();
            continue;
        };
        let argument = expr.as_ref().and_then(variable).and_then(|name| argument(call, &name));
        place = Some(argument.map_or(&call.block.place, |argument| &argument.place).clone());
        expr = argument.map(|argument| argument.value.clone());
        modules.pop();
    }
    place
}

fn argument<'c>(call: &'c Call, name: &str) -> Option<&'c Attribute> {
    call.arguments().find(|argument| argument.name == name)
}

/// The place of the call that leads to a module which could not be read.
pub(crate) fn call_place(index: &Index<'_>, modules: &[String]) -> Option<Place> {
    outer(index, modules, None)
}

/// `var.name`, whatever is taken from it.
fn variable(expr: &Expression) -> Option<String> {
    let traversal = expr.as_traversal()?;
    (traversal.expr.as_variable()?.as_str() == "var").then_some(())?;
    match traversal.operators.first()?.value() {
        TraversalOperator::GetAttr(name) => Some(name.value().as_str().to_owned()),
        _ => None,
    }
}
