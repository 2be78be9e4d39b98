//! Templates: strings with interpolations and directives, heredocs, and the `~` that eats white space.

use super::{Fault, Outcome, Run, operators};
use crate::Value;
use hcl_edit::template::{Directive, Element, ForDirective, HeredocTemplate, IfDirective, Strip, Template};

impl Run<'_> {
    /// A template's value: text, or the value itself when the template is one interpolation and nothing else.
    pub(super) fn template<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Outcome {
        let elements: Vec<_> = elements.collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            return self.eval(&only.expr);
        }
        Ok(self.text_of(&elements)?.map_or(Value::Unknown, Value::String))
    }

    pub(super) fn heredoc(&self, heredoc: &HeredocTemplate) -> Outcome {
        if self.is_strict() {
            return Ok(Value::Unknown);
        }
        match heredoc.indent() {
            Some(_) => {
                let mut plain = heredoc.clone();
                plain.dedent();
                self.template(plain.template.iter())
            }
            None => self.template(heredoc.template.iter()),
        }
    }

    /// The text, or none when a part is unknown.
    fn text_of(&self, elements: &[&Element]) -> Result<Option<String>, Fault> {
        let mut out = String::new();
        // White space that is eaten, and by how much, is not exact.
        let mut known =
            !(self.is_strict() && elements.iter().any(|element| strips(element) != (false, false)));
        for (at, element) in elements.iter().enumerate() {
            let before =
                at.checked_sub(1).and_then(|at| elements.get(at)).is_some_and(|element| strips(element).1);
            let after = elements.get(at + 1).is_some_and(|element| strips(element).0);
            let part = match element {
                Element::Literal(text) => Some(trimmed(text.value(), before, after).to_owned()),
                Element::Interpolation(interpolation) => match self.eval(&interpolation.expr)? {
                    Value::Unknown => None,
                    value => Some(operators::text(&value).ok_or(Fault)?),
                },
                Element::Directive(directive) => self.directive(directive)?,
            };
            match part {
                Some(part) if self.spend(part.len() / 16) => out.push_str(&part),
                _ => known = false,
            }
        }
        Ok(known.then_some(out))
    }

    fn directive(&self, directive: &Directive) -> Result<Option<String>, Fault> {
        match directive {
            Directive::If(directive) => self.if_directive(directive),
            Directive::For(directive) => self.for_directive(directive),
        }
    }

    fn if_directive(&self, directive: &IfDirective) -> Result<Option<String>, Fault> {
        let (then, otherwise) = (&directive.if_expr, directive.else_expr.as_ref());
        let closing = directive.endif_expr.strip;
        if let Some(chosen) = self.choose(2) {
            let template = if chosen == 0 {
                Some(&then.template)
            } else {
                otherwise.map(|otherwise| &otherwise.template)
            };
            let stripped = [Some(then.strip), otherwise.map(|otherwise| otherwise.strip), Some(closing)];
            if stripped.iter().flatten().any(|strip| *strip != Strip::None) {
                return Ok(None);
            }
            return template
                .map_or(Ok(Some(String::new())), |template| self.inner(template, Strip::None, Strip::None));
        }
        match self.eval(&then.cond_expr)? {
            Value::Unknown => Ok(None),
            condition if operators::boolean(&condition)? => {
                let end = otherwise.map_or(closing, |otherwise| otherwise.strip);
                self.inner(&then.template, then.strip, end)
            }
            _ => otherwise.map_or(Ok(Some(String::new())), |otherwise| {
                self.inner(&otherwise.template, otherwise.strip, closing)
            }),
        }
    }

    fn for_directive(&self, directive: &ForDirective) -> Result<Option<String>, Fault> {
        let expr = &directive.for_expr;
        let Some(pairs) = self.pairs(&expr.collection_expr)? else { return Ok(None) };
        let strips = expr.strip != Strip::None || directive.endfor_expr.strip != Strip::None;
        if self.is_strict() && (self.is_loose() || strips) {
            return Ok(None);
        }
        let mut out = String::new();
        for (key, value) in pairs {
            let names =
                (expr.key_var.as_ref().map(|name| name.value().as_str()), expr.value_var.value().as_str());
            let inner = || self.inner(&expr.template, expr.strip, directive.endfor_expr.strip);
            match self.with_bound(names, key, value, inner)? {
                Some(part) if self.spend(1 + part.len() / 16) => out.push_str(&part),
                _ => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// A directive's inner template, between the tags whose `~` eat into it.
    fn inner(&self, template: &Template, opening: Strip, closing: Strip) -> Result<Option<String>, Fault> {
        let elements: Vec<_> = template.iter().collect();
        let text = self.text_of(&elements)?;
        Ok(text.map(|text| trimmed(&text, opening.strip_end(), closing.strip_start()).to_owned()))
    }
}

/// Whether an element eats the white space before it and after it.
fn strips(element: &Element) -> (bool, bool) {
    match element {
        Element::Literal(_) => (false, false),
        Element::Interpolation(interpolation) => {
            (interpolation.strip.strip_start(), interpolation.strip.strip_end())
        }
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(inner) => (inner.if_expr.strip.strip_start(), inner.endif_expr.strip.strip_end()),
            Directive::For(inner) => {
                (inner.for_expr.strip.strip_start(), inner.endfor_expr.strip.strip_end())
            }
        },
    }
}

fn trimmed(text: &str, start: bool, end: bool) -> &str {
    let text = if start { text.trim_start() } else { text };
    if end { text.trim_end() } else { text }
}
