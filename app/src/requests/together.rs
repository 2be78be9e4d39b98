//! Guesses that the module does not allow together with what was said: "täglich" is a rate until a time of day is named.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::{Filled, Source};
use tfpilot_modules::{Inputs as Given, Module};

use super::grammar::{Grammar, Meaning};
use super::inputs::{Inputs, SIZED};
use super::text::Text;

/// Drops a word's value of an input that may be left out, where the others are all right without it, and not with it.
pub(super) fn settle(module: &Module, inputs: &mut Inputs) {
    let guessed: Vec<String> = inputs
        .values
        .iter()
        .filter(|(input, filled)| filled.confidence == SIZED && is_optional(module, input))
        .map(|(input, _)| input.clone())
        .collect();
    if guessed.is_empty() || inputs.values.len() < 2 {
        return;
    }
    let without = |left_out: &str| -> Given {
        let kept = inputs.values.iter().filter(|(input, _)| *input != left_out);
        kept.map(|(input, filled)| (input.clone(), filled.value.clone())).collect()
    };
    if module.unmet(&without(""), &[]).is_empty() {
        return;
    }
    // One of two that exclude each other goes; a value that only a default is at odds with was meant.
    let right_without = |input: &str| module.unmet(&without(input), &[]).is_empty();
    let sure = |(input, filled): (&String, &Filled<Json>)| filled.confidence > SIZED && right_without(input);
    if !inputs.values.iter().any(sure) {
        return;
    }
    if let Some(input) = guessed.into_iter().find(|input| right_without(input)) {
        inputs.values.remove(&input);
    }
}

/// Takes a value from the thing's own noun where its version stands right behind: "Redis 7.1" is no other engine.
pub(super) fn complete(text: &Text, grammar: &Grammar<'_>, noun: &Range<usize>, inputs: &mut Inputs) {
    let is_version = text
        .word(noun.end)
        .is_some_and(|word| word.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit()));
    let named = noun.clone().filter(|_| is_version).flat_map(|at| grammar.entries_at(text, at));
    let mut values = named.filter_map(|(tokens, entry)| match &entry.meaning {
        Meaning::Is(value) if entry.is_noun && tokens.end == noun.end => Some((tokens, entry, value)),
        _ => None,
    });
    if let Some((tokens, entry, value)) = values.next()
        && !inputs.values.contains_key(&entry.input)
    {
        inputs.add(&entry.input, value.clone(), Source::Text(text.quote(tokens)), SIZED);
    }
}

/// Whether nothing is an input's value too: what always has one was meant when it was named.
fn is_optional(module: &Module, input: &str) -> bool {
    let default = module.variable(input).and_then(|variable| variable.default.as_ref());
    default.is_some_and(serde_json::Value::is_null)
}

#[cfg(test)]
mod tests {
    use tfpilot_modules::Catalog;

    use super::super::inputs::INTRODUCED;
    use super::*;

    #[test]
    fn a_time_of_day_beats_the_word_for_a_day() {
        let catalog = Catalog::shipped();
        let module = catalog.find("aws/event-rule").expect("is shipped");
        let mut inputs = Inputs::default();
        let mut add = |input: &str, value: &str, sure: u8| {
            inputs.add(input, Json::String(value.to_owned()), Source::Text(value.to_owned()), sure);
        };
        add("schedule", "rate(1 day)", SIZED);
        add("daily_at", "06:30", INTRODUCED);
        settle(module, &mut inputs);
        assert_eq!(inputs.values.keys().collect::<Vec<_>>(), ["daily_at"]);
    }
}
