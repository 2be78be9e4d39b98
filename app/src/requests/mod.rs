//! What people ask for: commands in comments, and requests that become a draft.
//!
//! Pure: texts, catalog and configuration in; a [`Reading`] out. What a reading leads to is the engine's decision,
//! and how a question is worded on GitHub is the surface's.

mod allowed;
mod answer;
mod asking;
mod blocks;
mod change;
pub mod command;
mod conclude;
mod corrected;
mod countries;
mod counts;
mod environment;
pub mod eval;
mod existing;
mod form;
mod free;
mod grammar;
mod import;
mod inputs;
mod lacking;
mod language;
mod layout;
mod leftovers;
mod mentions;
mod mood;
mod name;
mod numbers;
mod outdated;
mod pairs;
mod permissions;
mod phrases;
mod purposes;
mod questions;
mod records;
mod references;
mod relative;
mod rules;
mod schedules;
mod shapes;
mod siblings;
mod sizes;
mod slots;
mod standing;
pub(crate) mod suggest;
pub mod summary;
mod template;
mod text;
mod things;
mod together;
mod value;
mod vocabulary;
mod wiring;
mod wishes;
mod yaml;

pub use answer::answer;
pub(crate) use answer::answer_telling;
pub use existing::Existing;
pub use tfpilot_engine::{Draft, Question, Reading};
pub(crate) use wiring::call;

use tfpilot_engine::{Resource, Source, Wish};
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;

use self::command::Command;
use self::conclude::{Doubts, conclude};
use self::free::Understood;
use self::pairs::{Given, Target};
use self::suggest::FreeText;
use self::text::Text;

/// Whether a text speaks to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// With our label, form, mention or command: whatever it says is meant for us.
    ToUs,
    /// To whom it may concern: it has to look like a request.
    Open,
}

/// Reads an issue that speaks to whom it may concern.
pub fn read(title: &str, body: &str, catalog: &Catalog, config: &RepositoryConfig) -> Reading {
    read_as(Address::Open, title, body, catalog, config)
}

/// Like [`read_among`], where nothing is known to exist.
pub fn read_as(
    address: Address,
    title: &str,
    body: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    read_among(&[], address, title, body, catalog, config)
}

/// Reads an issue among what exists already: 1. a `/tfpilot new` or `upgrade` line, 2. an issue form, 3. a YAML block, 4. free text.
pub fn read_among(
    existing: &[Existing],
    address: Address,
    title: &str,
    body: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    read_telling(existing, address, title, body, catalog, config).0
}

/// The same, with the text that was read as people write it, where it was that.
pub(crate) fn read_telling(
    existing: &[Existing],
    address: Address,
    title: &str,
    body: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> (Reading, Option<FreeText>) {
    let ordered = command::parse(body).into_iter().find_map(|line| match line.command {
        Ok(Command::New(request)) => Some(read_new(&request, title, body, catalog, config)),
        Ok(Command::Upgrade(order)) => Some(existing::upgrade(&order, existing)),
        _ => None,
    });
    let written = ordered.or_else(|| form::read(body, catalog, config));
    if let Some(reading) = written.or_else(|| yaml::read(title, body, catalog, config)) {
        return (reading, None);
    }
    let text = Text::of_issue(title, body);
    if let Some(quoted) = forwarded(title, body) {
        let (reading, free) = read_telling(existing, address, title, &quoted, catalog, config);
        if reading != Reading::NotForUs {
            return (reading, free);
        }
    }
    let understood = free::read(&text, existing, catalog, config, address == Address::ToUs);
    let free = match &understood {
        Understood::Request(_, doubts) => {
            Some(FreeText { text: text.source, has_unread: doubts.has_unread, is_whole: true })
        }
        _ => None,
    };
    (conclude_free(understood, catalog, config), free)
}

/// The quoted part of a forwarded mail, which says what is wanted where the lines above it only pass it on.
fn forwarded(title: &str, body: &str) -> Option<String> {
    let title = title.trim().to_lowercase();
    let passes_on = ["fwd:", "fw:", "wg:", "tr:"].iter().any(|start| title.starts_with(start));
    let quoted: Vec<&str> = body.lines().filter_map(|line| line.trim_start().strip_prefix('>')).collect();
    (passes_on && !quoted.is_empty()).then(|| quoted.join("\n"))
}

/// Reads a `/tfpilot new` command: its pairs, and what the issue says besides.
pub fn read_new(
    request: &command::Request,
    title: &str,
    body: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let text = if request.text.is_empty()
        && request
            .pairs
            .iter()
            .any(|(key, _)| key.eq_ignore_ascii_case("module") || template::is_key(key, config))
    {
        Text::default()
    } else if request.text.is_empty() {
        Text::of_issue(title, body)
    } else {
        Text::new(&request.text)
    };
    let (mut draft, mut doubts) = match free::read(&text, &[], catalog, config, true) {
        Understood::Request(draft, doubts) => (*draft, doubts),
        understood if request.pairs.is_empty() => return conclude_free(understood, catalog, config),
        _ => (Draft::default(), Doubts::default()),
    };
    let pairs = given(&request.pairs);
    let source = |key: &str| Source::Command(format!("new {key}=…"));
    for (key, _) in &request.pairs {
        doubts.settle(0, &key.to_lowercase());
    }
    pairs::apply(&mut draft, &mut doubts, Target::Every(0), &pairs, &source, catalog, config);
    conclude(draft, &doubts, catalog, config)
}

/// Checks a draft that was made of an earlier one.
pub fn check(draft: Draft, catalog: &Catalog, config: &RepositoryConfig) -> Reading {
    conclude(draft, &Doubts::default(), catalog, config)
}

/// Reads `/tfpilot set key=value`: an empty value takes the value back.
pub fn set(
    draft: &Draft,
    pairs: &[(String, String)],
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let (draft, doubts) = answer::set_pairs(draft, pairs, catalog, config);
    conclude(draft, &doubts, catalog, config)
}

fn read_pairs(
    mut draft: Draft,
    pairs: &[(String, Given)],
    source: &dyn Fn(&str) -> Source,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let mut doubts = Doubts::default();
    pairs::apply(&mut draft, &mut doubts, Target::Every(0), pairs, source, catalog, config);
    conclude(draft, &doubts, catalog, config)
}

fn conclude_free(understood: Understood, catalog: &Catalog, config: &RepositoryConfig) -> Reading {
    match understood {
        Understood::Request(draft, doubts) => conclude(*draft, &doubts, catalog, config),
        Understood::NotInCatalog(word, environment) => {
            let offered = |id: &String| !config.catalog.hide.contains(id);
            let nearest = catalog
                .nearest(&word)
                .into_iter()
                .map(|module| module.id.to_string())
                .filter(offered)
                .collect();
            Reading::NotInCatalog { word, nearest, environment }
        }
        Understood::Other(wish, environment, things) => {
            let question =
                asks_what_changes(wish, &things).or_else(|| asks_for_right(wish, &things, catalog));
            Reading::Other { wish, environment, things, question, known: Vec::new() }
        }
        Understood::Somewhere(wish, places, things) => {
            let question = Question {
                about: "environment".to_owned(),
                resource: 0,
                text: "which environment?".to_owned(),
                example: places.first().cloned().unwrap_or_default(),
                choices: places,
                problem: Some("there is one in each of several environments".to_owned()),
            };
            Reading::Other { wish, environment: None, things, question: Some(question), known: Vec::new() }
        }
        Understood::Nothing => Reading::NotForUs,
    }
}

/// A change of which nothing was understood.
fn asks_what_changes(wish: Wish, things: &[Resource]) -> Option<Question> {
    let at = things.iter().position(|thing| thing.inputs.is_empty())?;
    (wish == Wish::Change).then(|| Question {
        about: answer::CHANGE.to_owned(),
        resource: at,
        text: "what shall be otherwise?".to_owned(),
        choices: Vec::new(),
        problem: None,
        example: "versioning=false".to_owned(),
    })
}

/// A change to a value that the module does not take.
fn asks_for_right(wish: Wish, things: &[Resource], catalog: &Catalog) -> Option<Question> {
    let changes = things.iter().enumerate().filter(|_| wish == Wish::Change);
    changes.filter_map(|(at, thing)| Some((at, thing, catalog.find(thing.module.as_deref()?)?))).find_map(
        |(at, thing, module)| {
            let refused = |(input, filled): (&String, &tfpilot_engine::Filled<serde_json::Value>)| {
                let problem = module.convert_input(input, &filled.value).err()?;
                let hints = module.hints(input);
                Some(Question {
                    about: input.clone(),
                    resource: at,
                    text: hints
                        .and_then(|hints| hints.question.clone())
                        .unwrap_or_else(|| format!("what is {}?", module.label(input))),
                    choices: Vec::new(),
                    problem: Some(asking::objection(&problem)),
                    example: hints.and_then(|hints| hints.example.clone()).unwrap_or_else(|| "…".to_owned()),
                })
            };
            thing.inputs.iter().find_map(refused)
        },
    )
}

fn given(pairs: &[(String, String)]) -> Vec<(String, Given)> {
    pairs.iter().map(|(key, value)| (key.clone(), Given::Text(value.clone()))).collect()
}

#[cfg(test)]
mod tests;
