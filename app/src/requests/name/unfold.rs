//! What a name says besides itself: a suffix that is a switch, a path before it.

use serde_json::Value as Json;
use tfpilot_hcl::Type;

use crate::requests::grammar::{Grammar, NAME};
use crate::requests::inputs::{INTRODUCED, Inputs};

/// The input that stands before a name, with a slash between them.
const PATH: &str = "path";

/// `/shop/importer` alone is a path and a name behind it.
pub(super) fn ends_path(grammar: &Grammar<'_>, inputs: &mut Inputs) -> bool {
    let told = inputs.values.get(PATH).filter(|path| path.confidence < INTRODUCED).cloned();
    let Some(path) = told.filter(|path| path.value.as_str().is_some_and(|path| has_path(grammar, path)))
    else {
        return false;
    };
    inputs.values.remove(PATH);
    inputs.add(NAME, path.value, path.source, path.confidence);
    true
}

/// What a name says besides itself: `orders.fifo` is a queue that keeps the order, `/shop/prod/limit` has a path.
pub(in crate::requests) fn unfold(grammar: &Grammar<'_>, inputs: &mut Inputs) {
    let Some(known) = inputs.values.get(NAME) else { return };
    let (source, confidence) = (known.source.clone(), known.confidence);
    let Some(name) = known.value.as_str().map(str::to_owned) else { return };
    // "alias/ledger-seal" is how a key is shown.
    let name = match name.strip_prefix("alias/") {
        Some(rest) if !rest.is_empty() => {
            if let Some(known) = inputs.values.get_mut(NAME) {
                known.value = Json::String(rest.to_owned());
            }
            rest.to_owned()
        }
        _ => name,
    };
    let (rest, input, value) = match (name.rsplit_once('.'), name.rsplit_once('/')) {
        (Some((rest, suffix)), _) if is_switch(grammar, suffix) => (rest, suffix, Json::Bool(true)),
        (_, Some((path, rest))) => {
            let plain = path.trim_matches('/');
            let forms = [plain.to_owned(), format!("/{plain}")].map(Json::String);
            let mut fitting = forms.into_iter().filter(|form| grammar.takes(PATH, form));
            let Some(path) = fitting.next().filter(|_| grammar.module.variable(PATH).is_some()) else {
                return;
            };
            (rest, PATH, path)
        }
        _ => return,
    };
    if rest.is_empty() {
        return;
    }
    if let Some(known) = inputs.values.get_mut(NAME) {
        known.value = Json::String(rest.to_owned());
    }
    inputs.add(input, value, source, confidence);
}

fn is_switch(grammar: &Grammar<'_>, input: &str) -> bool {
    grammar.module.variable(input).is_some_and(|variable| variable.ty == Type::Bool)
}

/// A word without the suffix that says something else of the thing.
pub(super) fn base<'t>(grammar: &Grammar<'_>, word: &'t str) -> &'t str {
    let word = word.strip_prefix("alias/").unwrap_or(word);
    word.rsplit_once('.').filter(|(_, suffix)| is_switch(grammar, suffix)).map_or(word, |(base, _)| base)
}

/// `/shop/prod/limit`, where things have a path.
pub(super) fn has_path(grammar: &Grammar<'_>, word: &str) -> bool {
    // "checkout/prod/stripe-api-key": three parts are no "and/or".
    let (parts, least) = word.strip_prefix('/').map_or((word, 3), |rest| (rest, 2));
    grammar.module.variable(PATH).is_some()
        && parts.split('/').count() >= least
        && parts.split('/').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
}
