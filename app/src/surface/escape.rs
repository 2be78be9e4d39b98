//! Foreign text on its way into Markdown: it can be read, and can do nothing else.

/// Longest foreign text shown in one place, in characters.
const LONGEST: usize = 80;

/// Foreign text in code font: one line, capped, unable to end its span or a table cell.
pub fn code(text: &str) -> String {
    let clean = cut(&one_line(text)).replace('`', "'").replace('|', "\\|");
    if clean.is_empty() { "` `".to_owned() } else { format!("`{clean}`") }
}

/// Foreign text inside a sentence: one line, capped, without any Markdown, HTML or mention.
pub fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in cut(&one_line(text)).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A word joiner keeps the look and breaks the mention.
            '@' => out.push_str("@\u{2060}"),
            _ => out.push(c),
        }
    }
    out
}

/// Several lines of foreign text in a fenced block that they cannot end.
pub(crate) fn block(text: &str, lines: usize) -> String {
    let shown: Vec<String> =
        text.lines().take(lines).map(|line| visible(line).replace("```", "'''")).collect();
    format!("```text\n{}\n```", shown.join("\n"))
}

fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\r', '\t'], " ")).trim().to_owned()
}

/// Without control characters and those that change the direction or hide text.
fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        })
        .collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_leave_its_place() {
        assert_eq!(code("a`b|c\n| forged | row |"), "`a'b\\|c \\| forged \\| row \\|`");
        assert_eq!(code(""), "` `");
        assert_eq!(prose("@acme/all <b>hi</b> [x](y)"), "@\u{2060}acme/all &lt;b&gt;hi&lt;/b&gt; \\[x\\](y)");
        assert_eq!(prose("a\u{202e}b\u{1b}[31m"), "ab\\[31m");
        assert_eq!(code(&"x".repeat(200)).chars().count(), 83);
        assert_eq!(block("a\n```\nb", 9), "```text\na\n'''\nb\n```");
    }
}
