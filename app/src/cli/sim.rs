//! `tfpilot sim`: recorded webhook deliveries replayed against a repository's configuration. What would be decided and
//! done is printed; nothing is done, and nobody is asked.
//!
//! Reading, rendering, the rules on a request and every decision are the server's own. What a delivery does not hold
//! (trees, plans, teams, branch rules) is assumed, and each assumption is said.

mod effect;
mod recording;
mod seen;
mod told;
mod turn;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tfpilot_engine::{Role, StackPath};

use super::catalog::source::Source;
use super::{INVALID_INPUT, log};
use crate::config::RepositoryConfig;
use crate::config::diagnostic::has_errors;

/// `tfpilot sim`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The repository's configuration that is tried. In a checkout, the directories with modules that it names count.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Recorded deliveries: files, or directories whose *.json and *.jsonl are read. A file holds one delivery, a list of
    /// them, or one a line, each as GitHub's `GET /app/hook/deliveries/{id}` gives it, or as
    /// {"event": "issues", "payload": {...}}.
    #[arg(required = true, value_name = "DIR|FILE")]
    recordings: Vec<PathBuf>,
    /// Somebody's role in every environment; can be repeated. Without it: the configuration, and what GitHub calls them
    /// in the delivery.
    #[arg(long = "role", value_name = "USER=ROLE", value_parser = parse_role)]
    roles: Vec<(String, Role)>,
    /// A stack that pull requests written by hand touch; can be repeated.
    #[arg(long = "stack", value_name = "PATH")]
    stacks: Vec<String>,
    /// Do not assume that runs end well: plans and applies stay open.
    #[arg(long)]
    no_runs: bool,
}

fn parse_role(text: &str) -> Result<(String, Role), String> {
    let (user, word) = text.split_once('=').ok_or("write it as USER=ROLE")?;
    let roles = [Role::None, Role::Viewer, Role::Developer, Role::Approver, Role::Admin];
    let role = roles.into_iter().find(|role| role.as_str() == word);
    let role = role.ok_or("a role is none, viewer, developer, approver or admin")?;
    Ok((user.trim_start_matches('@').to_lowercase(), role))
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    if !is_sound(arguments, json)? {
        return Ok(ExitCode::from(INVALID_INPUT));
    }
    let (catalog, config) = arguments.source.read_with(Some(&arguments.config))?;
    let deliveries = recording::read(&arguments.recordings)?;
    let assumed = world::Assumed {
        roles: arguments.roles.iter().cloned().collect(),
        stacks: arguments.stacks.iter().map(|path| StackPath::new(path.trim_matches('/'))).collect(),
        runs_end_well: !arguments.no_runs,
    };
    let mut world = world::World::new(catalog, (*config).clone(), assumed);
    let turns: Vec<turn::Turn> = deliveries.iter().map(|one| turn::play(&mut world, one)).collect();
    if json {
        log::say(&serde_json::to_string_pretty(&told::object(&turns, &world))?);
    } else {
        log::say(told::text(&turns, &world).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the configuration holds; what is wrong with it is said.
fn is_sound(arguments: &Arguments, json: bool) -> anyhow::Result<bool> {
    let file = &arguments.config;
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let (_, diagnostics) = RepositoryConfig::parse(&bytes);
    let broken = has_errors(&diagnostics);
    if json && broken {
        log::say(&serde_json::to_string_pretty(&diagnostics)?);
    }
    diagnostics.iter().for_each(|diagnostic| log::complain(&diagnostic.to_string()));
    Ok(!broken)
}
