//! Free text to a draft: the thing asked for, its environment, its name, its inputs.

use tfpilot_engine::{Draft, Filled};
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;

use super::conclude::{Doubts, plain};
use super::environment;
use super::grammar::{Grammar, NAME};
use super::inputs::{self, CONTRADICTED, Inputs, SURE};
use super::intent::{self, Intent};
use super::name;
use super::pairs;
use super::phrases::Claims;
use super::text::Text;
use super::vocabulary::Vocabulary;
use super::{shapes, slots, template};

/// What a text means.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one per issue, and gone at once")]
pub(super) enum Understood {
    /// A request, as far as it was understood.
    Request(Draft, Doubts),
    /// It asks for what the catalog lacks.
    NotInCatalog(String),
    /// No request.
    Nothing,
}

/// Reads a text that may ask for something.
pub(super) fn read(text: &Text, catalog: &Catalog, config: &RepositoryConfig, addressed: bool) -> Understood {
    let mut claims = Claims::new(text);
    let environments = environment::read(text, config, &mut claims);
    let offered = intent::offered(catalog, config);
    let mut doubts = Doubts::default();
    let mut draft = Draft::default();
    let mention = match module_line(text, catalog, config) {
        Some(module) => Some((module, 0..0)),
        None => match intent::read(
            text,
            &offered,
            &Vocabulary::of(catalog, &template::nouns(catalog, config)),
            &claims,
            addressed,
        ) {
            Intent::One(mention) => Some((mention.module, mention.tokens)),
            Intent::Several(modules) => {
                let ids = modules.iter().map(|module| module.id.to_string()).collect();
                doubts.choices.insert("module".to_owned(), ids);
                doubts.problems.insert("module".to_owned(), "one request makes one thing".to_owned());
                None
            }
            Intent::Unknown(word) => return Understood::NotInCatalog(word),
            Intent::Nothing if addressed => None,
            Intent::Nothing => return Understood::Nothing,
        },
    };
    set_environment(&mut draft, &mut doubts, &environments, config);
    if let Some((module, noun)) = mention {
        // Its last word alone: "FIFO queue" says something about the queue.
        claims.take(noun.end.saturating_sub(1)..noun.end);
        draft.module = Some(module.id.to_string());
        template::take(&mut draft, text, &noun, config, &mut claims);
        let grammar = Grammar::new(module);
        let mut found = inputs::read(text, &grammar, &mut claims);
        shapes::read(text, &grammar, &noun, &mut claims, &mut found);
        name::read(text, &grammar, &noun, &mut claims, &mut found);
        slots::team(text, &grammar, &mut claims, &mut found);
        inputs::leftovers(text, &noun, &claims, &mut found);
        set_inputs(&mut draft, &mut doubts, found);
    }
    Understood::Request(draft, doubts)
}

/// Reads more about a draft whose module is known: an answer with further wishes.
pub(super) fn add(
    draft: &mut Draft,
    doubts: &mut Doubts,
    text: &Text,
    module: &Module,
    config: &RepositoryConfig,
) -> bool {
    let mut claims = Claims::new(text);
    let environments = environment::read(text, config, &mut claims);
    let before = draft.clone();
    set_environment(draft, doubts, &environments, config);
    if draft.environment.is_none() {
        draft.environment.clone_from(&before.environment);
    }
    let found = inputs::read(text, &Grammar::new(module), &mut claims);
    set_inputs(draft, doubts, found);
    *draft != before
}

/// `Module: aws/s3-bucket` on a line of its own.
fn module_line<'m>(text: &Text, catalog: &'m Catalog, config: &RepositoryConfig) -> Option<&'m Module> {
    let lines = inputs::key_lines(text);
    let named = lines.iter().find(|(_, key, _)| matches!(key.to_lowercase().as_str(), "module" | "modul"))?;
    pairs::module_of(&named.2, catalog, config)
}

fn set_environment(
    draft: &mut Draft,
    doubts: &mut Doubts,
    found: &environment::Found,
    config: &RepositoryConfig,
) {
    if let Some(word) = &found.unknown {
        pairs::unknown_environment(doubts, word, config);
    }
    if environment::is_contested(found) {
        let names = found.named.iter().map(|named| named.value.to_string()).collect();
        doubts.choices.insert("environment".to_owned(), names);
        doubts.problems.insert("environment".to_owned(), "one request goes to one environment".to_owned());
        draft.environment = None;
    } else if let Some(named) = found.named.first() {
        draft.environment = Some(named.clone());
    }
}

fn set_inputs(draft: &mut Draft, doubts: &mut Doubts, found: Inputs) {
    let Inputs { values, others } = found;
    for (input, filled) in values {
        if filled.confidence == CONTRADICTED || others.contains_key(&input) && filled.confidence < SURE {
            let all = std::iter::once(&filled.value).chain(others.get(&input).into_iter().flatten());
            let mut choices: Vec<String> = all.map(plain).collect();
            choices.dedup();
            doubts.choices.insert(input.clone(), choices);
        }
        if input == NAME {
            let Filled { value, source, confidence } = filled;
            draft.name = Some(Filled { value: plain(&value), source, confidence });
        } else {
            draft.inputs.insert(input, filled);
        }
    }
}
