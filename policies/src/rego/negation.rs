//! `not` as OPA understands it: what is handed to a function inside of it is looked up before it.
//!
//! `not startswith(lower(input.missing), "i")` is undefined in OPA, as there is nothing to hand to `lower`; the interpreter
//! would call it true. A `deny` that rests on such a rule would be another one, and could be gone. So the arguments are taken out
//! before a file is asked: `t := lower(input.missing); not startswith(t, "i")`. Both sides of `==` and `=` may be missing in OPA
//! too, and stay as far as they are plain references. Lines stay where they are.

use std::collections::BTreeSet;
use std::ops::Range;

use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, LiteralStmt, Module, Query};

use super::walk::{self, Node};

/// What the names of taken out arguments begin with.
pub(super) const NAME: &str = "__tfpilot_";

/// Braces before the first field of an object that are looked at: all but one stand in comments.
const BRACES: usize = 16;

/// A change of a text.
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// What a negation is read with.
pub(super) struct Scope<'a> {
    /// Names of rules: alone they may lead nowhere, where names of a body do not.
    pub(super) rules: &'a BTreeSet<String>,
}

/// The text with one layer of arguments taken out; none when nothing is left to do.
pub(super) fn hoisted(module: &Module, text: &str, scope: &Scope<'_>, taken: &mut usize) -> Option<String> {
    let mut edits: Vec<Edit> = Vec::new();
    walk::module(module, &mut |node| {
        let Node::Statement(query, statement) = node else { return };
        let range = range(text, statement.span.start, statement.span.end);
        // What stands inside of another one has its turn when that one is done.
        if edits.iter().any(|edit| edit.range.contains(&range.start)) {
            return;
        }
        if let Some(text) = rewritten(query, statement, text, scope, taken) {
            edits.push(Edit { range, text });
        }
    });
    if edits.is_empty() { None } else { applied(edits, text) }
}

/// The text with changes that do not overlap; none when there is no such place.
pub(super) fn applied(mut edits: Vec<Edit>, text: &str) -> Option<String> {
    // From the end, so that places before stay what they are.
    edits.sort_by_key(|edit| (std::cmp::Reverse(edit.range.start), std::cmp::Reverse(edit.range.end)));
    let mut whole = text.to_owned();
    for Edit { range, text } in edits {
        whole.get(range.clone())?;
        whole.replace_range(range, &text);
    }
    Some(whole)
}

/// One statement, with what it takes before it.
fn rewritten(
    query: &Query,
    statement: &LiteralStmt,
    text: &str,
    scope: &Scope<'_>,
    taken: &mut usize,
) -> Option<String> {
    let Literal::NotExpr { expr, .. } = &statement.literal else { return None };
    let mut out: Vec<&Expr> = Vec::new();
    arguments(expr, &mut out);
    // A name of the body is there when its turn comes.
    out.retain(|it| !matches!(it, Expr::Var { span, .. } if !scope.rules.contains(span.text())));
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
    out.sort_by_key(|it| std::cmp::Reverse(place(text, it).start));
    for argument in out {
        let place = place(text, argument);
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
pub(super) fn is_plain(expr: &Expr) -> bool {
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

/// The place of an expression in the text. Of objects the interpreter tells a start that is none.
pub(super) fn place(text: &str, expr: &Expr) -> Range<usize> {
    let whole = range(text, expr.span().start, expr.span().end);
    let Expr::Object { fields, .. } = expr else { return whole };
    let Some((first, _, _)) = fields.first() else { return whole };
    let first = range(text, first.start, first.start).start;
    let before = text.get(..first).unwrap_or_default();
    let braces = before.rmatch_indices('{').map(|(at, _)| at);
    let empty = |at: &usize| before.get(at + 1..).is_some_and(|gap| gap.lines().all(is_gap));
    // The farthest one: another one may stand in a comment between.
    braces.take(BRACES).filter(empty).last().unwrap_or(whole.start)..whole.end
}

/// Nothing but a comment.
fn is_gap(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
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
