//! Which attributes differ, of what people set: computed noise would bury what matters.
//!
//! Rules of security groups are compared as rules, policies as statements, lists of plain values as sets, JSON
//! in a string as JSON.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::paths::{key_text, path_text, top};
use super::shown::Shown;
use super::{rules, statements};
use crate::configuration::ExpressionNames;
use crate::{Operation, ResourceChange};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeChange {
    /// `tags.Name`, `ingress`, `policy`
    pub path: String,
    /// The side that is there now.
    pub before: Shown,
    /// The side that will be.
    pub after: Shown,
    /// It forces the replacement.
    #[serde(default)]
    pub forced: bool,
}

/// What differs in a change, forced replacements first, then by path.
pub(super) fn of(change: &ResourceChange, arguments: Option<&ExpressionNames<'_>>) -> Vec<AttributeChange> {
    let operation = change.operation();
    if matches!(operation, Operation::Delete | Operation::Forget | Operation::Read) {
        return Vec::new();
    }
    let forced: BTreeSet<String> = change.change.replace_paths.iter().map(|path| top(path)).collect();
    let mut found: Vec<AttributeChange> = Vec::new();
    // Without the code everything known is shown.
    let arguments_known = arguments.is_some() || operation != Operation::Create;
    let is_set = |name: &str| arguments.is_some_and(|arguments| arguments.contains(name));
    let is_asked_for = |name: &str| is_set(name) || forced.contains(name) || !arguments_known;
    for mut walk in attributes(change, is_asked_for) {
        let is_forced = forced.contains(walk.name);
        // Unknown, or from nothing to something, without being asked for: the provider fills in its defaults.
        let filled_in = |change: &AttributeChange| {
            matches!(change.after, Shown::Unknown) && !matches!(change.before, Shown::Sensitive)
                || matches!(change.before, Shown::Absent) && !walk.is_block
        };
        if !is_asked_for(walk.name) {
            walk.found.retain(|change| !filled_in(change));
        }
        for difference in &mut walk.found {
            difference.forced = is_forced;
        }
        found.append(&mut walk.found);
    }
    found.sort_by(|a, b| (!a.forced, &a.path).cmp(&(!b.forced, &b.path)));
    found
}

/// What really differs between two states of an object, for drift.
pub(super) fn of_drift(change: &ResourceChange) -> Vec<AttributeChange> {
    attributes(change, |_| true).into_iter().flat_map(|walk| walk.found).collect()
}

/// Its `tags_all` differs while its own `tags` do not: the provider's default tags changed.
pub(super) fn is_default_tags_changed(change: &ResourceChange) -> bool {
    let (before, after) = (&change.change.before, &change.change.after);
    let differs = |name: &str| !same(before.get(name), after.get(name));
    change.operation() == Operation::Update && differs("tags_all") && !differs("tags")
}

/// The differences of every top-level attribute that has some. `tags_all` repeats `tags` and is left out, and what the
/// provider will fill in where nothing was and nobody asks for it.
fn attributes(change: &ResourceChange, is_asked_for: impl Fn(&str) -> bool) -> Vec<Walk<'_>> {
    let (before, after, unknown) =
        (&change.change.before, &change.change.after, &change.change.after_unknown);
    let sides = [before, after, unknown];
    let mut names: Vec<&String> =
        sides.iter().filter_map(|side| side.as_object()).flat_map(|map| map.keys()).collect();
    names.sort();
    names.dedup();
    let is_quiet = |name: &str, [before, after, unknown]: [&Value; 3]| match unknown {
        Value::Bool(true) => before.is_null() && !is_asked_for(name),
        Value::Null | Value::Bool(false) => before == after,
        _ => false,
    };
    let nothing_hidden = change.change.hidden_changes.is_empty();
    let mut walks = Vec::new();
    for name in names {
        if name == "tags_all" {
            continue;
        }
        let [before, after, unknown] = sides.map(|side| side.get(name).unwrap_or(&Value::Null));
        if nothing_hidden && is_quiet(name, [before, after, unknown]) {
            continue;
        }
        let mut walk = Walk::new(name, after);
        if matches!(name.as_str(), "ingress" | "egress") && change.kind.ends_with("security_group") {
            walk.rules(before, after, unknown);
        } else {
            walk.compare(name.clone(), before, after, unknown);
        }
        let hidden = change.change.hidden_changes.iter().filter(|path| top(path) == *name);
        walk.found.extend(hidden.map(|path| AttributeChange {
            path: path_text(path),
            before: Shown::Sensitive,
            after: Shown::Sensitive,
            forced: false,
        }));
        walks.push(walk);
    }
    // The object as a whole is sensitive.
    if change.change.hidden_changes.iter().any(Vec::is_empty) {
        let mut walk = Walk::new("", &Value::Null);
        walk.push("(everything)".to_owned(), Shown::Sensitive, Shown::Sensitive);
        walks.push(walk);
    }
    walks
}

/// The comparison of one top-level attribute.
struct Walk<'c> {
    name: &'c str,
    is_block: bool,
    found: Vec<AttributeChange>,
}

impl<'c> Walk<'c> {
    fn new(name: &'c str, after: &Value) -> Self {
        let is_block = after.as_array().is_some_and(|items| items.iter().any(Value::is_object));
        Self { name, is_block, found: Vec::new() }
    }

    fn push(&mut self, path: String, before: Shown, after: Shown) {
        self.found.push(AttributeChange { path, before, after, forced: false });
    }

    fn compare(&mut self, path: String, before: &Value, after: &Value, unknown: &Value) {
        if *unknown == Value::Bool(true) {
            return self.push(path, Shown::of(before, false), Shown::Unknown);
        }
        let nothing_unknown = !has_unknown(unknown);
        if nothing_unknown && (before == after || (is_empty(before) && is_empty(after))) {
            return;
        }
        match (before, after) {
            (Value::Object(_), Value::Object(_)) => self.objects(&path, before, after, unknown),
            (Value::Array(old), Value::Array(new))
                if nothing_unknown && plain_list(old) && plain_list(new) =>
            {
                self.sets(&path, old, new);
            }
            (Value::Array(old), Value::Array(new)) => {
                for at in 0..old.len().max(new.len()) {
                    let [before, after, unknown] =
                        [before, after, unknown].map(|side| side.get(at).unwrap_or(&Value::Null));
                    self.compare(format!("{path}[{at}]"), before, after, unknown);
                }
            }
            (Value::String(_) | Value::Null, Value::String(_)) | (Value::String(_), Value::Null) => {
                self.strings(path, before, after);
            }
            // A value that comes whole and has unknown parts, such as a map with one unknown value.
            (Value::Null, Value::Object(_) | Value::Array(_)) if !nothing_unknown && is_empty(after) => {
                self.push(path, Shown::Absent, Shown::Unknown);
            }
            _ => self.push(path, Shown::of(before, false), Shown::of(after, false)),
        }
    }

    fn objects(&mut self, path: &str, before: &Value, after: &Value, unknown: &Value) {
        let sides = [before, after, unknown];
        let keys: BTreeSet<&String> =
            sides.iter().filter_map(|side| side.as_object()).flat_map(|map| map.keys()).collect();
        for key in keys {
            let [before, after, unknown] = sides.map(|side| side.get(key).unwrap_or(&Value::Null));
            self.compare(format!("{path}{}", key_text(key)), before, after, unknown);
        }
    }

    /// Elements that come and go; a mere change of order is said as such.
    fn sets(&mut self, path: &str, before: &[Value], after: &[Value]) {
        let [old_set, new_set] = [before, after].map(|side| side.iter().collect::<HashSet<&Value>>());
        let gone: Vec<&Value> = before.iter().filter(|item| !new_set.contains(item)).collect();
        let new: Vec<&Value> = after.iter().filter(|item| !old_set.contains(item)).collect();
        if gone.is_empty() && new.is_empty() {
            let text = Shown::text("the same values, in another order or number");
            return self.push(path.to_owned(), Shown::of(&Value::from(before), false), text);
        }
        for item in gone {
            self.push(path.to_owned(), Shown::of(item, false), Shown::Absent);
        }
        for item in new {
            self.push(path.to_owned(), Shown::Absent, Shown::of(item, false));
        }
    }

    fn strings(&mut self, path: String, before: &Value, after: &Value) {
        let text = |side: &Value| side.as_str().map(str::to_owned).unwrap_or_default();
        let (old, new) = (text(before), text(after));
        match (statements::of(&old), statements::of(&new)) {
            (None, None) => {}
            (None, _) if !old.is_empty() => {}
            (_, None) if !new.is_empty() => {}
            (old, new) => {
                let texts = |side: Option<BTreeSet<statements::Statement>>| {
                    side.into_iter().flatten().map(|statement| statement.text).collect::<BTreeSet<String>>()
                };
                return self.texts(path, &texts(old), &texts(new));
            }
        }
        match (document(&old), document(&new)) {
            (Some(old), Some(new)) => {
                let at = self.found.len();
                self.compare(path.clone(), &old, &new, &Value::Null);
                if self.found.len() == at {
                    self.push(path, Shown::text("JSON"), Shown::text("the same JSON, written differently"));
                }
            }
            _ => self.push(path, Shown::of(before, false), Shown::of(after, false)),
        }
    }

    fn rules(&mut self, before: &Value, after: &Value, unknown: &Value) {
        let name = self.name.to_owned();
        let none = Value::Array(Vec::new());
        let or_none = |side: &Value| if side.is_null() { none.clone() } else { side.clone() };
        let old = rules::texts(&name, &or_none(before), &Value::Null);
        let new = rules::texts(&name, &or_none(after), unknown);
        match (old, new) {
            (Some(old), Some(new)) if *unknown != Value::Bool(true) => {
                if old != new {
                    self.texts(name, &old, &new);
                }
            }
            _ => self.compare(name, before, after, unknown),
        }
    }

    fn texts(&mut self, path: String, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        if before == after {
            let count = format!("{} statements", before.len());
            let same = "the same statements, in another order or form";
            return self.push(path, Shown::text(&count), Shown::text(same));
        }
        for text in before.difference(after) {
            self.push(path.clone(), Shown::text(text), Shown::Absent);
        }
        for text in after.difference(before) {
            self.push(path.clone(), Shown::Absent, Shown::text(text));
        }
    }
}

/// Terraform and providers use null and the empty value of a type for the same thing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(map) => map.values().all(is_empty),
        _ => false,
    }
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let (a, b) = (a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    a == b || (is_empty(a) && is_empty(b))
}

fn has_unknown(unknown: &Value) -> bool {
    match unknown {
        Value::Bool(mark) => *mark,
        Value::Array(items) => items.iter().any(has_unknown),
        Value::Object(map) => map.values().any(has_unknown),
        _ => false,
    }
}

fn plain_list(items: &[Value]) -> bool {
    !items.iter().any(|item| item.is_object() || item.is_array())
}

/// A string that is a JSON document of more than one value.
fn document(text: &str) -> Option<Value> {
    text.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}
