//! Foreign text on its way to people: it can be read, and can do nothing else.
//!
//! Whatever comes from outside the program goes through one of these. What must not act is replaced by what looks
//! alike, as GitHub looks for mentions and references after it has rendered the Markdown, where a backslash is gone.

/// Longest foreign text shown in one place, in characters.
const LONGEST: usize = 80;

/// Longest foreign sentence, such as a reason that GitHub gave, in characters.
const LONGEST_SENTENCE: usize = 300;

/// Longest line of a block, in characters.
const LONGEST_LINE: usize = 200;

/// Characters of a foreign text that are looked at; the rest is never shown.
const LOOKED_AT: usize = 4_000;

/// An invisible character that keeps the look of a word and breaks what GitHub would read in it.
const JOINER: char = '\u{2060}';

/// Foreign text in code font: one line, capped, unable to end its span or a table cell.
pub fn code(text: &str) -> String {
    tfpilot_plan::code(&clean(text, LONGEST))
}

/// Foreign text inside a sentence: one line, capped, without any Markdown, HTML, link, reference or mention.
pub fn prose(text: &str) -> String {
    inert(&clean(text, LONGEST))
}

/// The same for a whole foreign sentence.
pub(super) fn sentence(text: &str) -> String {
    inert(clean(text, LONGEST_SENTENCE).trim_end_matches(['.', ' ']))
}

/// The same for a few foreign sentences, as long as they are.
pub(crate) fn paragraph(text: &str) -> String {
    inert(&clean(text, LOOKED_AT))
}

/// Foreign text where nothing is rendered, such as a check's title: one line, capped.
pub(super) fn plain(text: &str) -> String {
    clean(text, LONGEST_SENTENCE)
}

/// Foreign text inside an HTML element, where Markdown is not read and a backslash would be seen.
pub(super) fn html(text: &str) -> String {
    quiet(&clean(text, LONGEST).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// Several lines of foreign text in a fenced block that they cannot end.
pub(super) fn block(text: &str, lines: usize) -> String {
    let shown: Vec<String> = head(text)
        .lines()
        .take(lines)
        .map(|line| {
            let line: String = visible(line).take(LONGEST_LINE).collect();
            line.trim_end().replace('`', "'").replace("<!--", "‹!--").replace('@', "＠")
        })
        .collect();
    format!("```text\n{}\n```", shown.join("\n"))
}

/// Without anything that Markdown or HTML acts upon.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // What begins a list where it begins a line: "- x", "1. x".
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    let marks = if digits == 0 { ['-', '+'] } else { ['.', ')'] };
    let marks_item =
        rest.strip_prefix(marks).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    for (at, c) in text.char_indices() {
        match c {
            '-' | '+' | '.' | ')' if marks_item && at == digits => {
                out.push('\\');
                out.push(c);
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    quiet(&out)
}

/// Without mentions, references and addresses.
fn quiet(text: &str) -> String {
    text.replace('@', "＠")
        .replace('#', &format!("#{JOINER}"))
        .replace("://", &format!(":{JOINER}//"))
        .replace("www.", &format!("www{JOINER}."))
        .replace("GH-", &format!("GH{JOINER}-"))
}

/// One line of what can be seen.
fn clean(text: &str, limit: usize) -> String {
    let line = head(text).replace(['\n', '\r', '\t', '\u{2028}', '\u{2029}', '\u{85}'], " ");
    let seen: String = visible(&line).collect();
    cut(seen.trim(), limit)
}

fn head(text: &str) -> &str {
    text.char_indices().nth(LOOKED_AT).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Without terminal sequences, control characters, and those that hide text or change its direction.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            if c == '\u{1b}' && rest.next_if_eq(&'[').is_some() {
                while rest.next_if(|c| !c.is_ascii_alphabetic() && !c.is_control()).is_some() {}
                rest.next_if(char::is_ascii_alphabetic);
            } else if !c.is_control() && !is_invisible(c) {
                return Some(as_shown(c));
            }
        }
    })
}

/// What looks like a sign that frames our texts is shown as what the sign itself becomes, so that no drawn row or span
/// passes for one of ours.
fn as_shown(c: char) -> char {
    match c {
        '｜' | '│' | '┃' | '∣' | 'ǀ' | '￨' | '❘' => '¦',
        '｀' | '‵' => 'ˋ',
        '＜' => '‹',
        '＞' => '›',
        '﹫' => '＠',
        '\u{115f}'
        | '\u{1160}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{a0}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => ' ',
        other => other,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first `limit` characters, the last of them an ellipsis where something is missing.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shown: &str, expect: &str) {
        assert_eq!(shown, expect);
    }

    #[test]
    fn code_stays_in_its_span_and_cell() {
        check(&code("a`b|c\n| forged | row |"), "`aˋb¦c ¦ forged ¦ row ¦`");
        check(&code("<!-- tfpilot:sticky -->"), "`‹!-- tfpilot:sticky --›`");
        check(&code(""), "`(empty)`");
        check(&code(&"x".repeat(200)), &format!("`{}…`", "x".repeat(79)));
    }

    #[test]
    fn look_alikes_frame_nothing() {
        check(&code("ok｜ Policy ｜99 passed｀｀"), "`ok¦ Policy ¦99 passedˋˋ`");
        check(&prose("│ Approval ┃ 9 of 9 ∣ ＜b＞"), "¦ Approval ¦ 9 of 9 ¦ ‹b›");
        check(&prose("a\u{3164}\u{a0}b\u{115f}"), "a  b");
    }

    #[test]
    fn prose_begins_no_list() {
        check(&prose("-\n x"), "\\-  x");
        check(&prose("+ x"), "\\+ x");
        check(&prose("12. x"), "12\\. x");
        check(&prose("1.5 - x"), "1.5 - x");
    }

    #[test]
    fn prose_does_nothing() {
        check(&prose("@acme/all <b>hi</b> [x](y)"), "＠acme/all &lt;b&gt;hi&lt;/b&gt; \\[x\\](y)");
        check(
            &prose("closes #5, see https://evil.example"),
            "closes #\u{2060}5, see https:\u{2060}//evil.example",
        );
        check(&prose("a\u{202e}b\u{1b}[31mred\u{1b}[0m $x$"), "abred \\$x\\$");
        check(&sentence("It is so. "), "It is so");
    }

    #[test]
    fn html_is_not_markdown() {
        check(&html("my_app</summary> @a #1"), "my_app&lt;/summary&gt; ＠a #\u{2060}1");
    }

    #[test]
    fn titles_keep_their_signs() {
        check(&plain("a_b\n*c* \u{200b}| d"), "a_b *c* | d");
    }

    #[test]
    fn blocks_cannot_be_ended() {
        check(&block("a\n```\n@b <!-- x -->\nd", 3), "```text\na\n'''\n＠b ‹!-- x -->\n```");
    }

    #[test]
    fn a_megabyte_is_short_work() {
        let much = "\u{200b}|`@".repeat(300_000);
        assert!(
            code(&much).chars().count() <= 82 && prose(&much).len() < 1_000 && plain(&much).len() < 2_000
        );
        assert!(block(&much, 12).len() < 2_000);
    }
}
