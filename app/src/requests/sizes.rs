//! Machines by what they have: "2 vCPUs and 8 GB of RAM" is the smallest class of the module's usual family that has it.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::Variable;
use tfpilot_modules::catalog::Unit;
use tfpilot_modules::lists::{self, List};

use super::grammar::Grammar;
use super::inputs::{Inputs, SIZED};
use super::phrases::{Claims, is_boundary};
use super::text::{Kind, Text};
use super::{language, value};

/// Words of memory.
const MEMORY: [&str; 6] = ["ram", "memory", "mem", "arbeitsspeicher", "hauptspeicher", "mémoire"];

/// Words of processors.
const CORES: [&str; 10] =
    ["vcpu", "vcpus", "cpu", "cpus", "core", "cores", "kern", "kerne", "kernen", "prozessoren"];

/// Adds the class of a machine that is described and not named.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    let machine = grammar.module.variables.iter().find_map(|variable| {
        let list = lists::find(grammar.hints(&variable.name)?.one_of.as_deref()?)?;
        list.rows.iter().any(|row| row.memory_gib.is_some()).then_some((variable, list))
    });
    let Some((variable, list)) = machine.filter(|(variable, _)| !inputs.values.contains_key(&variable.name))
    else {
        return;
    };
    let mut memory: Option<(f64, Range<usize>)> = None;
    let mut cores: Option<(f64, Range<usize>)> = None;
    for at in 0..text.tokens.len() {
        memory = memory.or_else(|| memory_at(text, claims, at));
        cores = cores.or_else(|| cores_at(text, claims, at));
    }
    let wanted = (memory.as_ref().map(|it| it.0), cores.as_ref().map(|it| it.0));
    let Some(class) = smallest(list, &usual(grammar, variable), wanted) else { return };
    let said: Vec<Range<usize>> = memory.into_iter().chain(cores).map(|(_, tokens)| tokens).collect();
    let quotes: Vec<String> = said.iter().map(|tokens| text.quote(tokens.clone())).collect();
    said.into_iter().for_each(|tokens| claims.take(tokens));
    inputs.add(&variable.name, Json::String(class.to_owned()), Source::Text(quotes.join(", ")), SIZED);
}

/// What a module takes where nothing is said, else what its example shows.
fn usual(grammar: &Grammar<'_>, variable: &Variable) -> String {
    let default = variable.default.as_ref().and_then(Json::as_str).map(str::to_owned);
    let example = || grammar.hints(&variable.name).and_then(|hints| hints.example.clone());
    default.or_else(example).unwrap_or_default()
}

/// "8 GB RAM", "8 GB of memory", "RAM: 8 GB".
fn memory_at(text: &Text, claims: &Claims, at: usize) -> Option<(f64, Range<usize>)> {
    let (amount, end) = gib_at(text, claims, at)?;
    let is_memory = |at: usize| text.word(at).is_some_and(|word| MEMORY.contains(&word));
    let behind = end + usize::from(text.word(end) == Some("of"));
    if is_memory(behind) {
        return Some((amount, at..behind + 1));
    }
    let before = (1..=2).filter_map(|back| at.checked_sub(back)).take_while(|at| {
        text.word(*at).is_some_and(|word| is_memory(*at) || language::is_filler(word))
            || text.get(*at).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '=')))
    });
    let start = before.filter(|at| is_memory(*at)).last()?;
    Some((amount, start..end))
}

/// "2 vCPUs", "four cores".
fn cores_at(text: &Text, claims: &Claims, at: usize) -> Option<(f64, Range<usize>)> {
    let number = text.word(at).filter(|_| claims.is_free(at)).and_then(language::number)?;
    let counted = text.word(at + 1).is_some_and(|word| CORES.contains(&word));
    (counted && claims.is_free(at + 1) && !is_boundary(text, at)).then_some((number, at..at + 2))
}

fn gib_at(text: &Text, claims: &Claims, at: usize) -> Option<(f64, usize)> {
    let word = text.word(at).filter(|_| claims.is_free(at))?;
    let gib = |written: &str| value::number(written, Some(Unit::Gib)).and_then(|number| number.as_f64());
    if !word.starts_with(|first: char| first.is_ascii_digit()) && language::number(word).is_none() {
        return None;
    }
    let unit = text.word(at + 1).filter(|unit| claims.is_free(at + 1) && language::bytes_of(unit).is_some());
    match unit {
        Some(unit) => Some((gib(&format!("{word} {unit}"))?, at + 2)),
        None => word.ends_with(char::is_alphabetic).then(|| Some((gib(word)?, at + 1)))?,
    }
}

/// The smallest class of the family of `usual` that has at least what is wanted.
fn smallest<'l>(list: &'l List, usual: &str, (memory, cores): (Option<f64>, Option<f64>)) -> Option<&'l str> {
    if memory.is_none() && cores.is_none() {
        return None;
    }
    let family = family(usual);
    let enough = |has: Option<f64>, wanted: Option<f64>| {
        wanted.is_none_or(|wanted| has.is_some_and(|has| has >= wanted))
    };
    let fits = list.rows.iter().filter(|row| self::family(&row.value) == family);
    let fits = fits.filter(|row| enough(row.memory_gib, memory) && enough(row.vcpu, cores));
    let size = |row: &&tfpilot_modules::lists::Row| {
        (row.memory_gib.unwrap_or_default(), row.vcpu.unwrap_or_default())
    };
    fits.min_by(|left, right| size(left).partial_cmp(&size(right)).unwrap_or(std::cmp::Ordering::Equal))
        .map(|row| row.value.as_str())
}

/// `db.t4g` of `db.t4g.medium`, `r7g..search` of `r7g.large.search`.
fn family(class: &str) -> String {
    let is_size = |part: &&str| {
        matches!(*part, "nano" | "micro" | "small" | "medium" | "large" | "metal") || part.ends_with("xlarge")
    };
    class.split('.').map(|part| if is_size(&part) { "" } else { part }).collect::<Vec<_>>().join(".")
}
