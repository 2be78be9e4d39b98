//! Shell-like words: quotes and backslashes as people know them, and nothing else a shell does.

/// A longer line is no command.
const MAX_LINE: usize = 8 * 1024;

/// One word, with how much of its start was written without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Bytes before the first quote or backslash; a `=` or `--` counts only there.
    pub(super) plain: usize,
}

/// Splits a line. Phones write typographic quotes; they count as double quotes.
pub(super) fn split(line: &str) -> Result<Vec<Word>, String> {
    if line.len() > MAX_LINE {
        return Err("the line is too long".to_owned());
    }
    if line.chars().any(|letter| (letter.is_control() && letter != '\t') || is_bidi(letter)) {
        return Err("the line holds control characters".to_owned());
    }
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<char> = None;
    let mut plain = true;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let starts_quote = matches!(letter, '"' | '\'' | '“' | '”' | '„');
        match quote {
            None if letter.is_whitespace() => {
                words.extend(word.take());
                plain = true;
                continue;
            }
            None if starts_quote => {
                quote = Some(if letter == '\'' { '\'' } else { '"' });
                plain = false;
                word.get_or_insert_with(empty);
                continue;
            }
            Some('\'') if letter == '\'' => {
                quote = None;
                continue;
            }
            Some('"') if matches!(letter, '"' | '“' | '”') => {
                quote = None;
                continue;
            }
            _ => {}
        }
        let letter = if letter == '\\' && quote != Some('\'') {
            plain = false;
            letters.next().ok_or("a backslash ends the line")?
        } else {
            letter
        };
        let word = word.get_or_insert_with(empty);
        word.text.push(letter);
        if plain {
            word.plain = word.text.len();
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

fn empty() -> Word {
    Word { text: String::new(), plain: 0 }
}

/// Letters that turn the direction of text can make a command read as another one.
fn is_bidi(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expect: &[&str]) {
        let words = split(line).expect("splits");
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn quotes_and_backslashes_hold_together() {
        check("a  b\tc", &["a", "b", "c"]);
        check("reason=\"disk full\" x", &["reason=disk full", "x"]);
        check("reason='a \"b\" c' ''", &["reason=a \"b\" c", ""]);
        check(r#"a\ b "c\"d" 'e\f'"#, &["a b", "c\"d", "e\\f"]);
        check("reason=“disk full”", &["reason=disk full"]);
        check("", &[]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(split("reason=\"x"), Err("a quote is not closed".to_owned()));
        assert_eq!(split("a\\"), Err("a backslash ends the line".to_owned()));
        assert!(split("a\u{202e}b").is_err());
        assert!(split("a\u{7}b").is_err());
        assert!(split(&"x".repeat(MAX_LINE + 1)).is_err());
    }
}
