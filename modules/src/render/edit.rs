//! Rendering a changed request into a file that exists: only the managed block is replaced, what people wrote around
//! it stays byte for byte.

use tfpilot_hcl::File;

use super::alike::{NAME, key};
use super::block::{self, Unfit};
use super::draft::StackDraft;
use super::names::call_names;
use super::written::{self, WrittenCall};
use super::{RenderError, stack};
use crate::wiring::Call;

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

/// What becomes of what people edited in a managed block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandEdits {
    /// They are a conflict.
    Kept,
    /// They are given up: only after somebody chose so.
    Dropped,
}

/// The file with the managed block of the draft's request rendered again. What is in the block already and gets another
/// address is moved there.
pub fn edit_stack(
    existing: &str,
    draft: &StackDraft<'_>,
    hand_edits: HandEdits,
) -> Result<String, EditError> {
    let mut draft = draft.clone();
    let found = block::find(existing, draft.request).ok();
    let block = found.and_then(|found| existing.get(found.span)).unwrap_or_default();
    let had = written::calls(block).unwrap_or_default();
    let names = call_names(&draft.calls);
    for (call, name) in draft.calls.iter_mut().zip(names) {
        call.was = had.iter().find(|had| is_it(had, call, &name)).map(|had| had.address.clone());
    }
    put(existing, &draft, hand_edits, &stack::render(&draft)?.text())
}

/// Whether a written call is of this thing: of its module, and of its name, or where its module takes none, in its place.
fn is_it(had: &WrittenCall, call: &Call<'_>, name: &str) -> bool {
    let module = format!("/{}/", call.module.id);
    had.source.contains(&module)
        && match key(call) {
            Some(key) => had.inputs.get(NAME).and_then(|name| name.as_str()) == Some(key),
            None => had.address.label == name,
        }
}

/// The file with the managed block of the draft's request emptied: providers and backend stay, so that what was made is
/// destroyed.
pub fn empty_stack(
    existing: &str,
    draft: &StackDraft<'_>,
    hand_edits: HandEdits,
) -> Result<String, EditError> {
    put(existing, draft, hand_edits, &stack::render_empty(draft)?.text())
}

/// Whether a file is what a removal left of a stack and nothing else: one managed block that makes nothing and that nobody
/// edited, and no word around it. When another request takes its place, nothing is lost.
pub fn is_emptied(existing: &str) -> bool {
    const HEADS: [&str; 2] = ["terraform", "provider"];
    let Some(found) = block::first(existing).filter(|found| !found.edited) else { return false };
    let around = [existing.get(..found.span.start), existing.get(found.span.end..)];
    let makes_nothing = |file: File| {
        file.body.attributes.is_empty()
            && file.body.blocks.iter().all(|block| HEADS.contains(&block.kind.as_str()))
    };
    around.into_iter().flatten().all(|text| text.trim().is_empty())
        && File::parse("main.tf", existing.as_bytes()).is_ok_and(makes_nothing)
}

fn put(
    existing: &str,
    draft: &StackDraft<'_>,
    hand_edits: HandEdits,
    rendered: &str,
) -> Result<String, EditError> {
    let request = draft.request;
    let found = block::find(existing, request).map_err(|unfit| match unfit {
        Unfit::Missing => EditError::Missing { request },
        Unfit::Broken { line, why } => EditError::Broken { request, line, why },
    })?;
    if found.edited && hand_edits == HandEdits::Kept {
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
