//! What shall be otherwise with a thing that exists: its inputs with their new values.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::{Filled, Source};
use tfpilot_hcl::Type;
use tfpilot_modules::Module;

use super::existing::Existing;
use super::grammar::{Grammar, NAME, OWNER};
use super::inputs::{self, INTRODUCED, Inputs};
use super::phrases::Claims;
use super::text::Text;
use super::{language, outdated, relative, shapes, value};

/// Adds to what is there.
const ADDS: &[&str] = &[
    "also",
    "too",
    "well",
    "additionally",
    "addition",
    "besides",
    "next",
    "add",
    "another",
    "more",
    "noch",
    "auch",
    "dazu",
    "dazunehmen",
    "zusätzlich",
    "weitere",
    "weiteren",
    "weiterer",
    "hinzufügen",
    "ergänzen",
];

/// Takes away from what is there.
const TAKES_AWAY: &[&str] = &[
    "remove",
    "drop",
    "revoke",
    "without",
    "anymore",
    "entfernen",
    "nehmen",
    "streichen",
    "entziehen",
    "rausnehmen",
    "left",
];

/// The inputs that a text changes. `claims` holds what was read already.
pub(super) fn read(
    text: &Text,
    module: &Module,
    thing: &Existing,
    named: &Range<usize>,
    keep_owner: bool,
    claims: &mut Claims,
) -> Inputs {
    let grammar = Grammar::new(module);
    claims.take(named.clone());
    outdated::take(text, claims);
    let stepped = relative::read(text, &grammar, thing, claims);
    let mut found = inputs::read(text, &grammar, claims);
    for (input, filled) in stepped.values {
        found.values.entry(input).or_insert(filled);
    }
    shapes::read(text, &grammar, named, claims, &mut found);
    found.values.remove(NAME);
    relative(text, &grammar, thing, &mut found);
    let keep_owner = keep_owner || hands_over(text);
    if !keep_owner && found.values.get(OWNER).is_some_and(|owner| owner.confidence <= INTRODUCED) {
        found.values.remove(OWNER);
    }
    let says = |words: &[&str]| {
        (0..text.tokens.len()).any(|at| text.word(at).is_some_and(|word| words.contains(&word)))
    };
    let (adds, takes_away) = (says(ADDS), says(TAKES_AWAY));
    for (input, filled) in &mut found.values {
        if let Some(known) = thing.inputs.get(input).and_then(Json::as_array) {
            merge(filled, known, adds, takes_away);
        }
    }
    found
}

/// Whether another team answers from now on.
fn hands_over(text: &Text) -> bool {
    const SAYS: &[&str] = &[
        "ownership",
        "handover",
        "übernimmt",
        "übernehmen",
        "künftig",
        "zukünftig",
        "sofort",
        "transfer",
        "reassign",
        "hand",
        "handed",
        "takes",
        "übergeben",
        "übergibt",
    ];
    let word = |at: usize| text.word(at).unwrap_or_default();
    (0..text.tokens.len()).any(|at| {
        SAYS.contains(&word(at))
            || matches!(
                (word(at), word(at + 1), word(at + 2)),
                ("from", "now", "on") | ("change", "the", "owner")
            )
            || matches!(
                (word(at), word(at + 1)),
                ("new", "owner")
                    | ("neuer", "owner")
                    | ("owner", "to")
                    | ("now", "belongs")
                    | ("gehört", "jetzt")
            )
    })
}

/// "one more replica", "noch zwei Knoten", "double the timeout": what is there already counts.
fn relative(text: &Text, grammar: &Grammar<'_>, thing: &Existing, found: &mut Inputs) {
    for at in 0..text.tokens.len() {
        let Some((amount, end)) = more_at(text, at) else { continue };
        let input = (end..end + 4)
            .find_map(|at| grammar.phrase_at(text, at))
            .map(|phrase| phrase.entry.input.clone());
        let Some(input) = input.filter(|input| grammar.type_of(input) == Type::Number) else { continue };
        let default = || grammar.module.variable(&input).and_then(|variable| variable.default.clone());
        let known = thing.inputs.get(&input).cloned().or_else(default).and_then(|known| known.as_f64());
        let value = known.and_then(|known| value::exact(amount.of(known))).map(Json::Number);
        if let Some(value) = value.filter(|value| grammar.takes(&input, value)) {
            let source = Source::Text(text.quote(at..end + 1));
            found.values.insert(input.clone(), Filled { value, source, confidence: INTRODUCED });
            found.others.remove(&input);
        }
    }
}

/// How a number becomes another one.
enum Relation {
    Plus(f64),
    Times(f64),
}

impl Relation {
    fn of(&self, known: f64) -> f64 {
        match self {
            Relation::Plus(more) => known + more,
            Relation::Times(factor) => known * factor,
        }
    }
}

/// What words at `at` say about an amount that is there already, and the index behind them.
fn more_at(text: &Text, at: usize) -> Option<(Relation, usize)> {
    let word = |at: usize| text.word(at).unwrap_or_default();
    let counted = |at: usize| match word(at) {
        "a" | "an" | "ein" | "eine" | "einen" | "einer" => Some(1.0),
        other => language::number(other),
    };
    match word(at) {
        "double" | "verdopple" | "verdoppelt" => Some((Relation::Times(2.0), at + 1)),
        "halve" | "halbiere" | "halbiert" => Some((Relation::Times(0.5), at + 1)),
        "another" => match counted(at + 1) {
            Some(more) => Some((Relation::Plus(more), at + 2)),
            None => Some((Relation::Plus(1.0), at + 1)),
        },
        "noch" => Some((Relation::Plus(counted(at + 1)?), at + 2)),
        _ => {
            let more = counted(at)?;
            matches!(
                word(at + 1),
                "more"
                    | "additional"
                    | "extra"
                    | "weitere"
                    | "weiteren"
                    | "weiterer"
                    | "zusätzliche"
                    | "zusätzlichen"
            )
            .then_some((Relation::Plus(more), at + 2))
        }
    }
}

/// A list that is added to or taken from is written whole.
fn merge(filled: &mut Filled<Json>, known: &[Json], adds: bool, takes_away: bool) {
    let Some(said) = filled.value.as_array() else { return };
    let all_known = said.iter().all(|value| known.contains(value));
    if takes_away && all_known {
        filled.value = known.iter().filter(|value| !said.contains(value)).cloned().collect();
    } else if adds {
        let new = said.iter().filter(|value| !known.contains(value));
        filled.value = known.iter().chain(new).cloned().collect();
    }
}
