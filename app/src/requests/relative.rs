//! Changes that start from what is there: "one more replica", "noch zwei Knoten", "double the memory".

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::Type;

use super::existing::Existing;
use super::grammar::{Grammar, Meaning};
use super::inputs::{INTRODUCED, Inputs};
use super::phrases::Claims;
use super::text::Text;
use super::{language, value};

/// Tokens in which the noun stands that is counted.
const REACH: usize = 4;

/// How a known number changes.
#[derive(Debug, Clone, Copy)]
enum Step {
    By(f64),
    Times(f64),
}

/// Reads the numbers that change by a step.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, thing: &Existing, claims: &mut Claims) -> Inputs {
    let mut inputs = Inputs::default();
    for at in 0..text.tokens.len() {
        let Some((step, end)) = step(text, at).filter(|_| claims.is_free(at)) else { continue };
        let counted = (end..end + REACH).find_map(|noun| {
            let found = grammar.phrase_at(text, noun)?;
            let is_number = grammar.type_of(&found.entry.input) == Type::Number;
            (is_number && found.entry.meaning == Meaning::Introduces).then_some(found)
        });
        let Some(found) = counted else { continue };
        let input = found.entry.input.as_str();
        let default = || grammar.module.variable(input)?.default.as_ref()?.as_f64();
        let Some(known) = thing.inputs.get(input).and_then(Json::as_f64).or_else(default) else { continue };
        let new = match step {
            Step::By(more) => known + more,
            Step::Times(times) => known * times,
        };
        let Some(new) = value::exact(new).map(Json::Number).filter(|new| grammar.takes(input, new)) else {
            continue;
        };
        let tokens = at..found.tokens.end;
        inputs.add(input, new, Source::Text(text.quote(tokens.clone())), INTRODUCED);
        claims.take(tokens);
    }
    inputs
}

/// The step that begins at a token, and the index after it.
fn step(text: &Text, at: usize) -> Option<(Step, usize)> {
    let word = text.word(at)?;
    let count = |at: usize| {
        let word = text.word(at)?;
        let one = matches!(
            word,
            "a" | "an" | "one" | "ein" | "eine" | "einen" | "einer" | "another" | "weitere" | "weiteren"
        );
        if one { Some(1.0) } else { language::number(word) }
    };
    match word {
        "another" | "additional" => {
            let number = count(at + 1).filter(|_| text.word(at + 1).and_then(language::number).is_some());
            Some((Step::By(number.unwrap_or(1.0)), at + 1 + usize::from(number.is_some())))
        }
        // "noch eine Replica", "noch zwei weitere Knoten"
        "noch" => Some((Step::By(count(at + 1)?), at + 2)),
        "double" | "verdopple" | "verdoppelt" | "doppelt" => Some((Step::Times(2.0), at + 1)),
        "halve" | "halbiere" | "halbiert" => Some((Step::Times(0.5), at + 1)),
        _ => {
            let more = matches!(
                text.word(at + 1),
                Some(
                    "more"
                        | "additional"
                        | "extra"
                        | "weitere"
                        | "weiteren"
                        | "weiterer"
                        | "zusätzliche"
                        | "zusätzlichen"
                        | "mehr"
                )
            );
            let less = matches!(text.word(at + 1), Some("fewer" | "less" | "weniger"));
            let count = count(at).filter(|_| more || less)?;
            Some((Step::By(if less { -count } else { count }), at + 2))
        }
    }
}
