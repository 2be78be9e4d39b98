//! IAM policy documents from the code: one unknown ARN makes the plan forget the whole document, the code shows who is let in.
//!
//! What a document lets happen is judged by the rules; here it only becomes a value with unknown parts.

use hcl_edit::template::Element;
use tfpilot_hcl::{Expression, TraversalOperator, Value, walk};

use super::keys::At;
use super::{Written, agreed};

/// Stands for a part of a template that is not known.
const HOLE: &str = "\u{0}";

impl Written<'_, '_> {
    /// The policy document that an argument gives, as a value with unknown parts.
    pub(crate) fn document(&self, name: &str) -> Value {
        agreed(self.expressions(name).iter().map(|(at, expr)| read(expr, at)))
    }
}

fn read(expr: &Expression, at: &At<'_, '_>) -> Value {
    if let Value::String(text) = at.evaluate(expr) {
        return parse(&text);
    }
    let Some(at) = at.deeper() else { return Value::Unknown };
    match expr {
        Expression::Parenthesis(inner) => read(inner.inner(), &at),
        Expression::FuncCall(call) => match (walk::function(call).as_str(), call.args.get(0)) {
            ("jsonencode" | "core::jsonencode", Some(document)) => inner_value(document, &at),
            _ => Value::Unknown,
        },
        Expression::Conditional(conditional) => match at.evaluate(&conditional.cond_expr) {
            Value::Bool(true) => read(&conditional.true_expr, &at),
            Value::Bool(false) => read(&conditional.false_expr, &at),
            _ => agreed([read(&conditional.true_expr, &at), read(&conditional.false_expr, &at)]),
        },
        Expression::StringTemplate(template) => template_value(template.iter(), &at),
        Expression::HeredocTemplate(heredoc) => template_value(heredoc.template.iter(), &at),
        expr => match (at.local(expr), data_document(expr)) {
            (Some(local), _) => read(local, &at),
            (None, Some(name)) => data_source(&name, &at),
            _ => Value::Unknown,
        },
    }
}

/// A document's expression: a local's may stand for it.
fn inner_value(expr: &Expression, at: &At<'_, '_>) -> Value {
    match (at.evaluate(expr), at.local(expr), at.deeper()) {
        (Value::Unknown, Some(local), Some(at)) => inner_value(local, &at),
        (value, ..) => value,
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str::<serde_json::Value>(text).map_or(Value::Unknown, |json| Value::from(&json))
}

/// A document written as a template. What is filled in at apply could be anything, statements included; so the document
/// is marked as open: it may convict, not acquit.
fn template_value<'e>(elements: impl Iterator<Item = &'e Element>, at: &At<'_, '_>) -> Value {
    let mut text = String::new();
    let mut open = false;
    for element in elements {
        match element {
            Element::Literal(literal) => text.push_str(literal.value()),
            Element::Interpolation(interpolation) => match at.evaluate(&interpolation.expr) {
                Value::String(part) => text.push_str(&part),
                Value::Number(part) => text.push_str(&part.to_string()),
                Value::Bool(part) => text.push_str(&part.to_string()),
                _ => {
                    open = true;
                    text.push_str("\\u0000");
                }
            },
            Element::Directive(_) => return Value::Unknown,
        }
    }
    let document = with_holes(parse(&text));
    if open { with_more_statements(document) } else { document }
}

/// A document that may hold more statements than are seen.
fn with_more_statements(document: Value) -> Value {
    let Value::Object(mut members) = document else { return Value::Unknown };
    let mut statements = match members.remove("Statement") {
        Some(Value::List(statements)) => statements,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    statements.push(Value::Unknown);
    members.insert("Statement".to_owned(), Value::List(statements));
    Value::Object(members)
}

/// Texts with a part that is not known are unknown.
fn with_holes(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains(HOLE) => Value::Unknown,
        Value::List(items) => Value::List(items.into_iter().map(with_holes).collect()),
        Value::Object(entries) if entries.keys().any(|key| key.contains(HOLE)) => Value::Unknown,
        Value::Object(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, with_holes(value))).collect())
        }
        value => value,
    }
}

/// `name` of `data.aws_iam_policy_document.name.json`.
fn data_document(expr: &Expression) -> Option<String> {
    let traversal = expr.as_traversal()?;
    if traversal.expr.as_variable()?.as_str() != "data" {
        return None;
    }
    let names: Vec<&str> = traversal
        .operators
        .iter()
        .map(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.value().as_str()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    match names.as_slice() {
        ["aws_iam_policy_document", name, "json"] => Some((*name).to_owned()),
        _ => None,
    }
}

fn data_source(name: &str, at: &At<'_, '_>) -> Value {
    let found = at.index.find(at.modules, "data", "aws_iam_policy_document", name, None);
    let Some(written) = found else { return Value::Unknown };
    // Statements of other documents may be laid over these.
    if written.value("override_policy_documents").is_some() || written.value("override_json").is_some() {
        return Value::Unknown;
    }
    let sources =
        written.value("source_policy_documents").is_some() || written.value("source_json").is_some();
    let document = from_value(&written.all());
    if sources { with_more_statements(document) } else { document }
}

/// The document of `aws_iam_policy_document`, from its blocks or from the plan's value of them.
pub(crate) fn from_value(source: &Value) -> Value {
    let Value::Object(source) = source else { return Value::Unknown };
    let statements = match source.get("statement") {
        Some(Value::List(statements)) => Value::List(statements.iter().map(statement).collect()),
        Some(Value::Null) | None => Value::List(Vec::new()),
        Some(_) => Value::Unknown,
    };
    Value::Object([("Statement".to_owned(), statements)].into())
}

fn statement(block: &Value) -> Value {
    let Value::Object(block) = block else { return Value::Unknown };
    let get = |name: &str| block.get(name).cloned().unwrap_or(Value::Null);
    let effect = match get("effect") {
        Value::Null => Value::String("Allow".to_owned()),
        effect => effect,
    };
    let mut members = std::collections::BTreeMap::from([("Effect".to_owned(), effect)]);
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        match get(from) {
            Value::Null => {}
            Value::List(blocks) if blocks.is_empty() => {}
            Value::List(blocks) => {
                members.insert(to.to_owned(), principals(&blocks));
            }
            _ => {
                members.insert(to.to_owned(), Value::Unknown);
            }
        }
    }
    for (from, to) in [("actions", "Action"), ("resources", "Resource")] {
        if get(from) != Value::Null {
            members.insert(to.to_owned(), get(from));
        }
    }
    match get("condition") {
        Value::Null => {}
        Value::List(blocks) if blocks.is_empty() => {}
        Value::List(blocks) => {
            members.insert("Condition".to_owned(), conditions(&blocks));
        }
        _ => {
            members.insert("Condition".to_owned(), Value::Unknown);
        }
    }
    Value::Object(members)
}

/// A list, as one type may be named by several blocks.
fn principals(blocks: &[Value]) -> Value {
    let one = |block: &Value| match block {
        Value::Object(block) => block.get("identifiers").cloned().unwrap_or(Value::Null),
        _ => Value::Unknown,
    };
    Value::List(blocks.iter().map(one).collect())
}

/// A list of conditions which must all hold.
fn conditions(blocks: &[Value]) -> Value {
    let one = |block: &Value| {
        let text = |name: &str| crate::values::member(block, name).as_str().map(str::to_owned);
        let (Some(test), Some(variable)) = (text("test"), text("variable")) else { return Value::Unknown };
        let entry = Value::Object([(variable, crate::values::member(block, "values"))].into());
        Value::Object([(test, entry)].into())
    };
    Value::List(blocks.iter().map(one).collect())
}
