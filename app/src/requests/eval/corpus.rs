//! The lines of a corpus, JSONL: our own labelled requests, and public prompts that name the resource types of a right
//! answer beside a deliberately vague wording.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::requests::Existing;
use crate::requests::summary::Intent;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A request and what it means.
    Labelled(Labelled),
    /// A public prompt.
    Public(Public),
}

/// A request and what a careful engineer reads in it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Labelled {
    /// Its name in the corpus.
    pub id: String,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// The text.
    pub text: String,
    /// True where it was said to us: by a form, a label or a mention.
    #[serde(default)]
    pub addressed: bool,
    /// True where nobody may look at it who improves the reading: it measures what was not practised.
    #[serde(default)]
    pub held: bool,
    /// Among what it is said.
    #[serde(default)]
    pub context: Context,
    /// What it means.
    pub expect: Expected,
}

/// What the repository has when something is said.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Context {
    /// What exists.
    #[serde(default)]
    pub existing: Vec<Existing>,
}

/// What a request means. What it does not say is not there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What somebody wants.
    pub intent: Intent,
    /// Where.
    #[serde(default)]
    pub environment: Option<String>,
    /// What.
    #[serde(default)]
    pub resources: Vec<ExpectedResource>,
    /// What has to be asked, any one of these: `module`, `environment`, `name` or an input. Nothing: it is clear.
    #[serde(default)]
    pub asks: Vec<String>,
    /// What was answered to it, where that is known.
    #[serde(default)]
    pub answered: BTreeMap<String, Json>,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedResource {
    /// Id of its module; none where it is in no catalog or not said.
    #[serde(default)]
    pub module: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// What is said about it.
    #[serde(default)]
    pub inputs: BTreeMap<String, Json>,
}

/// A public prompt.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Public {
    /// Clear.
    pub request: String,
    /// Deliberately vague.
    pub vague_request: String,
    /// Resource types of a right answer.
    pub resource_types: Vec<String>,
}

/// A line that is none.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct NotALine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Reads a corpus. Empty lines are left out.
///
/// # Errors
/// With the first line that is no request with its meaning.
pub fn parse(text: &str) -> Result<Vec<Line>, NotALine> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| read(line).map_err(|error| NotALine { line: at + 1, why: error.to_string() }))
        .collect()
}

fn read(line: &str) -> Result<Line, serde_json::Error> {
    let value: Json = serde_json::from_str(line)?;
    if value.get("vague_request").is_some() {
        return serde_json::from_value(value).map(Line::Public);
    }
    serde_json::from_value(value).map(Line::Labelled)
}
