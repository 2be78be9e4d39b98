//! Asks for a review. Who is asked already is not asked again by GitHub; whom GitHub does not take is left out.

use tfpilot_engine::{PullState, Reviewers};
use tracing::warn;

use crate::github::{Failure, GitHubError};
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(context: &Context<'_>, number: u64, of: &Reviewers) -> Result<(), CommandError> {
    let facts = context.facts().await?;
    let open = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open && !pull.draft);
    if !open {
        return Ok(());
    }
    let people: Vec<String> = of.users.iter().cloned().collect();
    let teams: Vec<String> = of.teams.iter().filter_map(|team| slug(context, team)).collect();
    if people.len() + teams.len() < 2 {
        return ask(context, number, &people, &teams).await.map(drop);
    }
    // One that GitHub does not take makes it refuse all: then each is asked alone.
    if !ask(context, number, &people, &teams).await? {
        for person in people {
            ask(context, number, &[person], &[]).await?;
        }
        for team in teams {
            ask(context, number, &[], &[team]).await?;
        }
    }
    Ok(())
}

/// False where GitHub refuses, which is logged: the sticky comment names who reviews all the same.
async fn ask(
    context: &Context<'_>,
    number: u64,
    people: &[String],
    teams: &[String],
) -> Result<bool, CommandError> {
    match context.repository.client.request_reviewers(number, people, teams).await {
        Ok(()) => Ok(true),
        Err(GitHubError {
            failure: failure @ (Failure::Invalid { .. } | Failure::Forbidden { .. }), ..
        }) => {
            warn!(stream = %context.stream, ?people, ?teams, %failure, "GitHub asks nobody for a review");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// The short name of a team of the repository's owner; others cannot review here.
fn slug(context: &Context<'_>, team: &str) -> Option<String> {
    let owner = context.repository.client.name().owner();
    // A team alone is one of the repository's organisation.
    let (organisation, slug) = team.split_once('/').unwrap_or((owner, team));
    let ours = organisation.eq_ignore_ascii_case(owner);
    if !ours {
        warn!(stream = %context.stream, team, "a team of another organisation cannot review here");
    }
    ours.then(|| slug.to_owned())
}
