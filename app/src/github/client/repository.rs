//! One repository through one installation: the handle on which the sibling modules hang their questions.

use std::fmt::Display;

use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::failure::{Failure, GitHubError, Result};
use super::{Answer, Call, GitHub, Identity, Route};
use crate::github::{InstallationId, RepoId, RepoName};

/// A repository as the app's installation sees it.
#[derive(Debug, Clone)]
pub struct RepoClient {
    github: GitHub,
    installation: InstallationId,
    name: RepoName,
}

/// A repository's facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoInfo {
    /// Its id.
    pub id: RepoId,
    /// Its name today.
    pub full_name: RepoName,
    /// The branch that configuration is read from.
    pub default_branch: String,
    /// Not public.
    #[serde(default)]
    pub private: bool,
    /// Read only.
    #[serde(default)]
    pub archived: bool,
}

impl GitHub {
    /// The handle of one repository; nothing is asked yet.
    pub fn repository(&self, installation: InstallationId, name: RepoName) -> RepoClient {
        RepoClient { github: self.clone(), installation, name }
    }

    /// A repository by its number, as an installation sees it; none when it does not. GitHub's redirects from former
    /// names lead to this address.
    pub(crate) async fn repository_by_id(
        &self,
        installation: InstallationId,
        id: RepoId,
    ) -> Result<Option<RepoInfo>> {
        let route = Route::new("/repositories/{repository}", &[&id])?;
        let call = Call::get(route, format!("reading repository {id}"));
        match self.fetch(Identity::Installation(installation), &call).await {
            Ok(info) => Ok(Some(info)),
            Err(GitHubError { failure: Failure::Gone, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All repositories that an installation covers.
    pub async fn installed_repositories(&self, installation: InstallationId) -> Result<Vec<RepoInfo>> {
        #[derive(Deserialize)]
        struct Page {
            repositories: Vec<RepoInfo>,
        }
        let route = Route::new("/installation/repositories", &[])?;
        let doing = format!("listing the repositories of installation {installation}");
        let identity = Identity::Installation(installation);
        self.pages(identity, &route, &doing, 100, |page: Page| page.repositories).await
    }
}

impl RepoClient {
    /// The repository's name, as this handle addresses it.
    pub fn name(&self) -> &RepoName {
        &self.name
    }

    /// The installation it is reached through.
    pub fn installation(&self) -> InstallationId {
        self.installation
    }

    /// The repository's facts.
    pub async fn info(&self) -> Result<RepoInfo> {
        self.get(self.route("/repos/{owner}/{repo}", &[])?, format!("reading repository {}", self.name)).await
    }

    pub(crate) fn github(&self) -> &GitHub {
        &self.github
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity::Installation(self.installation)
    }

    /// A route that starts with `/repos/{owner}/{repo}`; the values follow these two.
    pub(crate) fn route(&self, template: &'static str, values: &[&(dyn Display + Sync)]) -> Result<Route> {
        let (owner, name) = (self.name.owner(), self.name.name());
        let mut all: Vec<&(dyn Display + Sync)> = vec![&owner, &name];
        all.extend(values);
        Route::new(template, &all)
    }

    pub(crate) async fn send(&self, call: &Call) -> Result<Answer> {
        self.github.send(self.identity(), call).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, route: Route, doing: String) -> Result<T> {
        self.send(&Call::get(route, doing)).await?.read()
    }

    /// Reads something that may be absent.
    pub(crate) async fn find<T: DeserializeOwned>(&self, route: Route, doing: String) -> Result<Option<T>> {
        match self.get(route, doing).await {
            Ok(found) => Ok(Some(found)),
            Err(GitHubError { failure: Failure::Gone, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All items of a plain list of at most 10,000.
    pub(crate) async fn list<T: DeserializeOwned>(&self, route: Route, doing: String) -> Result<Vec<T>> {
        self.github.pages(self.identity(), &route, &doing, 100, |page: Vec<T>| page).await
    }

    /// Writes and reads the answer.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        route: Route,
        body: &impl Serialize,
        doing: String,
    ) -> Result<T> {
        self.send(&Call::json(method, route, body, doing)?).await?.read()
    }

    /// Writes where the answer's body says nothing.
    pub(crate) async fn write_only(
        &self,
        method: Method,
        route: Route,
        body: &impl Serialize,
        doing: String,
    ) -> Result<()> {
        self.send(&Call::json(method, route, body, doing)?).await.map(drop)
    }
}
