//! Inputs out of real ones: bytes and JSON values changed by chance that a seed repeats.

use serde_json::{Value, json};
use tfpilot_tests::Random;

/// What hostile and broken inputs hold.
const WORDS: [&str; 34] = [
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "\r\n",
    "\u{1b}[2K",
    "```",
    "<!-- tfpilot:sticky -->",
    "@acme/everyone",
    "${",
    "%{",
    "}",
    "<<EOT\n",
    "\"",
    "\\u0000",
    "&a [*a, *a]",
    "*a",
    "!!binary",
    "? : -",
    "- - - -",
    "../../etc/passwd",
    "/tfpilot apply",
    "/tfpilot set name=",
    "0x",
    "1e999",
    "-0",
    "18446744073709551616",
    "null",
    "NaN",
    "for_each = ",
    "dynamic \"x\" {",
    "provisioner \"local-exec\" {\n command = \"id\"\n}\n",
    "data \"external\" \"x\" {\n  program = [\"id\"]\n}\n",
    "shared_config_files = [\"x\"]\n",
    "\u{3000}ｎａｍｅ：",
];

/// The longest input, in bytes.
const LONGEST: usize = 64 * 1024;

/// Chooses by chance.
pub(crate) struct Chance(pub(crate) Random);

impl Chance {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let index = self.below(of.len());
        &of[index]
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let (one, other) = (self.below(length + 1), self.below(length + 1));
        let start = one.min(other);
        start..one.max(other).min(start + 200)
    }

    /// One of the corpus, changed in some places.
    pub(crate) fn bytes(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.one(corpus).clone();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let range = self.range(bytes.len());
            match self.below(8) {
                0 => bytes.insert(at, self.0.any().to_le_bytes()[0]),
                1 => drop(bytes.drain(range)),
                2 => {
                    let part = bytes[range].to_vec();
                    bytes.splice(at..at, part);
                }
                3 => {
                    let other = self.one(corpus);
                    let range = self.range(other.len());
                    let part = other[range].to_vec();
                    bytes.splice(at..at, part);
                }
                4 => bytes.truncate(at),
                5 => {
                    let deep =
                        self.one(&["[", "{\"a\":", "(", "a: ", "{a=", "!", "-"]).repeat(self.below(300));
                    bytes.splice(at..at, deep.into_bytes());
                }
                _ => {
                    let word = self.one(&WORDS).as_bytes().to_vec();
                    bytes.splice(at..at, word);
                }
            }
        }
        bytes.truncate(LONGEST);
        bytes
    }

    /// One of the corpus, a JSON document, with some of its values put in each other's place or replaced.
    pub(crate) fn json(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let Ok(mut document) = serde_json::from_slice::<Value>(self.one(corpus).as_slice()) else {
            return self.bytes(corpus);
        };
        for _ in 0..=self.below(5) {
            let mut places = Vec::new();
            find(&document, String::new(), &mut places);
            let (from, to) = (self.one(&places).clone(), self.one(&places).clone());
            let value = match self.below(3) {
                0 => document.pointer(&from).cloned().unwrap_or_default(),
                1 => self.strange(),
                _ => Value::from(*self.one(&WORDS)),
            };
            if let Some(place) = document.pointer_mut(&to) {
                *place = value;
            }
        }
        let mut bytes = serde_json::to_vec(&document).unwrap_or_default();
        bytes.truncate(LONGEST * 8);
        bytes
    }

    fn strange(&mut self) -> Value {
        let word = *self.one(&WORDS);
        let strange = [
            Value::Null,
            json!(true),
            json!(-1),
            json!(u64::MAX),
            json!(1.5e300),
            json!([]),
            json!({}),
            json!([[[[word]]]]),
            json!({ word: word }),
            json!(word.repeat(500)),
        ];
        self.one(&strange).clone()
    }
}

/// Every place of a document as a JSON pointer.
fn find(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| find(item, format!("{at}/{index}"), places));
        }
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            find(item, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), places);
        }),
        _ => {}
    }
    places.push(at);
}
