//! Writing HCL: values to text, already in the form of `terraform fmt`.
//!
//! Every string is escaped here and nowhere else, so nothing that people wrote can become syntax. What is written,
//! and in which order, is decided by [`super::stack`].

use serde_json::{Number, Value};

/// The widest list that stays on one line, in characters.
const ONE_LINE_LIST: usize = 88;

/// Words that mean something else at the start of an object; as keys they are quoted.
const KEYWORDS: [&str; 6] = ["for", "if", "in", "null", "true", "false"];

/// A name that is safe to write bare: of a block, an attribute or a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ident(String);

impl Ident {
    /// `None` when `name` is not an identifier of letters, digits, `_` and `-`.
    pub(crate) fn new(name: &str) -> Option<Self> {
        is_identifier(name).then(|| Self(name.to_owned()))
    }

    /// For names that this crate spells out itself.
    pub(crate) fn known(name: &'static str) -> Self {
        debug_assert!(is_identifier(name), "{name} is not an identifier");
        Self(name.to_owned())
    }
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// A value that can be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string without any interpolation.
    String(String),
    /// A list, set or tuple.
    List(Vec<Expr>),
    /// A map or object, in this order.
    Object(Vec<(String, Expr)>),
    /// A reference such as `module.bucket.arn`.
    Reference(Vec<Ident>),
    /// The first of several of the same name.
    First(Box<Expr>),
    /// The one of several that has this key.
    Index(Box<Expr>, String),
    /// An attribute of what is not a plain reference.
    Attribute(Box<Expr>, Ident),
    /// An attribute of each of several, by their keys.
    OfEach(Box<Expr>, Ident),
    /// A function of one argument.
    Call(Ident, Box<Expr>),
}

impl Expr {
    /// A string.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }
}

impl From<&Value> for Expr {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(entries) => {
                Self::Object(entries.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
        }
    }
}

/// Attributes and blocks, in the order they are written.
#[derive(Debug, Default)]
pub(crate) struct Body(Vec<Item>);

#[derive(Debug)]
enum Item {
    Attribute(Ident, Expr),
    Block(Ident, Vec<String>, Body),
}

impl Body {
    /// Adds `name = value`.
    pub(crate) fn attribute(&mut self, name: Ident, value: Expr) {
        self.0.push(Item::Attribute(name, value));
    }

    /// Adds a block; labels are written as quoted strings.
    pub(crate) fn block(&mut self, name: Ident, labels: &[&str], body: Body) {
        self.0.push(Item::Block(name, labels.iter().map(|label| (*label).to_owned()).collect(), body));
    }

    /// Whether nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, each line ended by a newline.
    pub(crate) fn render(&self) -> String {
        let mut out = String::new();
        write_body(&mut out, self, 0);
        out
    }
}

fn write_body(out: &mut String, body: &Body, depth: usize) {
    let mut pending: Vec<(String, String)> = Vec::new();
    for (position, item) in body.0.iter().enumerate() {
        match item {
            Item::Attribute(name, value) => pending.push((name.0.clone(), expression(value, depth))),
            Item::Block(name, labels, inner) => {
                write_assignments(out, &pending, depth);
                pending.clear();
                if position > 0 {
                    out.push('\n');
                }
                indent(out, depth);
                out.push_str(&name.0);
                for label in labels {
                    out.push(' ');
                    out.push_str(&quoted(label));
                }
                if inner.is_empty() {
                    out.push_str(" {}\n");
                } else {
                    out.push_str(" {\n");
                    write_body(out, inner, depth + 1);
                    indent(out, depth);
                    out.push_str("}\n");
                }
                if matches!(body.0.get(position + 1), Some(Item::Attribute(..))) {
                    out.push('\n');
                }
            }
        }
    }
    write_assignments(out, &pending, depth);
}

/// `terraform fmt` aligns the `=` of neighbouring one-line values; a value of several lines stands for itself and
/// separates its neighbours.
fn write_assignments(out: &mut String, assignments: &[(String, String)], depth: usize) {
    for run in assignments.chunk_by(|left, right| left.1.contains('\n') == right.1.contains('\n')) {
        let aligned = run.first().is_some_and(|(_, value)| !value.contains('\n'));
        let widest = if aligned { run.iter().map(|(key, _)| width(key)).max().unwrap_or(0) } else { 0 };
        for (key, value) in run {
            indent(out, depth);
            out.push_str(key);
            out.push_str(&" ".repeat(widest.saturating_sub(width(key))));
            out.push_str(" = ");
            out.push_str(value);
            out.push('\n');
        }
    }
}

/// Keys hold only characters that are one column each, see [`object_key`].
fn width(key: &str) -> usize {
    key.chars().count()
}

fn indent(out: &mut String, depth: usize) {
    out.push_str(&"  ".repeat(depth));
}

fn expression(value: &Expr, depth: usize) -> String {
    match value {
        Expr::Null => "null".to_owned(),
        Expr::Bool(value) => value.to_string(),
        Expr::Number(number) => number.to_string(),
        Expr::String(text) => quoted(text),
        Expr::First(of) => format!("{}[0]", expression(of, depth)),
        Expr::Index(of, key) => format!("{}[{}]", expression(of, depth), quoted(key)),
        Expr::Attribute(of, name) => format!("{}.{}", expression(of, depth), name.0),
        Expr::OfEach(of, name) => {
            format!("{{ for name, thing in {} : name => thing.{} }}", expression(of, depth), name.0)
        }
        Expr::Reference(path) => path.iter().map(|name| name.0.as_str()).collect::<Vec<_>>().join("."),
        Expr::Call(function, argument) => format!("{}({})", function.0, expression(argument, depth)),
        Expr::List(items) => list(items, depth),
        Expr::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Expr::Object(entries) => {
            let lines: Vec<_> =
                entries.iter().map(|(key, value)| (object_key(key), expression(value, depth + 1))).collect();
            let mut out = String::from("{\n");
            write_assignments(&mut out, &lines, depth + 1);
            indent(&mut out, depth);
            out.push('}');
            out
        }
    }
}

fn list(items: &[Expr], depth: usize) -> String {
    let one_line =
        format!("[{}]", items.iter().map(|item| expression(item, depth)).collect::<Vec<_>>().join(", "));
    if !one_line.contains('\n') && one_line.chars().count() <= ONE_LINE_LIST {
        return one_line;
    }
    let mut out = String::from("[\n");
    for item in items {
        indent(&mut out, depth + 1);
        out.push_str(&expression(item, depth + 1));
        out.push_str(",\n");
    }
    indent(&mut out, depth);
    out.push(']');
    out
}

/// Bare where that is safe. In quoted keys everything beyond Latin letters is escaped, because `terraform fmt`
/// aligns by grapheme clusters and only there one character is certainly one column.
fn object_key(key: &str) -> String {
    if is_identifier(key) && !KEYWORDS.contains(&key) {
        return key.to_owned();
    }
    quote(key, |letter| matches!(letter, '\u{c0}'..='\u{24f}'))
}

fn quoted(text: &str) -> String {
    quote(text, |letter| !is_invisible(letter))
}

/// A quoted string. Only ASCII that can be seen and what `keeps` allows is written as it is.
fn quote(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' => match letters.peek() {
                Some('{') => out.extend([letter, letter]),
                // `$$${` is read in different ways by different parsers: in a run only the last is written bare.
                Some(next) if *next == letter => escape(&mut out, letter),
                _ => out.push(letter),
            },
            ' '..='~' => out.push(letter),
            _ if keeps(letter) => out.push(letter),
            _ => escape(&mut out, letter),
        }
    }
    out.push('"');
    out
}

fn escape(out: &mut String, letter: char) {
    let code = u32::from(letter);
    if code <= 0xffff {
        out.push_str(&format!("\\u{code:04x}"));
    } else {
        out.push_str(&format!("\\U{code:08x}"));
    }
}

/// Control, format, private-use and other characters that a reviewer would not see, or that change how the text
/// around them is shown (bidirectional overrides): they are written as escapes.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}'
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
}
