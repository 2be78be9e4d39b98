//! Texts that the code writes out in an argument, also where the value as a whole is known only after apply: what is
//! hard-coded is in the code.

use std::collections::BTreeSet;

use hcl_edit::template::Element;
use tfpilot_hcl::{Body, Expression, TraversalOperator, Value, evaluate, walk};

use super::keys::At;
use super::{View, Written};

/// Texts of one argument that are collected.
const TEXTS_CAP: usize = 2_000;

/// Expressions of one argument that are read: locals that stand for each other many times would never end.
const READS_CAP: usize = 2_000;

/// Texts written out in an argument.
#[derive(Debug, Default)]
pub(crate) struct Literals {
    pub(crate) texts: BTreeSet<String>,
    /// There may be others: in a file that is filled in, or beyond what was looked at.
    pub(crate) open: bool,
    reads: usize,
}

impl Written<'_, '_> {
    /// The texts of an argument, or of the blocks of its name.
    pub(crate) fn literals(&self, name: &str) -> Literals {
        let mut literals = Literals { open: self.views.is_empty(), ..Literals::default() };
        for view in &self.views {
            let at = At::new(self.index, view, &self.modules);
            let for_each = self.argument("for_each").map(|(_, attribute)| &attribute.value);
            if let Some((_, attribute)) = self.argument(name) {
                literals.expression(&attribute.value, &at, for_each);
                continue;
            }
            for (_, block) in &self.blocks {
                let blocks = block.body.blocks.iter().filter(|inner| {
                    inner.kind == name
                        || (inner.kind == "dynamic" && inner.labels.first().is_some_and(|it| it == name))
                });
                blocks.for_each(|inner| literals.body(&inner.body, &at, for_each));
            }
        }
        literals
    }
}

impl Literals {
    fn body(&mut self, body: &Body, at: &At<'_, '_>, for_each: Option<&Expression>) {
        body.attributes.iter().for_each(|attribute| self.expression(&attribute.value, at, for_each));
        // Readers bound the depth of blocks, so the recursion is bounded too.
        body.blocks.iter().for_each(|block| self.body(&block.body, at, for_each));
    }

    fn expression(&mut self, expr: &Expression, at: &At<'_, '_>, for_each: Option<&Expression>) {
        self.reads += 1;
        if self.reads > READS_CAP {
            self.open = true;
            return;
        }
        let value = at.evaluate(expr);
        self.value(&value);
        if value.to_json().is_some() {
            return;
        }
        let Some(at) = at.deeper().filter(|_| self.texts.len() < TEXTS_CAP) else {
            self.open = true;
            return;
        };
        let mut met = Vec::new();
        let scope = at.view.instance.scope(&at.view.roots, at.index.files());
        walk::walk(expr, &scope, &mut |expr, _| met.push(expr));
        for expr in met {
            match expr {
                Expression::String(text) => self.text(text.value()),
                Expression::StringTemplate(template) => self.elements(template.iter()),
                Expression::HeredocTemplate(heredoc) => self.elements(heredoc.template.iter()),
                Expression::FuncCall(call) => match walk::function(call).trim_start_matches("core::") {
                    "file" | "templatefile" | "filebase64" => match evaluate(expr, &scope) {
                        Value::Unknown => self.open = true,
                        value => self.value(&value),
                    },
                    _ => {}
                },
                Expression::Traversal(_) => self.named(expr, &at, for_each),
                _ => {}
            }
        }
    }

    /// What a name stands for, where the code writes it: a local, a module's variable, a round's value.
    fn named(&mut self, expr: &Expression, at: &At<'_, '_>, for_each: Option<&Expression>) {
        let Some(traversal) = expr.as_traversal() else { return };
        let root = traversal.expr.as_variable().map(|name| name.as_str());
        let name = traversal.operators.first().and_then(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.value().as_str()),
            _ => None,
        });
        match (root, name) {
            (Some("local"), Some(name)) => {
                if let Some(local) = at.view.instance.module.locals.get(name) {
                    self.expression(local, at, None);
                }
            }
            (Some("var"), Some(name)) => self.passed(name, at),
            (Some("each"), Some("value")) => {
                if let Some(for_each) = for_each {
                    self.expression(for_each, at, None);
                }
            }
            _ => {}
        }
    }

    fn passed(&mut self, name: &str, at: &At<'_, '_>) {
        let Some((call, views)) = at.index.caller(at.modules) else { return };
        let Some(argument) = call.arguments().find(|argument| argument.name == name) else { return };
        let parents = at.modules.split_last().map_or(&[][..], |(_, parents)| parents);
        self.open |= views.is_empty();
        let each: Vec<&View<'_>> = views.iter().collect();
        each.into_iter()
            .for_each(|view| self.expression(&argument.value, &at.elsewhere(view, parents), None));
    }

    fn elements<'e>(&mut self, elements: impl Iterator<Item = &'e Element>) {
        for element in elements {
            if let Element::Literal(literal) = element {
                self.text(literal.value());
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => members.values().for_each(|member| self.value(member)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.texts.len() >= TEXTS_CAP {
            self.open = true;
        } else if !text.is_empty() {
            self.texts.insert(text.to_owned());
        }
    }
}
