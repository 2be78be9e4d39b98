//! GitHub Environments, as `doctor` asks for them: which branches may deploy to them. Credentials of applies hang on
//! this, so what cannot be read is never taken for restricted.

use serde::{Deserialize, Serialize};

use super::client::{RepoClient, Result};

/// A GitHub Environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Which refs may deploy.
    #[serde(rename = "deployment_branch_policy")]
    pub branches: Option<BranchPolicy>,
}

/// What kind of rule says which refs may deploy; without one, all may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchPolicy {
    /// All branches with protection rules.
    #[serde(default)]
    pub protected_branches: bool,
    /// Those of a list, see [`RepoClient::environment_refs`].
    #[serde(default)]
    pub custom_branch_policies: bool,
}

/// A ref, or a pattern of refs, that may deploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedRef {
    /// Name or pattern.
    pub name: String,
    /// `branch` or `tag`; servers that do not say mean a branch.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

impl RepoClient {
    /// The repository's Environments.
    pub async fn environments(&self) -> Result<Vec<Environment>> {
        #[derive(Deserialize)]
        struct Listed {
            #[serde(default)]
            environments: Vec<Environment>,
        }
        let route = self.route("/repos/{owner}/{repo}/environments", &[])?;
        let doing = format!("listing environments of {}", self.name());
        self.github().pages(self.identity(), &route, &doing, 10, |page: Listed| page.environments).await
    }

    /// The refs of an Environment's own list.
    pub async fn environment_refs(&self, environment: &str) -> Result<Vec<AllowedRef>> {
        #[derive(Deserialize)]
        struct Listed {
            #[serde(default)]
            branch_policies: Vec<AllowedRef>,
        }
        let template = "/repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies";
        let route = self.route(template, &[&environment])?;
        let doing = format!("reading who may deploy to environment {environment} of {}", self.name());
        self.github().pages(self.identity(), &route, &doing, 10, |page: Listed| page.branch_policies).await
    }
}
