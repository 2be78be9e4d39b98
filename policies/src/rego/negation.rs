//! `not` as OPA understands it: what is handed to a function inside of it is looked up before it.
//!
//! `not startswith(lower(input.missing), "i")` is undefined in OPA, as there is nothing to hand to `lower`; the interpreter
//! would call it true. A `deny` that rests on such a rule would be another one, and could be gone. So the arguments are taken out
//! before a file is asked: `t := lower(input.missing); not startswith(t, "i")`. Both sides of `==` and `=` may be missing in OPA
//! too, and stay as far as they are plain references. Lines stay where they are.

use std::ops::Range;

use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, LiteralStmt, Module, Query};

use super::walk::{self, Node};

/// What the names of taken out arguments begin with.
const NAME: &str = "__tfpilot_";

/// A change of a text.
struct Edit {
    range: Range<usize>,
    text: String,
}

/// The text with one layer of arguments taken out; none when nothing is left to do.
pub(super) fn hoisted(module: &Module, text: &str, taken: &mut usize) -> Option<String> {
    let mut edits: Vec<Edit> = Vec::new();
    walk::module(module, &mut |node| {
        let Node::Statement(query, statement) = node else { return };
        let range = range(text, statement.span.start, statement.span.end);
        // What stands inside of another one has its turn when that one is done.
        if edits.iter().any(|edit| edit.range.contains(&range.start)) {
            return;
        }
        if let Some(text) = rewritten(query, statement, text, taken) {
            edits.push(Edit { range, text });
        }
    });
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
    let mut whole = text.to_owned();
    for Edit { range, text } in edits {
        whole.get(range.clone())?;
        whole.replace_range(range, &text);
    }
    Some(whole)
}

/// One statement, with what it takes before it.
fn rewritten(query: &Query, statement: &LiteralStmt, text: &str, taken: &mut usize) -> Option<String> {
    let Literal::NotExpr { expr, .. } = &statement.literal else { return None };
    let mut out: Vec<&Expr> = Vec::new();
    arguments(expr, &mut out);
    if out.is_empty() {
        return None;
    }
    let whole = range(text, statement.span.start, statement.span.end);
    let with = statement
        .with_mods
        .first()
        .and_then(|with| text.get(range(text, with.span.start, statement.span.end)));
    let with = with.map_or_else(String::new, |with| format!(" {with}"));
    let mut negated = text.get(whole.clone())?.to_owned();
    let mut before = String::new();
    out.sort_by_key(|it| std::cmp::Reverse(it.span().start));
    for argument in out {
        let place = range(text, argument.span().start, argument.span().end);
        let name = format!("{NAME}{taken}");
        *taken += 1;
        before = format!("{name} := {}{with}; {before}", text.get(place.clone())?);
        let inside = place.start.checked_sub(whole.start)?..place.end.checked_sub(whole.start)?;
        negated.get(inside.clone())?;
        negated.replace_range(inside, &name);
    }
    // `if not …` without braces is one statement; more need them.
    let bare = query.stmts.len() == 1 && query.span.start == statement.span.start;
    Some(if bare { format!("{{ {before}{negated} }}") } else { format!("{before}{negated}") })
}

/// What has to be there before a negated expression is asked.
fn arguments<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Call { params, .. } => params.iter().for_each(|it| take(it, out)),
        Expr::BoolExpr { op: BoolOp::Eq, lhs, rhs, .. }
        | Expr::AssignExpr { op: AssignOp::Eq, lhs, rhs, .. } => {
            side(lhs, out);
            side(rhs, out);
        }
        Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::BinExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => {
            take(lhs, out);
            take(rhs, out);
        }
        Expr::Membership { key, value, collection, .. } => {
            key.iter().for_each(|it| take(it, out));
            take(value, out);
            take(collection, out);
        }
        other => side(other, out),
    }
}

/// A side of an equation: a reference may lead nowhere, what is computed may not.
fn side<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Var { .. } | Expr::ArrayCompr { .. } | Expr::SetCompr { .. } | Expr::ObjectCompr { .. } => {}
        Expr::RefDot { .. } | Expr::RefBrack { .. } => indexes(expr, out),
        other => take(other, out),
    }
}

/// What stands in brackets has to be there.
fn indexes<'a>(mut reference: &'a Expr, out: &mut Vec<&'a Expr>) {
    loop {
        match reference {
            Expr::RefDot { refr, .. } => reference = refr,
            Expr::RefBrack { refr, index, .. } => {
                take(index, out);
                reference = refr;
            }
            Expr::Var { .. } => return,
            other => return take(other, out),
        }
    }
}

/// Takes an expression out, unless it is there whatever happens.
fn take<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. } => {}
        Expr::Var { span, .. }
            if span.text() == "_" || span.text() == "input" || span.text().starts_with(NAME) => {}
        other if !is_plain(other) => out.push(other),
        _ => {}
    }
}

/// Only made of what is written out.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. } => true,
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().all(|item| is_plain(item)),
        Expr::Object { fields, .. } => fields.iter().all(|(_, key, value)| is_plain(key) && is_plain(value)),
        Expr::UnaryExpr { expr, .. } => is_plain(expr),
        _ => false,
    }
}

/// The place of something in the text. The interpreter leaves the quotes of texts at either end out.
pub(super) fn range(text: &str, start: u32, end: u32) -> Range<usize> {
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let is_quote = |at: Option<usize>| {
        at.and_then(|at| text.as_bytes().get(at)).is_some_and(|c| matches!(c, b'"' | b'`'))
    };
    let (start, end) = (place(start), place(end));
    let first = if is_quote(start.checked_sub(1)) { start - 1 } else { start };
    let last = if is_quote(Some(end)) { end + 1 } else { end };
    first..last
}
