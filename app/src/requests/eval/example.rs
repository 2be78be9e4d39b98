//! A request that people corrected, as a labelled example: what its text should have been read as, by what became of it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use tfpilot_engine::{Draft, Filled, Reading, Resource, Source};
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::requests::summary::Intent;
use crate::requests::{Address, read_as};

/// A line of a corpus, made of a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    /// Where it was asked: `acme/infra#41`.
    pub id: String,
    /// The title of its issue.
    pub title: String,
    /// The text.
    pub text: String,
    /// It was meant for us.
    pub addressed: bool,
    /// What it means.
    pub expect: Meaning,
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meaning {
    /// What somebody wants.
    pub intent: Intent,
    /// Where; none where the text does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What.
    pub resources: Vec<Thing>,
    /// What the text leaves out, and was answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
    /// The answers to it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answered: BTreeMap<String, Json>,
}

/// One thing that is meant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Thing {
    /// Id of its module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Its name; none where the text does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the text says about it.
    pub inputs: BTreeMap<String, Json>,
}

/// The example that a request is: its text, and the draft that was applied in the end. What people answered and the text
/// does not say is asked; what they put right was said and read wrongly. None of what is no new thing.
pub fn example(
    id: String,
    title: &str,
    text: &str,
    last: &Draft,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Option<Example> {
    if last.edits.is_some() {
        return None;
    }
    let first = match read_as(Address::ToUs, title, text, catalog, config) {
        Reading::Complete { draft } | Reading::Asks { draft, .. } => draft,
        Reading::NotInCatalog { .. } | Reading::Other { .. } | Reading::NotForUs => Draft::default(),
    };
    let mut asks: Vec<String> = Vec::new();
    let mut answered = BTreeMap::new();
    let mut ask = |about: &str, answer: Json| {
        if !asks.iter().any(|known| known == about) {
            asks.push(about.to_owned());
            answered.insert(about.to_owned(), answer);
        }
    };
    let environment = last.environment.as_ref().and_then(|filled| {
        let said = said(filled, first.environment.is_some());
        (!said).then(|| ask("environment", filled.value.as_str().into()));
        said.then(|| filled.value.to_string())
    });
    let mut resources = Vec::new();
    for (at, thing) in last.resources.iter().enumerate() {
        let nothing = Resource::default();
        let read = first.resources.get(at).unwrap_or(&nothing);
        let name = thing.name.as_ref().and_then(|filled| {
            let said = said(filled, read.name.is_some());
            (!said).then(|| ask("name", filled.value.clone().into()));
            said.then(|| filled.value.clone())
        });
        let mut inputs = BTreeMap::new();
        for (input, filled) in &thing.inputs {
            if said(filled, read.inputs.contains_key(input)) {
                inputs.insert(input.clone(), filled.value.clone());
            } else if matches!(filled.source, Source::Answer(_)) {
                ask(input, filled.value.clone());
            }
        }
        resources.push(Thing { module: thing.module.clone(), name, inputs });
    }
    let intent = if last.import.is_some() { Intent::Import } else { Intent::Create };
    let expect = Meaning { intent, environment, resources, asks, answered };
    Some(Example { id, title: title.to_owned(), text: text.to_owned(), addressed: true, expect })
}

/// Whether the text says a value: it was read out of it, or what was read there was put right.
fn said<T>(filled: &Filled<T>, was_read: bool) -> bool {
    match filled.source {
        // A suggestion quotes the text, and people let it stand.
        Source::Text(_) | Source::Form(_) | Source::Yaml(_) | Source::Suggested(_) => true,
        Source::Answer(_) | Source::Command(_) => was_read,
        Source::Default(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::{answer, eval, set};

    fn of(text: &str, correct: impl Fn(&Reading) -> Reading) -> Example {
        let (catalog, config) = (Catalog::shipped(), RepositoryConfig::everyday());
        let first = read_as(Address::ToUs, "", text, &catalog, &config);
        let Reading::Complete { draft } = correct(&first) else { panic!("is not complete") };
        example("acme/infra#1".to_owned(), "", text, &draft, &catalog, &config).expect("an example")
    }

    #[test]
    fn what_was_answered_is_asked_and_what_was_put_right_was_said() {
        let (catalog, config) = (Catalog::shipped(), RepositoryConfig::everyday());
        let text = "We need a versioned S3 bucket in dev, owned by team billing";
        let found = of(text, |first| {
            let Reading::Asks { draft, question } = first else { panic!("{first:#?}") };
            let Reading::Complete { draft } = answer(draft, question, "acme-x", &catalog, &config) else {
                panic!("is not complete")
            };
            let pairs = [("versioning".to_owned(), "false".to_owned())];
            set(&draft, &pairs, &catalog, &config)
        });
        assert_eq!(found.expect.asks, ["name"]);
        assert_eq!(found.expect.answered["name"], "acme-x");
        assert_eq!(found.expect.environment.as_deref(), Some("dev"));
        let [thing] = found.expect.resources.as_slice() else { panic!("{found:#?}") };
        assert_eq!((thing.name.as_ref(), &thing.inputs["versioning"]), (None, &Json::Bool(false)));
        assert_eq!(thing.inputs["owner"], "billing");
    }

    #[test]
    fn an_example_is_a_line_of_a_corpus() {
        let text = "We need an S3 bucket called acme-x in dev, owned by team billing";
        let found = of(text, Clone::clone);
        let line = serde_json::to_string(&found).expect("is JSON");
        let lines = eval::parse(&line).expect("is a line");
        let report = eval::evaluate(&lines, &Catalog::shipped(), &RepositoryConfig::everyday());
        assert_eq!(report.whole.ratio(), Some(1.0), "{line}");
    }
}
