//! What people ask for: commands in comments, and requests that become a draft.
//!
//! Pure: texts, catalog and configuration in; a [`Reading`] out. What a reading leads to is the engine's decision,
//! and how a question is worded on GitHub is the surface's.

mod allowed;
mod answer;
pub mod command;
mod conclude;
mod environment;
pub mod eval;
mod form;
mod free;
mod grammar;
mod inputs;
mod intent;
mod language;
mod layout;
mod name;
mod pairs;
mod phrases;
mod shapes;
mod slots;
pub mod summary;
mod template;
mod text;
mod value;
mod vocabulary;
mod yaml;

pub use answer::answer;
pub use tfpilot_engine::{Draft, Question, Reading};

use tfpilot_engine::Source;
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;

use self::command::Command;
use self::conclude::{Doubts, conclude};
use self::free::Understood;
use self::pairs::Given;
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

/// Reads an issue: 1. a `/tfpilot new` line, 2. an issue form, 3. a YAML block, 4. free text.
pub fn read_as(
    address: Address,
    title: &str,
    body: &str,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Reading {
    let new = command::parse(body).into_iter().find_map(|line| match line.command {
        Ok(Command::New(request)) => Some(request),
        _ => None,
    });
    if let Some(request) = new {
        return read_new(&request, title, body, catalog, config);
    }
    if let Some(reading) = form::read(body, catalog, config) {
        return reading;
    }
    if let Some(pairs) = yaml::pairs_of(body, config) {
        let source = |key: &str| Source::Yaml(key.to_owned());
        return read_pairs(Draft::default(), &pairs, &source, catalog, config);
    }
    let text = Text::of_issue(title, body);
    conclude_free(free::read(&text, catalog, config, address == Address::ToUs), catalog, config)
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
        && request.pairs.iter().any(|(key, _)| key.eq_ignore_ascii_case("module") || template::is_key(key))
    {
        Text::default()
    } else if request.text.is_empty() {
        Text::of_issue(title, body)
    } else {
        Text::new(&request.text)
    };
    let (mut draft, mut doubts) = match free::read(&text, catalog, config, true) {
        Understood::Request(draft, doubts) => (draft, doubts),
        understood if request.pairs.is_empty() => return conclude_free(understood, catalog, config),
        _ => (Draft::default(), Doubts::default()),
    };
    let pairs = given(&request.pairs);
    let source = |key: &str| Source::Command(format!("new {key}=…"));
    for (key, _) in &request.pairs {
        doubts.problems.remove(&key.to_lowercase());
        doubts.choices.remove(&key.to_lowercase());
    }
    pairs::apply(&mut draft, &mut doubts, &pairs, &source, catalog, config);
    conclude(draft, &doubts, catalog, config)
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
    pairs::apply(&mut draft, &mut doubts, pairs, source, catalog, config);
    conclude(draft, &doubts, catalog, config)
}

fn conclude_free(understood: Understood, catalog: &Catalog, config: &RepositoryConfig) -> Reading {
    match understood {
        Understood::Request(draft, doubts) => conclude(draft, &doubts, catalog, config),
        Understood::NotInCatalog(word) => {
            let offered = |id: &String| !config.catalog.hide.contains(id);
            let nearest = catalog
                .nearest(&word)
                .into_iter()
                .map(|module| module.id.to_string())
                .filter(offered)
                .collect();
            Reading::NotInCatalog { word, nearest }
        }
        Understood::Nothing => Reading::NotForUs,
    }
}

fn given(pairs: &[(String, String)]) -> Vec<(String, Given)> {
    pairs.iter().map(|(key, value)| (key.clone(), Given::Text(value.clone()))).collect()
}

#[cfg(test)]
mod tests;
