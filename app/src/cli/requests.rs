//! `tfpilot requests`: how requests are understood, without a server: one text, many, or a corpus with its labels.

mod words;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tfpilot_engine::Reading;
use tfpilot_modules::Catalog;

use super::catalog::source::Source;
use super::stopped::Place;
use super::{INVALID_INPUT, NO, log};
use crate::clock::Clock;
use crate::config::RepositoryConfig;
use crate::requests::eval::Line;
use crate::requests::summary::Summary;
use crate::requests::{Address, eval, read_among, read_as};
use crate::store::Store;
use crate::worker::examples::{self, Of};
use crate::worker::ledger::Ledger;
use crate::worker::repositories::known;

use self::words::Words;

/// Largest input that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a request from stdin and print what is understood. Exits 0 when it is complete, 1 when something is asked.
    Parse(Parse),
    /// Print the requests that people corrected as labelled examples, one JSON line each, from the store of a stopped server
    /// or a copy of it.
    Examples(Examples),
    /// Read labelled requests and print how well they are understood.
    Eval(Eval),
    /// Read labelled requests and print the words in them that the catalog does not know, with the lines that teach them.
    Words(Words),
}

/// `tfpilot requests parse`.
#[derive(Debug, Args)]
pub(super) struct Parse {
    #[command(flatten)]
    source: Source,
    /// The repository's configuration, for its environments. Without it: dev, stage and prod.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read JSON lines `{"id", "title", "text"}`, and write one JSON line for each.
    #[arg(long)]
    batch: bool,
    /// The text is meant for TfPilot, as with its form, label or mention: it need not look like a request.
    #[arg(long)]
    addressed: bool,
}

/// `tfpilot requests eval`.
#[derive(Debug, Args)]
pub(super) struct Eval {
    /// Corpora: JSON lines of requests and what they mean.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// The repository's configuration, for its environments. Without it: dev, stage and prod.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Name the requests that are not understood as they were meant.
    #[arg(long)]
    misses: bool,
    /// Only the requests that are held back from practice, or only the others.
    #[arg(long, value_name = "SET")]
    only: Option<Set>,
}

/// `tfpilot requests examples`.
#[derive(Debug, Args)]
pub(super) struct Examples {
    /// Only this repository, such as acme/infra.
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// A part of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    /// Held back from practice.
    Held,
    /// To practise on.
    Practice,
}

/// A request of a batch.
#[derive(Debug, Deserialize)]
struct Item {
    id: serde_json::Value,
    #[serde(default)]
    title: Option<String>,
    text: String,
    #[serde(default)]
    addressed: bool,
    #[serde(default)]
    context: eval::Context,
}

/// The answer to it.
#[derive(Debug, Serialize)]
struct Answer {
    id: serde_json::Value,
    #[serde(flatten)]
    summary: Summary,
}

pub(super) fn run(settings: Option<&Path>, command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        Command::Examples(arguments) => print_examples(settings, arguments),
        Command::Parse(arguments) => parse(arguments, json),
        Command::Eval(arguments) => evaluate(arguments, json),
        Command::Words(arguments) => words::run(arguments, json),
    }
}

/// The requests that were corrected and are merged.
fn print_examples(settings: Option<&Path>, arguments: &Examples) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(arguments.place.open(settings)?);
        let ledger = Ledger::new(Arc::clone(&store), Clock::default());
        let catalog = Catalog::shipped();
        let mut found = Vec::new();
        let all = known(store.as_ref()).await?;
        let is_wanted =
            |name: &str| arguments.repository.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(name));
        for repository in all.into_iter().filter(|one| is_wanted(&one.name)) {
            let rules = repository.config.rules();
            let of = Of { id: repository.id, name: repository.name, rules };
            found.extend(
                examples::of_repository(
                    store.as_ref(),
                    &ledger,
                    &of,
                    usize::MAX,
                    &catalog,
                    &repository.config,
                )
                .await?,
            );
        }
        anyhow::Ok(found)
    })?;
    for example in &found {
        log::say(&serde_json::to_string(example)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(arguments: &Parse, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, config) = arguments.source.read_with(arguments.config.as_deref())?;
    let mut text = String::new();
    std::io::stdin().take(LARGEST).read_to_string(&mut text).context("reading stdin")?;
    if arguments.batch {
        return batch(&text, arguments.addressed, &catalog, &config);
    }
    // The first line is what an issue has as its title.
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    let address = if arguments.addressed { Address::ToUs } else { Address::Open };
    let reading = read_as(address, title, body, &catalog, &config);
    if json {
        log::say(&serde_json::to_string_pretty(&Summary::of(&reading))?);
    } else {
        lines(&reading).iter().for_each(|line| log::say(line));
    }
    Ok(if matches!(reading, Reading::Complete { .. }) { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

fn batch(
    text: &str,
    addressed: bool,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> anyhow::Result<ExitCode> {
    let mut good = true;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let item: Item = match serde_json::from_str(line) {
            Ok(item) => item,
            Err(error) => {
                log::complain(&format!("line {}: {error}", at + 1));
                good = false;
                continue;
            }
        };
        let address = if addressed || item.addressed { Address::ToUs } else { Address::Open };
        let title = item.title.as_deref().unwrap_or_default();
        let reading = read_among(&item.context.existing, address, title, &item.text, catalog, config);
        log::say(&serde_json::to_string(&Answer { id: item.id, summary: Summary::of(&reading) })?);
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(INVALID_INPUT) })
}

fn lines(reading: &Reading) -> Vec<String> {
    let (draft, question) = match reading {
        Reading::Complete { draft } => (draft, None),
        Reading::Asks { draft, question } => (draft, Some(question)),
        Reading::NotInCatalog { word, nearest, .. } => {
            return vec![format!("the catalog has no module for {word:?}; nearest: {}", nearest.join(", "))];
        }
        Reading::Other { wish, things, .. } => {
            let names = things.iter().filter_map(|thing| Some(thing.name.as_ref()?.value.as_str()));
            let about = names.collect::<Vec<_>>().join(", ");
            return vec![format!("{}: {about}", json!(wish).as_str().unwrap_or_default())];
        }
        Reading::NotForUs => return vec!["no request for infrastructure".to_owned()],
    };
    let from = |source: &tfpilot_engine::Source| {
        let source = json!(source);
        let text =
            |key: &str| source.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        format!("{}: {}", text("from"), text("text"))
    };
    let mut lines = Vec::new();
    if let Some(environment) = &draft.environment {
        lines.push(format!("environment  {}  ({})", environment.value, from(&environment.source)));
    }
    for resource in &draft.resources {
        lines.push(format!("module       {}", resource.module.as_deref().unwrap_or("?")));
        if let Some(name) = &resource.name {
            lines.push(format!("name         {}  ({})", name.value, from(&name.source)));
        }
        for (input, filled) in &resource.inputs {
            lines.push(format!(
                "{input:12} {}  ({}, {} % sure)",
                filled.value,
                from(&filled.source),
                filled.confidence
            ));
        }
    }
    if let Some(question) = question {
        let problem = question.problem.as_deref().map(|problem| format!("{problem}; ")).unwrap_or_default();
        lines.push(format!("asks         {problem}{}", question.text));
        lines.extend(
            question
                .choices
                .iter()
                .enumerate()
                .map(|(at, choice)| format!("             {}. {choice}", at + 1)),
        );
    }
    lines
}

/// The lines of files with labelled requests.
fn corpora(files: &[PathBuf]) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        lines.extend(eval::parse(&text).with_context(|| file.display().to_string())?);
    }
    Ok(lines)
}

fn evaluate(arguments: &Eval, json: bool) -> anyhow::Result<ExitCode> {
    let (catalog, config) = arguments.source.read_with(arguments.config.as_deref())?;
    let mut lines = corpora(&arguments.files)?;
    if let Some(set) = arguments.only {
        lines.retain(|line| match line {
            Line::Labelled(labelled) => labelled.held == (set == Set::Held),
            Line::Public(_) => true,
        });
    }
    let mut report = eval::evaluate(&lines, &catalog, &config);
    let misses = std::mem::take(&mut report.misses);
    if json {
        let misses = if arguments.misses { json!(misses) } else { json!(misses.len()) };
        log::say(&serde_json::to_string_pretty(&json!({ "report": report, "misses": misses }))?);
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.misses {
        for miss in &misses {
            let how = if miss.drafted_wrongly { "drafted wrongly" } else { "not right" };
            log::say(&format!(
                "{}: {how}: {}\n  {}",
                miss.id,
                miss.wrong.join("; "),
                miss.text.replace('\n', " ⏎ ")
            ));
        }
    }
    report.lines().iter().for_each(|line| log::say(line));
    Ok(ExitCode::SUCCESS)
}
