//! `key: value` lines, in lists of their own or several in one line: what people write instead of sentences.

use std::ops::Range;

use crate::requests::text::{Kind, Text};

/// Lines and parts of lines of the form `key: value`: their tokens, the key, the value as it was written.
pub(in crate::requests) fn key_lines(text: &Text) -> Vec<(Range<usize>, String, String)> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.tokens.len() {
        let end = text.end_of_line(start);
        let bullet =
            text.get(start).is_some_and(|token| matches!(token.kind, Kind::Mark('-' | '•' | '+' | '–')));
        for sentence in sentences(text, start + usize::from(bullet)..end) {
            found.extend(pairs(text, sentence));
        }
        start = end + 1;
    }
    found
}

/// The sentences of a line, without the marks that end them.
fn sentences(text: &Text, line: Range<usize>) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut from = line.start;
    let mut depth = 0_i32;
    for at in line.clone() {
        let mark = text.get(at).map(|token| token.kind);
        depth += i32::from(mark == Some(Kind::Mark('('))) - i32::from(mark == Some(Kind::Mark(')')));
        // "cron(0 6 ? * MON *)" is one value.
        if depth <= 0 && matches!(mark, Some(Kind::Mark('.' | '!' | '?'))) {
            sentences.push(from..at);
            from = at + 1;
        }
    }
    sentences.push(from..line.end);
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// The pairs of a sentence. A comma inside of one value does not cut it, unless another key follows.
fn pairs(text: &Text, sentence: Range<usize>) -> Vec<(Range<usize>, String, String)> {
    let mut parts = Vec::new();
    let mut from = sentence.start;
    for at in sentence.start..=sentence.end {
        let cut = at == sentence.end
            || text.get(at).is_some_and(|token| matches!(token.kind, Kind::Mark(',' | ';')));
        if cut {
            parts.push(from..at);
            from = at + 1;
        }
    }
    let keyed = parts.iter().filter(|part| key_of(text, (*part).clone()).is_some()).count();
    let begins = parts.first().is_some_and(|first| key_of(text, first.clone()).is_some());
    if keyed <= 1 && begins {
        parts = std::iter::once(sentence).collect();
    }
    let mut found: Vec<(Range<usize>, String, String)> = Vec::new();
    for part in parts {
        if let Some((key, from)) = key_of(text, part.clone()) {
            found.push((part.clone(), key, raw(text, from..part.end)));
        }
    }
    found
}

/// The key before a colon or equals sign, of at most five words, and the index of the value.
fn key_of(text: &Text, part: Range<usize>) -> Option<(String, usize)> {
    let words = part.clone().take(6).take_while(|at| is_of_key(text, *at)).count();
    let aside = aside(text, part.start + words, part.end);
    let mark = aside.unwrap_or(part.start + words);
    let marked =
        mark < part.end && text.get(mark).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')));
    (words > 0 && marked).then(|| (text.quote(part.start..part.start + words), mark + 1))
}

/// A word, or the slash in "Where / who".
fn is_of_key(text: &Text, at: usize) -> bool {
    text.get(at).is_some_and(|token| match token.kind {
        Kind::Word => !token.lower.contains('='),
        Kind::Mark(mark) => mark == '/',
        _ => false,
    })
}

/// The index behind a few words in parentheses: "High availability (Multi-AZ): no".
fn aside(text: &Text, opens: usize, end: usize) -> Option<usize> {
    let is = |at: usize, mark: char| text.get(at).is_some_and(|token| token.kind == Kind::Mark(mark));
    if !is(opens, '(') {
        return None;
    }
    let closes = (opens + 1..end.min(opens + 8)).find(|at| is(*at, ')'))?;
    (opens + 1..closes).all(|at| text.word(at).is_some()).then_some(closes + 1)
}

/// A value as written, without the emphasis around it.
fn raw(text: &Text, tokens: Range<usize>) -> String {
    if let (Some(only), 1) = (text.get(tokens.start), tokens.len()) {
        return only.text.clone();
    }
    text.quote(tokens).trim_matches(['*', '_', ' ']).to_owned()
}
