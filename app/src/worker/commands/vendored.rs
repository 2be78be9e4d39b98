//! The copy of a module that stacks on the base use is not overwritten. A shipped module never changes under its version; one
//! of a repository's own may have, and a request for something new would then change what others have.

use tfpilot_engine::Request;
use tfpilot_modules::RenderedFile;
use tfpilot_modules::render::{SUM_FILE, vendor_path};

use crate::github::CommitSha;
use crate::worker::commands::Context;
use crate::worker::outbox::CommandError;

/// Refuses a module of the repository's own that was changed without a new version.
pub(super) async fn refuse_changed(
    context: &Context<'_>,
    request: &Request,
    base: &CommitSha,
    rendered: &[RenderedFile],
) -> Result<(), CommandError> {
    let id = request.draft.module.as_deref().unwrap_or_default();
    let Some(module) = context.repository.catalog.find(id) else { return Ok(()) };
    if context.app.shipped.find(id).is_some_and(|shipped| shipped.digest == module.digest) {
        return Ok(());
    }
    let sums = format!("{}/{SUM_FILE}", vendor_path(module));
    let Some(ours) = rendered.iter().find(|file| file.path == sums) else { return Ok(()) };
    match context.repository.client.file(&sums, base.as_str()).await? {
        Some(theirs) if theirs.bytes != ours.content.as_bytes() => Err(CommandError::Impossible(format!(
            "module {id} was changed and is still version {}, which other stacks use; raise version in its module.yml",
            module.version
        ))),
        _ => Ok(()),
    }
}
