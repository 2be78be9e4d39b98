//! Terraform's scanner, as far as strings, heredocs and comments go: the second reader of [`super::agree`]. It knows nothing
//! of grammar.

use std::collections::BTreeSet;

/// What both readings must agree on.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// First and last byte offset of every string and heredoc.
    pub(super) strings: BTreeSet<(usize, usize)>,
    /// How many words stand in code.
    pub(super) words: usize,
}

/// What the scanner is inside of.
pub(super) enum Mode<'t> {
    /// Code; ends with the brace of the interpolation it stands in.
    Code { braces: usize, template: bool },
    /// A string in quotes.
    Quoted { start: usize },
    /// A heredoc. Whether the present line can still be the end marker: it stops when an interpolation stood in it.
    Heredoc { start: usize, marker: &'t str, whole_line: bool },
    /// A template without quotes around it.
    Template,
}

pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    modes: Vec<Mode<'t>>,
    reading: Reading,
    /// Where comments begin and end.
    comments: Vec<(usize, usize)>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, mode: Mode<'t>) -> Self {
        Self { text, at: 0, modes: vec![mode], reading: Reading::default(), comments: Vec::new() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Scans to the end; the error is the offset at which Terraform would stop.
    pub(super) fn run(mut self) -> Result<Reading, usize> {
        self.scan()?;
        Ok(self.reading)
    }

    /// Where comments begin and end; none of a text that Terraform would not scan.
    pub(super) fn comments(mut self) -> Vec<(usize, usize)> {
        match self.scan() {
            Ok(()) => self.comments,
            Err(_) => Vec::new(),
        }
    }

    fn scan(&mut self) -> Result<(), usize> {
        while self.at < self.text.len() {
            let before = self.at;
            match self.modes.last() {
                Some(Mode::Code { .. }) => self.code()?,
                Some(Mode::Quoted { .. }) => self.quoted()?,
                Some(Mode::Heredoc { .. }) => self.heredoc()?,
                Some(Mode::Template) => self.template(),
                None => return Err(self.at),
            }
            if self.at <= before {
                return Err(before);
            }
        }
        match self.modes.as_slice() {
            [Mode::Code { template: false, braces: 0 } | Mode::Template] => Ok(()),
            [.., Mode::Quoted { start } | Mode::Heredoc { start, .. }] => Err(*start),
            _ => Err(self.at),
        }
    }

    /// Steps over one character.
    fn step(&mut self) {
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
    }

    fn code(&mut self) -> Result<(), usize> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(()) };
        match first {
            '#' => self.comment(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("//") => self.comment(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => {
                self.comment(rest.get(2..).and_then(|inner| inner.find("*/")).ok_or(self.at)? + 4);
            }
            '"' => {
                self.modes.push(Mode::Quoted { start: self.at });
                self.at += 1;
            }
            '<' if rest.starts_with("<<") => self.open_heredoc()?,
            '{' | '}' => self.brace(first)?,
            '0'..='9' => self.number(),
            c if word_start(c) => {
                self.at += rest.find(|c| !word_inside(c)).unwrap_or(rest.len());
                self.reading.words += 1;
            }
            _ => self.step(),
        }
        Ok(())
    }

    fn comment(&mut self, length: usize) {
        self.comments.push((self.at, self.at + length));
        self.at += length;
    }

    fn brace(&mut self, brace: char) -> Result<(), usize> {
        self.at += 1;
        let Some(Mode::Code { braces, template }) = self.modes.last_mut() else { return Err(self.at) };
        match (brace, *braces, *template) {
            ('{', ..) => *braces += 1,
            (_, 0, true) => {
                self.modes.pop();
            }
            (_, 0, false) => return Err(self.at - 1),
            _ => *braces -= 1,
        }
        Ok(())
    }

    fn number(&mut self) {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        self.at += end;
    }

    fn open_heredoc(&mut self) -> Result<(), usize> {
        let start = self.at;
        let rest = self.rest().get(2..).unwrap_or_default();
        let named = rest.strip_prefix('-').unwrap_or(rest);
        let length = named.find(|c| !word_inside(c)).unwrap_or(named.len());
        let (marker, after) = named.split_at_checked(length).unwrap_or_default();
        let newline = if after.starts_with("\r\n") { 2 } else { 1 };
        if !marker.starts_with(word_start) || !after.trim_start_matches('\r').starts_with('\n') {
            return Err(start);
        }
        self.modes.push(Mode::Heredoc { start, marker, whole_line: true });
        self.at += 2 + (rest.len() - named.len()) + length + newline;
        Ok(())
    }

    /// Steps over an interpolation's beginning or an escaped one; false when neither comes next.
    fn interpolation(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            self.at += 3;
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            self.at += 2;
            self.modes.push(Mode::Code { braces: 0, template: true });
        } else {
            return false;
        }
        true
    }

    fn template(&mut self) {
        if !self.interpolation() {
            self.step();
        }
    }

    fn quoted(&mut self) -> Result<(), usize> {
        if self.interpolation() {
            return Ok(());
        }
        match self.rest().chars().next() {
            Some('\n') => return Err(self.at),
            Some('\\') => {
                self.at += 1;
                if self.rest().starts_with('\n') {
                    return Err(self.at);
                }
                self.step();
            }
            Some('"') => {
                self.at += 1;
                if let Some(Mode::Quoted { start }) = self.modes.pop() {
                    self.reading.strings.insert((start, self.at));
                }
            }
            _ => self.step(),
        }
        Ok(())
    }

    /// One line, or what is left of one, up to an interpolation.
    fn heredoc(&mut self) -> Result<(), usize> {
        let Some(Mode::Heredoc { start, marker, whole_line }) = self.modes.last_mut() else {
            return Err(self.at);
        };
        let (start, marker) = (*start, *marker);
        let rest = self.text.get(self.at..).unwrap_or_default();
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        if std::mem::take(whole_line) && line.trim() == marker {
            // The heredoc ends behind the marker; the newline belongs to the code after it.
            let end = self.at + line.trim_end().len();
            if line.trim_end() != line.trim_end_matches(['\r', '\n']) {
                return Err(self.at);
            }
            self.modes.pop();
            self.reading.strings.insert((start, end));
            self.at = end;
            return Ok(());
        }
        while !self.rest().is_empty() {
            if self.rest().starts_with('\n') {
                self.at += 1;
                if let Some(Mode::Heredoc { whole_line, .. }) = self.modes.last_mut() {
                    *whole_line = true;
                }
                return Ok(());
            }
            let depth = self.modes.len();
            if !self.interpolation() {
                self.step();
            } else if self.modes.len() > depth {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn word_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn word_inside(c: char) -> bool {
    c == '_' || c == '-' || c.is_alphanumeric()
}
