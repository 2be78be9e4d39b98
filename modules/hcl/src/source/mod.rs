//! Files of Terraform's configuration as blocks with places, the same for both syntaxes.
//!
//! `native` reads HCL, `json` reads `.tf.json`. Which files Terraform loads is said in [`names`]; what the blocks mean
//! belongs to their readers.

mod agree;
mod json;
mod json_reader;
pub mod names;
mod native;
mod parse;
mod scanner;

pub use crate::text::{FILE_CAP, Lines};

use crate::eval::constant;
use crate::{Diagnostic, Place, Type};
use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::template::Template;
use scanner::{Mode, Scanner};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// HCL's own syntax.
    Native,
    /// HCL written as JSON.
    Json,
}

/// A configuration file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path, as shown to people.
    pub path: String,
    /// Its syntax, by its name.
    pub syntax: Syntax,
    /// What stands in it.
    pub body: Body,
    lines: Lines,
}

/// Attributes and blocks.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// `name = value`.
    pub attributes: Vec<Attribute>,
    /// Nested blocks. In JSON an object may be either, so objects are both: here, and in `attributes`.
    pub blocks: Vec<Block>,
}

/// A block: its kind, its labels, its body.
#[derive(Debug, Clone)]
pub struct Block {
    /// The word it begins with.
    pub kind: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// What stands in it.
    pub body: Body,
    /// Where it begins.
    pub place: Place,
    /// The line on which it ends, from 1; in JSON the one on which it begins.
    pub end: u32,
}

/// `name = value`.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Expression,
    /// Where the name stands.
    pub place: Place,
}

/// Reads a template that stands alone: the text of a file, or of a string.
pub fn template(path: &str, text: &str) -> Result<Template, Diagnostic> {
    template_at(text, |offset| Lines::new(path, text).at(offset))
}

fn template_at(text: &str, place: impl Fn(usize) -> Place) -> Result<Template, Diagnostic> {
    let refuse = |offset: usize, what: &str| {
        let hint = "write `$${` for a plain `${` and `%%{` for a plain `%{`";
        Diagnostic::new(place(offset), format!("this template cannot be read: {what}"), hint)
    };
    let template = parse::template(text).map_err(|fault| refuse(fault.offset, &fault.what))?;
    agree::check_template(text, &template).map_err(|what| refuse(0, what))?;
    Ok(template)
}

impl Body {
    /// The attribute of a name.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The nested blocks of a kind.
    pub fn named<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// This body's blocks and theirs, outer ones first.
    pub fn nested(&self) -> Vec<&Block> {
        // Readers bound the depth, so the recursion is bounded too.
        self.blocks.iter().flat_map(|block| std::iter::once(block).chain(block.body.nested())).collect()
    }
}

impl File {
    /// Reads a file whose name ends in `.tf`, `.tfvars` (HCL) or `.json` (JSON).
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, Diagnostic> {
        let text = crate::text::decode(path, bytes)?;
        let lines = Lines::new(path, text);
        let (syntax, body) = if path.ends_with(".json") {
            (Syntax::Json, json::body(&lines)?)
        } else {
            (Syntax::Native, native::body(&lines)?)
        };
        Ok(Self { path: path.to_owned(), syntax, body, lines })
    }

    /// Where an expression stands; in JSON, expressions stand inside strings and `otherwise` is as near as it gets.
    pub fn place(&self, expr: &impl Span, otherwise: &Place) -> Place {
        match (self.syntax, expr.span()) {
            (Syntax::Native, Some(span)) => self.lines.at(span.start),
            _ => otherwise.clone(),
        }
    }

    /// Its comments with the line on which each begins, from 1; JSON has none.
    pub fn comments(&self) -> Vec<(u32, &str)> {
        if self.syntax == Syntax::Json {
            return Vec::new();
        }
        let comments = Scanner::new(self.lines.text(), Mode::Code { braces: 0, template: false }).comments();
        let text =
            |(start, end): (usize, usize)| Some((self.lines.at(start).line, self.lines.slice(start..end)?));
        comments.into_iter().filter_map(text).collect()
    }

    /// Whether a text stands anywhere in it, as it was written.
    pub fn mentions(&self, text: &str) -> bool {
        self.lines.text().contains(text)
    }

    /// The expression as it was written.
    pub fn written(&self, expr: &Expression) -> String {
        let text = match (self.syntax, expr.span()) {
            (Syntax::Native, Some(span)) => self.lines.slice(span).map(str::to_owned),
            _ => None,
        };
        text.unwrap_or_else(|| self.expression(expr).to_string()).trim().to_owned()
    }

    /// An expression as Terraform means it: in JSON, `"${x}"` is `x`.
    pub(crate) fn expression(&self, expr: &Expression) -> Expression {
        match (self.syntax, expr) {
            (Syntax::Json, Expression::StringTemplate(template)) => match template.as_single_element() {
                Some(hcl_edit::template::Element::Interpolation(inner)) => inner.expr.clone(),
                _ => expr.clone(),
            },
            _ => expr.clone(),
        }
    }

    /// A type constraint; in JSON it is written inside a string.
    pub(crate) fn type_constraint(&self, expr: &Expression) -> Result<Type, String> {
        match (self.syntax, expr.as_str()) {
            (Syntax::Json, Some(text)) => {
                let inner = parse::expression(text).map_err(|fault| fault.what)?;
                Type::parse(&inner, &constant)
            }
            _ => Type::parse(expr, &constant),
        }
    }
}
