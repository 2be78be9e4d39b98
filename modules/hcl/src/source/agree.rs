//! A second reading of every file, by the rules of Terraform's own scanner.
//!
//! Admission is only worth something when it reads what Terraform reads. The two parsers could differ in where a string,
//! a heredoc or a comment ends, and what one takes for text the other would run. So the scanner here finds the strings and
//! counts the words of the code, and the tree must have the same; otherwise the file is refused.

use super::Lines;
use super::scanner::{Mode, Reading, Scanner};
use crate::Diagnostic;
use hcl_edit::expr::{Expression, ForExpr};
use hcl_edit::structure::{BlockLabel, Body};
use hcl_edit::template::{Directive, ForDirective, ForTemplateExpr, IfDirective, Template};
use hcl_edit::visit::{self, Visit};
use hcl_edit::{Decorated, Ident, Span};

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
