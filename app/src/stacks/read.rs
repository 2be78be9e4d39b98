//! A pull request's head: the stacks it affects, what each depends on, and whether its code may run.

use std::collections::BTreeSet;

use tfpilot_engine::{Executor, InputsDigest, PullSnapshot, StackAtHead, StackPath, TreeReading};
use tfpilot_hcl::{Closure, Stack, Tree, TreePath, closure};

use crate::app::App;
use crate::github::content::blob_name;
use crate::github::{CommitSha, NotAName};
use crate::stacks::admit::{self, allow_list};
use crate::stacks::digest::{ClosureEntry, inputs_digest};
use crate::stacks::lazy::LazyTree;
use crate::stacks::{own_rules, owners};
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// Reads the head's tree, finds the affected stacks, admits and hashes them.
pub(crate) async fn read_head(
    app: &App,
    repository: &Repository,
    pull: &PullSnapshot,
) -> Result<TreeReading, CommandError> {
    let broken = |error: NotAName| CommandError::Impossible(error.to_string());
    let base = CommitSha::parse(pull.base.as_str()).map_err(broken)?;
    let head = CommitSha::parse(pull.head.as_str()).map_err(broken)?;
    let client = &repository.client;
    let merge_base = client.compare(&base, &head).await?.merge_base;
    let before = LazyTree::read(client, &app.objects, &merge_base).await?;
    let mut after = LazyTree::read(client, &app.objects, &head).await?;
    let changed = changed_paths(before.tree(), after.tree());
    let moved = moved_paths(app, repository, &before, &after, (&merge_base, &base)).await?;
    let (mut stacks, mut findings) = (Vec::new(), Vec::new());
    for (stack, closure) in affected(repository, &mut after, &changed).await? {
        let mut at_head = at_head(app, repository, &stack.directory, &closure);
        at_head.diverged = moved.iter().any(|path| closure.covers(path));
        let allow = allow_list(&repository.config, is_persistent(repository, &at_head));
        let admission = after.ask(|tree| tfpilot_admission::judge_stack(tree, &stack, &allow)).await?;
        findings.extend(admit::findings(&stack.directory.to_string(), admission));
        stacks.push(at_head);
    }
    if !stacks.is_empty() {
        let owners_count = repository.config.environments.values().any(|it| it.approvals.code_owners);
        findings.extend(own_rules::findings(&changed, owners_count));
    }
    findings.sort_by(|a, b| (&a.path, a.line, &a.rule).cmp(&(&b.path, b.line, &b.rule)));
    findings.dedup();
    let mut now = LazyTree::read(client, &app.objects, &base).await?;
    let owners = Some(now.ask(|tree| owners::owners(tree, &changed)).await?);
    Ok(TreeReading { head: pull.head.clone(), stacks, findings, owners })
}

/// The stacks that one commit changes as against another, as they are at the later one.
pub(crate) async fn read_between(
    app: &App,
    repository: &Repository,
    (base, head): (&CommitSha, &CommitSha),
) -> Result<Vec<StackAtHead>, CommandError> {
    let before = LazyTree::read(&repository.client, &app.objects, base).await?;
    let mut after = LazyTree::read(&repository.client, &app.objects, head).await?;
    let changed = changed_paths(before.tree(), after.tree());
    let affected = affected(repository, &mut after, &changed).await?;
    Ok(affected.iter().map(|(stack, closure)| at_head(app, repository, &stack.directory, closure)).collect())
}

/// The stacks of a tree whose closure covers one of these paths.
async fn affected(
    repository: &Repository,
    tree: &mut LazyTree<'_>,
    changed: &BTreeSet<TreePath>,
) -> Result<Vec<(Stack, Closure)>, CommandError> {
    let mut found = Vec::new();
    if changed.iter().any(is_terraform) {
        for directory in root_modules(repository, tree.tree()) {
            let stack = Stack { directory, ..Stack::default() };
            let closure = tree.ask(|tree| closure(tree, &stack)).await?;
            if changed.iter().any(|path| closure.covers(path)) {
                found.push((stack, closure));
            }
        }
    }
    Ok(found)
}

/// The inputs digest that a stack of a head would have with this lock file beside it.
pub(crate) async fn digest_with_lock_file(
    app: &App,
    repository: &Repository,
    head: &tfpilot_engine::CommitSha,
    stack: &StackPath,
    content: &str,
) -> Result<InputsDigest, CommandError> {
    let impossible = |error: String| CommandError::Impossible(error);
    let head = CommitSha::parse(head.as_str()).map_err(|error| impossible(error.to_string()))?;
    let mut tree = LazyTree::read(&repository.client, &app.objects, &head).await?;
    let stack = Stack::new(stack.as_str()).map_err(|error| impossible(error.to_string()))?;
    let path = stack.directory.join(".terraform.lock.hcl");
    let path = path.ok_or_else(|| impossible("the stack has no place for a lock file".to_owned()))?;
    let blob = blob_name(content.as_bytes(), head.as_str().len());
    tree.add(path, &blob, content.as_bytes());
    let closure = tree.ask(|tree| closure(tree, &stack)).await?;
    Ok(at_head(app, repository, &stack.directory, &closure).inputs_digest)
}

/// Only a registered runner can keep a disk; whether this one does is judged again where it runs.
fn is_persistent(repository: &Repository, stack: &StackAtHead) -> bool {
    let rules = stack.environment.as_ref().and_then(|name| repository.rules.environments.get(name));
    rules.is_some_and(|rules| rules.executor == Executor::Sidecar)
}

/// Paths that changed on the base since the head left it. What both sides made the same is no divergence: two requests
/// may bring the same module.
async fn moved_paths(
    app: &App,
    repository: &Repository,
    before: &LazyTree<'_>,
    after: &LazyTree<'_>,
    (merge_base, base): (&CommitSha, &CommitSha),
) -> Result<BTreeSet<TreePath>, CommandError> {
    if merge_base == base {
        return Ok(BTreeSet::new());
    }
    let now = LazyTree::read(&repository.client, &app.objects, base).await?;
    let differs = changed_paths(now.tree(), after.tree());
    Ok(changed_paths(before.tree(), now.tree()).intersection(&differs).cloned().collect())
}

/// Paths whose mode or blob differ.
fn changed_paths(before: &Tree, after: &Tree) -> BTreeSet<TreePath> {
    let differs = |path: &TreePath| {
        let entry = |tree: &Tree| tree.entry(path).map(|entry| (entry.mode, entry.blob.clone()));
        entry(before) != entry(after)
    };
    let paths = before.entries().chain(after.entries()).map(|(path, _)| path);
    paths.filter(|path| differs(path)).cloned().collect()
}

/// False for what no stack can depend on wherever it lies: saves the reading of a tree for a change of prose.
fn is_terraform(path: &TreePath) -> bool {
    !path.name().ends_with(b".md")
}

/// Directories below an environment's path that hold Terraform files themselves.
fn root_modules(repository: &Repository, tree: &Tree) -> BTreeSet<TreePath> {
    tree.entries()
        .filter(|(path, entry)| entry.mode.is_file() && is_configuration(path.name()))
        .filter_map(|(path, _)| path.parent())
        .filter(|directory| repository.rules.environment_of(&stack_path(directory)).is_some())
        .collect()
}

fn is_configuration(name: &[u8]) -> bool {
    name.ends_with(b".tf") || name.ends_with(b".tf.json")
}

fn stack_path(directory: &TreePath) -> StackPath {
    StackPath::new(directory.to_string())
}

fn at_head(app: &App, repository: &Repository, directory: &TreePath, closure: &Closure) -> StackAtHead {
    let path = stack_path(directory);
    let environment = repository.rules.environment_of(&path).cloned();
    let settings = environment
        .as_ref()
        .and_then(|name| Some((name.as_str(), repository.config.environments.get(name.as_str())?)));
    let version = repository.config.terraform_version.as_deref().unwrap_or(&app.terraform_version);
    let entries = closure.members.iter().map(|member| ClosureEntry {
        path: member.path.as_bytes(),
        mode: member.mode.octal(),
        blob: &member.blob,
    });
    let inputs_digest = inputs_digest(entries, settings, version);
    StackAtHead { path, environment, inputs_digest, diverged: false }
}
