//! Keys and values of a policy file, each told with the path that leads to it when it cannot be used.

use serde_yaml::{Mapping, Value as Yaml};

use super::{Problem, as_glob};
use crate::address::Glob;

/// Entries that a list may have.
const MAX_ENTRIES: usize = 1_000;

/// Characters of a title, a message, a hint or a reason.
const MAX_PROSE: usize = 400;

/// Where the reader is, and what was wrong so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    path: Vec<String>,
    /// How many `each` it is in.
    pub(super) each: usize,
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    /// Reads something one step deeper.
    pub(super) fn within<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.to_owned());
        let result = read(self);
        self.path.pop();
        result
    }

    /// How deep it is.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    /// Something is wrong here.
    pub(super) fn problem(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem {
            path: self.path.clone(),
            what: what.into(),
            hint: hint.into(),
            among: Vec::new(),
        });
    }

    /// A word that is not among those that are known.
    pub(super) fn unknown(&mut self, what: impl Into<String>, among: Vec<&'static str>) {
        self.problems.push(Problem {
            path: self.path.clone(),
            what: what.into(),
            hint: String::new(),
            among,
        });
    }

    /// A mapping of known keys. A key that is not known would be a rule that silently does nothing.
    pub(super) fn keys<'y>(&mut self, value: &'y Yaml, known: &[&'static str]) -> Option<&'y Mapping> {
        let Yaml::Mapping(keys) = value else {
            self.problem("holds no keys", format!("write key: value, of {}", known.join(", ")));
            return None;
        };
        for key in keys.keys() {
            match key.as_str() {
                Some(name) if known.contains(&name) => {}
                Some(name) => self.within(name, |reader| {
                    reader.unknown(format!("{} is not known here", name.escape_debug()), known.to_vec());
                }),
                None => self.problem("a key is no word", "write plain keys"),
            }
        }
        Some(keys)
    }

    /// A list.
    pub(super) fn list<'y>(&mut self, value: &'y Yaml) -> Option<&'y Vec<Yaml>> {
        match value {
            Yaml::Sequence(entries) if entries.len() <= MAX_ENTRIES => Some(entries),
            Yaml::Sequence(_) => {
                self.problem(format!("has more than {MAX_ENTRIES} entries"), "shorten it");
                None
            }
            _ => {
                self.problem("is no list", "write entries that begin with -");
                None
            }
        }
    }

    /// One of some words, where the key is there.
    pub(super) fn word<T: Copy>(
        &mut self,
        keys: &Mapping,
        key: &str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let value = keys.get(key)?;
        self.within(key, |reader| reader.one(value, words))
    }

    /// One or several of some words.
    pub(super) fn words<T: Copy>(&mut self, value: &Yaml, words: &[(&'static str, T)]) -> Vec<T> {
        let Yaml::Sequence(entries) = value else { return self.one(value, words).into_iter().collect() };
        if entries.is_empty() {
            self.problem("is empty", "name one, or leave the key out");
        }
        let mut read = Vec::new();
        for (at, entry) in entries.iter().take(MAX_ENTRIES).enumerate() {
            read.extend(self.within(&at.to_string(), |reader| reader.one(entry, words)));
        }
        read
    }

    fn one<T: Copy>(&mut self, value: &Yaml, words: &[(&'static str, T)]) -> Option<T> {
        // YAML reads `off` as it stands, and `no` as false: only words are words.
        let written = match value {
            Yaml::Bool(false) => Some("off"),
            value => value.as_str(),
        };
        let found = written.and_then(|word| words.iter().find(|(known, _)| *known == word));
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word).collect();
            let what = match written {
                Some(word) => format!("{} is not known here", word.escape_debug()),
                None => "is no word".to_owned(),
            };
            self.unknown(what, known);
        }
        found.map(|(_, value)| *value)
    }

    /// A text of at most so many characters.
    pub(super) fn text(&mut self, keys: &Mapping, key: &str, most: usize) -> Option<String> {
        let value = keys.get(key)?;
        self.within(key, |reader| match value.as_str().map(str::trim) {
            Some("") => {
                reader.problem("is empty", "write something, or leave the key out");
                None
            }
            Some(text) if text.chars().count() > most => {
                reader.problem(format!("is longer than {most} characters"), "shorten it");
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                reader.problem("is no text", "write it in quotes");
                None
            }
        })
    }

    /// A text that people read among ours: one line, in which only code font is markup.
    pub(super) fn prose(&mut self, keys: &Mapping, key: &str) -> Option<String> {
        let text = self.text(keys, key, MAX_PROSE)?;
        Some(text.split('`').map(tfpilot_plan::plain).collect::<Vec<_>>().join("`"))
    }

    /// A list of texts; a single one may stand alone.
    pub(super) fn texts(&mut self, keys: &Mapping, key: &str) -> Vec<String> {
        let Some(value) = keys.get(key) else { return Vec::new() };
        self.within(key, |reader| match value {
            Yaml::String(text) => vec![text.clone()],
            value => {
                let entries = reader.list(value).map(Vec::as_slice).unwrap_or_default();
                if matches!(value, Yaml::Sequence(entries) if entries.is_empty()) {
                    reader.problem("is empty", "name one, or leave the key out");
                }
                let mut texts = Vec::new();
                for (at, entry) in entries.iter().enumerate() {
                    match entry.as_str().filter(|text| !text.trim().is_empty()) {
                        Some(text) => texts.push(text.to_owned()),
                        None => reader.within(&at.to_string(), |reader| {
                            reader.problem("is no text", "write it in quotes");
                        }),
                    }
                }
                texts
            }
        })
    }

    /// Patterns of addresses or paths.
    pub(super) fn globs(&mut self, keys: &Mapping, key: &str) -> Vec<Glob> {
        let texts = self.texts(keys, key);
        texts.iter().filter_map(|text| self.within(key, |reader| reader.as_glob(text))).collect()
    }

    /// One pattern of addresses or paths.
    pub(super) fn glob(&mut self, keys: &Mapping, key: &str) -> Option<Glob> {
        let text = self.text(keys, key, 400)?;
        self.within(key, |reader| reader.as_glob(&text))
    }

    fn as_glob(&mut self, text: &str) -> Option<Glob> {
        let glob = as_glob(text);
        if glob.is_none() {
            self.problem(
                format!("{} is no pattern", text.escape_debug()),
                "write a shorter one with * or **",
            );
        }
        glob
    }

    /// A switch.
    pub(super) fn switch(&mut self, keys: &Mapping, key: &str) -> Option<bool> {
        let value = keys.get(key)?;
        if value.as_bool().is_none() {
            self.within(key, |reader| reader.problem("is neither true nor false", "write true or false"));
        }
        value.as_bool()
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, keys: &Mapping, key: &str, least: u32, most: u32) -> Option<u32> {
        let value = keys.get(key)?;
        let read =
            value.as_u64().and_then(|it| u32::try_from(it).ok()).filter(|it| (least..=most).contains(it));
        if read.is_none() {
            let what = format!("is no number from {least} to {most}");
            self.within(key, |reader| reader.problem(what, format!("write one, such as {least}")));
        }
        read
    }
}
