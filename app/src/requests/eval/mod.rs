//! How well requests are understood, as numbers: labelled requests are read, and what was understood is compared with
//! what a careful engineer would have read.

mod corpus;
mod example;
pub mod learned;
mod report;
mod score;

pub use corpus::{Context, Line, NotALine, parse};
pub use example::{Example, Meaning, Thing, example};
pub use report::Report;
pub use score::{Comparison, Miss};

use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;

use super::summary::Summary;
use super::{Address, read_among, read_as};

/// Reads every line and compares.
pub fn evaluate(lines: &[Line], catalog: &Catalog, config: &RepositoryConfig) -> Report {
    let mut report = Report::default();
    for line in lines {
        match line {
            Line::Labelled(labelled) => {
                let address = if labelled.addressed { Address::ToUs } else { Address::Open };
                let existing = &labelled.context.existing;
                let reading = read_among(existing, address, &labelled.title, &labelled.text, catalog, config);
                report.take(score::judge(labelled, &Summary::of(&reading), catalog));
            }
            Line::Public(public) => {
                let read = |text: &str| Summary::of(&read_as(Address::ToUs, "", text, catalog, config));
                report.take_public(score::is_right_family(public, &read(&public.request), catalog));
                report.take_vague(!read(&public.vague_request).questions.is_empty());
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn corpus() -> Vec<corpus::Labelled> {
        labelled("requests.jsonl")
    }

    fn labelled(file: &str) -> Vec<corpus::Labelled> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus").join(file);
        let text = std::fs::read_to_string(path).expect("is there");
        let lines = parse(&text).expect("requests and what they mean");
        lines
            .into_iter()
            .filter_map(|line| match line {
                Line::Labelled(labelled) => Some(labelled),
                Line::Public(_) => None,
            })
            .collect()
    }

    #[test]
    fn the_corpus_speaks_of_the_catalog() {
        let (corpus, catalog) = (corpus(), Catalog::shipped());
        assert!(corpus.len() >= 500, "{}", corpus.len());
        let held = corpus.iter().filter(|labelled| labelled.held).count();
        assert_eq!(held, corpus.len() / 3, "a third is held back");
        let ids: BTreeSet<_> = corpus.iter().map(|labelled| &labelled.id).collect();
        let texts: BTreeSet<_> = corpus.iter().map(|labelled| (&labelled.title, &labelled.text)).collect();
        assert_eq!((ids.len(), texts.len()), (corpus.len(), corpus.len()));
        for labelled in corpus.iter().chain(&labelled("practice.jsonl")) {
            let id = &labelled.id;
            for resource in &labelled.expect.resources {
                let Some(named) = &resource.module else { continue };
                let module = catalog.find(named).unwrap_or_else(|| panic!("{id}: there is no {named}"));
                for input in resource.inputs.keys() {
                    assert!(module.variable(input).is_some(), "{id}: {named} has no input {input}");
                }
            }
            for about in &labelled.expect.asks {
                let is_input = catalog.modules().any(|module| module.variable(about).is_some());
                assert!(is_input || matches!(about.as_str(), "module" | "environment"), "{id}: {about}");
            }
        }
    }

    /// What is reached is kept: these only rise.
    #[test]
    fn requests_are_understood_no_worse_than_before() {
        let held: Vec<Line> = corpus().into_iter().filter(|one| one.held).map(Line::Labelled).collect();
        let report = evaluate(&held, &Catalog::shipped(), &RepositoryConfig::everyday());
        let of = |share: report::Share| share.ratio().unwrap_or_default();
        let told = report.lines().join("\n");
        assert!(of(report.whole) >= 0.68, "{told}");
        assert!(of(report.intent) >= 0.93, "{told}");
        assert!(of(report.asks_when_it_should) >= 0.90, "{told}");
        assert!(of(report.drafted_wrongly) <= 0.055, "{told}");
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let text =
            "{\"id\": \"1\", \"text\": \"x\", \"expect\": {\"intent\": \"none\"}}\n\n{\"id\": \"2\"}\n";
        let error = parse(text).expect_err("the third is none");
        assert_eq!(error.line, 3);
        assert!(error.to_string().contains("missing field `text`"), "{error}");
    }
}
