//! What people lay out instead of saying it: rows of a table with a name and a value, headings with a short text below.
//! Both become `name: value` lines, as which they are read.

/// Words of a heading, and of the text below it, beyond which it is prose.
const FEW: usize = 6;

/// Keys of the lines at the head of a mail.
const MAIL_HEADS: &[&str] = &[
    "from", "to", "cc", "bcc", "sent", "date", "reply-to", "subject", "von", "an", "gesendet", "datum",
    "kopie", "betreff", "de", "à", "envoyé", "objet", "para", "enviado", "asunto", "da", "inviato",
    "oggetto", "od", "do", "temat",
];

/// The lines of a text with rows and headings as `name: value`.
pub(super) fn flat(lines: &[String]) -> Vec<String> {
    let mut flat = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some((line, next)) = heading(lines, at) {
            flat.push(line);
            at = next;
            continue;
        }
        // A heading's question mark asks nobody.
        let plain =
            || if line.trim_start().starts_with('#') { line.trim_end_matches('?') } else { line }.to_owned();
        flat.push(row(line).or_else(|| led(line)).unwrap_or_else(plain));
        at += 1;
    }
    flat
}

/// The lines of a mail's head say who wrote to whom, not what is wanted: two of them at least, one below the other.
pub(super) fn without_mail_heads(lines: &mut [String]) {
    let is_head = |line: &str| {
        line.trim_start_matches(['>', '*', ' ']).split_once(':').is_some_and(|(key, _)| {
            MAIL_HEADS.contains(&key.trim_matches(['*', ' ']).to_lowercase().as_str())
        })
    };
    let mut at = 0;
    while at < lines.len() {
        let length = lines.iter().skip(at).take_while(|line| is_head(line)).count();
        if length >= 2 {
            lines.iter_mut().skip(at).take(length).filter(|line| !is_subject(line)).for_each(String::clear);
        }
        at += length + 1;
    }
}

/// What a mail is about is said in its head, too.
fn is_subject(line: &str) -> bool {
    let line = line.trim_start_matches(['>', '*', ' ']).to_lowercase();
    ["subject", "betreff", "objet", "asunto", "oggetto", "temat"].iter().any(|key| line.starts_with(key))
}

/// `| Name | acme-x |`; the rule below a table's head says nothing.
fn row(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<&str> = inner.split('|').map(str::trim).collect();
    if cells.iter().all(|cell| cell.chars().all(|letter| matches!(letter, '-' | ':' | ' '))) {
        return Some(String::new());
    }
    match cells.as_slice() {
        [key, value] if !key.is_empty() && !value.is_empty() && !key.contains(':') => {
            Some(format!("{}: {value}", key.trim_matches(['*', '_', '`'])))
        }
        _ => None,
    }
}

/// `name ........ acme-x`
fn led(line: &str) -> Option<String> {
    let (key, value) = ["...", " .. ", " . "].iter().find_map(|dots| line.split_once(dots))?;
    let value = value.trim_start_matches('.').trim();
    let key = if key.ends_with(' ') { key.to_owned() } else { format!("{key} ") };
    let few = (1..=FEW).contains(&key.split_whitespace().count());
    let led = line.contains(" .");
    (few && !value.is_empty() && led).then(|| format!("{}: {value}", key.trim()))
}

/// `### Name`, an empty line or none, and a short text with nothing else below it.
fn heading(lines: &[String], at: usize) -> Option<(String, usize)> {
    let key = lines.get(at)?.trim().strip_prefix('#')?.trim_start_matches('#').trim();
    let few = |text: &str| (1..=FEW).contains(&text.split_whitespace().count());
    if !few(key) || key.ends_with(['.', '!', ':']) {
        return None;
    }
    // A form asks in its headings: "### What do you need?"
    let key = key.trim_end_matches('?').trim_end();
    let is_empty = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    let below = (at + 1..lines.len()).find(|at| !is_empty(*at))?;
    let value = lines.get(below)?.trim();
    let ends =
        is_empty(below + 1) || lines.get(below + 1).is_some_and(|line| line.trim_start().starts_with('#'));
    let plain = !value.starts_with(['#', '|', '-', '*', '>', '+']) && few(value);
    (below <= at + 2 && ends && plain).then(|| (format!("{key}: {value}"), below + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        assert_eq!(flat(&lines).join("\n"), expect, "{text}");
    }

    #[test]
    fn rows_and_headings_are_names_with_values() {
        check("| Field | Value |\n|---|:--|\n| **Name** | acme-x |", "Field: Value\n\nName: acme-x");
        check("### Name\n\nacme-x\n\n### Why\nbecause\n", "Name: acme-x\n\nWhy: because");
        check("### What do you need?\n\nS3 bucket", "What do you need: S3 bucket");
        check("# Title\n- a list\n", "# Title\n- a list");
        check("| a | b | c |\n|", "| a | b | c |\n|");
        check("  name ........ acme-x\nwell... no", "name: acme-x\nwell... no");
        check("Hash key .. id\nSort key . at", "Hash key: id\nSort key: at");
        check("###\n\nx\n", "###\n\nx");
        check("### Name\nacme-x\nand more\n", "### Name\nacme-x\nand more");
    }
}
