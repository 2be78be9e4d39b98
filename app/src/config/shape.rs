//! Compares YAML with the JSON Schema of the type it shall become.
//!
//! The schema comes from the type itself, so keys are named in one place. Every difference is a diagnostic,
//! and what differs is left out: what remains always deserialises. Rules beyond the shape (a path that leaves
//! the repository, two environments of one name) belong to the types' own checks.

mod schema;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};

use super::Diagnostic;
use super::document::{Document, Path};
use super::suggest::{list_or, nearest};

pub(super) use self::schema::resolve;
use self::schema::{exclusive, is_open, property, required, takes, words_of};

/// The schema of a type, as it is published.
pub(crate) fn schema_of<T: JsonSchema>() -> Schema {
    SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>()
}

/// Reads a document as `T`: as much of it as fits, and a diagnostic for everything else.
pub(crate) fn read<T>(document: &Document) -> (T, Vec<Diagnostic>)
where
    T: JsonSchema + DeserializeOwned + Default,
{
    let schema = schema_of::<T>();
    let mut fitting = Fitting { document, root: schema.as_value(), diagnostics: Vec::new() };
    let fitted = fitting.fit(document.value(), schema.as_value(), &mut Path::new());
    let mut diagnostics = fitting.diagnostics;
    let value = fitted.unwrap_or(Value::Mapping(Mapping::new()));
    // Through JSON, where an enum is one key (`s3: {…}`); serde_yaml would want a tag.
    match serde_json::to_value(value).and_then(serde_json::from_value) {
        Ok(value) => (value, diagnostics),
        Err(error) => {
            diagnostics.push(document.diagnostic(
                &[],
                format!("is not understood: {error}"),
                "see the example",
            ));
            (T::default(), diagnostics)
        }
    }
}

/// Cuts a YAML value down to what a schema allows. For callers whose values come from elsewhere too.
pub(crate) fn fit(document: &Document, schema: &Json) -> (Value, Vec<Diagnostic>) {
    let mut fitting = Fitting { document, root: schema, diagnostics: Vec::new() };
    let fitted = fitting.fit(document.value(), schema, &mut Path::new());
    (fitted.unwrap_or(Value::Mapping(Mapping::new())), fitting.diagnostics)
}

struct Fitting<'a> {
    document: &'a Document,
    root: &'a Json,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Fitting<'a> {
    /// What of `value` fits; none when it cannot be used at all.
    fn fit(&mut self, value: &Value, schema: &'a Json, path: &mut Path) -> Option<Value> {
        let options = self.options(schema);
        if options.iter().any(|option| is_open(option)) {
            return Some(value.clone());
        }
        match value {
            Value::Mapping(mapping) if takes(&options, "object") => self.fit_mapping(mapping, &options, path),
            // `dev:` with nothing behind it means an entry with every default.
            Value::Null if takes(&options, "object") => self.fit_mapping(&Mapping::new(), &options, path),
            Value::Null => None,
            Value::Sequence(list) if takes(&options, "array") => {
                let items = options.iter().find_map(|option| option.get("items"));
                let mut fitted = Vec::new();
                for (index, entry) in list.iter().enumerate() {
                    path.push(index.to_string());
                    fitted.extend(match items {
                        Some(items) => self.fit(entry, items, path),
                        None => Some(entry.clone()),
                    });
                    path.pop();
                }
                Some(Value::Sequence(fitted))
            }
            Value::Bool(_) if takes(&options, "boolean") => Some(value.clone()),
            Value::Number(number) if takes(&options, "integer") || takes(&options, "number") => {
                self.fit_number(number, &options, path)
            }
            Value::String(text) if takes(&options, "string") => {
                let words = words_of(&options);
                if words.is_empty() || words.contains(&text.as_str()) {
                    return Some(value.clone());
                }
                let hint = match nearest(text, words.iter().copied()) {
                    Some(word) => format!("write {word}"),
                    None => format!("write {}", list_or(words.iter().copied())),
                };
                self.report(path, format!("{} cannot be {}", last(path), shown(text)), hint)
            }
            _ => self.wrong_kind(value, &options, path),
        }
    }

    fn fit_mapping(&mut self, mapping: &Mapping, options: &[&'a Json], path: &mut Path) -> Option<Value> {
        let mut fitted = Mapping::new();
        let mut usable = true;
        let known: Vec<&'a str> = options
            .iter()
            .filter_map(|option| option.get("properties")?.as_object())
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect();
        for (key, value) in mapping {
            let Some(name) = key.as_str() else {
                path.push(serde_yaml::to_string(key).unwrap_or_default().trim().to_owned());
                self.report(path, format!("key {} is not text", last(path)), "write it in quotes".into());
                path.pop();
                continue;
            };
            path.push(name.to_owned());
            match property(options, name) {
                Some(schema) => match self.fit(value, schema, path) {
                    Some(value) => drop(fitted.insert(key.clone(), value)),
                    // What is dropped falls back to its default; without one, its parent cannot stand.
                    None => usable &= value.is_null() || !required(options).any(|needed| needed == name),
                },
                None => {
                    let hint = match nearest(name, known.iter().copied()) {
                        Some(word) => format!("write {word}"),
                        None => format!("remove it; known are {}", known.join(", ")),
                    };
                    self.report(path, format!("unknown key {}", shown(name)), hint);
                }
            }
            path.pop();
        }
        if let Some(choices) = exclusive(options) {
            return self.fit_choice(fitted, !mapping.is_empty(), &choices, path).filter(|_| usable);
        }
        for name in required(options) {
            if usable && !fitted.contains_key(name) {
                self.report(path, format!("{} has no {name}", last(path)), format!("add {name}"));
                usable = false;
            }
        }
        usable.then_some(Value::Mapping(fitted))
    }

    /// Of `local` and `s3` exactly one is written.
    fn fit_choice(&mut self, fitted: Mapping, written: bool, choices: &[&str], path: &Path) -> Option<Value> {
        if fitted.len() == 1 {
            return Some(Value::Mapping(fitted));
        }
        if !fitted.is_empty() {
            let hint = format!("keep one of {}", list_or(choices.iter().copied()));
            return self.report(path, format!("{} has more than one kind", last(path)), hint);
        }
        // A choice whose content was refused has its diagnostic already.
        if !written {
            let hint = format!("write {}", list_or(choices.iter().copied()));
            self.report(path, format!("{} has no kind", last(path)), hint);
        }
        None
    }

    fn fit_number(&mut self, number: &serde_yaml::Number, options: &[&Json], path: &Path) -> Option<Value> {
        let whole = number.is_i64() || number.is_u64();
        if !whole && !takes(options, "number") {
            return self.report(path, format!("{} is not a whole number", last(path)), "write one".into());
        }
        let limit = |key| options.iter().find_map(|option| option.get(key)?.as_f64());
        let value = number.as_f64().unwrap_or(f64::NAN);
        let (least, most) = (limit("minimum"), limit("maximum"));
        if !value.is_finite()
            || least.is_some_and(|least| value < least)
            || most.is_some_and(|most| value > most)
        {
            let hint = match (least, most) {
                (Some(least), Some(most)) if least == most => format!("write {least}"),
                (Some(least), Some(most)) => format!("write {least} to {most}"),
                (Some(least), None) => format!("write {least} or more"),
                (None, Some(most)) => format!("write {most} or less"),
                (None, None) => "write a number".into(),
            };
            return self.report(path, format!("{} cannot be {number}", last(path)), hint);
        }
        Some(Value::Number(number.clone()))
    }

    fn wrong_kind(&mut self, value: &Value, options: &[&Json], path: &Path) -> Option<Value> {
        let wanted: Vec<&str> = [
            ("string", "text"),
            ("boolean", "true or false"),
            ("integer", "a whole number"),
            ("number", "a number"),
            ("array", "a list"),
            ("object", "key: value lines"),
        ]
        .into_iter()
        .filter(|(kind, _)| takes(options, kind))
        .map(|(_, words)| words)
        .collect();
        let hint = match value {
            Value::Bool(_) | Value::Number(_) if takes(options, "string") => "write it in quotes".to_owned(),
            _ => format!("write {}", list_or(wanted.iter().copied())),
        };
        let is = match value {
            Value::Null => "empty",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a set of keys",
            Value::Tagged(_) => "tagged",
        };
        self.report(path, format!("{} is {is}", last(path)), hint)
    }

    fn report(&mut self, path: &[String], what: String, hint: String) -> Option<Value> {
        self.diagnostics.push(self.document.diagnostic(path, what, hint));
        None
    }

    /// The schema with its references followed and its alternatives side by side.
    fn options(&self, schema: &'a Json) -> Vec<&'a Json> {
        let mut options = Vec::new();
        let mut waiting = vec![schema];
        let mut steps = 0;
        while let Some(schema) = waiting.pop() {
            let schema = resolve(self.root, schema);
            let inner = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.as_array());
            match inner {
                Some(inner) if steps < 256 => waiting.extend(inner.iter().rev()),
                _ => options.push(schema),
            }
            steps += 1;
        }
        options
    }
}

fn last(path: &[String]) -> String {
    match path {
        [] => "the file".into(),
        [.., parent, entry] => match entry.parse::<usize>() {
            Ok(index) => format!("entry {} of {}", index.saturating_add(1), shown(parent)),
            Err(_) => shown(entry),
        },
        [key] => shown(key),
    }
}

/// Text from outside inside a message: short, and on one line.
fn shown(text: &str) -> String {
    let mut short: String =
        text.chars().take(60).map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}
