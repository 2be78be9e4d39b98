//! `module.yml`: what Terraform cannot say about a module. Title and words, hints for reading inputs out of a text,
//! examples, risk, and what a change of each input does.
//!
//! Types, defaults and validations stay in `variables.tf`; a key that repeats them is unknown here, like any other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfpilot_hcl::{Diagnostic, Interface};

use super::Scrutiny;
use super::hints::InputHints;
use super::import::Import;
use super::providers::Requirements;
use super::yaml::{Document, suggestion};
use crate::inputs::Inputs;

/// How much harm a mistake with a module does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Nothing of value is lost.
    Low,
    /// Data or a service may be lost.
    Medium,
    /// Many services or the security of the account depend on it.
    High,
}

/// The content of a `module.yml`.
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// Version of the module, `X.Y.Z`.
    pub version: String,
    /// What it makes, as a noun.
    pub title: String,
    /// One word that groups modules.
    pub category: String,
    /// One sentence about it.
    pub summary: String,
    /// What its readers must know beyond the inputs: what it does without being asked, what it leaves out.
    #[serde(default)]
    pub about: String,
    /// How much harm a mistake does.
    pub risk: Risk,
    /// It is among what people ask for most, and is offered first where nobody says what it shall be.
    #[serde(default)]
    pub common: bool,
    /// Resource types whose loss is a loss of data.
    #[serde(default)]
    pub stateful: Vec<String>,
    /// Exact versions of the providers it needs, by name.
    #[serde(default)]
    pub providers: BTreeMap<String, String>,
    /// Words people use, by language.
    pub words: BTreeMap<String, Vec<String>>,
    /// What people say who want such a thing and do not name it, by language.
    #[serde(default)]
    pub uses: BTreeMap<String, Vec<String>>,
    /// Words for things it is not, but comes closest to.
    #[serde(default)]
    pub related: Vec<String>,
    /// Hints, by input.
    #[serde(default)]
    pub inputs: BTreeMap<String, InputHints>,
    /// How what exists already is taken in; none where it cannot be.
    pub import: Option<Import>,
    /// Requests and what they mean.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// A request and what it means: documentation, and a test of the code that understands requests.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Example {
    /// The words of the request.
    pub request: String,
    /// The environment it names.
    #[serde(default)]
    pub environment: Option<String>,
    /// The inputs that are read out of it, and no others.
    pub expect: Inputs,
}

const KEYS: [&str; 15] = [
    "version",
    "title",
    "category",
    "summary",
    "about",
    "risk",
    "common",
    "stateful",
    "providers",
    "words",
    "uses",
    "related",
    "inputs",
    "import",
    "examples",
];
const IMPORT_KEYS: [&str; 5] = ["address", "id", "called", "example", "starts_with"];
const INPUT_KEYS: [&str; 13] = [
    "label",
    "question",
    "introduced_by",
    "on",
    "off",
    "values",
    "unit",
    "one_of",
    "from",
    "beside",
    "marks",
    "example",
    "change",
];
const CHANGE_KEYS: [&str; 2] = ["effect", "text"];
const EXAMPLE_KEYS: [&str; 3] = ["request", "environment", "expect"];

impl Metadata {
    /// Reads a `module.yml` beside the interface it speaks about; `None` when it cannot be read.
    pub(crate) fn read(
        path: &str,
        text: &str,
        interface: &Interface,
        requirements: &Requirements,
        scrutiny: Scrutiny,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mut document =
            Document::parse(path, text, scrutiny).map_err(|problem| diagnostics.push(problem)).ok()?;
        refuse_unknown_keys(&mut document, interface, diagnostics);
        let metadata: Self = document.read().map_err(|problem| diagnostics.push(problem)).ok()?;

        let before = diagnostics.len();
        metadata.check_header(&document, requirements, diagnostics);
        let readable = diagnostics.len() == before;
        for variable in &interface.variables {
            let hints = metadata.inputs.get(&variable.name);
            if let Some(hints) = hints.filter(|_| scrutiny == Scrutiny::Full) {
                hints.check(variable, &document, diagnostics);
            }
            if variable.required() && variable.sensitive {
                diagnostics.push(Diagnostic::new(
                    variable.place.clone(),
                    format!(
                        "input `{}` is secret and required, so nobody can ask for this module",
                        variable.name
                    ),
                    "give it a default, and read the secret where it is kept",
                ));
            }
        }
        readable.then_some(metadata)
    }

    /// What ends in paths and in the `terraform` block has to have its form.
    fn check_header(
        &self,
        document: &Document,
        requirements: &Requirements,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        if !is_version(&self.version) {
            diagnostics.push(not_a_version(document, &["version"], &self.version));
        }
        for (name, version) in &self.providers {
            let keys = ["providers", name.as_str()];
            if !is_version(version) {
                diagnostics.push(not_a_version(document, &keys, version));
            }
            if !requirements.names(name) {
                diagnostics.push(Diagnostic::new(
                    document.place(&keys),
                    format!("the module does not require provider `{name}`"),
                    "remove it here, or add it to required_providers in versions.tf",
                ));
            }
        }
        if self.words.values().all(Vec::is_empty) {
            diagnostics.push(Diagnostic::new(
                document.place(&["words"]),
                "no words to ask for the module",
                "write at least `words: {en: […]}`",
            ));
        }
    }
}

fn not_a_version(document: &Document, keys: &[&str], version: &str) -> Diagnostic {
    Diagnostic::new(
        document.place(keys),
        format!("`{version}` is not an exact version"),
        "write X.Y.Z, such as 1.0.0",
    )
}

fn is_version(version: &str) -> bool {
    let parts: Vec<_> = version.split('.').collect();
    let number = |part: &&str| {
        (1..=9).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
    };
    parts.len() == 3 && parts.iter().all(number)
}

fn refuse_unknown_keys(document: &mut Document, interface: &Interface, diagnostics: &mut Vec<Diagnostic>) {
    document.refuse_unknown(&[], &KEYS, diagnostics);
    let names: Vec<_> = interface.variables.iter().map(|variable| variable.name.as_str()).collect();
    for input in document.keys_at(&["inputs"]) {
        if !names.contains(&input.as_str()) {
            diagnostics.push(Diagnostic::new(
                document.place(&["inputs", &input]),
                format!("the module has no input `{input}`"),
                suggestion(&input, &names),
            ));
        }
        document.refuse_unknown(&["inputs", &input], &INPUT_KEYS, diagnostics);
        document.refuse_unknown(&["inputs", &input, "change"], &CHANGE_KEYS, diagnostics);
    }
    document.refuse_unknown(&["import"], &IMPORT_KEYS, diagnostics);
    for position in 0.. {
        let position = usize::to_string(&position);
        let keys = ["examples", position.as_str()];
        if document.keys_at(&keys).is_empty() {
            break;
        }
        document.refuse_unknown(&keys, &EXAMPLE_KEYS, diagnostics);
    }
}
