//! Paths that begin with a function: texts that are JSON, maps as lists, texts of the code, and what refers to what.

use tfpilot_hcl::Value;

use super::compare::Found;
use super::documents;
use super::expression::{Of, Reached};
use super::path::{Path, Relation, Root, Step};
use super::reach::Asked;
use super::steps::{MAX_VALUES, walk};

impl Of<'_, '_, '_, '_> {
    /// The same as [`Of::reach`], with what is so where nothing is set.
    pub(super) fn reach_or(&self, path: &Path, default: &Value) -> Reached {
        match path.root {
            Root::Item | Root::Json(_) | Root::Entries(_) => {
                let mut reached = self.reach(path);
                self.asked.fill_in(path, default, &mut reached);
                reached
            }
            _ => self.asked.reach_or(path, default),
        }
    }

    /// What a path leads to.
    pub(super) fn reach(&self, path: &Path) -> Reached {
        let mut reached = Reached::default();
        match (&path.root, self.item) {
            (Root::Item, Some(item)) => walk(&Found::of(item.clone()), &path.steps, &mut reached),
            (Root::Item, None) => reached.found.push(Found::of(Value::Unknown)),
            (Root::Json(inner), _) => self.json(inner, &path.steps, &mut reached),
            (Root::Entries(inner), _) => self.entries(inner, &path.steps, &mut reached),
            _ => return self.asked.reach(path),
        }
        reached
    }

    /// Texts that are JSON, each read.
    fn json(&self, inner: &Path, steps: &[Step], reached: &mut Reached) {
        if let (Asked::Resource(subject), Root::After, [Step::Member(name)]) =
            (self.asked, &inner.root, inner.steps.as_slice())
            && !subject.is_going()
        {
            return walk(&Found::of(documents::named(subject.document(name))), steps, reached);
        }
        let texts = self.reach(inner);
        reached.open |= texts.open;
        for text in texts.found {
            let value = match text.value {
                Value::String(text) => documents::read(&text),
                Value::Null => Value::Null,
                _ => Value::Unknown,
            };
            walk(&Found::of(value), steps, reached);
        }
    }

    /// The members of maps, each with its key.
    fn entries(&self, inner: &Path, steps: &[Step], reached: &mut Reached) {
        let maps = self.reach(inner);
        reached.open |= maps.open;
        for map in maps.found {
            let value = match map.value {
                Value::Object(members) => Value::List(members.into_iter().map(documents::entry).collect()),
                Value::Null => Value::List(Vec::new()),
                _ => Value::Unknown,
            };
            walk(&Found::of(value), steps, reached);
        }
    }
}

impl Asked<'_, '_, '_> {
    /// What a path leads to in the resources that refer to this one; without a path, the resources themselves.
    pub(super) fn related(
        &self,
        relation: &Relation,
        path: &Path,
        default: Option<&Value>,
        reached: &mut Reached,
    ) {
        let Self::Resource(subject) = self else {
            reached.open = true;
            return;
        };
        let path = path.within_related();
        let more = subject.related(relation, |subject| {
            if path.steps.is_empty() {
                reached.found.push(Found::of(subject.whole()));
                return;
            }
            let asked = Asked::Resource(subject);
            let more = match default {
                Some(default) => asked.reach_or(&path, default),
                None => asked.reach(&path),
            };
            reached.open |= more.open;
            reached.found.extend(more.found);
        });
        reached.open |= more;
    }

    /// Every text that the code writes out in an argument.
    pub(super) fn literals(&self, name: &str, reached: &mut Reached) {
        let Self::Resource(subject) = self else {
            reached.open = true;
            return;
        };
        match subject.written() {
            Some(written) => {
                let literals = written.literals(name);
                let texts = literals.texts.into_iter().map(|text| Found::of(Value::String(text)));
                reached.found.extend(texts.take(MAX_VALUES));
                reached.open |= literals.open;
            }
            None => reached.open |= subject.after(name) != Value::Null && !subject.is_omitted(name),
        }
    }

    /// The address of the resource that an argument refers to; null where it is known to refer to none.
    pub(super) fn reference(&self, name: &str) -> Value {
        let Self::Resource(subject) = self else { return Value::Unknown };
        match subject.refers_to(name) {
            Some(address) => Value::String(address),
            None if subject.after(name) == Value::Unknown && !subject.is_omitted(name) => Value::Unknown,
            None => Value::Null,
        }
    }
}
