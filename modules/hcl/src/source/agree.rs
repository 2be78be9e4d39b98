//! A second reading of every file, by the rules of Terraform's own scanner.
//!
//! Admission is only worth something when it reads what Terraform reads. The two parsers could differ in where a string,
//! a heredoc or a comment ends, and what one takes for text the other would run. So the scanner here finds the strings and
//! counts the words of the code, and the tree must have the same; otherwise the file is refused.

use super::Lines;
use crate::Diagnostic;
use hcl_edit::expr::{Expression, ForExpr};
use hcl_edit::structure::{BlockLabel, Body};
use hcl_edit::template::{Directive, ForDirective, ForTemplateExpr, IfDirective, Template};
use hcl_edit::visit::{self, Visit};
use hcl_edit::{Decorated, Ident, Span};
use std::collections::BTreeSet;

/// What both readings must agree on.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    /// First and last byte offset of every string and heredoc.
    strings: BTreeSet<(usize, usize)>,
    /// How many words stand in code.
    words: usize,
}

const DISAGREE: &str = "Terraform may read this differently than TfPilot does";

/// Refuses a file whose tree does not say what Terraform's scanner would find.
pub(super) fn check(lines: &Lines, body: &Body) -> Result<(), Diagnostic> {
    let hint = "simplify strings, heredocs and comments here: end markers alone on their line, blocks on lines of their own";
    let refuse = |offset: usize| Diagnostic::new(lines.at(offset), DISAGREE, hint);
    let scanned =
        Scanner::new(lines.text(), Mode::Code { braces: 0, template: false }).run().map_err(refuse)?;
    let mut tree = Tree::default();
    tree.visit_body(body);
    if scanned == tree.0 {
        return Ok(());
    }
    let strange = scanned.strings.symmetric_difference(&tree.0.strings).next();
    Err(refuse(strange.map_or(0, |span| span.0)))
}

/// The same for a template that stands alone, as in JSON.
pub(super) fn check_template(text: &str, template: &Template) -> Result<(), &'static str> {
    let scanned = Scanner::new(text, Mode::Template).run().map_err(|_| DISAGREE)?;
    let mut tree = Tree::default();
    tree.visit_template(template);
    if scanned == tree.0 { Ok(()) } else { Err(DISAGREE) }
}

/// What the parsed tree holds.
#[derive(Default)]
struct Tree(Reading);

impl Tree {
    fn string(&mut self, node: &impl Span) {
        if let Some(span) = node.span() {
            self.0.strings.insert((span.start, span.end));
        }
    }
}

impl Visit for Tree {
    fn visit_ident(&mut self, _: &Decorated<Ident>) {
        self.0.words += 1;
    }

    fn visit_block_label(&mut self, label: &BlockLabel) {
        if label.is_string() {
            self.string(label);
        }
        visit::visit_block_label(self, label);
    }

    fn visit_expr(&mut self, expr: &Expression) {
        match expr {
            Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
                self.string(expr)
            }
            Expression::Bool(_) | Expression::Null(_) => self.0.words += 1,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_for_expr(&mut self, expr: &ForExpr) {
        // `for`, `in`, and `if`.
        self.0.words += 2 + usize::from(expr.cond.is_some());
        visit::visit_for_expr(self, expr);
    }

    fn visit_directive(&mut self, directive: &Directive) {
        self.0.words += match directive {
            Directive::If(IfDirective { else_expr: Some(_), .. }) => 3,
            Directive::If(_) => 2,
            Directive::For(ForDirective { .. }) => 3,
        };
        visit::visit_directive(self, directive);
    }

    fn visit_for_template_expr(&mut self, expr: &ForTemplateExpr) {
        // The visitor leaves the collection out.
        self.visit_expr(&expr.collection_expr);
        visit::visit_for_template_expr(self, expr);
    }
}

/// What the scanner is inside of.
enum Mode<'t> {
    /// Code; ends with the brace of the interpolation it stands in.
    Code { braces: usize, template: bool },
    /// A string in quotes.
    Quoted { start: usize },
    /// A heredoc. Whether the present line can still be the end marker: it stops when an interpolation stood in it.
    Heredoc { start: usize, marker: &'t str, whole_line: bool },
    /// A template without quotes around it.
    Template,
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    modes: Vec<Mode<'t>>,
    reading: Reading,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, mode: Mode<'t>) -> Self {
        Self { text, at: 0, modes: vec![mode], reading: Reading::default() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Scans to the end; the error is the offset at which Terraform would stop.
    fn run(mut self) -> Result<Reading, usize> {
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
            [Mode::Code { template: false, braces: 0 } | Mode::Template] => Ok(self.reading),
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
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => {
                self.at += rest.get(2..).and_then(|inner| inner.find("*/")).ok_or(self.at)? + 4;
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

#[cfg(test)]
mod tests {
    use crate::source::{File, template};

    #[track_caller]
    fn agree(text: &str) {
        if let Err(diagnostic) = File::parse("a.tf", text.as_bytes()) {
            panic!("{diagnostic}\n{text}");
        }
    }

    #[track_caller]
    fn disagree(text: &str, line: u32) {
        let diagnostic = File::parse("a.tf", text.as_bytes()).expect_err("the readers differ");
        assert_eq!((diagnostic.what.as_str(), diagnostic.place.line), (super::DISAGREE, line), "{text}");
    }

    #[test]
    fn ordinary_code_reads_the_same_twice() {
        for text in [
            "",
            "a = 1 # note \" {\n// \" }\n/* \"\n{ */ b = 2\n",
            "a = \"x ${b[\"y\"]} \\\" $${z} %%{z} $ % ${\"${1}\"}\"\n",
            "a = <<EOT\nx ${b} \"\n  EOTX\n$${y} 100%\n  EOT\nb = 1\n",
            "a = <<-EOT\r\n  x\r\n  EOT\r\nb = 1\r\n",
            "a = [<<A\nx\nA\n, <<B\ny\nB\n]\n",
            "block \"l\" ident {\n  a = true\n  nested { b = null }\n}\n",
            "a = [for k, v in {for x in y : x => 1 if x} : -v if !k]\n",
            "a = \"%{ if x ~}1%{ else }2%{ endif }%{ for k, v in y }${v}%{ endfor }\"\n",
            "a = b.0.c[*].d.*.e[\"f\"] + 1.5e-3 - 2E5\n",
            "a-b = é_1.c-d\n",
            "a = provider::aws::arn_parse(\"x\").y ? core::max(1, 2...) : 0\n",
        ] {
            agree(text);
        }
        for text in [
            "%{ for a, b in c ~}\n${upper(a)} $${x} \\${1}\n%{ endfor ~}\n",
            "plain \" text",
            "${\"a ${b}\"}",
        ] {
            assert!(template("t", text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_one_reader_takes_for_text_is_found() {
        // Terraform ends this heredoc at the marker behind a no-break space and runs the line below it.
        disagree("a = <<EOT\nx\n\u{a0}EOT\nb = file(\"/etc/passwd\")\nc = <<EOT\nEOT\n", 1);
        // Terraform does not end it at a marker with something behind.
        disagree("a = <<EOT\nx\nEOT # c\nb = 1\n", 1);
        disagree("a = <<EOT\nx\nEOT # \nb = <<EOT\nEOT\n", 1);
    }
}
