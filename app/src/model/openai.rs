//! OpenAI's chat completions, with the answer held to a JSON Schema: what OpenAI, vLLM, llama.cpp, Ollama and many
//! gateways speak. <https://platform.openai.com/docs/guides/structured-outputs>

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{ModelError, Prompt};

/// Behind the base of the API.
pub(super) const PATH: &str = "/chat/completions";

pub(super) fn body(model: &str, text: &str, prompt: &Prompt) -> Json {
    let Prompt { about, schema, .. } = prompt;
    json!({
        "model": model,
        "messages": [
            { "role": "system", "content": about.instructions() },
            { "role": "user", "content": text },
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": { "name": about.form(), "description": about.form_means(), "strict": true, "schema": schema },
        },
    })
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    /// None where it refuses.
    content: Option<String>,
}

/// The document that the first choice holds as text.
pub(super) fn read(bytes: &[u8]) -> Result<Json, ModelError> {
    let unreadable = |why| ModelError::Unreadable { why };
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| unreadable("it is no chat completion"))?;
    let content = answer.choices.into_iter().next().and_then(|choice| choice.message.content);
    let content = content.ok_or_else(|| unreadable("it says nothing"))?;
    serde_json::from_str(&content).map_err(|_| unreadable("what it says is no JSON"))
}
