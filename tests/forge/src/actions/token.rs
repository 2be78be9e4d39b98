//! Owns: the words of an expression: names, texts in single quotes, numbers, signs.

use super::Trouble;

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Name(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

const SIGNS: [&str; 13] = ["==", "!=", "&&", "||", "<=", ">=", "<", ">", "(", ")", ",", "!", "."];

/// Cuts an expression into its words.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Trouble> {
    let mut list = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = rest.find(|c: char| !word(c)).unwrap_or(rest.len());
        if first == '\'' {
            let (value, after) = quoted(rest)?;
            list.push(Token::Text(value));
            rest = after;
        } else if first.is_ascii_digit() {
            let (number, after) = rest.split_at(end);
            let parsed = number.parse().map_err(|_| Trouble::new(format!("`{number}` is not a number")))?;
            list.push(Token::Number(parsed));
            rest = after;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let (name, after) = rest.split_at(end);
            list.push(Token::Name(name.to_owned()));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            list.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else {
            return Err(Trouble::new(format!(
                "the forge does not read `{first}` in expression `{}`",
                text.trim()
            )));
        }
        rest = rest.trim_start();
    }
    Ok(list)
}

/// A text in single quotes, where two of them mean one.
fn quoted(text: &str) -> Result<(String, &str), Trouble> {
    let mut value = String::new();
    let mut rest = text.get(1..).unwrap_or_default();
    loop {
        let (part, after) =
            rest.split_once('\'').ok_or_else(|| Trouble::new(format!("a text does not end: {text}")))?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Ok((value, after)),
        }
    }
}
