//! Owns: what tests look at: plain values copied out of the state. Looking at a comment counts as reading it.

use serde::Serialize;

use crate::state::check::Annotation;
use crate::state::{CheckRun, Comment, World};
use crate::{Forge, ForgeError};

/// An issue, or the issue half of a pull request.
#[derive(Debug, Clone, Serialize)]
pub struct IssueView {
    /// The number.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Who opened it.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
    /// Its labels in order.
    pub labels: Vec<String>,
    /// Who is assigned.
    pub assignees: Vec<String>,
    /// Reactions to its text: (who, what).
    pub reactions: Vec<(String, String)>,
}

/// A comment.
#[derive(Debug, Clone, Serialize)]
pub struct CommentView {
    /// The id.
    pub id: u64,
    /// Who wrote it.
    pub author: String,
    /// The text.
    pub body: String,
    /// Reactions: (who, what).
    pub reactions: Vec<(String, String)>,
    /// Why it was hidden, if it was.
    pub minimized: Option<String>,
}

/// A pull request.
#[derive(Debug, Clone, Serialize)]
pub struct PullView {
    /// The number.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Who opened it.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it was merged.
    pub merged: bool,
    /// The branch it comes from.
    pub head_ref: String,
    /// Its last commit.
    pub head_sha: String,
    /// The branch it goes into.
    pub base_ref: String,
    /// The paths it changes.
    pub files: Vec<String>,
    /// Who is asked for a review; teams as `org/team`.
    pub requested: Vec<String>,
}

/// A check run.
#[derive(Debug, Clone, Serialize)]
pub struct CheckView {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Its owner's name for it.
    pub external_id: String,
    /// Its title.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// Its text.
    pub text: String,
    /// Remarks as `main.tf:3 failure message`.
    pub annotations: Vec<String>,
    /// The identifiers of its buttons.
    pub buttons: Vec<String>,
}

/// A webhook as it was recorded.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryView {
    /// The number of this attempt.
    pub id: u64,
    /// The same for every attempt of one event.
    pub guid: String,
    /// The event.
    pub event: String,
    /// The action.
    pub action: Option<String>,
    /// The status answered; 0 without an answer, `None` while on its way.
    pub status: Option<u16>,
    /// What was sent.
    pub payload: serde_json::Value,
}

impl Forge {
    /// An issue (or pull request seen as one).
    pub fn issue(&self, repo: &str, number: u64) -> Result<IssueView, ForgeError> {
        self.world(&format!("looking at {repo}#{number}"), |world| {
            let issue = world.issue(world.named(repo)?.id, number)?;
            Ok(IssueView {
                number,
                title: issue.title.clone(),
                body: issue.body.clone().unwrap_or_default(),
                author: world.login_of(issue.author),
                open: issue.open,
                labels: issue.labels.iter().cloned().collect(),
                assignees: issue.assignees.iter().map(|id| world.login_of(*id)).collect(),
                reactions: issue
                    .reactions
                    .iter()
                    .map(|r| (world.login_of(r.user), r.content.clone()))
                    .collect(),
            })
        })
    }

    /// The id of a repository.
    pub fn repository_id(&self, repo: &str) -> Result<u64, ForgeError> {
        self.world(&format!("looking at {repo}"), |world| Ok(world.named(repo)?.id))
    }

    /// A pull request.
    pub fn pull(&self, repo: &str, number: u64) -> Result<PullView, ForgeError> {
        self.world(&format!("looking at {repo}#{number}"), |world| {
            let home = world.named(repo)?.id;
            let (issue, pull) = (world.issue(home, number)?, world.pull(home, number)?);
            let org = world.login_of(world.repo(home)?.owner);
            let people = pull.requested_reviewers.iter().map(|id| world.login_of(*id));
            let asked = world.teams.iter().filter(|team| pull.requested_teams.contains(&team.id));
            Ok(PullView {
                number,
                title: issue.title.clone(),
                body: issue.body.clone().unwrap_or_default(),
                author: world.login_of(issue.author),
                open: issue.open,
                draft: pull.draft,
                merged: pull.merged.is_some(),
                head_ref: pull.head_ref.clone(),
                head_sha: pull.head_sha.clone(),
                base_ref: pull.base_ref.clone(),
                files: world.pull_files(home, number).into_iter().map(|file| file.path).collect(),
                requested: people.chain(asked.map(|team| format!("{org}/{}", team.slug))).collect(),
            })
        })
    }

    /// All pull requests, by number.
    pub fn pulls(&self, repo: &str) -> Result<Vec<PullView>, ForgeError> {
        let numbers: Vec<u64> = self.world("looking at pull requests", |world| {
            let issues = world.named(repo)?.issues.values();
            Ok(issues.filter(|issue| issue.pull.is_some()).map(|issue| issue.number).collect())
        })?;
        numbers.into_iter().map(|number| self.pull(repo, number)).collect()
    }

    /// The comments of a thread, oldest first; they count as read.
    pub fn comments(&self, repo: &str, number: u64) -> Result<Vec<CommentView>, ForgeError> {
        self.world(&format!("reading {repo}#{number}"), |world| {
            let home = world.named(repo)?.id;
            for comment in &mut world.issue_mut(home, number)?.comments {
                comment.read = true;
            }
            Ok(world
                .issue(home, number)?
                .comments
                .iter()
                .map(|comment| comment_view(world, comment))
                .collect())
        })
    }

    /// The newest check of a name, on a commit or on the head of a pull request (`"#12"` or `"12"`).
    pub fn check(&self, repo: &str, at: &str, name: &str) -> Result<CheckView, ForgeError> {
        let found = self.checks(repo, at)?.into_iter().find(|check| check.name == name);
        let message = || ForgeError::Refused {
            what: format!("looking for check {name} on {at}"),
            status: 404,
            message: "there is none".to_owned(),
        };
        found.ok_or_else(message)
    }

    /// The newest check of each name, on a commit or on the head of a pull request.
    pub fn checks(&self, repo: &str, at: &str) -> Result<Vec<CheckView>, ForgeError> {
        self.world(&format!("looking at the checks of {at}"), |world| {
            let home = world.named(repo)?.id;
            let number: Option<u64> = at.trim_start_matches('#').parse().ok().filter(|_| at.len() < 20);
            let sha = match number {
                Some(number) => world.pull(home, number)?.head_sha.clone(),
                None => at.to_owned(),
            };
            Ok(world.latest_checks(home, &sha).into_iter().map(check_view).collect())
        })
    }

    /// A file at a commit or branch.
    pub fn file(&self, repo: &str, at: &str, path: &str) -> Result<String, ForgeError> {
        self.world(&format!("reading {path} at {at}"), |world| {
            let git = &world.named(repo)?.git;
            let blob =
                git.commit_sha(at).and_then(|commit| git.at(&commit, path)).and_then(|sha| git.blob(&sha));
            let bytes = blob.ok_or_else(crate::rest::Reject::not_found)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
    }

    /// The tip of a branch.
    pub fn tip(&self, repo: &str, branch: &str) -> Result<String, ForgeError> {
        self.world(&format!("looking for branch {branch}"), |world| {
            world.named(repo)?.branch(branch).ok_or_else(crate::rest::Reject::not_found)
        })
    }

    /// The commit that a merge queue made last, also when it is gone from the queue.
    pub fn last_group(&self, repo: &str) -> Result<String, ForgeError> {
        self.world("looking for a merge queue's commit", |world| {
            world.named(repo)?.last_group.clone().ok_or_else(crate::rest::Reject::not_found)
        })
    }

    /// The webhooks so far, in order.
    pub fn deliveries(&self) -> Vec<DeliveryView> {
        let world = self.inner.shared.world();
        let deliveries = world.hooks.deliveries.values();
        deliveries
            .map(|delivery| DeliveryView {
                id: delivery.id,
                guid: delivery.guid.clone(),
                event: delivery.event.clone(),
                action: delivery.action.clone(),
                status: delivery.outcome.as_ref().map(|outcome| outcome.status),
                payload: serde_json::from_str(&delivery.payload).unwrap_or_default(),
            })
            .collect()
    }

    /// Sends a recorded webhook once more; answers whether there is such a one.
    pub fn redeliver(&self, id: u64) -> bool {
        self.inner.shared.world().redeliver(id)
    }
}

fn comment_view(world: &World, comment: &Comment) -> CommentView {
    CommentView {
        id: comment.id,
        author: world.login_of(comment.author),
        body: comment.body.clone(),
        reactions: comment.reactions.iter().map(|r| (world.login_of(r.user), r.content.clone())).collect(),
        minimized: comment.minimized.clone(),
    }
}

fn check_view(run: &CheckRun) -> CheckView {
    let line = |a: &Annotation| format!("{}:{} {} {}", a.path, a.start_line, a.annotation_level, a.message);
    CheckView {
        id: run.id,
        name: run.name.clone(),
        status: run.status.clone(),
        conclusion: run.conclusion.clone(),
        external_id: run.external_id.clone(),
        title: run.output.title.clone().unwrap_or_default(),
        summary: run.output.summary.clone().unwrap_or_default(),
        text: run.output.text.clone().unwrap_or_default(),
        annotations: run.annotations.iter().map(line).collect(),
        buttons: run.actions.iter().map(|action| action.identifier.clone()).collect(),
    }
}
