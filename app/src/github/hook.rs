//! Where GitHub sends the app's webhooks.

use serde::{Deserialize, Serialize};

use super::client::{Call, GitHub, Identity, Result, Route};

/// The app's webhook as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookConfig {
    /// The address.
    #[serde(default)]
    pub url: String,
    /// `json` or `form`.
    #[serde(default)]
    pub content_type: String,
    /// Stars when there is a secret.
    pub secret: Option<String>,
    /// `1`, as a text or a number, when certificates are not checked.
    #[serde(default)]
    pub insecure_ssl: serde_json::Value,
}

impl HookConfig {
    /// True when GitHub would send to whoever shows any certificate.
    pub fn is_insecure(&self) -> bool {
        self.insecure_ssl == "1" || self.insecure_ssl == 1
    }
}

impl GitHub {
    /// The app's webhook.
    pub async fn hook_config(&self) -> Result<HookConfig> {
        let route = Route::new("/app/hook/config", &[])?;
        self.fetch(Identity::App, &Call::get(route, "reading the app's webhook")).await
    }
}
