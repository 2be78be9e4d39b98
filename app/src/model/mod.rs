//! The optional language model, behind one small interface: a text and a JSON Schema in, values in that form out.
//!
//! It holds its answer to be nobody's word. What of it counts is `requests::suggest`'s and `stacks::explained`'s, and when it is
//! asked the engine's. Neither text nor answer nor key is ever logged, and no error holds one.

mod about;
mod anthropic;
mod endpoint;
mod health;
mod openai;

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::{ModelProvider, ModelSettings};

pub use self::about::About;
use self::health::Health;

/// Answers awaited at the same time: the rest of the outbox goes on meanwhile.
const AT_ONCE: usize = 2;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// What it is about.
    pub about: About,
    /// The text, as somebody wrote it.
    pub text: String,
    /// The JSON Schema of the answer.
    pub schema: Json,
}

/// Why there is no answer that could be used. Neither key, text nor answer is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It takes too long.
    #[error("the model did not answer within {seconds} s")]
    TimedOut {
        /// How long it was waited for.
        seconds: u64,
    },
    /// Nobody is there, or the connection broke off.
    #[error("the model cannot be reached: {why}")]
    Unreachable {
        /// What was seen.
        why: String,
    },
    /// The endpoint answered with a status that is no success.
    #[error("the model's endpoint answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is larger than it may be.
    #[error("the model's answer has more than {most} bytes")]
    TooLarge {
        /// The limit, in bytes.
        most: usize,
    },
    /// The answer is not what the protocol says.
    #[error("the model's answer cannot be read: {why}")]
    Unreadable {
        /// What is wrong with it.
        why: &'static str,
    },
    /// It failed several times in a row, and is left alone for a while.
    #[error("the model is left alone for a while, as it failed before")]
    Resting,
    /// The settings make no request.
    #[error("the model's settings make no request: {0}")]
    Settings(&'static str),
}

impl ModelError {
    /// One word for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            ModelError::TimedOut { .. } => "timed-out",
            ModelError::Unreachable { .. } => "unreachable",
            ModelError::Status { .. } => "refused",
            ModelError::TooLarge { .. } => "too-large",
            ModelError::Unreadable { .. } => "unreadable",
            ModelError::Resting => "resting",
            ModelError::Settings(_) => "settings",
        }
    }

    /// True when the same may succeed in a moment, and little time was lost.
    pub fn is_worth_retrying(&self) -> bool {
        match self {
            ModelError::Unreachable { .. } => true,
            ModelError::Status { status } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }
}

/// A language model at an endpoint.
pub struct Model {
    protocol: Protocol,
    url: String,
    name: String,
    http: reqwest::Client,
    headers: HeaderMap,
    timeout: Duration,
    text_bytes: usize,
    answer_bytes: usize,
    turns: Semaphore,
    health: Health,
}

/// How an endpoint is spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    OpenAi,
    Anthropic,
}

impl Model {
    /// The model of the settings; none where it is off.
    ///
    /// # Errors
    /// When no request can be made with them.
    pub fn new(settings: &ModelSettings) -> Result<Option<Self>, ModelError> {
        let (protocol, path) = match settings.provider {
            ModelProvider::Off => return Ok(None),
            ModelProvider::Openai => (Protocol::OpenAi, openai::PATH),
            ModelProvider::Anthropic => (Protocol::Anthropic, anthropic::PATH),
        };
        let name = settings.name.clone().ok_or(ModelError::Settings("it has no name"))?;
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Ok(Some(Self {
            protocol,
            url: format!("{}{path}", settings.base()),
            name,
            http: endpoint::client()?,
            headers: headers(protocol, settings.key.as_ref())?,
            timeout: Duration::from_secs(settings.timeout_seconds),
            text_bytes: size(settings.text_bytes),
            answer_bytes: size(settings.answer_bytes),
            turns: Semaphore::new(AT_ONCE),
            health: Health::default(),
        }))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of a text that it may be asked about.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// A turn to ask it; none while others have theirs.
    pub(crate) fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.try_acquire().ok()
    }

    /// Asks for the values of a schema: one call, within the limits of time and size.
    ///
    /// # Errors
    /// Where there is no answer that could be used; what it says is told to nobody.
    pub async fn ask(&self, prompt: &Prompt) -> Result<Json, ModelError> {
        if self.health.rests() {
            return Err(ModelError::Resting);
        }
        let answer = self.ask_now(prompt).await;
        self.health.note(answer.as_ref().err());
        answer
    }

    async fn ask_now(&self, prompt: &Prompt) -> Result<Json, ModelError> {
        // As a field of a document, no text can end where it stands.
        let text = serde_json::json!({ (prompt.about.field()): prompt.text }).to_string();
        let body = match self.protocol {
            Protocol::OpenAi => openai::body(&self.name, &text, prompt),
            Protocol::Anthropic => anthropic::body(&self.name, &text, prompt),
        };
        let asked = endpoint::post(&self.http, &self.url, &self.headers, &body, self.answer_bytes);
        let seconds = self.timeout.as_secs();
        let answer = tokio::time::timeout(self.timeout, asked)
            .await
            .unwrap_or(Err(ModelError::TimedOut { seconds }))?;
        match self.protocol {
            Protocol::OpenAi => openai::read(&answer),
            Protocol::Anthropic => anthropic::read(&answer, prompt.about),
        }
    }
}

/// Without the key.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("protocol", &self.protocol)
            .field("url", &self.url)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The headers of every request; the key is marked, so that no log shows it.
fn headers(protocol: Protocol, key: Option<&SecretString>) -> Result<HeaderMap, ModelError> {
    let mut headers = HeaderMap::new();
    if protocol == Protocol::Anthropic {
        headers.insert(
            HeaderName::from_static("anthropic-version"),
            HeaderValue::from_static(anthropic::VERSION),
        );
    }
    let Some(key) = key else { return Ok(headers) };
    let (name, value) = match protocol {
        Protocol::OpenAi => ("authorization", format!("Bearer {}", key.expose_secret())),
        Protocol::Anthropic => ("x-api-key", key.expose_secret().to_owned()),
    };
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| ModelError::Settings("its key has characters that no header takes"))?;
    value.set_sensitive(true);
    headers.insert(HeaderName::from_static(name), value);
    Ok(headers)
}

#[cfg(test)]
mod tests;
