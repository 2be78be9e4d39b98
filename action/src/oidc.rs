//! The worker's proof: a token of GitHub for the app's address, asked anew for every claim because it lives for
//! minutes only.

use async_trait::async_trait;
use tfpilot_protocol::Secret;
use tfpilot_runner::claims::Proof;
use tfpilot_runner::handoff::Secrets;

/// Asks GitHub for tokens.
#[derive(Debug, Clone)]
pub struct Oidc {
    url: reqwest::Url,
    bearer: Secret,
    http: reqwest::Client,
}

impl Oidc {
    /// For the app at `audience`, with what GitHub put into the job's environment.
    pub fn new(audience: &str, taken: &Secrets) -> anyhow::Result<Self> {
        let (Some(url), Some(bearer)) =
            (taken.get("ACTIONS_ID_TOKEN_REQUEST_URL"), taken.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
        else {
            anyhow::bail!(
                "GitHub gives this job no OIDC token; the job needs `permissions: id-token: write`"
            );
        };
        let mut url = reqwest::Url::parse(url.expose())?;
        anyhow::ensure!(
            url.scheme() == "https" || tfpilot_runner::client::is_loopback(&url),
            "ACTIONS_ID_TOKEN_REQUEST_URL is not https"
        );
        url.query_pairs_mut().append_pair("audience", audience);
        // The app's client has chosen the TLS backend by now, or does here.
        tfpilot_runner::client::App::new(audience)?;
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { url, bearer: bearer.clone(), http })
    }
}

#[async_trait]
impl Proof for Oidc {
    async fn token(&self) -> Result<Secret, String> {
        #[derive(serde::Deserialize)]
        struct Answer {
            value: Secret,
        }
        let answer = self.http.get(self.url.clone()).bearer_auth(self.bearer.expose()).send().await;
        let answer =
            answer.map_err(|error| format!("GitHub gives no OIDC token: {}", error.without_url()))?;
        if !answer.status().is_success() {
            return Err(format!("GitHub gives no OIDC token: it answered {}", answer.status()));
        }
        let answer: Answer =
            answer.json().await.map_err(|error| format!("GitHub's OIDC answer: {}", error.without_url()))?;
        Ok(answer.value)
    }
}
