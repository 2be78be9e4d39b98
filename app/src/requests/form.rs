//! Submitted issue forms: the modules crate reads the fields, here they become a draft.

use tfpilot_engine::{Draft, Reading, Source};
use tfpilot_modules::Catalog;
use tfpilot_modules::forms::parse_form;

use crate::config::RepositoryConfig;

use super::pairs::Given;
use super::read_pairs;
use super::template::TEMPLATE_KEY;

/// Reads a form; none when the body is not one.
pub(super) fn read(body: &str, catalog: &Catalog, config: &RepositoryConfig) -> Option<Reading> {
    let answers = parse_form(catalog, body)?;
    let environment = answers.environment.map(|name| ("environment".to_owned(), Given::Text(name)));
    let module = ("module".to_owned(), Given::Text(answers.module));
    let template = answers.template.map(|name| (TEMPLATE_KEY.to_owned(), Given::Text(name)));
    let inputs = answers.inputs.into_iter().map(|(input, value)| (input, Given::Value(value)));
    let pairs: Vec<(String, Given)> =
        std::iter::once(module).chain(template).chain(environment).chain(inputs).collect();
    let source = |key: &str| {
        Source::Form(answers.labels.get(key).cloned().unwrap_or_else(|| "Environment".to_owned()))
    };
    Some(read_pairs(Draft::default(), &pairs, &source, catalog, config))
}
