//! The arguments of a command line: options, `key=value` pairs and words, each taken once by its command.
//!
//! There is no way through to Terraform's own flags: an option nobody took is refused.

use super::Target;
use super::query::Query;
use super::words::{self, Word};

/// Options that take a value.
const VALUED: [&str; 3] = ["stack", "env", "environment"];

/// What follows the command's word.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    options: Vec<(String, Option<String>)>,
    pairs: Vec<(String, String)>,
    words: Vec<Word>,
}

impl Arguments {
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut given = words::split(line)?.into_iter();
        while let Some(word) = given.next() {
            let plain = word.text.get(..word.plain).unwrap_or_default();
            let dashed = plain.strip_prefix("--").or_else(|| plain.strip_prefix('—'));
            if let Some(name) = dashed.filter(|name| !name.is_empty()) {
                let (name, value) = match name.split_once('=') {
                    Some((name, _)) => (name, word.text.split_once('=').map(|(_, value)| value.to_owned())),
                    None => (name, None),
                };
                let name = name.to_lowercase();
                let value = match value {
                    None if VALUED.contains(&name.as_str()) => {
                        Some(given.next().ok_or(format!("--{name} needs a value"))?.text)
                    }
                    value => value,
                };
                arguments.options.push((name, value));
            } else if let Some((key, value)) = pair(&word) {
                arguments.pairs.push((key.to_owned(), value.to_owned()));
            } else {
                arguments.words.push(word);
            }
        }
        Ok(arguments)
    }

    /// The next word.
    pub(super) fn word(&mut self) -> Option<String> {
        if self.words.is_empty() { None } else { Some(self.words.remove(0).text) }
    }

    /// The value of an option, under any of its names.
    pub(super) fn option(&mut self, names: &[&str]) -> Option<String> {
        let index = self
            .options
            .iter()
            .position(|(name, value)| names.contains(&name.as_str()) && value.is_some())?;
        self.options.remove(index).1
    }

    /// Whether an option without a value is there.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        let before = self.options.len();
        self.options.retain(|(known, value)| known != name || value.is_some());
        self.options.len() < before
    }

    /// The value of one pair.
    pub(super) fn value(&mut self, key: &str) -> Option<String> {
        let index = self.pairs.iter().position(|(known, _)| known.eq_ignore_ascii_case(key))?;
        Some(self.pairs.remove(index).1)
    }

    /// The reason, empty where none is given.
    pub(super) fn said_reason(&mut self) -> String {
        self.value("reason").unwrap_or_default().trim().to_owned()
    }

    /// A reason that says something.
    pub(super) fn reason(&mut self) -> Result<String, String> {
        self.value("reason").filter(|reason| !reason.trim().is_empty()).ok_or("it needs a reason".to_owned())
    }

    /// Every pair that is left.
    pub(super) fn pairs(&mut self) -> Vec<(String, String)> {
        // `--env dev` beside pairs is the pair environment=dev.
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.extend(self.option(&["env", "environment"]).map(|name| ("environment".to_owned(), name)));
        pairs
    }

    /// Every pair that is left, at least one.
    pub(super) fn some_pairs(&mut self) -> Result<Vec<(String, String)>, String> {
        let pairs = self.pairs();
        if pairs.is_empty() { Err("it needs key=value".to_owned()) } else { Ok(pairs) }
    }

    /// The words as text; without pairs the line as it was written, with its quotes.
    pub(super) fn free_text(&mut self, line: &str) -> String {
        let words: Vec<String> = std::mem::take(&mut self.words).into_iter().map(|word| word.text).collect();
        if self.pairs.is_empty() && self.options.is_empty() {
            line.trim().to_owned()
        } else {
            words.join(" ")
        }
    }

    /// `--stack`, `--env` and a query.
    pub(super) fn target(&mut self) -> Result<Target, String> {
        let mut target = Target::default();
        while let Some(stack) = self.option(&["stack"]) {
            target.stacks.push(stack.trim_end_matches('/').to_owned());
        }
        target.environment = self.option(&["env", "environment"]).or_else(|| self.value("environment"));
        if self.words.iter().any(|word| word.text.contains(':')) {
            let text: Vec<String> =
                std::mem::take(&mut self.words).into_iter().map(|word| word.text).collect();
            target.query = Some(Query::parse(&text.join(" "))?);
        } else if target.stacks.is_empty() {
            // `apply live/dev/x` means the stack; a word alone is taken for nothing, so that it is refused.
            let stacks = self.words.iter().filter(|word| word.text.contains('/'));
            target.stacks.extend(stacks.map(|word| word.text.trim_end_matches('/').to_owned()));
            self.words.retain(|word| !word.text.contains('/'));
        }
        Ok(target)
    }

    /// Nothing may be left over.
    pub(super) fn end(self) -> Result<(), String> {
        let left = self.options.first().map(|(name, _)| format!("--{name}"));
        let left = left.or_else(|| self.pairs.first().map(|(key, _)| format!("{key}=")));
        match left.or_else(|| self.words.first().map(|word| word.text.clone())) {
            Some(left) => Err(format!("{} is not known here", left.chars().take(40).collect::<String>())),
            None => Ok(()),
        }
    }
}

/// `key=value`, where the key was written without quotes.
fn pair(word: &Word) -> Option<(&str, &str)> {
    let (key, value) = word.text.split_once('=')?;
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let plain = key.len() < word.plain;
    (plain && key.starts_with(|first: char| first.is_ascii_alphanumeric()) && key.bytes().all(letters))
        .then_some((key, value))
}
