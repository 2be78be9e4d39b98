//! The managed block: its markers, and finding it in a file that people write in too.
//!
//! The begin marker keeps a digest of what stands between the markers, so an edit by hand is seen and never
//! overwritten by accident. What is between them is decided in [`super::stack`].

use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// Characters of the digest in the begin marker: it finds accidents, it is no proof.
const DIGEST_LENGTH: usize = 16;

/// The managed block of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    request: u64,
    module: String,
    body: String,
}

/// A managed block as it was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its bytes, both markers with them, without the newline after the end marker.
    pub(super) span: Range<usize>,
    /// Line of the begin marker, from 1.
    pub(super) line: usize,
    /// Whether somebody edited it.
    pub(super) edited: bool,
    /// Whether its lines end in `\r\n`.
    pub(super) carriage_returns: bool,
}

/// Why there is not exactly one managed block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfit {
    /// There is none.
    Missing,
    /// Markers without their other half, or twice.
    Broken {
        /// The line of the marker that is wrong, from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Block {
    pub(super) fn new(request: u64, module: &str, body: String) -> Self {
        Self { request, module: module.to_owned(), body }
    }

    /// The block with its markers.
    pub(super) fn text(&self) -> String {
        let Self { request, module, body } = self;
        format!(
            "{} {module}, sha256 {}. Change the request, not this block.\n{body}{}\n",
            begin(*request),
            digest(body),
            end(*request)
        )
    }
}

fn begin(request: u64) -> String {
    format!("# tfpilot {request}: begin")
}

fn end(request: u64) -> String {
    format!("# tfpilot {request}: end")
}

/// Line ends are left out: Git may change them without anybody having edited anything.
fn digest(body: &str) -> String {
    let mut hex = hex::encode(Sha256::digest(body.replace("\r\n", "\n")));
    hex.truncate(DIGEST_LENGTH);
    hex
}

/// The managed block with which a text begins, whatever request it is of.
pub(super) fn first(text: &str) -> Option<Found> {
    let number = text.trim_start().strip_prefix("# tfpilot ")?.split_once(": begin")?.0;
    find(text, number.parse().ok()?).ok()
}

/// Finds the managed block of a request.
pub(super) fn find(text: &str, request: u64) -> Result<Found, Unfit> {
    let (begin, end) = (begin(request), end(request));
    let mut opened: Option<(usize, usize, &str)> = None;
    let mut found = None;
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let content = line.trim_end_matches(['\n', '\r']);
        let broken = |why| Err(Unfit::Broken { line: number, why });
        if content.strip_prefix(&begin).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) {
            if opened.is_some() || found.is_some() {
                return broken("the block begins a second time");
            }
            opened = Some((number, offset, line));
        } else if content.trim_end() == end {
            let Some((first, start, marker)) = opened.take() else {
                return broken("the block ends without a beginning");
            };
            let body = text.get(start + marker.len()..offset).unwrap_or_default();
            let edited = !marker.contains(&format!(" sha256 {}", digest(body)));
            let carriage_returns = marker.ends_with("\r\n");
            found =
                Some(Found { span: start..offset + content.len(), line: first, edited, carriage_returns });
        }
        offset += line.len();
    }
    match (found, opened) {
        (_, Some((line, ..))) => Err(Unfit::Broken { line, why: "the block has no end" }),
        (Some(found), None) => Ok(found),
        (None, None) => Err(Unfit::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> String {
        Block::new(41, "local/note@1.0.0", "a = 1\n".to_owned()).text()
    }

    #[test]
    fn a_block_is_found_as_it_was_written() {
        let text = format!("# mine\n{}# mine too\n", block());
        let found = find(&text, 41).unwrap();
        assert_eq!((found.line, found.edited), (2, false));
        assert_eq!(format!("{}\n", &text[found.span]), block());
        assert_eq!(find(&text, 4), Err(Unfit::Missing));
        assert_eq!(find(&text, 1), Err(Unfit::Missing));
    }

    #[test]
    fn an_edit_is_seen_and_other_line_ends_are_none() {
        assert!(find(&block().replace("a = 1", "a = 2"), 41).unwrap().edited);
        let windows = find(&block().replace('\n', "\r\n"), 41).unwrap();
        assert!(!windows.edited && windows.carriage_returns);
    }

    #[test]
    fn broken_markers_name_their_line() {
        let (first, _) =
            block().split_once('\n').map(|(first, rest)| (first.to_owned(), rest.to_owned())).unwrap();
        let line = |text: &str| match find(text, 41) {
            Err(Unfit::Broken { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(&format!("\n{first}\n")), 2);
        assert_eq!(line("# tfpilot 41: end\n"), 1);
        assert_eq!(line(&format!("{}{}", block(), block())), 4);
        assert_eq!(line(&format!("{}# tfpilot 41: end", block())), 4);
    }
}
