//! Anthropic's messages, with the answer held to a JSON Schema by a tool that has to be used.
//! <https://docs.anthropic.com/en/api/messages>

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{About, ModelError, Prompt};

/// Behind the base of the API.
pub(super) const PATH: &str = "/v1/messages";

/// The version of the API that is spoken here.
pub(super) const VERSION: &str = "2023-06-01";

/// Tokens of an answer: enough for every input of several things.
const MOST_TOKENS: u32 = 4_096;

pub(super) fn body(model: &str, text: &str, prompt: &Prompt) -> Json {
    let Prompt { about, schema, .. } = prompt;
    json!({
        "model": model,
        "max_tokens": MOST_TOKENS,
        "system": about.instructions(),
        "messages": [{ "role": "user", "content": text }],
        "tools": [{ "name": about.form(), "description": about.form_means(), "input_schema": schema }],
        "tool_choice": { "type": "tool", "name": about.form() },
    })
}

#[derive(Deserialize)]
struct Answer {
    content: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    ToolUse {
        name: String,
        input: Json,
    },
    /// Words around it, which count for nothing.
    #[serde(other)]
    Other,
}

/// What the tool was used with.
pub(super) fn read(bytes: &[u8], about: About) -> Result<Json, ModelError> {
    let unreadable = |why| ModelError::Unreadable { why };
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| unreadable("it is no message"))?;
    let used = answer.content.into_iter().find_map(|block| match block {
        Block::ToolUse { name, input } if name == about.form() => Some(input),
        _ => None,
    });
    used.ok_or_else(|| unreadable("it does not use the tool"))
}
