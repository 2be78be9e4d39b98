//! How many of something, where a number alone is not the value: "1 to 3 nodes", "2x r7g.large", "no replicas".

use std::ops::Range;

use serde_json::{Number, Value as Json};
use tfpilot_engine::Source;
use tfpilot_hcl::{Type, Variable};
use tfpilot_modules::catalog::Unit;
use tfpilot_modules::lists;

use super::grammar::Grammar;
use super::inputs::{INTRODUCED, Inputs};
use super::language;
use super::phrases::{Claims, Phrase, clause_of};
use super::text::{Kind, Text};
use super::value;

/// Tokens between a range and the noun that it counts.
const MOST_BETWEEN: usize = 2;

/// What machines are counted in.
const MACHINES: &[&str] = &["nodes", "instances", "tasks", "machines", "Knoten", "Instanzen"];

/// Adds what ranges and multiples say.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    for at in 0..text.tokens.len() {
        if claims.is_free(at) {
            range(text, grammar, at, claims, inputs);
            multiple(text, grammar, at, claims, inputs);
            times(text, grammar, at, claims, inputs);
        }
    }
}

/// "between 2 and 8 instances", "1 to 3 nodes", "2-6 nodes": the least and the most.
fn range(text: &Text, grammar: &Grammar<'_>, at: usize, claims: &mut Claims, inputs: &mut Inputs) {
    let Some((least, most, end)) = numbers(text, at).or_else(|| limits(text, at)) else { return };
    let twins = twins(grammar, |name| name.strip_prefix("min_"));
    // "3 to 10 tasks": as many at first, and the most.
    let grows = twins.is_empty();
    let pairs = if grows { self::twins(grammar, Some) } else { twins };
    let counted = |(least, most): &&(&str, String)| {
        (at..=end + MOST_BETWEEN).filter_map(|at| text.word(at)).any(|word| {
            let is_noun = |input: &str| {
                let own = input
                    .rsplit('_')
                    .next()
                    .is_some_and(|noun| noun.trim_end_matches('s') == word.trim_end_matches('s'));
                let hints = grammar.hints(input).is_some_and(|hints| {
                    hints
                        .introduced_by
                        .iter()
                        .any(|phrase| phrase.to_lowercase().split_whitespace().any(|part| part == word))
                });
                own || hints
            };
            is_noun(least) || is_noun(most)
        })
    };
    let (min, max) = match pairs.as_slice() {
        [only] if !grows => only,
        several => match several.iter().find(counted) {
            Some(pair) => pair,
            None => return,
        },
    };
    let tokens = at..end;
    add(text, min, least, tokens.clone(), claims, inputs);
    add(text, max, most, tokens, claims, inputs);
}

/// Numbers with a most of their own: `min_nodes` and `max_nodes`, `instances` and `max_instances`.
fn twins<'m>(grammar: &Grammar<'m>, stem_of: impl Fn(&'m str) -> Option<&'m str>) -> Vec<(&'m str, String)> {
    let numbers = grammar.module.variables.iter().filter(|variable| variable.ty == Type::Number);
    let with_most = numbers.filter_map(|variable| {
        let most = format!("max_{}", stem_of(&variable.name)?);
        grammar.module.variable(&most).map(|_| (variable.name.as_str(), most))
    });
    with_most.collect()
}

/// Two numbers from `at` on, and the index behind them.
fn numbers(text: &Text, at: usize) -> Option<(Number, Number, usize)> {
    let number = |at: usize| text.word(at).and_then(language::number).and_then(value::exact);
    let word = text.word(at)?;
    if let Some((least, most)) = word.split_once(['-', '–']) {
        let plain = |part: &str| language::number(part).filter(|_| part.len() <= 4).and_then(value::exact);
        return Some((plain(least)?, plain(most)?, at + 1));
    }
    let before = at.checked_sub(1).and_then(|before| text.word(before)).unwrap_or_default();
    let joined = match text.get(at + 1).map(|token| (token.kind, token.lower.as_str()))? {
        (Kind::Word, "to" | "bis") => {
            before != "from" && before != "von"
                || text.word(at + 3).is_some_and(|word| MACHINES.contains(&word))
        }
        (Kind::Word, "and" | "und") => matches!(before, "between" | "zwischen"),
        (Kind::Mark('-' | '–'), _) => true,
        _ => false,
    };
    joined.then_some(())?;
    Some((number(at)?, number(at + 2)?, at + 3))
}

/// "at least 1 and at most 8 ACU", "mindestens 2 Knoten, höchstens 6 Knoten": the two numbers, and the index behind them.
fn limits(text: &Text, at: usize) -> Option<(Number, Number, usize)> {
    let number = |at: usize| text.word(at).and_then(language::number).and_then(value::exact);
    let behind = |at: usize, alone: &[&str], of_two: &[&str]| {
        let word = text.word(at)?;
        if alone.contains(&word) {
            return Some(at + 1);
        }
        let second = text.word(at + 1)?;
        of_two.contains(&format!("{word} {second}").as_str()).then_some(at + 2)
    };
    let from = behind(at, &["mindestens", "minimum", "min"], &["at least", "no fewer", "a minimum"])?;
    let least = number(from)?;
    let is_between = |at: &usize| {
        text.get(*at).is_some_and(|token| match token.kind {
            Kind::Word => language::number(&token.lower).is_none(),
            Kind::Mark(mark) => mark == ',',
            _ => false,
        })
    };
    let of_most = (from + 1..from + 5).take_while(is_between).find_map(|at| {
        behind(at, &["höchstens", "maximal", "maximum", "max"], &["at most", "up to", "bis zu", "no more"])
    })?;
    Some((least, number(of_most)?, of_most + 1))
}

/// "cannot be processed five times", "dreimal": how often something is tried, unless it is how often in a time.
fn times(text: &Text, grammar: &Grammar<'_>, at: usize, claims: &mut Claims, inputs: &mut Inputs) {
    let word = |at: usize| text.word(at).unwrap_or_default();
    let in_one = word(at).ends_with("mal") && word(at).len() > 3;
    let Some(count) = language::number(word(at)).filter(|count| *count >= 2.0).and_then(value::exact) else {
        return;
    };
    let end = at + 1 + usize::from(!in_one);
    let counted = in_one || matches!(word(at + 1), "times" | "mal");
    let in_a_time = matches!(
        word(end),
        "a" | "an"
            | "per"
            | "each"
            | "every"
            | "daily"
            | "in"
            | "within"
            | "am"
            | "pro"
            | "im"
            | "innerhalb"
            | "täglich"
            | "as"
    );
    let fails = clause_of(text, at).any(|at| {
        matches!(
            word(at),
            "can't"
                | "cannot"
                | "not"
                | "fails"
                | "fail"
                | "failed"
                | "failing"
                | "tried"
                | "tries"
                | "unsuccessfully"
                | "nicht"
                | "fehlschlägt"
                | "scheitert"
                | "schiefgeht"
                | "versucht"
                | "erfolglos"
                | "vergeblich"
        )
    });
    let tries = |variable: &&Variable| {
        variable.ty == Type::Number
            && !inputs.values.contains_key(&variable.name)
            && grammar.hints(&variable.name).is_some_and(|hints| {
                hints.introduced_by.iter().any(|words| matches!(words.as_str(), "attempts" | "tries"))
            })
    };
    let mut known = grammar.module.variables.iter().filter(tries);
    if let (Some(only), None, true) = (known.next(), known.next(), counted && fails && !in_a_time) {
        add(text, &only.name, count, at..end, claims, inputs);
    }
}

/// "2x r7g.large.search": so many machines of that kind.
fn multiple(text: &Text, grammar: &Grammar<'_>, at: usize, claims: &mut Claims, inputs: &mut Inputs) {
    let Some(word) = text.word(at) else { return };
    let times = word.strip_suffix(['x', '×']).and_then(|count| count.parse::<u32>().ok());
    // "three m7i.large nodes"
    let class = || {
        let next = text
            .word(at + 1)
            .filter(|next| next.contains('.') && !next.starts_with(|first: char| first.is_ascii_digit()))?;
        let listed = grammar.module.variables.iter().any(|variable| {
            let list = grammar.hints(&variable.name).and_then(|hints| lists::find(hints.one_of.as_deref()?));
            list.is_some_and(|list| list.has(next))
        });
        listed.then(|| language::number(word)).flatten()
    };
    let times_sign = matches!(text.word(at + 1), Some("x" | "×"));
    let apart = if times_sign { language::number(word) } else { class() };
    let Some(count) = times.map(f64::from).or(apart).and_then(value::exact) else { return };
    let machines: Vec<Phrase> = MACHINES.iter().map(|word| Phrase::new(word)).collect();
    let counts = |input: &str| {
        grammar.unit(input) == Some(Unit::Count)
            && grammar.hints(input).is_some_and(|hints| {
                hints.introduced_by.iter().any(|words| machines.contains(&Phrase::new(words)))
            })
    };
    let counting = grammar.module.variables.iter().find(|variable| counts(&variable.name));
    if let Some(variable) = counting {
        let end = at + 1 + usize::from(times.is_none() && times_sign);
        add(text, &variable.name, count, at..end, claims, inputs);
    }
}

fn add(
    text: &Text,
    input: &str,
    number: Number,
    tokens: Range<usize>,
    claims: &mut Claims,
    inputs: &mut Inputs,
) {
    let source = Source::Text(text.quote(tokens.clone()));
    claims.take(tokens);
    inputs.add(input, Json::Number(number), source, INTRODUCED);
}
