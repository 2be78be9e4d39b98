//! How well requests are understood, and how fast: the held third of the corpus, and catalogs of growing size.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_yaml::Value;
use tfpilot::config::RepositoryConfig;
use tfpilot::requests::eval::{self, Line};
use tfpilot::requests::{Address, read_as};
use tfpilot_modules::Catalog;

use crate::report::{Report, percentile, size, time};
use crate::{process, progress};

/// Sizes of the catalogs that requests are read with.
const MODULES: [usize; 2] = [60, 1000];

/// Rounds over the corpus after which memory is looked at again.
const ROUNDS: usize = 5;

/// Measures and reports both.
///
/// # Errors
/// When the corpus cannot be read, or a larger catalog is none.
pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/requests.jsonl");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let lines = eval::parse(&text).context("the corpus")?;
    let config = RepositoryConfig::everyday();
    understood(report, &lines, &config);
    for modules in MODULES {
        speed(report, &lines, &config, modules)?;
    }
    Ok(())
}

/// The shares that count, of the requests that nobody tunes to.
fn understood(report: &mut Report, lines: &[Line], config: &RepositoryConfig) {
    progress("requests: the held third of the corpus");
    let is_held = |line: &&Line| matches!(line, Line::Labelled(labelled) if labelled.held);
    let held: Vec<Line> = lines.iter().filter(is_held).cloned().collect();
    let found = eval::evaluate(&held, &Catalog::shipped(), config);
    report.section(&format!("{} requests that nobody tunes to", held.len()));
    for (what, share, goal) in [
        ("whole draft right", found.whole, "≥ 90 %"),
        ("intent right", found.intent, "≥ 97 %"),
        ("asks when it should", found.asks_when_it_should, "≥ 95 %"),
        ("asked though complete", found.asked_though_complete, ""),
        ("made otherwise than meant, without a question", found.drafted_wrongly, "≤ 1 %"),
    ] {
        report.wanted(what, share.to_string().trim(), goal);
    }
}

/// Every request of the corpus, read with a catalog of so many modules.
fn speed(
    report: &mut Report,
    lines: &[Line],
    config: &RepositoryConfig,
    modules: usize,
) -> anyhow::Result<()> {
    progress(&format!("requests: {modules} modules"));
    let catalog = catalog_of(modules)?;
    let read = || -> Vec<Duration> {
        let texts = lines.iter().filter_map(|line| match line {
            Line::Labelled(labelled) => Some((&labelled.title, &labelled.text)),
            Line::Public(_) => None,
        });
        let one = |(title, text): (&String, &String)| {
            let start = Instant::now();
            std::hint::black_box(read_as(Address::Open, title, text, &catalog, config));
            start.elapsed()
        };
        texts.map(one).collect()
    };
    // The first round makes the catalog's words.
    drop(read());
    let before = process::resident(std::process::id())?;
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..ROUNDS {
        times.extend(read().iter().map(Duration::as_secs_f64));
    }
    let after = process::resident(std::process::id())?;
    let goal = if modules <= 60 { "p99 < 5 ms" } else { "p99 < 50 ms" };
    report.section(&format!("a request read with {modules} modules"));
    let (median, most) = (percentile(&times, 0.5), percentile(&times, 0.99));
    report.wanted("p50 / p99", &format!("{} / {}", time(median), time(most)), goal);
    report.wanted(&format!("memory for {} more", times.len()), &size((after - before).max(0.0)), "flat");
    Ok(())
}

/// The shipped modules, and as many copies of them under other names and words as are missing.
fn catalog_of(modules: usize) -> anyhow::Result<Catalog> {
    let shipped = Catalog::shipped();
    let originals: Vec<_> = shipped.modules().collect();
    ensure!(!originals.is_empty(), "there are no shipped modules");
    let mut files = Vec::new();
    for number in 0..modules {
        let Some(module) = originals.get(number % originals.len()) else { continue };
        let copy = number / originals.len();
        let id = if copy == 0 { module.id.to_string() } else { format!("{}-{copy}", module.id) };
        for file in &module.files {
            let content = match file.path.as_str() {
                "module.yml" if copy > 0 => renamed(&file.content, copy)?,
                _ => file.content.clone(),
            };
            files.push((format!("{id}/{}", file.path), content));
        }
    }
    let (catalog, _) = Catalog::load(files);
    ensure!(catalog.modules().count() == modules, "{} modules were read", catalog.modules().count());
    Ok(catalog)
}

/// A `module.yml` whose module goes by other words.
fn renamed(yaml: &str, copy: usize) -> anyhow::Result<String> {
    let mut document: Value = serde_yaml::from_str(yaml).context("a module.yml")?;
    let languages = document.get_mut("words").and_then(Value::as_mapping_mut).context("words")?;
    for words in languages.values_mut().filter_map(Value::as_sequence_mut).flatten() {
        if let Value::String(word) = words {
            word.push_str(&format!(" k{copy}"));
        }
    }
    serde_yaml::to_string(&document).context("writing a module.yml")
}
