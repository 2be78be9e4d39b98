//! Foreign text made harmless: it may come from anybody who opens a pull request, and must not be able to look
//! like our words, mention people, link, or reorder what is read.

use super::{MAX_VALUE_CHARS, cut};

/// A foreign text in code font: one line, at most 80 characters, nothing in it that Markdown, HTML or a terminal
/// would act upon. Characters with a meaning are replaced by ones that look alike, as a code span has no escapes.
pub fn code(text: &str) -> String {
    let text = cut(&plain(text), MAX_VALUE_CHARS);
    if text.trim().is_empty() { "`(empty)`".to_owned() } else { format!("`{text}`") }
}

/// The same without code font or limit: one line of prose.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                // A terminal's escape sequence ends with a letter; anything else after ESC is one character.
                if characters.next_if_eq(&'[').is_some() {
                    while characters.next_if(|c| !c.is_ascii_alphabetic() && !c.is_control()).is_some() {}
                    characters.next_if(char::is_ascii_alphabetic);
                }
            }
            '\r' => {}
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => plain.push('↵'),
            '\t' | '\u{a0}' => plain.push(' '),
            // Look-alikes become the same, so that no drawn row or span passes for one of ours.
            '`' | '｀' | '‵' => plain.push('ˋ'),
            '|' | '｜' | '│' | '┃' | '∣' | 'ǀ' | '￨' | '❘' => plain.push('¦'),
            '<' | '＜' => plain.push('‹'),
            '>' | '＞' => plain.push('›'),
            '@' | '﹫' => plain.push('＠'),
            c if c.is_control() || is_invisible(c) => {}
            c => plain.push(c),
        }
    }
    plain
}

/// Characters that change how others are read: direction, joining, tags, soft hyphen.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(code(text), expect);
    }

    #[test]
    fn nothing_acts() {
        check("a | b ` c", "`a ¦ b ˋ c`");
        check("x\n| passed |", "`x↵¦ passed ¦`");
        check("@acme/admins", "`＠acme/admins`");
        check("</details><img src=x>", "`‹/details›‹img src=x›`");
        check("[link](https://evil.example)", "`[link](https://evil.example)`");
        check("\u{1b}[31mred\u{1b}[0m\u{1b}]8;;x", "`red]8;;x`");
        check("abc\u{202e}cba\u{2066}\u{200b}", "`abccba`");
        check("", "`(empty)`");
        check(" \u{200b}", "`(empty)`");
    }

    #[test]
    fn long_values_are_cut() {
        let long = code(&"x".repeat(500));
        assert_eq!(long.chars().count(), MAX_VALUE_CHARS + 2);
        assert!(long.ends_with("…`"));
    }

    proptest! {
        #[test]
        fn one_code_span_whatever_comes(text in any::<String>()) {
            let escaped = code(&text);
            let inner = escaped.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).expect("a code span");
            prop_assert!(!inner.is_empty() && inner.chars().count() <= MAX_VALUE_CHARS);
            let acting = ['`', '|', '<', '>', '@', '\n', '\r', '\u{1b}', '\u{202e}'];
            prop_assert!(!inner.contains(acting));
        }
    }
}
