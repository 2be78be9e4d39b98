//! Adds entries to a list of a YAML file that people wrote, and keeps everything else as it is: comments, order, style.
//!
//! Lines are edited and not values, as no writer would give the rest of the file back as it was. Not every style is
//! understood: whether the outcome says what it should is for the caller to read again.

use serde_yaml::Value;

/// Spaces of a level where the file itself shows no other.
const INDENT: usize = 2;

/// The file with entries added to the list that a path of keys leads to, which is made where there is none. None where
/// the file is written in a way that cannot be added to.
pub(crate) fn add_to_list(text: &str, path: &[&str], entries: &[String]) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let entries: Vec<String> = entries.iter().map(|entry| scalar(entry)).collect();
    add(&mut lines, path, &entries)?;
    Some(lines.join(newline) + newline)
}

/// Follows the path as far as it is written.
fn add(lines: &mut Vec<String>, path: &[&str], entries: &[String]) -> Option<()> {
    let (mut from, mut to, mut indent) = (0, lines.len(), 0);
    let mut rest = path;
    while let Some((key, below)) = rest.split_first() {
        let found = (from..to).find_map(|at| Some((at, value_of(lines.get(at)?, indent, key)?)));
        let Some((at, value)) = found else {
            let end = end_of(lines, from, to);
            let new = block(rest, entries, indent);
            lines.splice(end..end, new);
            return Some(());
        };
        let line = lines.get_mut(at)?;
        let column = line.len() - value.len();
        if value.starts_with('{') && !below.is_empty() {
            return insert_at(line, column + 1, &flow(below, entries), true);
        }
        if value.starts_with('[') && below.is_empty() {
            let close = closing(&value)?;
            return insert_at(line, column + close, &entries.join(", "), false);
        }
        if !value.is_empty() && !value.starts_with('#') {
            return None;
        }
        let inner = (at + 1..to).filter_map(|line| lines.get(line)).find(|line| is_content(line));
        let inner = inner.map_or(0, |line| indent_of(line));
        // A list may stand below its key without being farther in.
        let is_list = below.is_empty();
        if inner < indent || inner == indent && !(is_list && is_item_after(lines, at + 1, to, indent)) {
            // A key with nothing behind it.
            let new = if is_list {
                items(entries, indent + INDENT)
            } else {
                block(below, entries, indent + INDENT)
            };
            lines.splice(at + 1..at + 1, new);
            return Some(());
        }
        let is_inside = |line: &String| {
            !is_content(line)
                || indent_of(line) > indent
                || is_list && indent_of(line) == inner && is_item(line)
        };
        from = at + 1;
        to = (from..to).find(|line| lines.get(*line).is_some_and(|line| !is_inside(line))).unwrap_or(to);
        if is_list {
            if !is_item_after(lines, from, to, inner) {
                return None;
            }
            let end = end_of(lines, from, to);
            lines.splice(end..end, items(entries, inner));
            return Some(());
        }
        (indent, rest) = (inner, below);
    }
    None
}

/// What stands behind a key on its line, where the line has it at this indent.
fn value_of(line: &str, indent: usize, key: &str) -> Option<String> {
    if indent_of(line) != indent {
        return None;
    }
    let line = line.trim();
    let quoted = [format!("\"{key}\""), format!("'{key}'")];
    let names = std::iter::once(key).chain(quoted.iter().map(String::as_str));
    let mut values = names.filter_map(|name| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
    let value = values.find(|value| value.is_empty() || value.starts_with([' ', '\t']))?;
    Some(value.trim().to_owned())
}

/// Where the bracket that opens a list is closed; none where that is on another line.
fn closing(value: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, letter) in value.char_indices() {
        match (quote, letter) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != letter),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Puts text right inside a bracket, with a comma where something else is there: behind it at the start, before it at the
/// end.
fn insert_at(line: &mut String, at: usize, text: &str, at_start: bool) -> Option<()> {
    let (before, after) = (line.get(..at)?.to_owned(), line.get(at..)?.to_owned());
    let bare = before.trim_end();
    let new = match at_start {
        true if after.trim_start().starts_with('}') => format!("{before}{text}{after}"),
        true => format!("{before}{text}, {}", after.trim_start()),
        false if bare.ends_with('[') => format!("{bare}{text}{after}"),
        false if bare.ends_with(',') => format!("{bare} {text}{after}"),
        false => format!("{bare}, {text}{after}"),
    };
    *line = new;
    Some(())
}

/// The line behind the last content: what comes after it, comments too, belongs to what follows.
fn end_of(lines: &[String], from: usize, to: usize) -> usize {
    let last = (from..to).rfind(|at| lines.get(*at).is_some_and(|line| is_content(line)));
    last.map_or(from, |last| last + 1)
}

/// Keys that are not written yet, each on a line, and the list behind the last.
fn block(path: &[&str], entries: &[String], indent: usize) -> Vec<String> {
    let last = path.len().saturating_sub(1);
    let line = |(depth, key): (usize, &&str)| {
        let value = if depth == last { format!(" [{}]", entries.join(", ")) } else { String::new() };
        format!("{}{key}:{value}", " ".repeat(indent + depth * INDENT))
    };
    path.iter().enumerate().map(line).collect()
}

/// The same in one line: `words: {aws/sqs-queue: [mailbox]}`.
fn flow(path: &[&str], entries: &[String]) -> String {
    let list = format!("[{}]", entries.join(", "));
    let value = path.iter().rev().fold(list, |inner, key| format!("{{{key}: {inner}}}"));
    value.strip_prefix('{').and_then(|value| value.strip_suffix('}')).unwrap_or(&value).to_owned()
}

fn items(entries: &[String], indent: usize) -> Vec<String> {
    entries.iter().map(|entry| format!("{}- {entry}", " ".repeat(indent))).collect()
}

/// Text as YAML reads it back, in quotes only where it would be something else.
pub(crate) fn scalar(text: &str) -> String {
    let same = |value: Value| value.as_str() == Some(text);
    // Older readers take some words for a truth.
    let is_truth = ["y", "n", "yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let plain = !is_truth && !text.contains([',', '[', ']', '{', '}', '#', ':']);
    match serde_yaml::from_str(text).is_ok_and(same) && plain {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

fn is_item_after(lines: &[String], from: usize, to: usize, indent: usize) -> bool {
    let first = (from..to).filter_map(|at| lines.get(at)).find(|line| is_content(line));
    first.is_some_and(|line| indent_of(line) == indent && is_item(line))
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line == "-" || line.starts_with("- ")
}

fn is_content(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: [&str; 3] = ["catalog", "words", "aws/sqs-queue"];

    #[track_caller]
    fn check(text: &str, path: &[&str], expect: &str) {
        let entries = ["mailbox".to_owned(), "no".to_owned()];
        let added = add_to_list(text, path, &entries).expect("can be added");
        assert_eq!(added, expect);
        let value: Value = serde_yaml::from_str(&added).expect("is YAML");
        let list = path.iter().try_fold(&value, |value, key| value.get(*key)).and_then(Value::as_sequence);
        let has = |word: &str| list.is_some_and(|list| list.iter().any(|it| it.as_str() == Some(word)));
        assert!(has("mailbox") && has("no"), "{added}");
    }

    #[test]
    fn what_is_not_there_is_made_where_it_belongs() {
        check("", &QUEUE, "catalog:\n  words:\n    aws/sqs-queue: [mailbox, 'no']\n");
        check(
            "version: 1 # first\n# the end\n",
            &QUEUE,
            "version: 1 # first\ncatalog:\n  words:\n    aws/sqs-queue: [mailbox, 'no']\n# the end\n",
        );
        check(
            "catalog:\n    # none of these\n    hide: [local/note]\n\n# costs\ncost:\n    currency: EUR\n",
            &QUEUE,
            "catalog:\n    # none of these\n    hide: [local/note]\n    words:\n      aws/sqs-queue: [mailbox, 'no']\n\n# costs\ncost:\n    currency: EUR\n",
        );
        check(
            "catalog:\n  words:\n    aws/sns-topic: [megaphone] # loud\nversion: 1\n",
            &QUEUE,
            "catalog:\n  words:\n    aws/sns-topic: [megaphone] # loud\n    aws/sqs-queue: [mailbox, 'no']\nversion: 1\n",
        );
        check(
            "catalog:\nversion: 1\n",
            &QUEUE,
            "catalog:\n  words:\n    aws/sqs-queue: [mailbox, 'no']\nversion: 1\n",
        );
    }

    #[test]
    fn what_is_there_gets_more() {
        let before = "catalog:\n  words:\n";
        for (list, expect) in [
            ("    aws/sqs-queue: [a, 'b]']  # c]\n", "    aws/sqs-queue: [a, 'b]', mailbox, 'no']  # c]\n"),
            ("    aws/sqs-queue: []\n", "    aws/sqs-queue: [mailbox, 'no']\n"),
            ("    \"aws/sqs-queue\": [a, ]\n", "    \"aws/sqs-queue\": [a, mailbox, 'no']\n"),
            (
                "    aws/sqs-queue:\n      - a # one\n    aws/vpc: [n]\n",
                "    aws/sqs-queue:\n      - a # one\n      - mailbox\n      - 'no'\n    aws/vpc: [n]\n",
            ),
            (
                "    aws/sqs-queue:\n    - a\n    aws/vpc: [n]\n",
                "    aws/sqs-queue:\n    - a\n    - mailbox\n    - 'no'\n    aws/vpc: [n]\n",
            ),
        ] {
            check(&format!("{before}{list}"), &QUEUE, &format!("{before}{expect}"));
        }
    }

    #[test]
    fn keys_in_braces_get_more() {
        let path = ["environments", "dev", "aliases"];
        check(
            "environments:\n  dev: {path: live/dev} # here\n",
            &path,
            "environments:\n  dev: {aliases: [mailbox, 'no'], path: live/dev} # here\n",
        );
        let crlf = add_to_list("catalog: {}\r\nversion: 1\r\n", &QUEUE, &["mailbox".to_owned()]);
        assert_eq!(crlf.as_deref(), Some("catalog: {words: {aws/sqs-queue: [mailbox]}}\r\nversion: 1\r\n"));
    }

    #[test]
    fn other_styles_are_left_alone() {
        for text in [
            "catalog: {\n}\n",
            "catalog: &x\n  words: {}\n",
            "catalog:\n  words:\n    aws/sqs-queue: [a,\n      b]\n",
        ] {
            let added = add_to_list(text, &QUEUE, &["mailbox".to_owned()]);
            let read = added.map(|added| serde_yaml::from_str::<Value>(&added));
            assert!(read.is_none_or(|read| read.is_ok()), "{text}");
        }
    }
}
