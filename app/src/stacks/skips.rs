//! Comments in a stack's code that skip a check: which of them the default branch has already.
//!
//! What moves there makes a plan of the same files stale, so that a judgement never outlives the comments it counted.

use std::collections::BTreeSet;

use tfpilot_hcl::{Missing, Tree, TreePath};
use tfpilot_policies::skips::{Skip, Skips, skips_of};

use crate::app::App;
use crate::stacks::lazy::LazyTree;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;

/// Which comments in these files of a stack count. GitHub is asked only where there are some.
pub(super) async fn standing(
    app: &App,
    repository: &Repository,
    files: BTreeSet<String>,
) -> Result<Skips, CommandError> {
    if !repository.config.policies.skip_comments() {
        return Ok(Skips::ignored());
    }
    let paths: BTreeSet<TreePath> = files.iter().filter_map(|path| TreePath::parse(path).ok()).collect();
    if paths.is_empty() {
        return Ok(Skips::default());
    }
    let Some(tip) = repository.client.branch_head(&repository.default_branch).await? else {
        return Ok(Skips::default());
    };
    let mut tree = LazyTree::read(&repository.client, &app.objects, &tip).await?;
    Ok(Skips::standing(tree.ask(|tree| of(tree, &paths)).await?))
}

/// The comments of some files; of one that is not there, none.
fn of(tree: &Tree, paths: &BTreeSet<TreePath>) -> Result<Vec<Skip>, Missing> {
    let there =
        || paths.iter().filter_map(|path| Some((path, tree.entry(path).filter(|it| it.mode.is_file())?)));
    let missing: BTreeSet<TreePath> =
        there().filter(|(_, entry)| entry.content().is_none()).map(|(path, _)| path.clone()).collect();
    if !missing.is_empty() {
        return Err(Missing { paths: missing });
    }
    let skips =
        there().flat_map(|(path, entry)| skips_of(&path.to_string(), entry.content().unwrap_or_default()));
    Ok(skips.collect())
}
