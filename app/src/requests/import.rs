//! What exists already and is taken in: told by its words, identified by an id that follows from the inputs, stands in the
//! text, or is asked for.

use tfpilot_engine::{Draft, Filled, Import, Question, Source};
use tfpilot_modules::{Catalog, Module};

use super::conclude::Doubts;
use super::inputs::{INTRODUCED, WRITTEN};
use super::phrases::Claims;
use super::text::{Kind, Text};
use super::{wiring, wishes};

/// What a question is about that asks for the id, and the key that sets it.
pub(super) const IMPORT: &str = "import";

/// A wish to import, with the id where the text has one that looks like it.
pub(super) fn read(text: &Text, catalog: &Catalog, claims: &mut Claims) -> Option<Import> {
    if !wishes::imports(text) {
        return None;
    }
    let starts: Vec<&String> = catalog
        .modules()
        .filter_map(|module| module.import.as_ref())
        .flat_map(|it| &it.starts_with)
        .collect();
    let is_id = |word: &str| starts.iter().any(|start| word.starts_with(start.as_str()));
    let at = text
        .tokens
        .iter()
        .position(|token| matches!(token.kind, Kind::Word | Kind::Quoted) && is_id(&token.text));
    let id = at.and_then(|at| text.get(at)).map(|token| {
        let source = Source::Text(token.text.clone());
        Filled { value: token.text.clone(), source, confidence: INTRODUCED }
    });
    at.iter().for_each(|at| claims.take(*at..at + 1));
    Some(Import { id })
}

/// What becomes of a wish to import.
pub(super) enum Concluded {
    /// It is clear what is meant.
    Known(Import),
    /// The id has to be said.
    Asks(Import, Question),
    /// Not one thing, or of a module that cannot take it in.
    Unfit,
}

/// The id that follows from the thing, else the one that was said if it can be one.
pub(super) fn conclude(import: Import, draft: &Draft, modules: &[&Module], doubts: &Doubts) -> Concluded {
    let ([thing], [module]) = (draft.resources.as_slice(), modules) else { return Concluded::Unfit };
    let Some(hints) = &module.import else { return Concluded::Unfit };
    if hints.id.is_some() {
        let id = hints.id_of(&wiring::call(thing, module).inputs).map(|value| {
            let source = Source::Default("its name".to_owned());
            Filled { value, source, confidence: 100 }
        });
        return Concluded::Known(Import { id });
    }
    let called = hints.called.clone().unwrap_or_else(|| "its id in the cloud".to_owned());
    match &import.id {
        Some(id) if hints.takes(&id.value) => Concluded::Known(import),
        given => {
            let problem = given.as_ref().map(|id| {
                let said: String = id.value.chars().take(100).collect();
                format!("{said} is not {called}")
            });
            let question = Question {
                about: IMPORT.to_owned(),
                resource: 0,
                text: format!("what is {called}?"),
                choices: Vec::new(),
                problem: problem.or_else(|| doubts.problem(0, IMPORT)),
                example: hints.example.clone().unwrap_or_default(),
            };
            Concluded::Asks(Import { id: None }, question)
        }
    }
}

/// The word of an answer that can be the id.
pub(super) fn id(text: &Text, module: &Module) -> Option<String> {
    let hints = module.import.as_ref()?;
    let words: Vec<&str> = text
        .tokens
        .iter()
        .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
        .map(|token| token.text.as_str())
        .collect();
    let fits = words.iter().find(|word| hints.takes(word) && !hints.starts_with.is_empty());
    match (fits, words.as_slice()) {
        (Some(id), _) => Some((*id).to_owned()),
        // A single word was meant, if it fits or not.
        (None, [only]) => Some((*only).to_owned()),
        (None, _) => None,
    }
}

/// `import=ID`
pub(super) fn set(draft: &mut Draft, pairs: &[(String, String)], source: &dyn Fn(&str) -> Source) {
    let given = pairs.iter().rev().find(|(key, _)| key == IMPORT);
    if let (Some(import), Some((key, value))) = (&mut draft.import, given) {
        import.id = Some(Filled { value: value.clone(), source: source(key), confidence: WRITTEN });
    }
}
