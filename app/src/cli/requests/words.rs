//! `tfpilot requests words`: what corrected requests teach, and the lines of a configuration that say so.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Source, corpora};
use crate::cli::log;
use crate::config::repository::FILE;
use crate::requests::eval::Line;
use crate::requests::eval::learned::{self, LEAST, Learned, Lesson, Means};

/// `tfpilot requests words`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Words {
    /// JSON lines of requests and what they mean, as `tfpilot requests examples` prints them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// The repository's configuration, for its environments and what it knows already. Without it: dev, stage and prod.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Requests that have to agree on a word.
    #[arg(long, value_name = "COUNT", default_value_t = LEAST, value_parser = at_least_one)]
    least: usize,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write a number from 1".to_owned()),
        Ok(count) => Ok(count),
    }
}

pub(super) fn run(arguments: &Words, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, config) = arguments.source.read_with(arguments.config.as_deref())?;
    let lines = corpora(&arguments.files)?;
    let lessons = lines.iter().filter_map(|line| match line {
        Line::Labelled(labelled) => Some(Lesson::from(labelled)),
        Line::Public(_) => None,
    });
    let lessons: Vec<Lesson> = lessons.collect();
    let found = learned::learn(&lessons, arguments.least, &catalog, &config);
    if json {
        let yaml = if found.is_empty() { String::new() } else { learned::yaml(&found) };
        let told = json!({ "requests": lessons.len(), "words": found, "yaml": yaml });
        log::say(&serde_json::to_string_pretty(&told)?);
    } else {
        told(&found, lessons.len()).iter().for_each(|line| log::say(line));
    }
    Ok(ExitCode::SUCCESS)
}

fn told(found: &[Learned], requests: usize) -> Vec<String> {
    if found.is_empty() {
        return vec![format!("nothing to learn from {requests} requests")];
    }
    let mut lines = Vec::new();
    for Learned { word, means, requests } in found {
        lines.push(match means {
            Means::Module(id) => format!("{word}: {id}"),
            Means::Environment(name) => format!("{word}: the environment {name}"),
        });
        lines.extend(requests.iter().map(|evidence| format!("  {}  {}", evidence.id, evidence.quote)));
    }
    lines.push(String::new());
    lines.push(format!("To add to {FILE}:"));
    lines.extend(learned::yaml(found).lines().map(str::to_owned));
    lines
}
