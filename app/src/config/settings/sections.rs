//! The sections of the server's settings.

use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

/// A value that no log, error or debug output shows.
pub type Secret = SecretString;

/// The GitHub App.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GitHub {
    /// The App's id, from its settings page. Variable `TFPILOT_GITHUB_APP_ID`; no default.
    #[schemars(extend("x-env" = "TFPILOT_GITHUB_APP_ID"))]
    pub app_id: u64,
    /// The App's private key (PEM). Variable `TFPILOT_GITHUB_PRIVATE_KEY`; no default.
    #[schemars(with = "String", extend("x-env" = "TFPILOT_GITHUB_PRIVATE_KEY", "x-secret" = true))]
    pub private_key: Secret,
    /// The secret that signs webhooks. Variable `TFPILOT_GITHUB_WEBHOOK_SECRET`; no default.
    #[schemars(with = "String", extend("x-env" = "TFPILOT_GITHUB_WEBHOOK_SECRET", "x-secret" = true))]
    pub webhook_secret: Secret,
    /// Base of the REST API; on Enterprise Server `https://HOST/api/v3`. Variable `TFPILOT_GITHUB_API_URL`;
    /// default `https://api.github.com`.
    #[serde(default = "api_url")]
    #[schemars(extend("x-env" = "TFPILOT_GITHUB_API_URL"))]
    pub api_url: String,
    /// Base of GitHub's pages, for links. Variable `TFPILOT_GITHUB_URL`; default `https://github.com`.
    #[serde(default = "web_url")]
    #[schemars(extend("x-env" = "TFPILOT_GITHUB_URL"))]
    pub web_url: String,
    /// The App's OAuth client id; people can sign in to the dashboard with it. Variable
    /// `TFPILOT_GITHUB_CLIENT_ID`; default none.
    #[serde(default)]
    #[schemars(extend("x-env" = "TFPILOT_GITHUB_CLIENT_ID"))]
    pub client_id: Option<String>,
    /// The App's OAuth client secret. Variable `TFPILOT_GITHUB_CLIENT_SECRET`; default none.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("x-env" = "TFPILOT_GITHUB_CLIENT_SECRET", "x-secret" = true))]
    pub client_secret: Option<Secret>,
}

/// HTTP.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. Variable `TFPILOT_LISTEN`; default `127.0.0.1:7800`.
    #[serde(default = "listen")]
    #[schemars(with = "String", extend("x-env" = "TFPILOT_LISTEN"))]
    pub listen: SocketAddr,
    /// Address and port of the admin listener: metrics, for whoever runs the server. Nobody is asked who they are
    /// there, so it belongs on loopback or a private network. Variable `TFPILOT_ADMIN_LISTEN`; default
    /// `127.0.0.1:7801`.
    #[serde(default = "admin_listen")]
    #[schemars(with = "String", extend("x-env" = "TFPILOT_ADMIN_LISTEN"))]
    pub admin_listen: SocketAddr,
    /// URL under which GitHub, runners and people reach the server; runners ask GitHub for tokens with it as
    /// audience. Variable `TFPILOT_URL`; no default.
    #[schemars(extend("x-env" = "TFPILOT_URL"))]
    pub url: String,
}

/// Where facts are kept.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// Directory of the embedded store and of blobs. Variable `TFPILOT_STORE_DIR`; default `/var/lib/tfpilot`.
    #[serde(default = "store_dir")]
    #[schemars(with = "String", extend("x-env" = "TFPILOT_STORE_DIR"))]
    pub dir: PathBuf,
    /// Master keys of the blobs: 32 bytes in base64 each, separated by commas, the newest first. Variable
    /// `TFPILOT_STORE_KEYS`; no default.
    #[schemars(with = "String", extend("x-env" = "TFPILOT_STORE_KEYS", "x-secret" = true))]
    pub keys: Secret,
    /// PostgreSQL, when one machine is not enough. Variable `TFPILOT_DATABASE_URL`; default none, the embedded
    /// store.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("x-env" = "TFPILOT_DATABASE_URL", "x-secret" = true))]
    pub database_url: Option<Secret>,
}

/// Who may run jobs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunnerSettings {
    /// Issuer of the tokens that workflow runs claim jobs with; on Enterprise Server
    /// `https://HOST/_services/token`. Variable `TFPILOT_OIDC_ISSUER`; default
    /// `https://token.actions.githubusercontent.com`.
    #[serde(default = "oidc_issuer")]
    #[schemars(extend("x-env" = "TFPILOT_OIDC_ISSUER"))]
    pub oidc_issuer: String,
    /// Token of the one sidecar runner of a small installation. Variable `TFPILOT_RUNNER_TOKEN`; default none,
    /// sidecars are registered.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("x-env" = "TFPILOT_RUNNER_TOKEN", "x-secret" = true))]
    pub token: Option<Secret>,
    /// Terraform's version where a repository names none. Variable `TFPILOT_TERRAFORM_VERSION`; default `1.11.4`.
    #[serde(default = "terraform_version")]
    #[schemars(extend("x-env" = "TFPILOT_TERRAFORM_VERSION"))]
    pub terraform_version: String,
}

/// The language model, which is optional: everything works without one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// Protocol of its endpoint. A repository still has to switch it on (`requests.model`). Variable
    /// `TFPILOT_MODEL_PROVIDER`; default `off`.
    #[serde(default)]
    #[schemars(extend("x-env" = "TFPILOT_MODEL_PROVIDER"))]
    pub provider: ModelProvider,
    /// Base of its API, such as `http://127.0.0.1:11434/v1`. Variable `TFPILOT_MODEL_URL`; default
    /// `https://api.openai.com/v1` or `https://api.anthropic.com`.
    #[serde(default)]
    #[schemars(extend("x-env" = "TFPILOT_MODEL_URL"))]
    pub url: Option<String>,
    /// Name of the model. Variable `TFPILOT_MODEL_NAME`; default none, and needed with a provider.
    #[serde(default)]
    #[schemars(extend("x-env" = "TFPILOT_MODEL_NAME"))]
    pub name: Option<String>,
    /// Key of its API. Variable `TFPILOT_MODEL_KEY`; default none, for an endpoint that wants none.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("x-env" = "TFPILOT_MODEL_KEY", "x-secret" = true))]
    pub key: Option<Secret>,
    /// Seconds that an answer may take, 1 to 120; a request waits that long at most. Variable
    /// `TFPILOT_MODEL_TIMEOUT_SECONDS`; default 20.
    #[serde(default = "model_timeout_seconds")]
    #[schemars(extend("x-env" = "TFPILOT_MODEL_TIMEOUT_SECONDS"))]
    pub timeout_seconds: u64,
    /// Bytes of a text that is sent, up to 32768; about a longer one it is not asked. Variable
    /// `TFPILOT_MODEL_TEXT_BYTES`; default 8192.
    #[serde(default = "model_text_bytes")]
    #[schemars(extend("x-env" = "TFPILOT_MODEL_TEXT_BYTES"))]
    pub text_bytes: u64,
    /// Bytes of an answer, up to 1048576; a longer one is not read. Variable `TFPILOT_MODEL_ANSWER_BYTES`; default
    /// 65536.
    #[serde(default = "model_answer_bytes")]
    #[schemars(extend("x-env" = "TFPILOT_MODEL_ANSWER_BYTES"))]
    pub answer_bytes: u64,
}

/// Protocol of a language model's endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModelProvider {
    /// No model.
    #[default]
    Off,
    /// OpenAI's chat completions, which many servers speak.
    Openai,
    /// Anthropic's messages.
    Anthropic,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Filter such as `info,tfpilot=debug`. Variable `TFPILOT_LOG`; default `info`.
    #[serde(default = "log_filter")]
    #[schemars(extend("x-env" = "TFPILOT_LOG"))]
    pub filter: String,
    /// Form of a line. Variable `TFPILOT_LOG_FORMAT`; default `text`.
    #[serde(default)]
    #[schemars(extend("x-env" = "TFPILOT_LOG_FORMAT"))]
    pub format: LogFormat,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

fn api_url() -> String {
    "https://api.github.com".to_owned()
}

fn web_url() -> String {
    "https://github.com".to_owned()
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7800))
}

fn admin_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7801))
}

fn store_dir() -> PathBuf {
    PathBuf::from("/var/lib/tfpilot")
}

fn oidc_issuer() -> String {
    "https://token.actions.githubusercontent.com".to_owned()
}

fn terraform_version() -> String {
    "1.11.4".to_owned()
}

fn model_timeout_seconds() -> u64 {
    20
}

fn model_text_bytes() -> u64 {
    8 * 1024
}

fn model_answer_bytes() -> u64 {
    64 * 1024
}

fn log_filter() -> String {
    "info".to_owned()
}
