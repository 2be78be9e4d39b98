//! A language model that is played: both protocols on loopback, and whatever answer a story wants of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use tfpilot::config::{ModelProvider, ModelSettings};
use tokio::net::TcpListener;

/// The key that the app has for it.
pub const MODEL_KEY: &str = "sk-played-model-0123456789abcdef";

/// How long it keeps silent when it does, which is longer than anybody waits.
const SILENCE: Duration = Duration::from_secs(30);

/// What it answers.
#[derive(Debug, Clone)]
pub enum Says {
    /// The values of the form that it was asked to fill in.
    Values(Value),
    /// Words where the form should be.
    Words(String),
    /// So many bytes of words.
    Bytes(usize),
    /// A status instead of an answer.
    Status(u16),
    /// Nothing, for as long as anybody waits.
    Nothing,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where it was sent to.
    pub path: String,
    /// The key that came with it.
    pub key: String,
    /// The document.
    pub body: Value,
}

impl Asked {
    /// The text that it was asked about.
    pub fn text(&self) -> String {
        let messages = self.body.get("messages").and_then(Value::as_array);
        let by_user = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("user");
        let user = messages.into_iter().flatten().find(by_user);
        let content = user.and_then(|message| message.get("content")?.as_str()).unwrap_or_default();
        let document: Value = serde_json::from_str(content).unwrap_or_default();
        let of = |field: &str| document.get(field).and_then(Value::as_str);
        of("request").or_else(|| of("plan")).unwrap_or_default().to_owned()
    }

    /// The schema of the form.
    pub fn schema(&self) -> Option<&Value> {
        let places = ["/response_format/json_schema/schema", "/tools/0/input_schema"];
        places.iter().find_map(|place| self.body.pointer(place))
    }
}

#[derive(Debug, Default)]
struct Play {
    says: VecDeque<Says>,
    asked: Vec<Asked>,
}

/// A model on loopback.
#[derive(Debug, Clone)]
pub struct PlayedModel {
    url: String,
    play: Arc<Mutex<Play>>,
}

impl PlayedModel {
    /// Starts one that has nothing to say.
    ///
    /// # Errors
    /// When there is no port for it.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("a port for the model")?;
        let url = format!("http://{}", listener.local_addr()?);
        let play: Arc<Mutex<Play>> = Arc::default();
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&play));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, play })
    }

    /// The settings of an app that speaks with it: an answer may take 2 s and have 64 KiB.
    pub fn settings(&self, provider: ModelProvider) -> ModelSettings {
        ModelSettings {
            provider,
            url: Some(self.url.clone()),
            name: Some("played".to_owned()),
            key: Some(SecretString::from(MODEL_KEY)),
            timeout_seconds: 2,
            text_bytes: 8 * 1024,
            answer_bytes: 64 * 1024,
        }
    }

    /// What it answers next; after that it has nothing to say.
    pub fn says(&self, says: Says) {
        self.locked(|play| play.says.push_back(says));
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.locked(|play| play.asked.clone())
    }

    fn locked<T>(&self, look: impl FnOnce(&mut Play) -> T) -> T {
        look(&mut self.play.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(
    State(play): State<Arc<Mutex<Play>>>,
    uri: Uri,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = header("authorization").trim_start_matches("Bearer ").to_owned();
    let key = if bearer.is_empty() { header("x-api-key").to_owned() } else { bearer };
    let is_anthropic = uri.path() == "/v1/messages";
    // As the real ones would: the one wants its version named, the other its path.
    if is_anthropic && header("anthropic-version").is_empty()
        || !is_anthropic && uri.path() != "/chat/completions"
    {
        return StatusCode::NOT_FOUND.into_response();
    }
    let says = {
        let mut play = play.lock().unwrap_or_else(PoisonError::into_inner);
        play.asked.push(Asked { path: uri.path().to_owned(), key, body });
        play.says.pop_front().unwrap_or_else(|| Says::Values(json!({})))
    };
    let words = match says {
        Says::Values(values) if is_anthropic => {
            let used = json!({"type": "tool_use", "id": "toolu_1", "name": "inputs", "input": values});
            let text = json!({"type": "text", "text": "Here is what I found."});
            return Json(json!({"type": "message", "role": "assistant", "content": [text, used]}))
                .into_response();
        }
        Says::Values(values) => values.to_string(),
        Says::Words(words) => words,
        Says::Bytes(bytes) => "x".repeat(bytes),
        Says::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, "no").into_response();
        }
        Says::Nothing => {
            tokio::time::sleep(SILENCE).await;
            return StatusCode::GATEWAY_TIMEOUT.into_response();
        }
    };
    let content = if is_anthropic {
        json!({"content": [{"type": "text", "text": words}]})
    } else {
        json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": words}}]})
    };
    Json(content).into_response()
}
