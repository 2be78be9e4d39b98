//! `tfpilot audit export`: the log on stdout, a record a line, each with the hash before it.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::copy::{FIELDS, Line};
use super::csv;
use crate::cli::stopped::Place;
use crate::cli::{NO, log};
use crate::store::chain::GENESIS;
use crate::store::copied::{Copied, CopyCheck};
use crate::store::{Record, Store};
use crate::worker::repositories::{Known, known};
use crate::worker::views;

/// Records read at a time.
const PAGE: usize = 256;

/// `tfpilot audit export`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Only what was decided then or later: a day (UTC) such as 2026-07-01, or a time such as 2026-07-01T12:00:00Z.
    #[arg(long, value_name = "DATE")]
    since: Option<Since>,
    /// Only of this repository, such as acme/infra, or its id.
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    #[command(flatten)]
    place: Place,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An object a line.
    Jsonl,
    /// With a first row of names.
    Csv,
}

/// The first moment of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Since(Timestamp);

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
        let time = text.parse::<Timestamp>().ok().or_else(day);
        time.map(Since).ok_or_else(|| "write a day such as 2026-07-01, or a time with its zone".to_owned())
    }
}

pub(super) fn run(settings: Option<&Path>, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = arguments.place.open(settings)?;
    runtime.block_on(async {
        let known = known(&store).await?;
        let only = arguments.repository.as_deref().map(|named| id_of(&known, named)).transpose()?;
        let mut out =
            Out { to: BufWriter::new(std::io::stdout().lock()), format: arguments.format, written: 0 };
        let check = copy_log(&store, &known, &mut out, arguments.since, only).await?;
        out.to.flush().context("writing the log")?;
        Ok(told(&check, out.written))
    })
}

fn id_of(known: &[Known], named: &str) -> anyhow::Result<u64> {
    let is_it = |one: &&Known| one.name.eq_ignore_ascii_case(named) || one.id.to_string() == named;
    match known.iter().find(is_it) {
        Some(one) => Ok(one.id),
        None => bail!("the store knows no repository {named:?}; write it like acme/infra, or give its id"),
    }
}

/// What the whole log is, exported or not: its end, or where it is broken.
type Checked = Result<CopyCheck, (u64, &'static str)>;

async fn copy_log<W: Write>(
    store: &dyn Store,
    known: &[Known],
    out: &mut Out<W>,
    since: Option<Since>,
    only: Option<u64>,
) -> anyhow::Result<Checked> {
    out.head()?;
    let (mut previous, mut after) = (GENESIS, 0);
    let mut checked: Checked = Ok(CopyCheck::default());
    loop {
        let page = store.log(after, PAGE).await?;
        if page.is_empty() {
            return Ok(checked);
        }
        for record in page {
            after = record.position;
            let copied = Copied { previous: std::mem::replace(&mut previous, record.hash), record };
            // What follows a break is exported as it is: whoever checks the file finds it too.
            if let Ok(check) = &mut checked
                && let Err(why) = check.next(&copied)
            {
                checked = Err((copied.record.position, why));
            }
            if is_wanted(&copied.record, since, only) {
                out.line(&copied, name_of(known, &copied.record))?;
            }
        }
    }
}

fn is_wanted(record: &Record, since: Option<Since>, only: Option<u64>) -> bool {
    let here = |id| views::parse_stream(&record.stream).is_some_and(|(own, _)| own == id);
    since.is_none_or(|Since(since)| record.at >= since) && only.is_none_or(here)
}

fn name_of<'k>(known: &'k [Known], record: &Record) -> Option<&'k str> {
    let (id, _) = views::parse_stream(&record.stream)?;
    known.iter().find(|one| one.id == id).map(|one| one.name.as_str())
}

struct Out<W: Write> {
    to: W,
    format: Format,
    written: u64,
}

impl<W: Write> Out<W> {
    fn head(&mut self) -> anyhow::Result<()> {
        match self.format {
            Format::Jsonl => Ok(()),
            Format::Csv => self.to.write_all(csv::row(&FIELDS).as_bytes()).context("writing the log"),
        }
    }

    fn line(&mut self, copied: &Copied, repository: Option<&str>) -> anyhow::Result<()> {
        let line = Line::new(copied, repository)?;
        let text = match self.format {
            Format::Jsonl => serde_json::to_string(&line)? + "\n",
            Format::Csv => csv::row(&line.values()),
        };
        self.written = self.written.saturating_add(1);
        self.to.write_all(text.as_bytes()).context("writing the log")
    }
}

/// On stderr, so that a file holds records alone.
fn told(checked: &Checked, written: u64) -> ExitCode {
    match checked {
        Ok(CopyCheck { end, .. }) => {
            let noted = format!("{}:{}", end.position, hex::encode(end.hash));
            log::complain(&format!("{written} of {} events; the log ends at {noted}; note it", end.records));
            ExitCode::SUCCESS
        }
        Err((position, why)) => {
            log::complain(&format!("{written} events; the log is broken at event {position}: {why}"));
            ExitCode::from(NO)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        let at = |text: &str| text.parse::<Since>().map(|Since(at)| at.to_string());
        assert_eq!(at("2026-07-01").as_deref(), Ok("2026-07-01T00:00:00Z"));
        assert_eq!(at("2026-07-01T12:00:00+02:00").as_deref(), Ok("2026-07-01T10:00:00Z"));
        for bad in ["", "yesterday", "2026-13-01", "01.07.2026"] {
            assert!(at(bad).is_err(), "{bad}");
        }
    }
}
