//! A request's text as tokens: words, quoted words and marks, each with its place, grouped into sentences.
//!
//! What the tokens mean is left to `phrases` and the readers above it.

use std::ops::Range;

use super::command::plain_lines;
use super::{blocks, language, layout};

/// Text beyond this many bytes of a request is not read.
const MAX_BYTES: usize = 32 * 1024;

/// Tokens beyond this many are not read.
const MAX_TOKENS: usize = 4_000;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, a number, an address.
    Word,
    /// Something in quotes or backticks, without them.
    Quoted,
    /// A comma, colon or the like.
    Mark(char),
    /// The end of a line.
    End,
}

/// One token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// As written, without quotes and emphasis.
    pub(super) text: String,
    /// In lower case.
    pub(super) lower: String,
    /// Where it lies in [`Text::source`], quotes included.
    pub(super) span: Range<usize>,
    /// The sentence it belongs to, from 0.
    pub(super) sentence: usize,
}

/// A text and its tokens.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub(super) source: String,
    pub(super) tokens: Vec<Token>,
}

impl Text {
    /// Title and body of an issue, without code, quotes and hidden text.
    pub(super) fn of_issue(title: &str, body: &str) -> Self {
        let mut source: String = title.chars().take(512).collect();
        source.push('\n');
        // A command's line is read as a command.
        let said = |line: &str| {
            let is_command = line.trim_start().to_lowercase().starts_with("/tfpilot");
            if is_command { String::new() } else { visible(line) }
        };
        let body = blocks::with_said(body);
        let mut lines: Vec<String> = plain_lines(&body).map(|(_, line)| said(line)).collect();
        layout::without_mail_heads(&mut lines);
        for line in layout::flat(&lines) {
            source.push_str(&line);
            source.push('\n');
        }
        Self::new(&source)
    }

    /// Any text.
    pub(super) fn new(source: &str) -> Self {
        let mut end = source.len().min(MAX_BYTES);
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let source: String = source
            .get(..end)
            .unwrap_or_default()
            .chars()
            .map(|letter| if letter.is_control() && letter != '\n' { ' ' } else { letter })
            .collect();
        let tokens = Tokenizer { source: &source, at: 0, sentence: 0, tokens: Vec::new() }.run();
        Self { source, tokens }
    }

    /// The text of a range of tokens, as it was written.
    pub(super) fn quote(&self, tokens: Range<usize>) -> String {
        let first = self.tokens.get(tokens.start).map(|token| token.span.start);
        let last =
            tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map(|token| token.span.end);
        let (Some(first), Some(last)) = (first, last) else { return String::new() };
        let quoted = self.source.get(first..last).unwrap_or_default();
        quoted.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn get(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// The lower-case word at an index; marks and quoted text are none.
    pub(super) fn word(&self, index: usize) -> Option<&str> {
        self.tokens.get(index).filter(|token| token.kind == Kind::Word).map(|token| token.lower.as_str())
    }

    /// The index after the last token of the line at `index`.
    pub(super) fn end_of_line(&self, index: usize) -> usize {
        let rest = self.tokens.iter().enumerate().skip(index);
        rest.into_iter().find(|(_, token)| token.kind == Kind::End).map_or(self.tokens.len(), |(at, _)| at)
    }
}

/// An id or address of something that exists at a cloud: `vpc-0123456789abcdef0`, an ARN, a network.
pub(super) fn is_id(word: &str) -> bool {
    let numbered = word.rsplit_once('-').is_some_and(|(prefix, id)| {
        prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && matches!(id.len(), 8 | 17)
            && id.bytes().all(|byte| byte.is_ascii_hexdigit())
            && id.bytes().any(|byte| byte.is_ascii_digit())
    });
    let network = word.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
    });
    numbered || network || word.starts_with("arn:") || is_uuid(word)
}

/// `7e087cbb-0154-74e2-d3ab-e80726120565`
fn is_uuid(word: &str) -> bool {
    let lengths = word.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Whether the token at `at` is an arrow, however it is drawn.
pub(super) fn is_arrow(text: &Text, at: usize) -> bool {
    text.get(at)
        .is_some_and(|token| matches!(token.text.as_str(), "->" | "-->" | "=>" | "→" | "⇒" | ">" | "—>"))
}

/// A word as it is written where there is a sharp s: "heissen" is "heißen".
fn with_sz(word: String) -> String {
    const WITHOUT: [&str; 12] = [
        "heiss",
        "gross",
        "gröss",
        "schliess",
        "verschliess",
        "fliess",
        "weiss",
        "ausser",
        "regelmäss",
        "gemäss",
        "draussen",
        "massnahme",
    ];
    let begins = word.contains("ss") && WITHOUT.iter().any(|begin| word.starts_with(begin));
    if begins { word.replacen("ss", "ß", 1) } else { word }
}

/// How many bytes the JSON object takes that a text begins with, if it does.
pub(super) fn json_of(text: &str) -> Option<usize> {
    if !text.starts_with('{') {
        return None;
    }
    let mut values =
        serde_json::Deserializer::from_str(text).into_iter::<serde_json::Map<String, serde_json::Value>>();
    let object = values.next()?.ok()?;
    (!object.is_empty()).then(|| values.byte_offset())
}

/// Where an expression of a schedule ends: "cron(0 7 ? * MON-FRI *)" is one word.
fn called(rest: &str, opens: usize) -> Option<usize> {
    let name = rest.get(..opens).filter(|name| matches!(*name, "cron" | "rate"))?;
    let inner = rest.get(name.len()..)?.strip_prefix('(')?;
    let closes = inner.find([')', '\n', '('])?;
    inner.get(closes..)?.starts_with(')').then_some(name.len() + closes + 2)
}

/// Where a number goes on behind a comma: "1,5 GB", "2,555 days". Only a unit behind it tells it from a list.
fn decimals(rest: &str, comma: usize) -> Option<usize> {
    let whole = rest.get(..comma)?;
    let after = rest.get(comma..)?.strip_prefix(',')?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let behind = after.get(digits..)?;
    let unit: String = behind
        .trim_start_matches([' ', '\u{a0}'])
        .chars()
        .take_while(|letter| letter.is_alphabetic())
        .collect();
    let unit = unit.to_lowercase();
    let is_unit = language::bytes_of(&unit).or_else(|| language::seconds_of(&unit)).is_some()
        || matches!(unit.as_str(), "vcpu" | "vcpus" | "cpu" | "cpus" | "acu" | "acus");
    let is_number = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    // "40,000 readings": no list of numbers has a 000.
    let is_thousand = after.starts_with("000") && digits == 3 && whole.len() <= 3;
    (is_number && (1..=3).contains(&digits) && (is_unit || is_thousand)).then_some(comma + 1 + digits)
}

/// A line without what HTML comments hide.
pub(super) fn visible(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, hidden)) = rest.split_once("<!--") {
        shown.push_str(before);
        rest = hidden.split_once("-->").map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown
}

struct Tokenizer<'a> {
    source: &'a str,
    at: usize,
    sentence: usize,
    tokens: Vec<Token>,
}

impl Tokenizer<'_> {
    fn run(mut self) -> Vec<Token> {
        while let Some(letter) = self.rest().chars().next() {
            if self.tokens.len() >= MAX_TOKENS {
                break;
            }
            let length = letter.len_utf8();
            match letter {
                '\n' => {
                    self.push(Kind::End, length, self.at..self.at + length);
                    self.sentence += 1;
                }
                _ if letter.is_whitespace() => self.at += length,
                '{' if self.json() => {}
                '"' | '“' | '„' | '«' | '\'' | '‘' | '‚' | '`' if self.quoted(letter) => {}
                // A wildcard: `*.stage.acme.example`.
                '*' if self.rest().starts_with("*.")
                    && self.rest().chars().nth(2).is_some_and(char::is_alphanumeric) =>
                {
                    self.word();
                }
                // All of them: "resource *".
                '*' if self.stands_alone() => self.push(Kind::Word, 1, self.at..self.at + 1),
                // Emphasis and the frames of tables are not part of what is said.
                '*' | '_' | '~' | '#' => self.at += length,
                ',' | ';' | '|' | ':' | '(' | ')' | '[' | ']' | '?' | '!' | '.' | '=' => {
                    self.push(Kind::Mark(letter), length, self.at..self.at + length);
                    self.sentence += usize::from(matches!(letter, '?' | '!' | '.'));
                }
                _ => self.word(),
            }
        }
        self.tokens
    }

    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize, inner: Range<usize>) {
        let text = self.source.get(inner).unwrap_or_default().to_owned();
        let lower = with_sz(text.to_lowercase().replace('’', "'"));
        let span = self.at..self.at + length;
        self.tokens.push(Token { kind, text, lower, span, sentence: self.sentence });
        self.at += length;
    }

    /// Something in quotes that close on the same line.
    fn quoted(&mut self, open: char) -> bool {
        let start = self.at + open.len_utf8();
        let rest = self.source.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let closes = |letter: char| match open {
            '"' => letter == '"',
            '“' | '„' => matches!(letter, '”' | '“' | '"'),
            '«' => letter == '»',
            '‘' | '‚' => matches!(letter, '’' | '‘'),
            other => letter == other,
        };
        let Some(length) = line.find(closes).filter(|length| *length > 0) else { return false };
        // `don't … isn't` is no quotation: an apostrophe closes only before something that is no letter.
        let after = line.get(length..).unwrap_or_default().chars().nth(1);
        if open == '\'' && after.is_some_and(char::is_alphanumeric) {
            return false;
        }
        let close = line.get(length..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        // « between spaces »
        let inner = line.get(..length).unwrap_or_default();
        let from = start + (inner.len() - inner.trim_start().len());
        let to = (start + inner.trim_end().len()).max(from);
        self.push(Kind::Quoted, open.len_utf8() + length + close, from..to);
        true
    }

    /// Whether the letter here has a word of its line before it and nothing right beside it.
    fn stands_alone(&self) -> bool {
        let line = self.source.get(..self.at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let before = line.ends_with(char::is_whitespace) && line.chars().any(char::is_alphanumeric);
        let after = self.rest().chars().nth(1);
        before && after.is_none_or(|after| after.is_whitespace() || matches!(after, '.' | ',' | ';' | ')'))
    }

    /// An object of JSON is one value.
    fn json(&mut self) -> bool {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let Some(length) = json_of(line) else { return false };
        self.push(Kind::Quoted, length, self.at..self.at + length);
        true
    }

    fn word(&mut self) {
        let rest = self.rest();
        let ends = |letter: char| {
            letter.is_whitespace()
                || matches!(letter, ',' | ';' | '(' | ')' | '"' | '`' | '|' | '?' | '!' | '“' | '”')
        };
        let mut length = rest.find(ends).unwrap_or(rest.len());
        if let Some(more) = called(rest, length) {
            length = more;
        } else if let Some(more) = decimals(rest, length) {
            let behind = rest.get(more..).unwrap_or_default();
            length = more + behind.find(ends).unwrap_or(behind.len());
        }
        let word = rest.get(..length).unwrap_or_default();
        // Marks at the end belong to the sentence; inside a word they belong to it (an ARN, a host, a key=value).
        let mut text = word.trim_end_matches(['.', ':', '*', '_', ']', '\'', '…', '=', '~', '—']);
        // `hotfix/*` and `arn:aws:s3:::acme/*` end with a star that belongs to them.
        let starred =
            word.get(..text.len() + 1).filter(|longer| longer.ends_with(['*']) && text.ends_with(['/', ':']));
        text = starred.unwrap_or(text);
        // So does one star behind an ARN or a path, unless it closes the emphasis that another opened.
        let opened = self.source.get(..self.at).is_some_and(|before| before.ends_with(['*', '_', '`']));
        let star = text.contains([':', '/']) && !opened;
        let longer = word.get(..text.len() + 1).filter(|longer| {
            star && longer.ends_with('*')
                && !word.get(longer.len()..).is_some_and(|rest| rest.starts_with('*'))
        });
        text = longer.unwrap_or(text);
        let length = text.len().max(word.chars().next().map_or(1, char::len_utf8));
        let bullet = text.is_empty() || text.chars().all(|letter| !letter.is_alphanumeric());
        let kind = if bullet { Kind::Mark(word.chars().next().unwrap_or('-')) } else { Kind::Word };
        self.push(kind, length, self.at..self.at + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        Text::new(text)
            .tokens
            .iter()
            .map(|token| match token.kind {
                Kind::Word => token.text.clone(),
                Kind::Quoted => format!("<{}>", token.text),
                Kind::Mark(mark) => mark.to_string(),
                Kind::End => "/".to_owned(),
            })
            .collect()
    }

    #[test]
    fn words_quotes_and_marks_are_told_apart() {
        let text =
            "We need `acme-x`, \"two words\" and don't:\n- **Name**: x.y\n(key=v) https://a.example.com.";
        assert_eq!(
            tokens(text).join(" "),
            "We need <acme-x> , <two words> and don't : / - Name : x.y / ( key=v ) https://a.example.com ."
        );
        assert_eq!(
            tokens("„Freitag, 14 Uhr“ “a” 'b c' name=\"x\"").join(" "),
            "<Freitag, 14 Uhr> <a> <b c> name = <x>"
        );
    }

    #[test]
    fn a_comma_inside_a_number_is_no_end() {
        assert_eq!(tokens("1,5 GB, 2,25h and 2,555 days").join(" "), "1,5 GB , 2,25h and 2,555 days");
        assert_eq!(tokens("ports 80,443 zones 1,2,3").join(" "), "ports 80 , 443 zones 1 , 2 , 3");
    }

    #[test]
    fn json_is_one_value() {
        assert_eq!(
            tokens(r#"pattern {"source": ["aws.s3"]}, {id} {}"#).join(" "),
            r#"pattern <{"source": ["aws.s3"]}> , {id} {"#
        );
        let text = Text::of_issue("", "Pattern:\n```json\n{\n  \"a\": 1\n}\n```\n```\nno {\n```");
        let shown: Vec<&str> = text
            .tokens
            .iter()
            .filter(|token| token.kind != Kind::End)
            .map(|token| token.text.as_str())
            .collect();
        assert_eq!(shown, ["Pattern", ":", "{ \"a\": 1 }"]);
    }

    #[test]
    fn hostile_text_is_cut_and_not_feared() {
        for text in [
            "\u{202e}\u{0}\u{feff}",
            "****",
            "''''",
            "\"\n\"",
            "…",
            "=====",
            "ı\u{307}İ",
            &"ü,".repeat(100_000),
        ] {
            let text = Text::new(text);
            assert!(text.tokens.len() <= MAX_TOKENS);
            for index in 0..text.tokens.len() {
                text.quote(0..index);
            }
        }
    }
}
