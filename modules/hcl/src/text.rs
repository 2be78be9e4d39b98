//! From bytes to text that can be read in one way only: size cap, UTF-8, byte order mark, control characters; and from
//! byte offsets to lines and columns.

use crate::{Diagnostic, Place};
use std::ops::Range;

/// Largest configuration file that is read, in bytes. Hand-written files stay far below; generated ones rarely reach it.
pub const FILE_CAP: usize = 1024 * 1024;

/// Decodes a configuration file, or says why it cannot be read.
pub(crate) fn decode<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostic> {
    if bytes.len() > FILE_CAP {
        return Err(Diagnostic::new(
            Place::start(path),
            format!("the file has more than the {FILE_CAP} bytes that are read"),
            "split it into smaller files",
        ));
    }
    // Terraform strips one byte order mark too.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let place = Lines::new(path, &String::from_utf8_lossy(valid)).at(error.valid_up_to());
        Diagnostic::new(place, "a byte which is not UTF-8", "save the file as UTF-8")
    })?;
    // A carriage return that ends no line, or a control character, is a line break to one reader and none to another.
    let strange = text.char_indices().find(|&(at, c)| match c {
        '\r' => text.as_bytes().get(at + 1) != Some(&b'\n'),
        '\n' | '\t' => false,
        c => c.is_control() || c == '\u{2028}' || c == '\u{2029}',
    });
    match strange {
        Some((at, c)) => Err(Diagnostic::new(
            Lines::new(path, text).at(at),
            format!("the control character {:?}", c.escape_default().to_string()),
            "remove it, or write it as an escape inside a string",
        )),
        None => Ok(text),
    }
}

/// Where the lines of a text begin, to turn byte offsets into places.
#[derive(Debug, Clone)]
pub struct Lines {
    path: String,
    text: String,
    starts: Vec<usize>,
    /// Characters before every [`STEP`]th byte, so that a place costs the same on a line of a megabyte.
    counted: Vec<usize>,
}

/// Bytes between two counts of characters.
const STEP: usize = 256;

impl Lines {
    /// Indexes a text.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut total = 0;
        let counted = text
            .as_bytes()
            .chunks(STEP)
            .map(|chunk| {
                let before = total;
                total += characters(chunk);
                before
            })
            .collect();
        Self { path: path.to_owned(), text: text.to_owned(), starts, counted }
    }

    /// The path the text was read from.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text itself, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte offset; offsets past the end give the end.
    pub fn at(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self.before(offset).saturating_sub(self.before(start)) + 1;
        Place {
            path: self.path.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// Characters that begin before a byte offset.
    fn before(&self, offset: usize) -> usize {
        let step = offset / STEP;
        let rest = self.text.as_bytes().get(step * STEP..offset).unwrap_or_default();
        self.counted.get(step).copied().unwrap_or_else(|| characters(self.text.as_bytes())) + characters(rest)
    }

    /// The text of a span, when it lies inside.
    pub fn slice(&self, span: Range<usize>) -> Option<&str> {
        self.text.get(span)
    }
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns_in_characters() {
        let lines = Lines::new("a.tf", "é = 1\nb = 2\n");
        assert_eq!(lines.at(0).to_string(), "a.tf:1:1");
        assert_eq!(lines.at(2).to_string(), "a.tf:1:2");
        assert_eq!(Lines::new("a.tf", &format!("a\n{}b", "é".repeat(400))).at(802).to_string(), "a.tf:2:401");
        assert_eq!(lines.at(7).to_string(), "a.tf:2:1");
        assert_eq!(lines.at(999).to_string(), "a.tf:3:1");
    }

    #[test]
    fn only_plain_utf8_text_is_read() {
        assert_eq!(decode("a.tf", b"\xef\xbb\xbfa = 1\r\n").unwrap(), "a = 1\r\n");
        assert_eq!(
            decode("a.tf", b"a\n\xff").unwrap_err().to_string(),
            "a.tf:2:1: a byte which is not UTF-8; save the file as UTF-8"
        );
        for bad in ["a\rb", "a\0b", "a\u{85}b", "a\u{2028}b", "a\x0cb"] {
            assert!(
                decode("a.tf", bad.as_bytes()).unwrap_err().what.contains("control character"),
                "{bad:?}"
            );
        }
        assert!(decode("a.tf", &vec![b' '; FILE_CAP + 1]).unwrap_err().what.contains("more than"));
    }
}
