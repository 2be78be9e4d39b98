//! Renders a request and commits it on its branch, in one commit. The commit that is there already is found again by
//! parent, tree and trailers. Before there is a pull request the rules are asked of what was rendered: what they refuse is
//! told and not committed.

use tfpilot_engine::{DraftJudged, Edit, Event, Facts, Request, Signal};
use tfpilot_modules::RenderedFile;

use crate::github::commit::{CommitContent, FileMode, NewFile};
use crate::github::{self, CommitSha};
use crate::stacks::{edit_request, judge_request, render_request};
use crate::surface;
use crate::worker::commands::{Context, vendored};
use crate::worker::ledger::Settles;
use crate::worker::lock_files;
use crate::worker::outbox::CommandError;

pub(crate) async fn run(context: &Context<'_>, settles: Settles) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let facts = context.facts().await?;
    let (Some(request), Some(change), Some(message)) =
        (&facts.request, &facts.change, surface::commit_message(&facts))
    else {
        return Err(CommandError::Impossible("there is no decided change to commit".to_owned()));
    };
    let lock_file = lock_files::remembered(app, repository, request).await?;
    let client = &repository.client;
    let Some(base) = client.branch_head(&repository.default_branch).await? else {
        return Err(CommandError::Impossible(format!("there is no branch {}", repository.default_branch)));
    };
    let rendered = match &request.draft.edits {
        Some(edit) => edited(context, request, edit, &base).await?,
        None => render_request(request, &change.stack, &repository.catalog, &repository.config, lock_file)
            .map_err(|error| CommandError::Impossible(error.to_string()))?,
    };
    let mut signals = Vec::new();
    if facts.pull.is_none() {
        let findings =
            judge_request(&repository.catalog, &repository.config, request, &change.stack, &rendered);
        let judged = DraftJudged { draft: request.drafts, findings };
        let event = Event::DraftJudged { judged: judged.clone() };
        signals.push(Signal::DraftJudged { judged });
        if facts.clone().folded([event]).refused_draft().is_some() {
            app.decide_all(stream, repository, &signals, settles).await?;
            return Ok(());
        }
    }
    vendored::refuse_changed(context, request, &base, &rendered).await?;
    let files = rendered.into_iter().map(|file| NewFile {
        path: file.path,
        mode: FileMode::Regular,
        bytes: file.content.into_bytes(),
    });
    let mut content = CommitContent { files: files.collect(), deletions: Vec::new(), message };
    let head = match &change.head {
        None => {
            if request.draft.edits.is_none() {
                refuse_taken_name(context, change.stack.as_str(), &base).await?;
            }
            client.commit_branch(&base, &change.branch, &content).await?
        }
        Some(_) => {
            let head = branch_tip(&facts)?;
            content.deletions = left_over(context, &head, &base, &content).await?;
            client.update_branch(&change.branch, &head, &content).await?
        }
    };
    signals.push(Signal::BranchCommitted {
        head: tfpilot_engine::CommitSha::new(head.as_str()),
        draft: request.drafts,
    });
    app.decide_all(stream, repository, &signals, settles).await?;
    Ok(())
}

/// The stack as it is at a commit, with what the request makes of it.
pub(super) async fn edited(
    context: &Context<'_>,
    request: &Request,
    edit: &Edit,
    at: &CommitSha,
) -> Result<Vec<RenderedFile>, CommandError> {
    let repository = context.repository;
    let path = format!("{}/main.tf", edit.stack);
    let Some(main) = repository.client.file(&path, at.as_str()).await? else {
        let gone = format!("{path} is not on {} any more", repository.default_branch);
        return Err(CommandError::Impossible(gone));
    };
    let main = String::from_utf8_lossy(&main.bytes).into_owned();
    edit_request(request, edit.kind, &edit.stack, &main, &repository.catalog, &repository.config)
        .map_err(|error| CommandError::Impossible(error.to_string()))
}

/// The tip we know of the branch: the pull request's, once there is one.
fn branch_tip(facts: &Facts) -> Result<CommitSha, CommandError> {
    let head = facts
        .pull
        .as_ref()
        .map(|pull| &pull.head)
        .or(facts.change.as_ref().and_then(|change| change.head.as_ref()));
    let head = head.map(|head| head.as_str()).unwrap_or_default();
    github::CommitSha::parse(head).map_err(|error| CommandError::Impossible(error.to_string()))
}

/// A stack that is on the base already belongs to somebody.
pub(super) async fn refuse_taken_name(
    context: &Context<'_>,
    stack: &str,
    base: &CommitSha,
) -> Result<(), CommandError> {
    let main = format!("{stack}/main.tf");
    match context.repository.client.file(&main, base.as_str()).await? {
        None => Ok(()),
        Some(_) => Err(CommandError::Impossible(format!(
            "the name is taken: {stack} is on {} already; choose another name",
            context.repository.default_branch
        ))),
    }
}

/// What an earlier draft put on the branch and this one does not: paths that neither the base nor the new files have.
async fn left_over(
    context: &Context<'_>,
    head: &CommitSha,
    base: &CommitSha,
    content: &CommitContent,
) -> Result<Vec<String>, CommandError> {
    let client = &context.repository.client;
    let merge_base = client.compare(base, head).await?.merge_base;
    let before = client.tree(&merge_base).await?;
    let now = client.tree(head).await?;
    let is_blob = |entry: &&github::content::TreeEntry| entry.kind == github::content::EntryKind::Blob;
    Ok(now
        .iter()
        .filter(is_blob)
        .map(|entry| &entry.path)
        .filter(|path| !before.iter().any(|entry| entry.path == **path))
        .filter(|path| !content.files.iter().any(|file| file.path == **path))
        .cloned()
        .collect())
}
