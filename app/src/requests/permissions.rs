//! Several grants in one request: "sqs:ReceiveMessage and sqs:DeleteMessage on queue A, s3:GetObject on bucket B".
//!
//! A module tells by its types that it takes them: two lists, and a list of objects with the names of both.

use serde_json::{Map, Value as Json};
use tfpilot_engine::Source;
use tfpilot_hcl::Type;

use super::grammar::Grammar;
use super::inputs::{INTRODUCED, Inputs};
use super::language;
use super::phrases::Claims;
use super::text::{Kind, Text};

/// Words between actions and what they are allowed on.
const MOST_BETWEEN: usize = 4;

/// Grants that are read.
const MOST: usize = 20;

/// One grant: what may be done, and on what.
#[derive(Debug, Default)]
struct Grant {
    actions: Vec<Json>,
    resources: Vec<Json>,
}

/// The inputs of a module that takes grants: the first one's actions and resources, and the list of all others.
struct Inlets<'m> {
    actions: &'m str,
    resources: &'m str,
    more: &'m str,
}

/// Adds the grants where a text names more than one; a single one is read like any other lists.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    let Some(inlets) = inlets(grammar) else { return };
    let mut grants: Vec<(Grant, std::ops::Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() && grants.len() < MOST {
        let Some((grant, end)) = grant_at(text, claims, at) else {
            at += 1;
            continue;
        };
        grants.push((grant, at..end));
        at = end;
    }
    let Some((first, others)) = grants.split_first().filter(|(_, others)| !others.is_empty()) else { return };
    let more: Json = others
        .iter()
        .map(|(grant, _)| {
            let pair = [(inlets.actions, &grant.actions), (inlets.resources, &grant.resources)];
            Json::Object(
                pair.into_iter()
                    .map(|(key, values)| (key.to_owned(), Json::Array(values.clone())))
                    .collect::<Map<_, _>>(),
            )
        })
        .collect();
    let said = |tokens: &std::ops::Range<usize>| Source::Text(text.quote(tokens.clone()));
    let (first, tokens) = first;
    inputs.add(inlets.actions, Json::Array(first.actions.clone()), said(tokens), INTRODUCED);
    inputs.add(inlets.resources, Json::Array(first.resources.clone()), said(tokens), INTRODUCED);
    if let Some((_, tokens)) = others.first() {
        inputs.add(inlets.more, more, said(tokens), INTRODUCED);
    }
    grants.into_iter().for_each(|(_, tokens)| claims.take(tokens));
}

/// A list of objects whose two attributes are lists of the module as well.
fn inlets<'m>(grammar: &Grammar<'m>) -> Option<Inlets<'m>> {
    let module = grammar.module;
    module.variables.iter().find_map(|variable| {
        let (Type::List(item) | Type::Set(item)) = &variable.ty else { return None };
        let Type::Object(fields) = item.as_ref() else { return None };
        let own = |name: &str| module.variables.iter().find(|variable| variable.name == name);
        let [actions, resources] = fields.as_slice() else { return None };
        Some(Inlets {
            actions: &own(&actions.name)?.name,
            resources: &own(&resources.name)?.name,
            more: &variable.name,
        })
    })
}

/// Actions joined to each other, a word such as "on", and resources joined to each other.
fn grant_at(text: &Text, claims: &Claims, at: usize) -> Option<(Grant, usize)> {
    let mut grant = Grant::default();
    let end = all_from(text, claims, at, is_action, &mut grant.actions);
    if grant.actions.is_empty() {
        return None;
    }
    let leads = |at: usize| {
        text.get(at).is_some_and(|token| match token.kind {
            Kind::Mark(mark) => matches!(mark, ':' | '(' | '-'),
            Kind::Word => !is_action(&token.text),
            _ => false,
        })
    };
    let from = (end..=end + MOST_BETWEEN)
        .take_while(|at| *at == end || leads(*at - 1))
        .find(|at| is_resource_at(text, *at))?;
    let end = all_from(text, claims, from, is_resource, &mut grant.resources);
    Some((grant, end))
}

/// What is joined by commas and "and" from a token on, and the index after it.
fn all_from(
    text: &Text,
    claims: &Claims,
    at: usize,
    fits: fn(&str) -> bool,
    values: &mut Vec<Json>,
) -> usize {
    let (mut next, mut end) = (at, at);
    while let Some(token) = text.get(next).filter(|_| claims.is_free(next)) {
        let joins = matches!(token.kind, Kind::Mark(',')) || language::is_join(&token.lower);
        if joins && !values.is_empty() {
            next += 1;
            continue;
        }
        if !matches!(token.kind, Kind::Word | Kind::Quoted) || !fits(&token.text) {
            break;
        }
        values.push(Json::String(token.text.clone()));
        next += 1;
        end = next;
    }
    end
}

/// `sqs:SendMessage`, `s3:Get*`
fn is_action(word: &str) -> bool {
    word.split_once(':').is_some_and(|(service, action)| {
        let plain = |part: &str| {
            part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let named = action.starts_with(|first: char| first.is_ascii_uppercase() || first == '*');
        !service.is_empty()
            && plain(service)
            && named
            && action.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'*')
    })
}

/// An ARN.
fn is_resource(word: &str) -> bool {
    word.starts_with("arn:")
}

fn is_resource_at(text: &Text, at: usize) -> bool {
    text.get(at)
        .is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Quoted) && is_resource(&token.text))
}
