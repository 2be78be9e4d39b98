//! `tfpilot prices refresh`: list prices of today from AWS's public price lists, written beside a repository's own prices.

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand};
use serde::Serialize;
use tfpilot_policies::cost::Prices;
use tfpilot_policies::cost::pricelist::PriceList;

use super::failure::Unreachable;
use super::log;
use crate::config::repository::own_costs::{MAX_BYTES, PRICES};

/// Where AWS publishes its price lists, without a key.
/// <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-ppslong.html>
const AWS: &str = "https://pricing.us-east-1.amazonaws.com";

/// Services whose lists are read.
const SERVICES: [&str; 4] = ["AmazonEC2", "AmazonRDS", "AmazonElastiCache", "AmazonES"];

/// Time without a byte after which a list is given up.
const SILENCE: Duration = Duration::from_secs(60);

/// Largest list that is fetched, in bytes: that of EC2 in one region has some 400 MB.
const LARGEST: u64 = 4 << 30;

/// What the part of the file that is made begins and ends with.
const BEGIN: &str = "# tfpilot prices refresh: list prices, written anew each time";
const END: &str = "# end of list prices";

/// `tfpilot prices`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fetch AWS's public price lists of some regions and write their prices below those of your own. No account is needed.
    Refresh(Refresh),
}

/// `tfpilot prices refresh`.
#[derive(Debug, Args)]
pub(super) struct Refresh {
    /// The regions, such as eu-central-1.
    #[arg(long = "region", value_name = "REGION", required_unless_present = "lists", num_args = 1..)]
    regions: Vec<String>,
    /// The services. Default: all that are read.
    #[arg(long = "service", value_name = "NAME", value_parser = SERVICES, num_args = 1..)]
    services: Vec<String>,
    /// Price lists that were fetched before, instead of AWS's.
    #[arg(long = "list", value_name = "FILE", num_args = 1.., conflicts_with_all = ["regions", "services", "from"])]
    lists: Vec<PathBuf>,
    /// Another server with the same addresses, such as a mirror.
    #[arg(long, value_name = "URL", default_value = AWS)]
    from: String,
    /// The file that is written. What stands in it already stays and goes before.
    #[arg(long, value_name = "FILE", default_value = PRICES)]
    out: PathBuf,
}

/// What one list gave.
#[derive(Debug, Serialize)]
struct Found {
    service: String,
    published: String,
    prices: usize,
    ambiguous: u64,
    #[serde(skip)]
    csv: String,
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Refresh(refresh) = command;
    let before = own_part(&refresh.out)?;
    let found = if refresh.lists.is_empty() { fetched(refresh)? } else { given(&refresh.lists)? };
    let text = joined(&before, &found);
    // What is written is read again: a file that cannot be used would be left out where it counts.
    if let Err(problems) = Prices::read(&text) {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        bail!("{}: {first}", refresh.out.display());
    }
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    ensure!(
        bytes <= MAX_BYTES,
        "{} would have {} KiB, more than the {} KiB that are read: name fewer regions or services",
        refresh.out.display(),
        bytes / 1024,
        MAX_BYTES / 1024
    );
    write(&refresh.out, &text)?;
    if json {
        log::say(&serde_json::to_string_pretty(&found)?);
        return Ok(ExitCode::SUCCESS);
    }
    for Found { service, published, prices, ambiguous, .. } in &found {
        let left_out = if *ambiguous > 0 { format!(", {ambiguous} left out") } else { String::new() };
        log::say(&format!("{service} of {published}: {prices} prices{left_out}"));
    }
    log::say(&format!("written to {}", refresh.out.display()));
    Ok(ExitCode::SUCCESS)
}

fn given(lists: &[PathBuf]) -> anyhow::Result<Vec<Found>> {
    lists.iter().map(|file| read(file).with_context(|| file.display().to_string())).collect()
}

fn fetched(refresh: &Refresh) -> anyhow::Result<Vec<Found>> {
    let services: Vec<&str> = match refresh.services.as_slice() {
        [] => SERVICES.to_vec(),
        named => named.iter().map(String::as_str).collect(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let dir = tempfile::tempdir().context("making a folder for price lists")?;
    let file = dir.path().join("index.json");
    let mut found = Vec::new();
    for region in &refresh.regions {
        let plain = !region.is_empty() && region.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        ensure!(plain, "{region:?} is no region; write one such as eu-central-1");
        for service in &services {
            let base = refresh.from.trim_end_matches('/');
            let url = format!("{base}/offers/v1.0/aws/{service}/current/{region}/index.json");
            log::complain(&format!("fetching {url}"));
            runtime.block_on(fetch(&url, &file))?;
            found.push(read(&file).with_context(|| url.clone())?);
        }
    }
    Ok(found)
}

async fn fetch(url: &str, file: &Path) -> anyhow::Result<()> {
    // Another part of the process may have chosen the same backend before.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(concat!("tfpilot/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(SILENCE)
        .build()?;
    let failed = |error: reqwest::Error| Unreachable(format!("{url}: {}", error.without_url()));
    let mut response = client.get(url).send().await.map_err(failed)?;
    ensure!(response.status().is_success(), Unreachable(format!("{url} answered {}", response.status())));
    let mut out = File::create(file).with_context(|| format!("writing {}", file.display()))?;
    let mut bytes: u64 = 0;
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        ensure!(bytes <= LARGEST, "{url} is larger than {} GiB", LARGEST >> 30);
        out.write_all(&chunk)?;
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Found> {
    let open = File::open(file).with_context(|| format!("reading {}", file.display()))?;
    let list = PriceList::read(BufReader::new(open))?;
    Ok(Found {
        prices: list.prices(),
        ambiguous: list.ambiguous,
        csv: list.csv(),
        service: list.offer,
        published: list.published,
    })
}

/// What of the file people wrote.
fn own_part(file: &Path) -> anyhow::Result<String> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
    };
    let Some((before, rest)) = text.split_once(BEGIN) else { return Ok(text) };
    let (_, after) = rest.split_once(END).with_context(|| {
        format!(
            "{} has the line {BEGIN:?} without {END:?}; remove what was made, or repair it",
            file.display()
        )
    })?;
    Ok(format!("{}{}", before, after.trim_start_matches('\n')))
}

/// Own prices go first: of several lines that match, the first counts.
fn joined(own: &str, found: &[Found]) -> String {
    let own = own.trim_end();
    let gap = if own.is_empty() { "" } else { "\n\n" };
    let lists: Vec<&str> = found.iter().map(|it| it.csv.as_str()).collect();
    format!("{own}{gap}{BEGIN}\n{}{END}\n", lists.join("\n"))
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let doing = || format!("writing {}", file.display());
    if let Some(dir) = file.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        std::fs::create_dir_all(dir).with_context(doing)?;
    }
    std::fs::write(file, text).with_context(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/testdata/pricelist");

    fn refresh(lists: &[&str], out: &Path) -> anyhow::Result<ExitCode> {
        let refresh = Refresh {
            regions: Vec::new(),
            services: Vec::new(),
            lists: lists.iter().map(|name| Path::new(LISTS).join(name)).collect(),
            from: AWS.to_owned(),
            out: out.to_owned(),
        };
        run(&Command::Refresh(refresh), false)
    }

    #[test]
    fn what_people_wrote_stays_and_goes_before() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join(".github/tfpilot/prices.csv");
        refresh(&["rds.json"], &file).expect("written");
        let first = std::fs::read_to_string(&file).expect("there");
        assert!(first.starts_with(BEGIN) && first.ends_with(&format!("{END}\n")), "{first}");
        assert!(first.contains("aws_db_instance"), "{first}");

        let own = "# ours\nprovider,service,resource_type,region,percent\naws,rds,*,*,10\n";
        std::fs::write(&file, format!("{own}\n{first}")).expect("written");
        refresh(&["cache.json"], &file).expect("written");
        let second = std::fs::read_to_string(&file).expect("there");
        assert!(second.starts_with(own.trim_end()), "{second}");
        assert_eq!(
            (second.matches(BEGIN).count(), second.contains("aws_db_instance")),
            (1, false),
            "{second}"
        );
        refresh(&["cache.json"], &file).expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("there"), second, "the same again");
    }

    #[test]
    fn nothing_is_written_when_something_is_wrong() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("prices.csv");
        let error = refresh(&["../cost/plan.json"], &file).expect_err("no list");
        assert!(error.to_string().contains("plan.json"), "{error:#}");
        assert!(!file.exists());
        std::fs::write(&file, format!("{BEGIN}\n")).expect("written");
        assert!(refresh(&["rds.json"], &file).is_err(), "who cut the end off has more to say");
        std::fs::write(&file, "nonsense,of,people\n1,2,3\n").expect("written");
        assert!(refresh(&["rds.json"], &file).is_err());
        assert_eq!(std::fs::read_to_string(&file).expect("there"), "nonsense,of,people\n1,2,3\n");
    }
}
