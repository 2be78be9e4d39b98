//! YAML that people wrote: its values, and the place of every key.
//!
//! Values come from serde_yaml alone and places from marked-yaml alone, because the two read scalars
//! differently. What the keys mean is left to `shape` and to the types.

use marked_yaml::{LoadError, LoaderOptions, Node, types::Marker};
use serde_yaml::Value;

use super::{Diagnostic, Severity};

/// A longer file is not read: 100 KB of brackets keep the parser busy for a second.
pub const MAX_BYTES: usize = 64 * 1024;

/// A parsed file with its places.
#[derive(Debug, Clone)]
pub struct Document {
    file: String,
    value: Value,
    places: Option<Node>,
}

/// The way to a value: keys, and positions in lists as decimal digits.
pub type Path = Vec<String>;

impl Document {
    /// Reads a file. A refusal says why in one diagnostic.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let refuse = |line, column, what: &str, hint: &str| {
            Box::new(Diagnostic {
                file: file.to_owned(),
                line,
                column,
                what: what.to_owned(),
                hint: hint.to_owned(),
                severity: Severity::Error,
            })
        };
        if bytes.len() > MAX_BYTES {
            return Err(refuse(0, 0, "is longer than 64 KiB", "shorten it"));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                refuse(line, 0, "is not UTF-8 text", "save the file as UTF-8")
            })?
            .trim_start_matches('\u{feff}');
        // serde_yaml first: it limits depth and aliases, which marked-yaml's parser does not.
        let value: Value = serde_yaml::from_str(text).map_err(|error| {
            let (line, column) = error.location().map_or((0, 0), |place| (place.line(), place.column()));
            let (line, column) = within(text, (line, column));
            let message = error.to_string();
            let what = message.split(" at line ").next().unwrap_or(&message);
            if what.contains("duplicate entry") {
                let (line, column) = duplicate_place(text).unwrap_or((line, column));
                return refuse(line, column, what, "keep one of the two keys");
            }
            refuse(line, column, &format!("is not YAML: {what}"), "repair the YAML there")
        })?;
        if value.is_null() {
            return Ok(Self { file: file.to_owned(), value, places: None });
        }
        if !value.is_mapping() {
            return Err(refuse(1, 1, "holds no keys", "write key: value lines, such as version: 1"));
        }
        let options = LoaderOptions::default().error_on_duplicate_keys(true).toplevel_mapping();
        let places = marked_yaml::parse_yaml_with_options(0, text, options).map_err(|error| {
            let (place, what, hint) = explain(&error);
            let (line, column) = within(text, place);
            refuse(line, column, &what, hint)
        })?;
        Ok(Self { file: file.to_owned(), value, places: Some(places) })
    }

    /// The values, as serde_yaml reads them.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// A diagnostic at the key or list entry that `path` leads to, or at what is left of it.
    pub fn diagnostic(
        &self,
        path: &[String],
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Diagnostic {
        let (line, column) = self.place(path);
        Diagnostic {
            file: self.file.clone(),
            line,
            column,
            what: what.into(),
            hint: hint.into(),
            severity: Severity::Error,
        }
    }

    /// Line and column of the key or list entry at `path`; of its nearest parent when it is not written.
    fn place(&self, path: &[String]) -> (usize, usize) {
        let mut place = (0, 0);
        let mut node = self.places.as_ref();
        for step in path {
            node = match node {
                Some(Node::Mapping(mapping)) => match mapping.iter().find(|(key, _)| key.as_str() == step) {
                    Some((key, value)) => {
                        place = key.span().start().map_or(place, at);
                        Some(value)
                    }
                    None => None,
                },
                Some(Node::Sequence(list)) => {
                    let entry = step.parse::<usize>().ok().and_then(|index| list.get_node(index));
                    place = entry.and_then(start).map_or(place, at);
                    entry
                }
                _ => None,
            };
            if node.is_none() {
                break;
            }
        }
        place
    }
}

/// A mapping starts at its first key; its own mark is behind that.
fn start(node: &Node) -> Option<&Marker> {
    match node {
        Node::Mapping(mapping) => mapping.keys().next()?.span().start(),
        _ => node.span().start(),
    }
}

fn at(marker: &Marker) -> (usize, usize) {
    (marker.line(), marker.column())
}

/// Where marked-yaml finds a key for the second time; serde_yaml names the key but points to its mapping.
fn duplicate_place(text: &str) -> Option<(usize, usize)> {
    let options = LoaderOptions::default().error_on_duplicate_keys(true).toplevel_mapping();
    match marked_yaml::parse_yaml_with_options(0, text, options) {
        Err(LoadError::DuplicateKey(keys)) => keys.key.span().start().map(at),
        _ => None,
    }
}

/// What is missing at the end is told of a line that nobody wrote: the last one is meant then.
fn within(text: &str, (line, column): (usize, usize)) -> (usize, usize) {
    let last = text.lines().count().max(1);
    if line > last { (last, 0) } else { (line, column) }
}

fn explain(error: &LoadError) -> ((usize, usize), String, &'static str) {
    match error {
        LoadError::UnexpectedAnchor(marker) => {
            (at(marker), "anchors and aliases are not read".into(), "write the value out where it is needed")
        }
        LoadError::UnexpectedTag(marker) => (at(marker), "tags are not read".into(), "remove the tag"),
        LoadError::MappingKeyMustBeScalar(marker) => {
            (at(marker), "a key must be one word".into(), "write a plain key")
        }
        LoadError::DuplicateKey(keys) => (
            keys.key.span().start().map_or((0, 0), at),
            format!("duplicate key {}", keys.key.as_str()),
            "keep one of the two keys",
        ),
        LoadError::TopLevelMustBeMapping(marker) | LoadError::TopLevelMustBeSequence(marker) => {
            (at(marker), "holds no keys".into(), "write key: value lines, such as version: 1")
        }
        LoadError::ScanError(marker, error) => {
            // The place is told once, in front.
            let told = error.to_string();
            let what = told.split(" at byte ").next().unwrap_or(&told);
            (at(marker), format!("is not YAML: {what}"), "repair the YAML there")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expect: &str) {
        let diagnostic = Document::parse(".github/tfpilot.yml", text.as_bytes()).expect_err("is refused");
        assert_eq!(diagnostic.to_string(), expect);
    }

    #[test]
    fn what_is_not_read_is_said_with_its_place() {
        refused(
            "a: 1\nb:\n  c: 1\n  c: 2\n",
            "tfpilot.yml:4:3 b: duplicate entry with key \"c\" | keep one of the two keys",
        );
        refused(
            "a: &x 1\nb: *x\n",
            "tfpilot.yml:1:7 anchors and aliases are not read | write the value out where it is needed",
        );
        refused("a: !env HOME\n", "tfpilot.yml:1:9 tags are not read | remove the tag");
        refused("- a\n", "tfpilot.yml:1:1 holds no keys | write key: value lines, such as version: 1");
        refused(&"x".repeat(MAX_BYTES + 1), "tfpilot.yml is longer than 64 KiB | shorten it");
    }

    #[test]
    fn no_place_is_behind_the_end() {
        refused(
            "a: 1\nb:\n  c: {}\n\u{feff}",
            "tfpilot.yml:4 is not YAML: simple key expected | repair the YAML there",
        );
    }

    #[test]
    fn hostile_bytes_are_refused_without_panic() {
        let bomb = (0..9).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
            let aliases = vec![format!("*a{n}"); 9].join(", ");
            format!("{text}a{}: &a{} [{aliases}]\n", n + 1, n + 1)
        });
        for bytes in [
            b"\xff\xfe".to_vec(),
            b"a: [".to_vec(),
            b"a: 1\n---\nb: 2\n".to_vec(),
            "[".repeat(20_000).into_bytes(),
            format!("a: {}", "{b: ".repeat(1000)).into_bytes(),
            bomb.into_bytes(),
        ] {
            assert!(Document::parse("f", &bytes).is_err());
        }
    }

    #[test]
    fn places_follow_keys_and_lists() {
        let document = Document::parse("f", b"a:\n  - x: 1\n    y: 2\n").expect("is YAML");
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(document.place(&path("a")), (1, 1));
        assert_eq!(document.place(&path("a/0")), (2, 5));
        assert_eq!(document.place(&path("a/0/y")), (3, 5));
        assert_eq!(document.place(&path("a/0/missing/deep")), (2, 5));
        assert_eq!(document.place(&path("none")), (0, 0));
    }
}
