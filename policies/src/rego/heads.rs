//! Heads of rules as OPA understands them: what stands there is looked up in the body.
//!
//! Of `violation[{"msg": rc.address, "tags": rc.change.after.tags}] { rc := input.resource_changes[_] }` OPA leaves out the
//! resources without tags; the interpreter would leave out all of them, and the violation would be gone. So what stands in
//! the head is taken into the body: `violation[h] { rc := …; h := {"msg": …} }`. Values before an `else` likewise. Lines stay where
//! they are.

use regorus::unstable::{Expr, Module, Query, Rule, RuleBody, RuleHead};

use super::negation::{Edit, NAME, applied, is_plain, place, range};

/// The text with what stands in heads taken into bodies; none when it is written in a way that is not foreseen.
pub(super) fn lowered(module: &Module, text: &str, taken: &mut usize) -> Option<String> {
    let mut edits = Vec::new();
    for rule in &module.policy {
        let Rule::Spec { head, bodies, .. } = &**rule else { continue };
        let mut out: Vec<&Expr> = Vec::new();
        let (refr, value) = match head {
            RuleHead::Set { refr, key, .. } => {
                out.extend(key.iter().map(|key| &**key));
                (refr, None)
            }
            RuleHead::Compr { refr, assign, .. } => (refr, assign.as_ref()),
            RuleHead::Func { assign, refr, .. } => (refr, assign.as_ref()),
        };
        let partial = !matches!(head, RuleHead::Func { .. }) && brackets(refr, &mut out);
        if partial && !bodies.iter().any(|body| body.is_else) {
            out.extend(value.map(|value| &*value.value));
        } else {
            before_else(value.map(|value| &*value.value), bodies, text, taken, &mut edits)?;
        }
        out.retain(|it| !matches!(it, Expr::Var { .. }) && !is_plain(it));
        let bodies: Vec<&RuleBody> = bodies.iter().filter(|body| !body.query.stmts.is_empty()).collect();
        if out.is_empty() || bodies.is_empty() {
            continue;
        }
        let named = named(&out, text, taken)?;
        for (expr, name, _) in &named {
            edits.push(Edit { range: place(text, expr), text: name.clone() });
        }
        for body in bodies {
            let wanted: Vec<&str> = named.iter().map(|(_, _, statement)| statement.as_str()).collect();
            into_body(&body.query, &wanted, text, &mut edits)?;
        }
    }
    applied(edits, text)
}

/// What stands in the brackets of a head; true when there are some.
fn brackets<'a>(mut refr: &'a Expr, out: &mut Vec<&'a Expr>) -> bool {
    let mut some = false;
    loop {
        match refr {
            Expr::RefDot { refr: inner, .. } => refr = inner,
            Expr::RefBrack { refr: inner, index, .. } => {
                out.push(index);
                (refr, some) = (inner, true);
            }
            _ => return some,
        }
    }
}

/// A value that is not there leads to the next `else`.
fn before_else(
    value: Option<&Expr>,
    bodies: &[RuleBody],
    text: &str,
    taken: &mut usize,
    edits: &mut Vec<Edit>,
) -> Option<()> {
    let mut value = value;
    for (at, body) in bodies.iter().enumerate() {
        if at > 0 {
            value = body.assign.as_ref().map(|assign| &*assign.value);
        }
        let goes_on = bodies.get(at + 1).is_some_and(|next| next.is_else);
        let Some(expr) = value.filter(|it| goes_on && !is_plain(it) && !body.query.stmts.is_empty()) else {
            continue;
        };
        let named = named(&[expr], text, taken)?;
        for (expr, name, statement) in &named {
            edits.push(Edit { range: place(text, expr), text: name.clone() });
            into_body(&body.query, &[statement.as_str()], text, edits)?;
        }
    }
    Some(())
}

/// Names for what is taken, with the statements that give them.
fn named<'a>(out: &[&'a Expr], text: &str, taken: &mut usize) -> Option<Vec<(&'a Expr, String, String)>> {
    let one = |expr: &&'a Expr| {
        let name = format!("{NAME}{taken}");
        *taken += 1;
        let written = text.get(place(text, expr))?;
        let statement = format!("{name} := {written}");
        Some((*expr, name, statement))
    };
    out.iter().map(one).collect()
}

/// Adds statements to the end of a body, and at its beginning the lines that its head has lost.
fn into_body(query: &Query, statements: &[&str], text: &str, edits: &mut Vec<Edit>) -> Option<()> {
    let lines = "\n".repeat(statements.iter().map(|it| it.matches('\n').count()).sum());
    let added = statements.join("; ");
    let first = query.stmts.first()?;
    let (start, end) = (usize::try_from(query.span.start).ok()?, usize::try_from(query.span.end).ok()?);
    if query.span.start == first.span.start {
        let whole = range(text, query.span.start, query.span.end);
        let written = text.get(whole.clone())?;
        edits.push(Edit { text: format!("{{ {lines}{written}; {added} }}"), range: whole });
        return Some(());
    }
    let close = end.checked_sub(1)?;
    if text.get(start..start + 1) != Some("{") || text.get(close..end) != Some("}") {
        return None;
    }
    if !lines.is_empty() {
        edits.push(Edit { range: start + 1..start + 1, text: lines });
    }
    edits.push(Edit { range: close..close, text: format!("; {added} ") });
    Some(())
}
