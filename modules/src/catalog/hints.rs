//! What `module.yml` says about one input: the words for it and for its values, and what a change of it does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfpilot_hcl::{Diagnostic, Type, Variable};

use super::yaml::{Document, suggestion};
use crate::lists;

/// How an input is spoken about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InputHints {
    /// What people call it.
    pub label: Option<String>,
    /// The question that asks for it.
    pub question: Option<String>,
    /// Words before a value.
    #[serde(default)]
    pub introduced_by: Vec<String>,
    /// Words that switch it on.
    #[serde(default)]
    pub on: Vec<String>,
    /// Words that switch it off.
    #[serde(default)]
    pub off: Vec<String>,
    /// Words for each of its closed values.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<String>>,
    /// What its number counts, so that "two weeks" can be read as days.
    pub unit: Option<Unit>,
    /// Name of the shipped list that its value is one of.
    pub one_of: Option<String>,
    /// Outputs of other modules that can be its value: output by module id.
    #[serde(default)]
    pub from: BTreeMap<String, String>,
    /// Inputs without which it is not taken from other modules.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Words beside a value of another input that put it into this list: "a number" beside a key.
    #[serde(default)]
    pub marks: Vec<String>,
    /// A value as a person would write it.
    pub example: Option<String>,
    /// What a change of it does.
    pub change: Option<Change>,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days.
    Days,
    /// Gibibytes.
    Gib,
    /// Mebibytes.
    Mib,
    /// Something that happens so many times in a second.
    PerSecond,
    /// Things of one kind.
    Count,
}

/// What a change of an input does to what exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its kind.
    pub effect: Effect,
    /// In words that follow the input's name.
    pub text: String,
}

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// In place, without loss.
    Update,
    /// What exists is destroyed and made again.
    Replace,
    /// In place, but data may be lost.
    DataLoss,
}

impl InputHints {
    /// A hint that can never apply is a mistake.
    pub(super) fn check(&self, variable: &Variable, document: &Document, diagnostics: &mut Vec<Diagnostic>) {
        let name = variable.name.as_str();
        let mut tell = |key: &str, what: String, hint: &str| {
            diagnostics.push(Diagnostic::new(document.place(&["inputs", name, key]), what, hint));
        };
        for (key, words) in [("on", &self.on), ("off", &self.off)] {
            if !words.is_empty() && variable.ty != Type::Bool {
                tell(
                    key,
                    format!("`{key}` is for switches, and `{name}` is {}", variable.ty),
                    "use `introduced_by`",
                );
            }
        }
        let is_list = matches!(variable.ty, Type::List(_) | Type::Set(_));
        if !self.marks.is_empty() && !is_list {
            tell(
                "marks",
                format!("`marks` is for lists, and `{name}` is {}", variable.ty),
                "use `introduced_by`",
            );
        }
        if let Some(both) = self.on.iter().find(|word| self.off.contains(word)) {
            tell("off", format!("{both:?} switches `{name}` on and off"), "remove it from one of the lists");
        }
        if let Some(list) = self.one_of.as_deref().filter(|list| lists::find(list).is_none()) {
            let known: Vec<&str> = lists::names().collect();
            tell("one_of", format!("there is no list `{list}`"), &suggestion(list, &known));
        }
        if self.unit.is_some() && variable.ty != Type::Number {
            tell("unit", format!("`{name}` is {} and counts nothing", variable.ty), "remove the unit");
        }
        for value in self.values.keys() {
            if let Err(why) = variable.accepts(&Json::String(value.clone())) {
                tell(
                    "values",
                    format!("`{name}` does not take {value:?}: {why}"),
                    "write a value that it takes",
                );
            }
        }
    }
}
