//! Writes the redacted document: every item is read, goes through all passes, and is kept as text again.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::hidden;
use super::mask::{Mask, Mode};
use super::sides::{self, Removed, Resources};
use super::structure::{List, Pass, Raw};
use crate::document::{Document, Node, Shape, Text, parse};
use crate::read::{MAX_DEPTH, depth};

/// Why an item cannot be rewritten.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is no JSON that can be read.
    Syntax,
    /// It is nested too deep.
    TooDeep,
}

impl From<serde_json::Error> for Unreadable {
    fn from(_: serde_json::Error) -> Self {
        Self::Syntax
    }
}

/// What the passes know of the document.
pub(super) struct Rewriting<'a> {
    pass: Pass<'a>,
    mask: Mask<'a>,
    /// What was removed of resources and outputs that change.
    resources: Resources,
    outputs: BTreeMap<String, Removed>,
}

/// A place in the document.
#[derive(Clone, Copy)]
struct At<'p> {
    /// The section it is in.
    section: &'p str,
    shape: Shape,
    /// The names of the calls that lead to a module of the code.
    modules: &'p [String],
    /// What the strings are.
    mode: Mode,
    /// Levels of nesting, this one included.
    level: usize,
}

impl<'a> Rewriting<'a> {
    pub(super) fn new(pass: Pass<'a>, mask: Mask<'a>) -> Self {
        Self { pass, mask, resources: Resources::default(), outputs: BTreeMap::new() }
    }

    /// Every section, those first that say what is removed of others. `raw_outputs` are the changes of outputs before
    /// anything was removed of them.
    pub(super) fn document(
        &mut self,
        document: Raw<'_>,
        raw_outputs: Option<&Value>,
    ) -> Result<Document, Unreadable> {
        let top = At { section: "", shape: Shape::Root, modules: &[], mode: Mode::Words, level: 1 };
        let Node::Map(mut sections) = document else { return self.node(document, top) };
        self.mask.of_members(&mut sections);
        let mut done = BTreeMap::new();
        let first = ["resource_changes", "output_changes"].into_iter().map(str::to_owned);
        let names: Vec<String> = first.chain(sections.keys().cloned()).collect();
        for name in names {
            let Some(section) = sections.remove(&name) else { continue };
            let at = At { section: &name, mode: Mode::of_section(&name), ..top.below(&name) };
            let mut section = self.node(section, at)?;
            match name.as_str() {
                "output_changes" => self.output_changes(&mut section, raw_outputs),
                "prior_state" => {
                    let values = section.get_mut("values");
                    let outputs = values.and_then(|values| values.get_mut("outputs")?.value_mut());
                    if let Some(outputs) = outputs {
                        sides::level_state_outputs(outputs, &self.outputs);
                    }
                }
                "planned_values" => {
                    if let Some(outputs) = section.get_mut("outputs").and_then(Node::value_mut) {
                        sides::level_planned_outputs(outputs, &self.outputs);
                    }
                }
                _ => {}
            }
            done.insert(name, section);
        }
        Ok(Node::Map(done))
    }

    fn output_changes(&mut self, section: &mut Document, raw: Option<&Value>) {
        let Some(changes) = section.value_mut() else { return };
        self.outputs = sides::level_outputs(changes);
        for (name, change) in changes.as_object_mut().into_iter().flatten() {
            hidden::record(raw.and_then(|raw| raw.get(name)), Some(change));
        }
    }

    fn node(&mut self, node: Raw<'_>, at: At<'_>) -> Result<Document, Unreadable> {
        Ok(match node {
            Node::Value(mut value) => {
                self.mask.of_value(at.mode, &mut value);
                Node::Value(value)
            }
            Node::Map(mut members) => {
                self.mask.of_members(&mut members);
                let mut done = BTreeMap::new();
                for (name, node) in members {
                    let mut modules = at.modules.to_vec();
                    if at.shape == Shape::Calls {
                        modules.push(name.clone());
                    }
                    let mode = Mode::of_member(&name, &node);
                    let at = At { mode, modules: &modules, ..at.below(&name) };
                    done.insert(name, self.node(node, at)?);
                }
                Node::Map(done)
            }
            Node::List(nodes) => {
                let at = At { shape: Shape::Module, level: at.level + 1, ..at };
                Node::List(nodes.into_iter().map(|node| self.node(node, at)).collect::<Result<_, _>>()?)
            }
            Node::Items(items) => {
                Node::Items(items.into_iter().map(|item| self.item(item, at)).collect::<Result<_, _>>()?)
            }
        })
    }

    /// One item of a list.
    fn item(&mut self, raw: &RawValue, at: At<'_>) -> Result<Text, Unreadable> {
        let text = raw.get();
        let mut item = parse(text)?;
        // Most have fewer brackets than there may be levels.
        let brackets = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
        if at.level + brackets >= MAX_DEPTH && at.level + depth(&item) > MAX_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        let list = match at.section {
            "resource_changes" | "resource_drift" => List::Changes,
            "deferred_changes" => List::Deferred,
            "configuration" => List::Code(at.modules),
            _ => List::Values,
        };
        self.pass.of_item(list, &mut item);
        self.mask.of_value(at.mode, &mut item);
        let touched = self.pass.take_touched() | self.mask.take_touched();
        match at.section {
            "resource_changes" => {
                let touched = self.resources.level(&mut item) || touched;
                hidden::record(read(text, touched)?.get("change"), item.get_mut("change"));
            }
            "resource_drift" => {
                let touched = self.resources.level_drift(&mut item) || touched;
                hidden::record(read(text, touched)?.get("change"), item.get_mut("change"));
            }
            "deferred_changes" => {
                if let Some(change) = item.get_mut("resource_change") {
                    let touched = self.resources.level(change) || touched;
                    let raw = read(text, touched)?;
                    let raw = raw.get("resource_change").and_then(|change| change.get("change"));
                    hidden::record(raw, change.get_mut("change"));
                }
            }
            "prior_state" => self.resources.level_state(&mut item),
            "planned_values" => self.resources.level_planned(&mut item),
            _ => {}
        }
        Ok(Text::of(&item)?)
    }
}

/// What the item was before, where anything was removed of it.
fn read(text: &str, touched: bool) -> Result<Value, Unreadable> {
    if touched { Ok(parse(text)?) } else { Ok(Value::Null) }
}

impl<'p> At<'p> {
    fn below(self, name: &str) -> Self {
        Self { shape: self.shape.below(name), level: self.level + 1, ..self }
    }
}
