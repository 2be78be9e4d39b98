//! The table in docs/modules.md: every module, and how far it is tried.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tfpilot_modules::Catalog;

use crate::trial::{Moto, Trial};

const BEGIN: &str = "<!-- modules: begin -->\n";
const END: &str = "<!-- modules: end -->";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/modules.md")
}

/// Compares the table with the trials; with `INSTA_UPDATE=always` it is written anew.
pub(crate) fn compare(trials: &[Trial]) -> anyhow::Result<()> {
    let text = fs::read_to_string(page()).context("docs/modules.md")?;
    let (before, rest) = text.split_once(BEGIN).context("docs/modules.md has no table")?;
    let (written, after) = rest.split_once(END).context("the table of docs/modules.md has no end")?;
    let table = table(trials);
    if written != table && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(page(), format!("{before}{BEGIN}{table}{END}{after}"))?;
        return Ok(());
    }
    ensure!(written == table, "the table of docs/modules.md is old; it is now:\n{table}");
    Ok(())
}

fn table(trials: &[Trial]) -> String {
    let mut table = "| module | makes | tried on moto |\n|---|---|---|\n".to_owned();
    for module in Catalog::shipped().modules() {
        let id = module.id.to_string();
        let trial = trials.iter().find(|trial| trial.module == id);
        let tried = match trial {
            None if id.starts_with("local/") => "applied (in the stories)".to_owned(),
            None => "no: read, rendered and formatted only".to_owned(),
            Some(Trial { moto: Moto::Applied, .. }) => "applied, changed, destroyed".to_owned(),
            Some(Trial { why, .. }) => format!("planned, because {why}"),
        };
        let summary = module.summary.trim().replace('|', "\\|");
        table.push_str(&format!("| [`{id}`](../modules/catalog/{id}/README.md) | {summary} | {tried} |\n"));
    }
    table
}
