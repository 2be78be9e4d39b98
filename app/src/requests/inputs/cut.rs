//! Values that are known by how they are cut: routes, ports, and compounds of the module's own name.

use serde_json::Value as Json;
use tfpilot_hcl::{Type, Variable};

use super::{INTRODUCED, Reader, SIZED};
use crate::requests::grammar::Meaning;
use crate::requests::language;
use crate::requests::text::{self, Kind};

impl Reader<'_, '_> {
    /// "postgres and 8443 from sg-1": ports right before the words that introduce where calls come from.
    pub(super) fn ports_from(&mut self) {
        let grammar = self.grammar;
        let is_port_list = |variable: &&Variable| {
            let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
            matches!(variable.ty, Type::List(_)) && example.is_some_and(is_port)
        };
        let Some(ports) = grammar.module.variables.iter().find(is_port_list) else { return };
        for at in 1..self.text.tokens.len() {
            if !matches!(self.text.word(at), Some("from" | "aus" | "von")) || !self.claims.is_free(at) {
                continue;
            }
            let behind = self.text.get(at + 1).is_some_and(|token| text::is_id(&token.lower));
            let (mut values, mut from, mut next) = (Vec::new(), at, at);
            while let Some(token) =
                next.checked_sub(1).and_then(|before| self.text.get(before)).filter(|_| behind)
            {
                let joins = token.kind == Kind::Mark(',') || language::is_join(&token.lower);
                let fits = token.kind == Kind::Word && self.claims.is_free(next - 1) && is_port(&token.lower);
                if fits {
                    values.insert(0, Json::String(token.lower.clone()));
                    from = next - 1;
                } else if !joins || from != next {
                    break;
                }
                next -= 1;
            }
            if !values.is_empty() && !self.inputs.values.contains_key(&ports.name) {
                self.add(&ports.name, Json::Array(values), from..at, INTRODUCED);
            }
        }
    }

    /// "POST /callback": two words that are cut like the example of a list.
    pub(super) fn route(&mut self, index: usize) -> Option<usize> {
        const METHODS: [&str; 8] = ["get", "post", "put", "delete", "patch", "head", "options", "any"];
        let word =
            self.text.word(index).filter(|word| METHODS.contains(word) && self.claims.is_free(index))?;
        let path = self.text.get(index + 1).filter(|path| path.text.starts_with('/'))?;
        let route = Json::Array(vec![Json::String(format!("{} {}", word.to_uppercase(), path.text))]);
        let grammar = self.grammar;
        let mut alike = grammar.module.variables.iter().filter(|variable| {
            let example = grammar.hints(&variable.name).and_then(|hints| hints.example.as_deref());
            example.is_some_and(|example| example.contains(" /")) && grammar.takes(&variable.name, &route)
        });
        let (only, None) = (alike.next()?, alike.next()) else { return None };
        if self.inputs.values.contains_key(&only.name) {
            return None;
        }
        let (value, end) = self.value_at(index, &only.name, false)?;
        self.add(&only.name, value, index..end, INTRODUCED);
        Some(end)
    }

    /// "FIFO-Queue", "Valkey-Cache": what the module is called, with a value or a switch before it.
    pub(super) fn compound(&mut self, index: usize) -> Option<usize> {
        // A German noun; "small-postgres" may be anybody's name.
        let noun = self.text.get(index)?.text.starts_with(char::is_uppercase);
        let entry = self.grammar.inside(self.text, index).filter(|_| noun && self.claims.is_free(index))?;
        let value = match &entry.meaning {
            Meaning::Is(value) => value.clone(),
            _ => Json::Bool(true),
        };
        let input = entry.input.clone();
        self.add(&input, value, index..index + 1, SIZED);
        Some(index + 1)
    }
}

/// `443`, `8000-8100`, `udp/53`, or the name of a service that has one.
pub(in crate::requests) fn is_port(word: &str) -> bool {
    let number = word.trim_start_matches("tcp/").trim_start_matches("udp/");
    let plain = |part: &str| (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    plain(number)
        || number.split_once('-').is_some_and(|(first, last)| plain(first) && plain(last))
        || matches!(word, "http" | "https" | "ssh" | "rdp" | "postgres" | "mysql" | "redis" | "nfs")
}
