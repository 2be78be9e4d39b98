//! What a language model adds to a request: asked once for a text, recorded, and never more than a suggestion.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Person, Reading};

/// A text of which something stayed open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenText {
    /// Digest of the text and of what may be suggested: the same is never asked again.
    pub of: String,
    /// The text.
    pub text: String,
}

/// A request that waits for suggestions.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited {
    /// Names the text.
    pub of: String,
    /// How the text was read: what counts where no suggestion comes.
    pub reading: Reading,
    /// Whose words they are.
    pub by: Person,
}

/// A value that a model proposes for an input that nobody set, after every check of a person's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Which thing of the draft, from 0.
    pub resource: usize,
    /// Id of its module; for another module it says nothing.
    pub module: String,
    /// The input.
    pub input: String,
    /// The value.
    pub value: Json,
    /// The words of the text that say so.
    pub words: String,
}

/// What became of asking a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestionsOutcome {
    /// It answered, be it with nothing.
    Answered,
    /// It failed, was too slow, or its answer could not be used.
    Failed,
    /// Somebody said something else before.
    Overtaken,
}

impl Suggestion {
    /// The value as people write it.
    pub fn shown(&self) -> String {
        match &self.value {
            Json::String(text) => text.clone(),
            Json::Bool(true) => "yes".to_owned(),
            Json::Bool(false) => "no".to_owned(),
            other => other.to_string(),
        }
    }

    /// Whether it is about this input of this thing.
    pub fn is_for(&self, resource: usize, module: &str, input: &str) -> bool {
        (self.resource, self.module.as_str(), self.input.as_str()) == (resource, module, input)
    }
}
