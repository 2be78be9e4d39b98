//! What stands against merging a pull request: conflicts, other required checks, reviews. Our own checks never count.

use std::collections::BTreeMap;

use tfpilot_engine::Obstacle;

use crate::app::App;
use crate::github::checks::{Conclusion, SeenCheck};
use crate::github::pulls::{PullRequest, Review, ReviewState};
use crate::github::rules::{BranchRules, RequiredCheck};
use crate::github::{Failure, GitHubError, UserId};
use crate::surface::CHECK_NAMES;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// What GitHub says of the merge itself; none while it computes.
pub(crate) fn of_merging(mergeable: Option<bool>) -> Option<Obstacle> {
    match mergeable {
        Some(true) => None,
        Some(false) => Some(Obstacle::Conflict),
        None => Some(Obstacle::Unknown),
    }
}

/// What the rules of the base branch want and do not have.
pub(crate) async fn of_rules(
    app: &App,
    repository: &Repository,
    seen: &PullRequest,
    rules: &BranchRules,
    reviews: &[Review],
) -> Result<Vec<Obstacle>, CommandError> {
    let client = &repository.client;
    let mut found = Vec::new();
    let others = || rules.required_checks.iter().filter(|check| !is_ours(app, check));
    if others().next().is_some() {
        let checks = client.checks(&seen.head.sha).await?;
        // Statuses of older tools need a permission of their own; without it they count as missing, never as passed.
        let statuses = match client.statuses(&seen.head.sha).await {
            Err(GitHubError { failure: Failure::Forbidden { .. }, .. }) => Vec::new(),
            read => read?,
        };
        for required in others() {
            let passed = checks.iter().any(|check| is_passed(check, required))
                || statuses
                    .iter()
                    .any(|status| status.context == required.context && status.state == "success");
            if !passed {
                found.push(Obstacle::Check { name: required.context.clone() });
            }
        }
    }
    let given = approvals(reviews);
    if given < rules.approvals {
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        found.push(Obstacle::Reviews { wanted: number(rules.approvals), given: number(given) });
    }
    Ok(found)
}

fn is_ours(app: &App, check: &RequiredCheck) -> bool {
    CHECK_NAMES.contains(&check.context.as_str()) && check.app_id.is_none_or(|id| id == app.app_id)
}

fn is_passed(check: &SeenCheck, required: &RequiredCheck) -> bool {
    let by = check.app.as_ref().map(|app| app.id);
    check.name == required.context
        && (required.app_id.is_none() || required.app_id == by)
        && matches!(check.conclusion, Some(Conclusion::Success | Conclusion::Neutral | Conclusion::Skipped))
}

/// Reviewers whose last word is an approval.
fn approvals(reviews: &[Review]) -> u64 {
    let mut last: BTreeMap<UserId, ReviewState> = BTreeMap::new();
    for review in reviews {
        if let Some(user) = review.user.as_ref().filter(|_| review.state != ReviewState::Commented) {
            last.insert(user.id, review.state);
        }
    }
    last.values().filter(|state| **state == ReviewState::Approved).count() as u64
}
