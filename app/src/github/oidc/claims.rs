//! What a job's token claims, and whether that is what we expect of it. Pure.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// The claims we read of a GitHub Actions token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowClaims {
    /// The repository's id.
    #[serde(deserialize_with = "number")]
    pub repository_id: u64,
    /// Its name, for people.
    pub repository: String,
    /// The ref that runs, such as `refs/heads/main`.
    #[serde(rename = "ref")]
    pub git_ref: String,
    /// The workflow's file and the ref it was read from.
    pub workflow_ref: String,
    /// The file of the job itself; another one where a workflow is reused.
    pub job_workflow_ref: Option<String>,
    /// What started the run.
    pub event_name: String,
    /// The run.
    #[serde(deserialize_with = "number")]
    pub run_id: u64,
    /// Which try of it, from 1.
    #[serde(deserialize_with = "number")]
    pub run_attempt: u64,
    /// The GitHub Environment of the job, if it names one.
    pub environment: Option<String>,
    /// The commit that runs.
    pub sha: Option<String>,
    /// `github-hosted` or `self-hosted`.
    pub runner_environment: Option<String>,
    /// The token's own name.
    pub jti: Option<String>,
    /// Valid until, in seconds since 1970.
    pub exp: i64,
    /// Valid from, in seconds since 1970.
    pub nbf: i64,
}

/// GitHub writes these numbers as strings.
fn number<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Text(String),
    }
    match Written::deserialize(input)? {
        Written::Number(number) => Ok(number),
        // `parse` alone would take "+5" as well.
        Written::Text(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map_err(D::Error::custom)
        }
        Written::Text(_) => Err(D::Error::custom("an id is not a number")),
    }
}

/// What a token must claim for the job that it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The repository that the run belongs to.
    pub repository_id: u64,
    /// The default branch, `refs/heads/…`.
    pub git_ref: String,
    /// The workflow's file on the default branch: see [`Expected::workflow_ref`].
    pub workflow_ref: String,
    /// `workflow_dispatch`.
    pub event_name: String,
    /// The run, once it is bound to one.
    pub run_id: Option<u64>,
    /// The try, once it is bound to one.
    pub run_attempt: Option<u64>,
    /// The environment for an apply; none for a plan, whose job names none.
    pub environment: Option<String>,
}

impl Expected {
    /// `owner/name/.github/workflows/file@refs/heads/branch`, as GitHub writes it.
    pub fn workflow_ref(repository: &super::super::RepoName, file: &str, branch: &str) -> String {
        format!("{repository}/.github/workflows/{file}@refs/heads/{branch}")
    }
}

/// A claim that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token's {claim} is {found:?}, expected is {expected:?}")]
pub struct ClaimProblem {
    /// The claim's name.
    pub claim: &'static str,
    /// What it says.
    pub found: String,
    /// What it should say.
    pub expected: String,
}

/// Compares every claim which ties a job to its run.
pub fn check_claims(claims: &WorkflowClaims, expected: &Expected) -> Result<(), ClaimProblem> {
    let same = |claim, found: String, wanted: String| {
        if found == wanted { Ok(()) } else { Err(ClaimProblem { claim, found, expected: wanted }) }
    };
    let text = |claim, found: &str, wanted: &str| same(claim, found.to_owned(), wanted.to_owned());
    let bound = |claim, found: u64, wanted: Option<u64>| match wanted {
        Some(wanted) => same(claim, found.to_string(), wanted.to_string()),
        None => Ok(()),
    };
    same("repository_id", claims.repository_id.to_string(), expected.repository_id.to_string())?;
    text("ref", &claims.git_ref, &expected.git_ref)?;
    text("workflow_ref", &claims.workflow_ref, &expected.workflow_ref)?;
    // A job of a reused workflow runs somebody else's file under our name.
    text(
        "job_workflow_ref",
        claims.job_workflow_ref.as_deref().unwrap_or(&claims.workflow_ref),
        &expected.workflow_ref,
    )?;
    text("event_name", &claims.event_name, &expected.event_name)?;
    bound("run_id", claims.run_id, expected.run_id)?;
    bound("run_attempt", claims.run_attempt, expected.run_attempt)?;
    let environment = |named: &Option<String>| named.clone().unwrap_or_default();
    same("environment", environment(&claims.environment), environment(&expected.environment))
}
