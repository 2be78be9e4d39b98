//! Renders a request and commits it on its branch, in one commit. The commit that is there already is found again by
//! parent, tree and trailers. Before there is a pull request the rules are asked of what was rendered: what they refuse is
//! told and not committed.

use std::collections::BTreeMap;

use tfpilot_engine::{DraftJudged, Edit, EditKind, Event, Facts, Request, Signal, StackPath};
use tfpilot_modules::catalog::required_providers;
use tfpilot_modules::render::{Alike, is_emptied};
use tfpilot_modules::{Catalog, RenderedFile};

use crate::github::commit::{CommitContent, FileMode, NewFile};
use crate::github::{self, CommitSha};
use crate::stacks::{Asking, edit_request, judge_request, render_request, today};
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
    let client = &repository.client;
    let Some(base) = client.branch_head(&repository.default_branch).await? else {
        return Err(CommandError::Impossible(format!("there is no branch {}", repository.default_branch)));
    };
    let Rendered { files: rendered, deletions, catalog } =
        rendered(context, request, &change.stack, &base, Alike::Together).await?;
    let mut signals = Vec::new();
    if facts.pull.is_none() {
        let apart = rendered_apart(context, request, &change.stack, &base).await?;
        let findings = judge_request(
            Asking {
                catalog: &catalog,
                config: &repository.config,
                request,
                stack: &change.stack,
                today: today(app),
            },
            apart.as_deref().unwrap_or(&rendered),
        );
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
    let mut content = CommitContent { files: files.collect(), deletions, message };
    let head = match &change.head {
        None => {
            if request.draft.edits.is_none() {
                refuse_taken_name(context, change.stack.as_str(), &base).await?;
            }
            client.commit_branch(&base, &change.branch, &content).await?
        }
        Some(_) => {
            let head = branch_tip(&facts)?;
            content.deletions.extend(left_over(context, &head, &base, &content).await?);
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

/// What a request makes of its stack.
pub(super) struct Rendered {
    pub(super) files: Vec<RenderedFile>,
    /// Files that are there and must not stay.
    pub(super) deletions: Vec<String>,
    /// The modules, in the versions that were rendered.
    pub(super) catalog: Catalog,
}

/// Renders a request onto a commit: a new stack, or one that is there with what shall be otherwise.
pub(super) async fn rendered(
    context: &Context<'_>,
    request: &Request,
    stack: &StackPath,
    at: &CommitSha,
    alike: Alike,
) -> Result<Rendered, CommandError> {
    let Context { app, repository, .. } = context;
    let Some(edit) = &request.draft.edits else {
        let catalog = app.repositories.pinned(repository, &request.draft, &BTreeMap::new()).await?;
        let lock_file = lock_files::remembered(app, repository, &catalog, request).await?;
        let files = render_request(request, stack, &catalog, &repository.config, lock_file, alike)
            .map_err(|error| CommandError::Impossible(error.to_string()))?;
        return Ok(Rendered { files, deletions: Vec::new(), catalog });
    };
    edited(context, request, edit, at, alike).await
}

/// The files as they are judged; none where they are those that are committed.
async fn rendered_apart(
    context: &Context<'_>,
    request: &Request,
    stack: &StackPath,
    at: &CommitSha,
) -> Result<Option<Vec<RenderedFile>>, CommandError> {
    if request.draft.resources.len() < 2 {
        return Ok(None);
    }
    Ok(Some(rendered(context, request, stack, at, Alike::Apart).await?.files))
}

/// The stack as it is at a commit, with what the request makes of it.
async fn edited(
    context: &Context<'_>,
    request: &Request,
    edit: &Edit,
    at: &CommitSha,
    alike: Alike,
) -> Result<Rendered, CommandError> {
    let Context { app, repository, .. } = context;
    let path = format!("{}/main.tf", edit.stack);
    let Some(main) = repository.client.file(&path, at.as_str()).await? else {
        let gone = format!("{path} is not on {} any more", repository.default_branch);
        return Err(CommandError::Impossible(gone));
    };
    let main = String::from_utf8_lossy(&main.bytes).into_owned();
    let providers = required_providers(&main);
    let catalog = app.repositories.pinned(repository, &request.draft, &providers).await?;
    let mut files = edit_request(request, edit, &main, &catalog, &repository.config, alike)
        .map_err(|error| CommandError::Impossible(error.to_string()))?;
    // With the old lock file Terraform refuses another version of a provider.
    let path = format!("{}/.terraform.lock.hcl", edit.stack);
    let mut deletions = Vec::new();
    if edit.kind == EditKind::Upgrade && moves_providers(request, &catalog, &providers) {
        match lock_files::remembered(app, repository, &catalog, request).await? {
            Some(content) => files.push(RenderedFile { path, content }),
            None if repository.client.file(&path, at.as_str()).await?.is_some() => deletions.push(path),
            None => {}
        }
    }
    Ok(Rendered { files, deletions, catalog })
}

/// Whether the modules of a request require other versions of providers than the stack has.
fn moves_providers(request: &Request, catalog: &Catalog, has: &BTreeMap<String, String>) -> bool {
    let ids = request.draft.resources.iter().filter_map(|resource| resource.module.as_deref());
    let modules = ids.filter_map(|id| catalog.find(id));
    modules.flat_map(|module| &module.providers).any(|wanted| has.get(&wanted.name) != Some(&wanted.version))
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

/// A stack that is on the base already belongs to somebody, unless all that a removal left of it is there.
pub(super) async fn refuse_taken_name(
    context: &Context<'_>,
    stack: &str,
    base: &CommitSha,
) -> Result<(), CommandError> {
    let main = format!("{stack}/main.tf");
    match context.repository.client.file(&main, base.as_str()).await? {
        None => Ok(()),
        Some(file) if std::str::from_utf8(&file.bytes).is_ok_and(is_emptied) => Ok(()),
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
