//! The copy of a module that stacks on the base use is not overwritten. A shipped module never changes under its version; one
//! of a repository's own may have, and a request for something new would then change what others have.

use std::collections::BTreeSet;

use tfpilot_engine::Request;
use tfpilot_modules::RenderedFile;
use tfpilot_modules::render::{SUM_FILE, vendor_path};

use crate::github::CommitSha;
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;

/// Refuses modules of the repository's own that were changed without a new version.
pub(super) async fn refuse_changed(
    context: &Context<'_>,
    request: &Request,
    base: &CommitSha,
    rendered: &[RenderedFile],
) -> Result<(), CommandError> {
    let ids: BTreeSet<&str> =
        request.draft.resources.iter().filter_map(|resource| resource.module.as_deref()).collect();
    for module in ids.into_iter().filter_map(|id| context.repository.catalog.find(id)) {
        let id = module.id.to_string();
        if context.app.shipped.find(&id).is_some_and(|shipped| shipped.digest == module.digest) {
            continue;
        }
        let sums = format!("{}/{SUM_FILE}", vendor_path(module));
        let Some(ours) = rendered.iter().find(|file| file.path == sums) else { continue };
        let theirs = context.repository.client.file(&sums, base.as_str()).await?;
        if theirs.is_some_and(|theirs| theirs.bytes != ours.content.as_bytes()) {
            return Err(CommandError::Impossible(format!(
                "module {id} was changed and is still version {}, which other stacks use; raise version in its module.yml",
                module.version
            )));
        }
    }
    Ok(())
}
