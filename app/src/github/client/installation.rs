//! The app's installations: which one serves a repository, its token, and narrower tokens for runners.

use std::collections::BTreeMap;

use http::Method;
use jiff::Timestamp;
use octocrab::Octocrab;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;

use super::failure::{Failure, GitHubError, Result};
use super::{Call, GitHub, Identity, Route};
use crate::github::{Account, InstallationId, RepoId, RepoName};

/// One installation's client. The lock lets the first caller fetch the token that the others wait for.
pub(super) struct Slot {
    client: Octocrab,
    warming: Mutex<()>,
}

impl Slot {
    pub(super) fn new(app: &Octocrab, id: InstallationId) -> Result<Self> {
        let client = app.installation(octocrab::models::InstallationId(id.0)).map_err(|error| {
            let detail = super::failure::one_line(&error.to_string());
            GitHubError::new(format!("speaking as installation {id}"), Failure::Transient { detail })
        })?;
        Ok(Self { client, warming: Mutex::new(()) })
    }

    pub(super) fn client(&self) -> &Octocrab {
        &self.client
    }
}

/// A token that reads one repository's Git content and nothing else.
#[derive(Debug, Clone)]
pub struct GitToken {
    /// The token.
    pub token: SecretString,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// The repository's name today, where GitHub says it.
    pub name: Option<RepoName>,
}

/// The app as GitHub knows it; the doctor compares it with the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledApp {
    /// Its id.
    pub id: u64,
    /// Its name in addresses; its comments come from `<slug>[bot]`.
    pub slug: String,
    /// Permissions such as `checks: write`.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// Events it is subscribed to.
    #[serde(default)]
    pub events: Vec<String>,
}

/// One installation of the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// Its id.
    pub id: InstallationId,
    /// Where it is installed.
    pub account: Option<Account>,
    /// Permissions that were accepted.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// Set while the account's owner suspends it.
    pub suspended_at: Option<Timestamp>,
}

impl GitHub {
    /// Makes sure that the installation's client holds a token.
    pub(super) async fn warm(&self, slot: &Slot) -> std::result::Result<(), Failure> {
        let _first = slot.warming.lock().await;
        let limit = self.inner.settings.timeout;
        match tokio::time::timeout(limit, slot.client.installation_token()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.sort(error)),
            Err(_) => Err(Failure::Transient {
                detail: format!("GitHub gave no token within {} s", limit.as_secs()),
            }),
        }
    }

    /// The app itself.
    pub async fn app(&self) -> Result<InstalledApp> {
        self.fetch(Identity::App, &Call::get(Route::new("/app", &[])?, "reading the app")).await
    }

    /// The next call as this installation asks for a token of its own: one that is kept has the permissions that there
    /// were when it was made.
    pub(crate) fn forget_token(&self, installation: InstallationId) {
        super::meter::lock(&self.inner.installations).remove(&installation);
    }

    /// One installation; none when it is gone.
    pub(crate) async fn installation(&self, id: InstallationId) -> Result<Option<Installation>> {
        let route = Route::new("/app/installations/{installation}", &[&id])?;
        match self.fetch(Identity::App, &Call::get(route, format!("reading installation {id}"))).await {
            Ok(installation) => Ok(Some(installation)),
            Err(GitHubError { failure: Failure::Gone, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All installations of the app.
    pub async fn installations(&self) -> Result<Vec<Installation>> {
        let route = Route::new("/app/installations", &[])?;
        self.pages(Identity::App, &route, "listing the app's installations", 50, |page: Vec<_>| page).await
    }

    /// The installation which serves a repository; none when the app is not installed there.
    pub async fn installation_for(&self, repository: &RepoName) -> Result<Option<Installation>> {
        let route =
            Route::new("/repos/{owner}/{repo}/installation", &[&repository.owner(), &repository.name()])?;
        let call = Call::get(route, format!("finding the app's installation for {repository}"));
        match self.fetch(Identity::App, &call).await {
            Ok(installation) => Ok(Some(installation)),
            Err(GitHubError { failure: Failure::Gone, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A fresh token for a runner's checkout: contents, read only, of this repository alone. It is asked for by the
    /// repository's number, which is right whatever the repository is called by now; `called` is for people.
    pub async fn git_read_token(
        &self,
        installation: InstallationId,
        repository: RepoId,
        called: &RepoName,
    ) -> Result<GitToken> {
        #[derive(Deserialize)]
        struct Minted {
            token: SecretString,
            expires_at: Timestamp,
            #[serde(default)]
            permissions: BTreeMap<String, String>,
            #[serde(default)]
            repositories: Vec<Named>,
        }
        #[derive(Deserialize)]
        struct Named {
            id: RepoId,
            full_name: RepoName,
        }
        let doing = format!("getting a token to read {called}");
        let route = Route::new("/app/installations/{installation}/access_tokens", &[&installation])?;
        let body = json!({ "repository_ids": [repository], "permissions": { "contents": "read" } });
        let call = Call::json(Method::POST, route, &body, &doing)?;
        let minted: Minted = match self.fetch(Identity::App, &call).await {
            Err(GitHubError { failure: Failure::Gone, doing }) => {
                return Err(GitHubError { failure: Failure::NotInstalled, doing });
            }
            Err(GitHubError { failure: Failure::Invalid { message }, doing })
                if message.contains("not accessible to the parent installation") =>
            {
                return Err(GitHubError { failure: Failure::Gone, doing });
            }
            answered => answered?,
        };
        // It leaves our hands: a server which ignores the narrowing must not make us give away more.
        let allowed = |(name, level): (&String, &String)| {
            matches!(name.as_str(), "contents" | "metadata") && level == "read"
        };
        if minted.permissions.iter().all(allowed) {
            let named = minted.repositories.into_iter().find(|one| one.id == repository);
            Ok(GitToken {
                token: minted.token,
                expires_at: minted.expires_at,
                name: named.map(|one| one.full_name),
            })
        } else {
            let message = "the token may do more than read contents, so it is not handed out".to_owned();
            Err(GitHubError::new(doing, Failure::Invalid { message }))
        }
    }
}
