//! Brings our branch up to date with its base: one merge commit in which the request is rendered again. The commit that
//! is there already is found again by parents, tree and trailers; a head that moved meanwhile is looked at instead.

use tfpilot_engine::{CommitSha, Signal};
use tfpilot_modules::render::Alike;

use crate::github::commit::{CommitContent, FileMode, NewFile};
use crate::github::{self, Failure, GitHubError, NotAName};
use crate::surface;
use crate::worker::commands::commit_branch::Rendered;
use crate::worker::commands::{Context, commit_branch, vendored};
use crate::worker::ledger::Settles;
use crate::worker::observe;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(
    context: &Context<'_>,
    head: &CommitSha,
    base: &CommitSha,
    settles: Settles,
) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    let (Some(request), Some(change), Some(pull)) = (&facts.request, &facts.change, &facts.pull) else {
        return Err(CommandError::Impossible("only branches of requests are rendered again".to_owned()));
    };
    let Some(message) = surface::renewal_message(&facts, base) else {
        return Err(CommandError::Impossible("the request is not complete any more".to_owned()));
    };
    if pull.head == *head && facts.renews_itself() {
        let (head, onto) = (parse(head)?, parse(base)?);
        let Rendered { files: rendered, deletions, .. } =
            commit_branch::rendered(context, request, &change.stack, &onto, Alike::Together).await?;
        vendored::refuse_changed(context, request, &onto, &rendered).await?;
        let files = rendered.into_iter().map(|file| NewFile {
            path: file.path,
            mode: FileMode::Regular,
            bytes: file.content.into_bytes(),
        });
        let content = CommitContent { files: files.collect(), deletions, message };
        let left = repository.client.compare(&onto, &head).await?.merge_base;
        let main = format!("{}/main.tf", change.stack);
        if repository.client.file(&main, left.as_str()).await?.is_none() {
            commit_branch::refuse_taken_name(context, change.stack.as_str(), &onto).await?;
        }
        match repository.client.renew_branch(&change.branch, &head, &onto, &content).await {
            Ok(tip) => {
                let head = CommitSha::new(tip.as_str());
                let signal = Signal::BranchCommitted { head, draft: request.drafts };
                app.decide(stream, repository, &signal, Settles::default()).await?;
            }
            Err(GitHubError { failure: Failure::Conflict { .. }, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    observe::observe(app, repository, stream, pull.number, settles).await?;
    Ok(())
}

fn parse(commit: &CommitSha) -> Result<github::CommitSha, CommandError> {
    let broken = |error: NotAName| CommandError::Impossible(error.to_string());
    github::CommitSha::parse(commit.as_str()).map_err(broken)
}
