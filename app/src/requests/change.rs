//! What shall be otherwise with a thing that exists: its inputs with their new values.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Filled;
use tfpilot_modules::Module;

use super::existing::Existing;
use super::grammar::{Grammar, NAME, OWNER};
use super::inputs::{self, INTRODUCED, Inputs};
use super::phrases::Claims;
use super::text::Text;
use super::{outdated, relative, shapes};

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
    // Beside a number that was there before, the same words introduce nothing else.
    found.others.retain(|input, _| !stepped.values.contains_key(input));
    found.values.extend(stepped.values);
    shapes::read(text, &grammar, named, claims, &mut found);
    found.values.remove(NAME);
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
