//! Reading `module.yml` with places: values from serde_yaml, lines and columns from marked-yaml, and keys that
//! nobody reads told with a suggestion. What the keys mean is said in [`super::metadata`].

use marked_yaml::{LoaderOptions, Node};
use serde::de::DeserializeOwned;
use serde_yaml::Value;
use tfpilot_hcl::{Diagnostic, Place};

use super::Scrutiny;

/// Largest `module.yml` that is read, in bytes; a pathological file of this size still parses in a blink.
const FILE_CAP: usize = 64 * 1024;

/// How alike two keys must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.7;

/// A YAML file, its values, and where they stand.
pub(crate) struct Document {
    path: String,
    /// Where everything stands; none in a file that is trusted, of which nothing is told.
    marks: Option<Node>,
    values: Value,
}

impl Document {
    /// Parses a file; what cannot be read at all is one diagnostic.
    pub(crate) fn parse(path: &str, text: &str, scrutiny: Scrutiny) -> Result<Self, Diagnostic> {
        if text.len() > FILE_CAP {
            return Err(Diagnostic::new(
                Place::start(path),
                format!("the file has {} bytes, more than the {FILE_CAP} that are read", text.len()),
                "keep hints and examples short",
            ));
        }
        // First the reader that refuses what is nested too deeply.
        let values = serde_yaml::from_str(text).map_err(|error| unreadable(path, &error))?;
        if scrutiny == Scrutiny::Trusted {
            return Ok(Self { path: path.to_owned(), marks: None, values });
        }
        let options = LoaderOptions::default().error_on_duplicate_keys(true);
        let marks = marked_yaml::parse_yaml_with_options(0, text, options).map_err(|error| {
            Diagnostic::new(
                Place::start(path),
                format!("not YAML: {error}"),
                "anchors and repeated keys are not read",
            )
        })?;
        Ok(Self { path: path.to_owned(), marks: Some(marks), values })
    }

    /// The place of a key or list item, or of the nearest thing around it that exists.
    pub(crate) fn place(&self, keys: &[&str]) -> Place {
        let mut place = Place::start(&self.path);
        let Some(mut node) = self.marks.as_ref() else { return place };
        for key in keys {
            let (mark, inner) = match node {
                Node::Mapping(mapping) => match mapping.iter().find(|(name, _)| name.as_str() == *key) {
                    Some((name, inner)) => (name.span().start(), inner),
                    None => break,
                },
                Node::Sequence(items) => match key.parse().ok().and_then(|at: usize| items.get_node(at)) {
                    Some(inner) => (inner.span().start(), inner),
                    None => break,
                },
                Node::Scalar(_) => break,
            };
            if let Some(mark) = mark {
                place.line = u32::try_from(mark.line()).unwrap_or(u32::MAX);
                place.column = u32::try_from(mark.column()).unwrap_or(u32::MAX);
            }
            node = inner;
        }
        place
    }

    /// The keys of the mapping at `keys`.
    pub(crate) fn keys_at(&self, keys: &[&str]) -> Vec<String> {
        let mut node = Some(&self.values);
        for key in keys {
            node = node.and_then(|node| child(node, key));
        }
        let entries = node.and_then(Value::as_mapping).into_iter().flatten();
        entries.filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect()
    }

    /// Takes keys that are not `known` out of the mapping at `keys`, and tells each.
    pub(crate) fn refuse_unknown(
        &mut self,
        keys: &[&str],
        known: &[&str],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for name in self.keys_at(keys) {
            if known.contains(&name.as_str()) {
                continue;
            }
            let mut path = keys.to_vec();
            path.push(&name);
            diagnostics.push(Diagnostic::new(
                self.place(&path),
                format!("unknown key `{name}`"),
                suggestion(&name, known),
            ));
            let mut node = Some(&mut self.values);
            for key in keys {
                node = node.and_then(|node| child_mut(node, key));
            }
            if let Some(mapping) = node.and_then(Value::as_mapping_mut) {
                mapping.remove(name.as_str());
            }
        }
    }

    /// The values as a type.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        serde_yaml::from_value(self.values.clone()).map_err(|error| unreadable(&self.path, &error))
    }
}

fn child<'v>(node: &'v Value, key: &str) -> Option<&'v Value> {
    match node {
        Value::Sequence(items) => items.get(key.parse::<usize>().ok()?),
        node => node.get(key),
    }
}

fn child_mut<'v>(node: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match node {
        Value::Sequence(items) => items.get_mut(key.parse::<usize>().ok()?),
        node => node.get_mut(key),
    }
}

fn unreadable(path: &str, error: &serde_yaml::Error) -> Diagnostic {
    let mut place = Place::start(path);
    if let Some(location) = error.location() {
        place.line = u32::try_from(location.line()).unwrap_or(u32::MAX);
        place.column = u32::try_from(location.column()).unwrap_or(u32::MAX);
    }
    Diagnostic::new(place, error.to_string(), "compare it with the module.yml of a shipped module")
}

/// What may have been meant, else what there is.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    }
}

/// The most similar of several names, when one is similar enough.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&name, &known.to_lowercase()), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)))
        .map(|(_, known)| known)
}
