//! Walks what the interpreter's parser made of a file: every expression and every statement, references as a whole.

use regorus::unstable::{Expr, Literal, LiteralStmt, Module, Query, Rule, RuleAssign, RuleHead};

/// What is met.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    /// An expression; of a reference such as `input.a[b].c` only the whole, and what stands in brackets.
    Expr(&'a Expr),
    /// A statement of a query.
    Statement(&'a Query, &'a LiteralStmt),
}

/// A reference: what it begins with, and its steps; a step that is no plain text is none.
pub(super) struct Chain<'a> {
    pub(super) root: &'a Expr,
    pub(super) steps: Vec<Option<String>>,
}

impl Chain<'_> {
    /// The name that it begins with.
    pub(super) fn name(&self) -> Option<&str> {
        match self.root {
            Expr::Var { span, .. } => Some(span.text()),
            _ => None,
        }
    }

    /// The steps up to the first that is no plain text.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map_while(|step| step.as_deref())
    }
}

/// The steps of a reference, or of a name alone.
pub(super) fn chain(expr: &Expr) -> Chain<'_> {
    let (mut root, mut steps) = (expr, Vec::new());
    loop {
        match root {
            Expr::RefDot { refr, field, .. } => {
                steps.push(Some(field.0.text().to_owned()));
                root = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                steps.push(text(index));
                root = refr;
            }
            _ => break,
        }
    }
    steps.reverse();
    Chain { root, steps }
}

/// A plain text.
pub(super) fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::String { value, .. } | Expr::RawString { value, .. } => {
            value.as_string().ok().map(|text| text.to_string())
        }
        _ => None,
    }
}

/// What a rule is called, where it stands, and whether it is a function.
pub(super) fn head(rule: &Rule) -> (&Expr, bool) {
    match rule {
        Rule::Spec { head, .. } => match head {
            RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. } => (refr, false),
            RuleHead::Func { refr, .. } => (refr, true),
        },
        Rule::Default { refr, args, .. } => (refr, !args.is_empty()),
    }
}

/// Shows every node of a file.
pub(super) fn module<'a>(module: &'a Module, see: &mut impl FnMut(Node<'a>)) {
    for rule in &module.policy {
        match &**rule {
            Rule::Spec { head, bodies, .. } => {
                match head {
                    RuleHead::Compr { refr, assign: value, .. } => {
                        indexes(refr, see);
                        assign(value.as_ref(), see);
                    }
                    RuleHead::Set { refr, key, .. } => {
                        indexes(refr, see);
                        key.iter().for_each(|key| expr(key, see));
                    }
                    RuleHead::Func { args, assign: value, .. } => {
                        args.iter().for_each(|argument| expr(argument, see));
                        assign(value.as_ref(), see);
                    }
                }
                for body in bodies {
                    assign(body.assign.as_ref(), see);
                    query(&body.query, see);
                }
            }
            Rule::Default { value, .. } => expr(value, see),
        }
    }
}

fn assign<'a>(value: Option<&'a RuleAssign>, see: &mut impl FnMut(Node<'a>)) {
    value.into_iter().for_each(|value| expr(&value.value, see));
}

fn query<'a>(query: &'a Query, see: &mut impl FnMut(Node<'a>)) {
    for statement in &query.stmts {
        see(Node::Statement(query, statement));
        literal(&statement.literal, see);
        statement.with_mods.iter().for_each(|with| expr(&with.r#as, see));
    }
}

fn literal<'a>(literal: &'a Literal, see: &mut impl FnMut(Node<'a>)) {
    match literal {
        Literal::SomeVars { .. } => {}
        Literal::SomeIn { key, value, collection, .. } => {
            key.iter().for_each(|key| expr(key, see));
            expr(value, see);
            expr(collection, see);
        }
        Literal::Expr { expr: it, .. } | Literal::NotExpr { expr: it, .. } => expr(it, see),
        Literal::Every { domain, query: inner, .. } => {
            expr(domain, see);
            query(inner, see);
        }
    }
}

/// What stands in the brackets of a reference.
fn indexes<'a>(mut reference: &'a Expr, see: &mut impl FnMut(Node<'a>)) {
    loop {
        match reference {
            Expr::RefDot { refr, .. } => reference = refr,
            Expr::RefBrack { refr, index, .. } => {
                expr(index, see);
                reference = refr;
            }
            Expr::Var { .. } => return,
            other => return expr(other, see),
        }
    }
}

fn expr<'a>(it: &'a Expr, see: &mut impl FnMut(Node<'a>)) {
    see(Node::Expr(it));
    match it {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => {}
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().for_each(|item| expr(item, see)),
        Expr::Object { fields, .. } => {
            for (_, key, value) in fields {
                expr(key, see);
                expr(value, see);
            }
        }
        Expr::ArrayCompr { term, query: inner, .. } | Expr::SetCompr { term, query: inner, .. } => {
            expr(term, see);
            query(inner, see);
        }
        Expr::ObjectCompr { key, value, query: inner, .. } => {
            expr(key, see);
            expr(value, see);
            query(inner, see);
        }
        Expr::Call { params, .. } => params.iter().for_each(|parameter| expr(parameter, see)),
        Expr::UnaryExpr { expr: inner, .. } => expr(inner, see),
        Expr::RefDot { .. } | Expr::RefBrack { .. } => indexes(it, see),
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => {
            expr(lhs, see);
            expr(rhs, see);
        }
        Expr::Membership { key, value, collection, .. } => {
            key.iter().for_each(|key| expr(key, see));
            expr(value, see);
            expr(collection, see);
        }
    }
}
