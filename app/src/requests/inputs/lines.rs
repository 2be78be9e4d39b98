//! `key: value` lines, in lists of their own or several in one line: what people write instead of sentences.

use std::ops::Range;

use crate::requests::text::{Kind, Text};

/// Lines and parts of lines of the form `key: value`: their tokens, the key, the value as it was written.
pub(in crate::requests) fn key_lines(text: &Text) -> Vec<(Range<usize>, String, String)> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.tokens.len() {
        let end = text.end_of_line(start);
        let first = start
            + usize::from(
                text.get(start).is_some_and(|token| matches!(token.kind, Kind::Mark('-' | '•' | '+' | '–'))),
            );
        let mut parts = Vec::new();
        let mut from = first;
        for at in first..=end {
            let cut =
                at == end || text.get(at).is_some_and(|token| matches!(token.kind, Kind::Mark(',' | ';')));
            if cut {
                parts.push(from..at);
                from = at + 1;
            }
        }
        // A comma inside of one value does not cut it.
        if !parts.iter().all(|part| key_of(text, part.clone()).is_some()) {
            parts = std::iter::once(first..end).collect();
        }
        for part in parts {
            let Some((key, from)) = key_of(text, part.clone()) else { continue };
            found.push((part.clone(), key, raw(text, from..part.end)));
        }
        start = end + 1;
    }
    found
}

/// The key before a colon or equals sign, of at most five words, and the index of the value.
fn key_of(text: &Text, part: Range<usize>) -> Option<(String, usize)> {
    let words =
        part.clone().take(6).take_while(|at| text.word(*at).is_some_and(|word| !word.contains('='))).count();
    let mark = part.start + words;
    let marked =
        mark < part.end && text.get(mark).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
    (words > 0 && marked).then(|| (text.quote(part.start..mark), mark + 1))
}

/// A value as written, without the emphasis around it.
fn raw(text: &Text, tokens: Range<usize>) -> String {
    if let (Some(only), 1) = (text.get(tokens.start), tokens.len()) {
        return only.text.clone();
    }
    text.quote(tokens).trim_matches(['*', '_', ' ']).to_owned()
}
