//! One request compared with its meaning.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_hcl::File;
use tfpilot_modules::Catalog;

use super::corpus::{ExpectedResource, Labelled, Public};
use crate::requests::summary::{Intent, Resource, Summary};

/// How one request was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Expected and understood.
    pub intent: (Intent, Intent),
    /// The modules are the right ones, where some are expected.
    pub modules: Option<bool>,
    /// The environment is the right one, where one is expected.
    pub environment: Option<bool>,
    /// Every input that is expected or was understood: right or not.
    pub inputs: Vec<(String, bool)>,
    /// Confidence of every value that was understood, and whether it is right.
    pub confidence: Vec<(f64, bool)>,
    /// It has to be asked.
    pub must_ask: bool,
    /// It was asked.
    pub asked: bool,
    /// Asked about the right thing, where it had to be.
    pub asked_right: bool,
    /// All of it is right.
    pub whole: bool,
    /// What is told of it where it is not.
    pub miss: Option<Miss>,
}

/// A request that was not understood as it was meant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// Its name in the corpus.
    pub id: String,
    /// Its words.
    pub text: String,
    /// What is wrong, each in a few words.
    pub wrong: Vec<String>,
    /// True where something would have been made that nobody asked for.
    pub drafted_wrongly: bool,
}

/// What is left out and what is the module's default anyway make the same thing.
pub(super) fn judge(labelled: &Labelled, got: &Summary, catalog: &Catalog) -> Comparison {
    let expect = &labelled.expect;
    let mut wrong = Vec::new();
    let mut note = |is_right: bool, what: &dyn Fn() -> String| {
        if !is_right {
            wrong.push(what());
        }
        is_right
    };
    let (wanted, read) = (expect.intent.as_str(), got.intent.as_str());
    note(expect.intent == got.intent, &|| format!("intent {read}, not {wanted}"));
    let modules = (!expect.resources.is_empty()).then(|| {
        let (wanted, read) = (modules_of(&expect.resources), read_modules(&got.resources));
        note(wanted == read, &|| format!("modules {read:?}, not {wanted:?}"))
    });
    let environment = (expect.environment.is_some() || got.environment.is_some()).then(|| {
        note(expect.environment == got.environment, &|| {
            format!("environment {:?}, not {:?}", got.environment, expect.environment)
        })
    });
    let (mut inputs, mut confidence) = (Vec::new(), Vec::new());
    for (expected, understood) in pair(&expect.resources, &got.resources) {
        let (values, read) = (said(expected), understood.map(read_values).unwrap_or_default());
        let keys: BTreeSet<&String> = values.keys().chain(read.keys()).collect();
        let module = expected.and_then(|thing| catalog.find(thing.module.as_deref()?));
        let default = |key: &str| {
            let variable = module.filter(|_| expect.intent == Intent::Create)?.variable(key)?;
            variable.default.clone().filter(|value| !value.is_null())
        };
        for key in keys {
            let (wanted, value) = (values.get(key), read.get(key).map(|(value, _)| value));
            let same = |said: Option<&Json>, other: Option<&Json>| {
                said.is_some() && other.is_none() && said == default(key).as_ref()
            };
            let is_right = wanted == value || same(wanted, value) || same(value, wanted);
            note(is_right, &|| format!("{key} {}, not {}", shown(value), shown(wanted)));
            inputs.push((key.clone(), is_right));
            confidence.extend(read.get(key).map(|(_, sure)| (*sure, is_right)));
        }
    }
    let must_ask = !expect.asks.is_empty();
    let asked = !got.questions.is_empty();
    let asked_right = got.questions.iter().any(|question| expect.asks.contains(&question.about));
    note(must_ask == asked, &|| match got.questions.first() {
        Some(question) => format!("asks about {}", question.about),
        None => format!("does not ask about {}", expect.asks.join(" or ")),
    });
    if must_ask && asked {
        note(asked_right, &|| {
            let about: Vec<&str> = got.questions.iter().map(|question| question.about.as_str()).collect();
            format!("asks about {}, not {}", about.join(", "), expect.asks.join(" or "))
        });
    }
    let whole = wrong.is_empty();
    // An answer makes nothing, whatever it says.
    let drafts = matches!(got.intent, Intent::Create | Intent::Change | Intent::Remove | Intent::Promote);
    let drafted_wrongly = !whole && !asked && drafts && !got.resources.is_empty();
    let miss = (!whole).then(|| Miss {
        id: labelled.id.clone(),
        text: format!("{} {}", labelled.title, labelled.text).trim().chars().take(200).collect(),
        wrong,
        drafted_wrongly,
    });
    Comparison {
        intent: (expect.intent, got.intent),
        modules,
        environment,
        inputs,
        confidence,
        must_ask,
        asked,
        asked_right,
        whole,
        miss,
    }
}

fn modules_of(resources: &[ExpectedResource]) -> Vec<Option<String>> {
    let mut modules: Vec<_> = resources.iter().map(|resource| resource.module.clone()).collect();
    modules.sort();
    modules
}

fn read_modules(resources: &[Resource]) -> Vec<Option<String>> {
    let mut modules: Vec<_> = resources.iter().map(|resource| resource.module.clone()).collect();
    modules.sort();
    modules
}

/// Each expected thing with the one that was understood: of its module and name, else of its module.
fn pair<'a>(
    expected: &'a [ExpectedResource],
    got: &'a [Resource],
) -> Vec<(Option<&'a ExpectedResource>, Option<&'a Resource>)> {
    let mut left: Vec<&Resource> = got.iter().collect();
    let mut take = |fits: &dyn Fn(&Resource) -> bool| {
        let at = left.iter().position(|resource| fits(resource))?;
        Some(left.remove(at))
    };
    let mut pairs: Vec<_> = Vec::new();
    for one in expected {
        let found = take(&|resource| resource.module == one.module && resource.name == one.name)
            .or_else(|| take(&|resource| resource.module == one.module))
            .or_else(|| take(&|_| expected.len() == 1));
        pairs.push((Some(one), found));
    }
    pairs.extend(left.into_iter().map(|resource| (None, Some(resource))));
    pairs
}

/// What is said, the name among it.
fn said(expected: Option<&ExpectedResource>) -> BTreeMap<String, Json> {
    let Some(expected) = expected else { return BTreeMap::new() };
    let name = expected.name.clone().map(|name| ("name".to_owned(), Json::String(name)));
    expected.inputs.clone().into_iter().chain(name).collect()
}

/// What was read; what follows from a default was not said.
fn read_values(resource: &Resource) -> BTreeMap<String, (Json, f64)> {
    let said = resource.inputs.iter().filter(|(_, value)| !matches!(value.source, Source::Default(_)));
    let name = resource.name.clone().map(|name| ("name".to_owned(), (Json::String(name), 1.0)));
    said.map(|(input, understood)| (input.clone(), (understood.value.clone(), understood.confidence)))
        .chain(name)
        .collect()
}

fn shown(value: Option<&Json>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| value.to_string().chars().take(60).collect())
}

/// Whether every module that was understood makes something that a right answer has, and there is one.
pub(super) fn is_right_family(public: &Public, got: &Summary, catalog: &Catalog) -> bool {
    let modules: Vec<&str> = got.resources.iter().filter_map(|resource| resource.module.as_deref()).collect();
    let makes = |module: &&str| {
        let types = catalog.find(module).map(resource_types).unwrap_or_default();
        public.resource_types.iter().any(|wanted| types.contains(wanted))
    };
    !modules.is_empty() && modules.iter().all(makes)
}

fn resource_types(module: &tfpilot_modules::Module) -> BTreeSet<String> {
    let files = module.files.iter().filter(|file| file.path.ends_with(".tf"));
    let parsed = files.filter_map(|file| File::parse(&file.path, file.content.as_bytes()).ok());
    let mut types = BTreeSet::new();
    for file in parsed {
        for block in file.body.blocks.iter().filter(|block| block.kind == "resource") {
            types.extend(block.labels.first().map(ToString::to_string));
        }
    }
    types
}
