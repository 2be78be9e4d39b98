//! The few things which only GraphQL can do, and how its refusals are sorted: they come with status 200.

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::failure::{Failure, GitHubError, Result, one_line};
use super::repository::RepoClient;

#[derive(Deserialize)]
struct Reply<T> {
    data: Option<T>,
    #[serde(default = "Vec::new")]
    errors: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
}

impl RepoClient {
    /// Sends a query with its variables. An answer with any error in it is a failure.
    pub(crate) async fn graphql<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
        doing: String,
    ) -> Result<T> {
        let outcome = self.graphql_now(query, variables, doing).await;
        if let Err(error) = &outcome {
            self.github().note_limit(self.identity(), &error.failure);
        }
        outcome
    }

    async fn graphql_now<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
        doing: String,
    ) -> Result<T> {
        let failed = |failure| GitHubError::new(doing.clone(), failure);
        let body = json!({ "query": query, "variables": variables }).to_string().into_bytes();
        let github = self.github();
        let raw = Box::pin(github.exchange_graphql(self.installation(), body)).await.map_err(failed)?;
        if !raw.status.is_success() {
            return Err(failed(Failure::sort(raw.status, &raw.headers, &raw.body, github.now())));
        }
        let reply: Reply<T> = serde_json::from_slice(&raw.body).map_err(|error| {
            let detail = format!("GitHub's answer cannot be read ({})", one_line(&error.to_string()));
            failed(Failure::Transient { detail })
        })?;
        match (reply.errors.first(), reply.data) {
            (None, Some(data)) => Ok(data),
            (None, None) => Err(failed(Failure::Transient { detail: "GitHub's answer is empty".to_owned() })),
            (Some(refusal), _) => Err(failed(self.sort_refusal(refusal))),
        }
    }

    fn sort_refusal(&self, refusal: &Refusal) -> Failure {
        let message = one_line(&refusal.message);
        match refusal.kind.as_deref() {
            Some("NOT_FOUND") => Failure::Gone,
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Failure::Forbidden { permission: None, message },
            Some("RATE_LIMITED" | "RATE_LIMIT") => {
                let minute = SignedDuration::from_secs(60);
                let now = self.github().now();
                Failure::RateLimited { until: now.checked_add(minute).unwrap_or(now) }
            }
            Some("INTERNAL" | "SERVICE_UNAVAILABLE") => Failure::Transient { detail: message },
            _ => Failure::Invalid { message },
        }
    }
}
