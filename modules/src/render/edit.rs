//! Rendering a changed request into a file that exists: only the managed block is replaced, what people wrote around
//! it stays byte for byte.

use super::block::{self, Unfit};
use super::draft::StackDraft;
use super::{RenderError, stack};

/// Why a file is not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Somebody changed the managed block: their lines would be lost.
    #[error(
        "block `tfpilot {request}` in line {line} was edited by hand; keep the edit, and make the change in a pull request, \
         or drop it: `/tfpilot set hand-edits=drop`"
    )]
    Edited {
        /// Number of the request.
        request: u64,
        /// Line of the begin marker, from 1.
        line: usize,
    },
    /// There is no managed block of this request.
    #[error("there is no block `tfpilot {request}`; restore its markers or close the request")]
    Missing {
        /// Number of the request.
        request: u64,
    },
    /// The markers do not fit together.
    #[error("block `tfpilot {request}`, line {line}: {why}; restore the markers")]
    Broken {
        /// Number of the request.
        request: u64,
        /// Line of the marker that is wrong, from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The draft is not rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// The file with the managed block of the draft's request rendered again. A block that people edited is a conflict.
pub fn edit_stack(existing: &str, draft: &StackDraft<'_>) -> Result<String, EditError> {
    replace(existing, draft, false)
}

/// Like [`edit_stack`], and gives up what people edited in the block: only after somebody chose so.
pub fn rerender_stack(existing: &str, draft: &StackDraft<'_>) -> Result<String, EditError> {
    replace(existing, draft, true)
}

/// Like [`empty_stack`], and gives up what people edited in the block: only after somebody chose so.
pub fn empty_edited_stack(existing: &str, draft: &StackDraft<'_>) -> Result<String, EditError> {
    put(existing, draft, true, &stack::render_empty(draft)?.text())
}

/// The file with the managed block of the draft's request emptied: providers and backend stay, so that what was made is
/// destroyed. A block that people edited is a conflict.
pub fn empty_stack(existing: &str, draft: &StackDraft<'_>) -> Result<String, EditError> {
    put(existing, draft, false, &stack::render_empty(draft)?.text())
}

fn replace(existing: &str, draft: &StackDraft<'_>, overwrite: bool) -> Result<String, EditError> {
    put(existing, draft, overwrite, &stack::render(draft)?.text())
}

fn put(existing: &str, draft: &StackDraft<'_>, overwrite: bool, rendered: &str) -> Result<String, EditError> {
    let request = draft.request;
    let found = block::find(existing, request).map_err(|unfit| match unfit {
        Unfit::Missing => EditError::Missing { request },
        Unfit::Broken { line, why } => EditError::Broken { request, line, why },
    })?;
    if found.edited && !overwrite {
        return Err(EditError::Edited { request, line: found.line });
    }
    let mut rendered = rendered.trim_end_matches('\n').to_owned();
    if found.carriage_returns {
        rendered = rendered.replace('\n', "\r\n");
    }
    let before = existing.get(..found.span.start).unwrap_or_default();
    let after = existing.get(found.span.end..).unwrap_or_default();
    Ok(format!("{before}{rendered}{after}"))
}
