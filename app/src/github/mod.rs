//! GitHub: webhook bytes to values, and everything the app asks of GitHub's API. The only place that knows octocrab.
//!
//! Plain data in, plain data out: nothing here knows the engine, the store or a gate. [`GitHub`] speaks as the
//! app, [`RepoClient`] about one repository; each sibling module adds the questions of one concern to it.
//! Failures are sorted once, into [`Failure`]; nothing is retried here.

pub mod actions;
pub mod checks;
mod client;
pub mod commit;
pub mod content;
pub mod deliveries;
pub mod environments;
pub mod hook;
mod ids;
pub mod issues;
pub(crate) mod needs;
pub mod oidc;
pub mod people;
pub mod pulls;
pub mod rules;
pub mod webhook;

#[cfg(test)]
pub(crate) mod tests;

pub use client::{
    Allowance, Budget, Clock, Failure, GitHub, GitHubError, GitToken, Installation, InstalledApp, RepoClient,
    RepoInfo, Result, RouteKind, Settings, SettingsError,
};
pub use ids::{
    Account, AccountKind, CheckRunId, CommentId, CommitSha, InstallationId, NotAName, ObjectSha, RepoId,
    RepoName, UserId, WorkflowRunId,
};
