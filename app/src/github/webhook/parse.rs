//! From an event's name and body to the [`Event`]: which fields of which event, and what is said of one that cannot
//! be read.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    BadPayload, Changes, CheckRun, CheckSuite, Comment, Event, Installation, Issue, Label, MergeGroup, Pull,
    Repository, RequestedAction, Review, Webhook, WorkflowJob, WorkflowRun,
};
use crate::github::client::one_line;
use crate::github::{Account, CommitSha, InstallationId};

/// Reads a verified body. `event_name` is the header `X-GitHub-Event`.
pub fn parse(event_name: &str, body: &[u8]) -> Result<Webhook, BadPayload> {
    let body = Body { event: event_name, bytes: body };
    let common: Common = body.read()?;
    Ok(Webhook {
        action: common.action,
        repository: common.repository,
        installation: common.installation.map(|installation| installation.id),
        sender: common.sender,
        event: body.event()?,
    })
}

#[derive(Deserialize)]
struct Common {
    action: Option<String>,
    repository: Option<Repository>,
    installation: Option<OnlyInstallation>,
    sender: Option<Account>,
}

#[derive(Deserialize)]
struct OnlyInstallation {
    id: InstallationId,
}

#[derive(Clone, Copy)]
struct Body<'a> {
    event: &'a str,
    bytes: &'a [u8],
}

impl Body<'_> {
    fn event(self) -> Result<Event, BadPayload> {
        match self.event {
            "issues" => {
                self.read().map(|read: Titled| read.into_issue()).and_then(|found| self.need(found, "issue"))
            }
            "issue_comment" => {
                self.read().map(|CommentOn { comment, issue }| Event::IssueComment { comment, issue })
            }
            "pull_request" => self
                .read()
                .map(|read: Titled| read.into_pull())
                .and_then(|found| self.need(found, "pull_request")),
            "pull_request_review" => self
                .read()
                .map(|ReviewOf { review, pull_request: pull }| Event::PullRequestReview { review, pull }),
            "check_run" => {
                let build = |CheckRunOf { check_run: check, requested_action: pressed }| Event::CheckRun {
                    check,
                    pressed,
                };
                self.read().map(build)
            }
            "check_suite" => {
                self.read().map(|CheckSuiteOf { check_suite: suite }| Event::CheckSuite { suite })
            }
            "push" => self.read().map(Moved::into_event),
            "workflow_run" => {
                self.read().map(|WorkflowRunOf { workflow_run: run }| Event::WorkflowRun { run })
            }
            "workflow_job" => {
                self.read().map(|WorkflowJobOf { workflow_job: job }| Event::WorkflowJob { job })
            }
            "merge_group" => self
                .read()
                .map(|MergeGroupOf { merge_group: group, reason }| Event::MergeGroup { group, reason }),
            "repository" => self
                .read()
                .map(|Edited { changes }| Event::Repository { changes: changes.unwrap_or_default() }),
            "installation" => self.read().map(Installed::into_installation),
            "installation_repositories" => self.read().map(Installed::into_repositories),
            "ping" => Ok(Event::Ping),
            name => self.read().map(|IgnoredAny| Event::Other { name: name.to_owned() }),
        }
    }

    fn read<T: DeserializeOwned>(self) -> Result<T, BadPayload> {
        serde_json::from_slice(self.bytes).map_err(|error| self.bad(&error.to_string()))
    }

    fn need<T>(self, found: Option<T>, field: &str) -> Result<T, BadPayload> {
        found.ok_or_else(|| self.bad(&format!("missing field `{field}`")))
    }

    fn bad(self, why: &str) -> BadPayload {
        BadPayload { event: one_line(self.event), why: one_line(why) }
    }
}

/// Issues and pull requests: what can be edited and labelled.
#[derive(Deserialize)]
struct Titled {
    issue: Option<Issue>,
    pull_request: Option<Pull>,
    changes: Option<Changes>,
    label: Option<Label>,
}

impl Titled {
    fn into_issue(self) -> Option<Event> {
        let changes = self.changes.unwrap_or_default();
        self.issue.map(|issue| Event::Issues { issue, changes, label: self.label })
    }

    fn into_pull(self) -> Option<Event> {
        let changes = self.changes.unwrap_or_default();
        self.pull_request.map(|pull| Event::PullRequest { pull, changes, label: self.label })
    }
}

#[derive(Deserialize)]
struct CommentOn {
    comment: Comment,
    issue: Issue,
}

#[derive(Deserialize)]
struct ReviewOf {
    review: Review,
    pull_request: Pull,
}

#[derive(Deserialize)]
struct CheckRunOf {
    check_run: CheckRun,
    requested_action: Option<RequestedAction>,
}

#[derive(Deserialize)]
struct CheckSuiteOf {
    check_suite: CheckSuite,
}

#[derive(Deserialize)]
struct WorkflowRunOf {
    workflow_run: WorkflowRun,
}

#[derive(Deserialize)]
struct WorkflowJobOf {
    workflow_job: WorkflowJob,
}

#[derive(Deserialize)]
struct MergeGroupOf {
    merge_group: MergeGroup,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Edited {
    changes: Option<Changes>,
}

#[derive(Deserialize)]
struct Moved {
    #[serde(rename = "ref")]
    reference: String,
    before: CommitSha,
    after: CommitSha,
    forced: Option<bool>,
}

impl Moved {
    fn into_event(self) -> Event {
        let Moved { reference, before, after, forced } = self;
        Event::Push { reference, before, after, forced: forced.unwrap_or_default() }
    }
}

#[derive(Deserialize)]
struct Installed {
    installation: Installation,
    repositories: Option<Vec<Repository>>,
    repositories_added: Option<Vec<Repository>>,
    repositories_removed: Option<Vec<Repository>>,
}

impl Installed {
    fn into_installation(self) -> Event {
        Event::Installation {
            installation: self.installation,
            repositories: self.repositories.unwrap_or_default(),
        }
    }

    fn into_repositories(self) -> Event {
        Event::InstallationRepositories {
            installation: self.installation,
            added: self.repositories_added.unwrap_or_default(),
            removed: self.repositories_removed.unwrap_or_default(),
        }
    }
}
