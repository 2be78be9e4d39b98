//! Rules of traffic in prose: "443 from everywhere", "5432 only from 10.0.0.0/8", "from sg-1 allow 80 and 443".
//!
//! One rule fills the ports and where they are reached from. Several that differ, and what everybody reaches, are written
//! as rules, because ports and sources alone would open each to all.

use std::ops::Range;

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::{Type, Variable};

use super::grammar::Grammar;
use super::inputs::{INTRODUCED, Inputs, is_port};
use super::language;
use super::phrases::{Claims, clause_of, is_boundary};
use super::text::{self, Kind, Text};

/// How a rule writes everybody.
const EVERYBODY: &str = "0.0.0.0/0";

/// Words between ports and the word that leads to their sources.
const MOST_BETWEEN: usize = 4;

/// Rules of one request beyond which nobody reviews them.
const MOST: usize = 20;

/// Ports, who reaches them, and where that is said.
struct Rule {
    ports: Vec<String>,
    sources: Vec<String>,
    tokens: Range<usize>,
}

/// Adds the rules that a text states, where the module has ports, sources and rules.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    let Some((ports, sources, rules)) = lists(grammar) else { return };
    if [ports, sources, rules].iter().any(|list| inputs.values.contains_key(&list.name)) {
        return;
    }
    let found = stated(text, claims);
    let is_plain =
        matches!(found.as_slice(), [only] if !only.sources.iter().any(|source| source == EVERYBODY));
    let quotes: Vec<String> = found.iter().map(|rule| text.quote(rule.tokens.clone())).collect();
    let source = Source::Text(quotes.join(", "));
    if let (Some(only), true) = (found.first(), is_plain) {
        inputs.add(&ports.name, Json::from(only.ports.clone()), source.clone(), INTRODUCED);
        inputs.add(&sources.name, Json::from(only.sources.clone()), source, INTRODUCED);
    } else if !found.is_empty() {
        let of_rule = |rule: &Rule| -> Vec<String> {
            let each = |port: &String| {
                rule.sources.iter().map(|source| format!("{port} from {source}")).collect::<Vec<String>>()
            };
            rule.ports.iter().flat_map(each).collect()
        };
        let written = found.iter().flat_map(of_rule);
        let value: Json = written.map(Json::String).collect();
        inputs.add(&rules.name, value, source, INTRODUCED);
    }
    found.into_iter().for_each(|rule| claims.take(rule.tokens));
}

/// The lists of ports, of sources and of rules, as their examples tell.
fn lists<'m>(grammar: &Grammar<'m>) -> Option<(&'m Variable, &'m Variable, &'m Variable)> {
    let list = |takes: &dyn Fn(&str, &str) -> bool| {
        grammar.module.variables.iter().find(|variable| {
            let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
            matches!(variable.ty, Type::List(_)) && takes(&variable.name, example.unwrap_or_default())
        })
    };
    let takes = |input: &str, value: &str| grammar.takes(input, &Json::Array(vec![value.into()]));
    let ports = list(&|_, example| is_port(example))?;
    let rules = list(&|_, example| example.split_once(" from ").is_some_and(|(port, _)| is_port(port)))?;
    let sources = list(&|input, example| {
        text::is_id(example) && takes(input, "10.0.0.0/8") && input != ports.name && input != rules.name
    })?;
    Some((ports, sources, rules))
}

/// The rules of a text, in their order.
fn stated(text: &Text, claims: &Claims) -> Vec<Rule> {
    let mut found: Vec<Rule> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() && found.len() < MOST {
        let Some((sources, end)) = sources_at(text, claims, at) else {
            at += 1;
            continue;
        };
        let denied = clause_of(text, at).filter_map(|at| text.word(at)).any(language::is_negation);
        let last = found.last().map_or(0, |rule| rule.tokens.end);
        let before = ports_before(text, claims, at).filter(|(_, from)| *from >= last);
        let after = || ports_after(text, claims, end);
        if denied {
            at = end;
        } else if let Some((ports, from)) = before {
            let (more, end) = more_ports(text, claims, end);
            found.push(Rule { ports: [ports, more].concat(), sources, tokens: from..end });
            at = end;
        } else if let Some(known) = found.last_mut().filter(|known| is_joined(text, known.tokens.end, at)) {
            known.sources.extend(sources);
            known.tokens.end = end;
            at = end;
        } else if let Some((ports, end)) = after() {
            found.push(Rule { ports, sources, tokens: at..end });
            at = end;
        } else {
            at = end;
        }
    }
    found
}

/// Who is named from `at` on, and the index behind: "from 10.0.0.0/8 and sg-1", "to the world", "anyone may".
fn sources_at(text: &Text, claims: &Claims, at: usize) -> Option<(Vec<String>, usize)> {
    let word = text.word(at).filter(|_| claims.is_free(at))?;
    let everybody = || vec![EVERYBODY.to_owned()];
    let may = |at: usize| {
        matches!(text.word(at), Some("may" | "can" | "must" | "should" | "darf" | "kann" | "soll"))
    };
    if matches!(word, "anyone" | "everybody" | "everyone" | "anybody" | "jeder" | "jedermann") && may(at + 1)
    {
        return Some((everybody(), at + 1));
    }
    let leads = matches!(word, "from" | "aus" | "von");
    if !leads && !matches!(word, "to" | "for" | "für") {
        return None;
    }
    let of_all = |at: &usize| {
        matches!(
            text.word(*at),
            Some(
                "the"
                    | "dem"
                    | "der"
                    | "die"
                    | "das"
                    | "whole"
                    | "public"
                    | "entire"
                    | "ganzen"
                    | "aller"
                    | "all"
            )
        )
    };
    let noun = (at + 1..at + 4).find(|at| !of_all(at))?;
    let all = matches!(
        text.word(noun),
        Some(
            "everywhere"
                | "anywhere"
                | "everybody"
                | "everyone"
                | "anyone"
                | "internet"
                | "world"
                | "welt"
                | "überall"
                | "überallher"
        )
    );
    if all {
        return Some((everybody(), noun + 1));
    }
    let (mut sources, mut end, mut next) = (Vec::new(), at, at + 1);
    while let Some(token) = text.get(next).filter(|_| leads && claims.is_free(next)) {
        let joins = token.kind == Kind::Mark(',') || language::is_join(&token.lower);
        if text::is_id(&token.lower) && !token.lower.starts_with("arn:") {
            sources.push(token.lower.clone());
            end = next + 1;
        } else if !joins || sources.is_empty() {
            break;
        }
        next += 1;
    }
    (!sources.is_empty()).then_some((sources, end))
}

/// The ports right before `at`, and where they begin.
fn ports_before(text: &Text, claims: &Claims, at: usize) -> Option<(Vec<String>, usize)> {
    let is_between = |at: &usize| {
        text.word(*at).is_some_and(|word| {
            matches!(
                word,
                "only"
                    | "nur"
                    | "just"
                    | "open"
                    | "opened"
                    | "offen"
                    | "reachable"
                    | "erreichbar"
                    | "allowed"
                    | "traffic"
                    | "access"
                    | "tcp"
                    | "in"
                    | "is"
                    | "are"
                    | "be"
                    | "should"
                    | "ist"
                    | "sind"
            )
        })
    };
    let behind = (1..=MOST_BETWEEN).map_while(|back| at.checked_sub(back)).find(|at| !is_between(at))?;
    let mut ports = Vec::new();
    let (mut from, mut next) = (behind, behind);
    while let Some(token) = text.get(next).filter(|_| claims.is_free(next)) {
        let joins = token.kind == Kind::Mark(',') || language::is_join(&token.lower);
        if token.kind == Kind::Word && is_port(&token.lower) && (ports.is_empty() || from == next + 2) {
            ports.insert(0, token.lower.clone());
            from = next;
        } else if !joins || ports.is_empty() {
            break;
        }
        let Some(before) = next.checked_sub(1) else { break };
        next = before;
    }
    (!ports.is_empty()).then_some((ports, from))
}

/// The ports behind the sources, in their clause: "from 10.0.0.0/8 allow 443 and 80".
fn ports_after(text: &Text, claims: &Claims, end: usize) -> Option<(Vec<String>, usize)> {
    let is_port_at = |at: usize| text.word(at).is_some_and(|word| claims.is_free(at) && is_port(word));
    let first = (end..=end + MOST_BETWEEN)
        .take_while(|at| *at == end || !is_boundary(text, *at))
        .find(|at| is_port_at(*at))?;
    let (mut ports, mut last, mut next) = (Vec::new(), first, first);
    while let Some(token) = text.get(next).filter(|_| claims.is_free(next)) {
        let joins = token.kind == Kind::Mark(',') || language::is_join(&token.lower);
        if is_port_at(next) {
            ports.push(token.lower.clone());
            last = next + 1;
        } else if !joins {
            break;
        }
        next += 1;
    }
    // "from 10.0.0.0/8 and 443 from sg-1": those are the next rule's.
    let of_next = matches!(text.word(last), Some("from" | "aus" | "von" | "only" | "nur"));
    (!of_next).then_some((ports, last))
}

/// "…, plus udp/161": ports that are added behind the sources, and the index behind them.
fn more_ports(text: &Text, claims: &Claims, end: usize) -> (Vec<String>, usize) {
    let at = end + usize::from(text.get(end).is_some_and(|token| token.kind == Kind::Mark(',')));
    let adds = matches!(text.word(at), Some("plus" | "and" | "und" | "sowie" | "also"));
    let port = text.word(at + 1).filter(|word| adds && claims.is_free(at + 1) && is_port(word));
    match port.filter(|_| is_boundary(text, at + 2)) {
        Some(port) => (vec![port.to_owned()], at + 2),
        None => (Vec::new(), end),
    }
}

/// Whether nothing but marks and small words stand between.
fn is_joined(text: &Text, end: usize, at: usize) -> bool {
    end <= at
        && (end..at).all(|at| {
            text.get(at).is_some_and(|token| token.kind == Kind::Mark(',') || language::is_join(&token.lower))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, expect: &[&str]) {
        let text = Text::new(words);
        let found = stated(&text, &Claims::new(&text));
        let written =
            found.iter().map(|rule| format!("{} from {}", rule.ports.join(" "), rule.sources.join(" ")));
        assert_eq!(written.collect::<Vec<String>>(), expect, "{words}");
    }

    #[test]
    fn rules_are_read_either_way_round() {
        check("443 from everywhere", &["443 from 0.0.0.0/0"]);
        check("5432 only from 10.0.0.0/8", &["5432 from 10.0.0.0/8"]);
        check("80 and 443 from 10.0.0.0/8 and from 10.9.0.0/16", &["80 443 from 10.0.0.0/8 10.9.0.0/16"]);
        check("from 10.0.0.0/8 allow 443 and 80", &["443 80 from 10.0.0.0/8"]);
        check("anyone may reach 443", &["443 from 0.0.0.0/0"]);
        check("443 from the internet, 22 from 10.0.0.0/8", &["443 from 0.0.0.0/0", "22 from 10.0.0.0/8"]);
        check("631 and 9100 from 10.44.0.0/16, plus udp/161", &["631 9100 udp/161 from 10.44.0.0/16"]);
    }

    #[test]
    fn what_is_denied_or_names_nobody_is_no_rule() {
        check("nothing from everywhere", &[]);
        check("no access from 10.0.0.0/8", &[]);
        check("443 from the office", &[]);
        check("from 2 to 6", &[]);
    }
}
