//! `tfpilot admit DIR`: the static gate on a directory, as the server and the runner judge it. Nothing is executed and
//! nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use tfpilot_admission::{Admission, Finding, Stack, Tree, TreePath, disk, judge_stack};
use tfpilot_engine::{Executor, Rules, StackPath};
use tfpilot_hcl::Graph;

use super::planned::ask;
use super::{INVALID_INPUT, NO, log};
use crate::config::diagnostic::has_errors;
use crate::config::{RepositoryConfig, repository};
use crate::stacks::allow_list;

/// `tfpilot admit`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The repository's directory.
    dir: PathBuf,
    /// A stack's directory inside it; can be repeated. Without it: every directory with Terraform files that is not
    /// only called as a module, and that lies in an environment where the configuration names some.
    #[arg(long = "stack", value_name = "PATH")]
    stacks: Vec<String>,
    /// The repository's configuration. Without it: `.github/tfpilot.yml` in the directory, where there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Outcome {
    admitted: bool,
    stacks: Vec<Judged>,
}

/// One stack's verdict.
#[derive(Debug, Serialize)]
struct Judged {
    stack: String,
    admitted: bool,
    findings: Vec<Finding>,
    /// Further findings that are not listed.
    omitted: usize,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<ExitCode> {
    let Some(config) = config(arguments, json)? else { return Ok(ExitCode::from(INVALID_INPUT)) };
    let mut tree = disk::read(&arguments.dir)?;
    let outcome = judge(&arguments.dir, &mut tree, &config, &arguments.stacks)?;
    if json {
        log::say(&serde_json::to_string_pretty(&outcome)?);
    } else {
        lines(&outcome).iter().for_each(|line| log::say(line));
    }
    let refused = outcome.stacks.iter().filter(|judged| !judged.admitted).count();
    log::complain(&format!("{refused} of {} stacks are not admitted", outcome.stacks.len()));
    Ok(if outcome.admitted { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

/// The configuration; none when it is broken, which is said.
fn config(arguments: &Arguments, json: bool) -> anyhow::Result<Option<RepositoryConfig>> {
    let own = arguments.dir.join(repository::FILE);
    let file = match &arguments.config {
        Some(file) => file,
        None if own.is_file() => &own,
        None => return Ok(Some(RepositoryConfig::default())),
    };
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let (config, diagnostics) = RepositoryConfig::parse(&bytes);
    if !has_errors(&diagnostics) {
        return Ok(Some(config));
    }
    if json {
        log::say(&serde_json::to_string_pretty(&diagnostics)?);
    }
    diagnostics.iter().for_each(|diagnostic| log::complain(&diagnostic.to_string()));
    Ok(None)
}

fn judge(
    dir: &Path,
    tree: &mut Tree,
    config: &RepositoryConfig,
    stacks: &[String],
) -> anyhow::Result<Outcome> {
    let rules = config.rules();
    let chosen = if stacks.is_empty() { find_stacks(dir, tree, &rules)? } else { named(tree, stacks)? };
    let mut judged = Vec::new();
    for stack in chosen {
        let allow = allow_list(config, is_persistent(&rules, &stack));
        let Admission { findings, omitted } = ask(dir, tree, |tree| judge_stack(tree, &stack, &allow))?;
        let admitted = findings.is_empty();
        judged.push(Judged { stack: shown(&stack), admitted, findings, omitted });
    }
    Ok(Outcome { admitted: judged.iter().all(|judged| judged.admitted), stacks: judged })
}

/// Only a registered runner can keep a disk.
fn is_persistent(rules: &Rules, stack: &Stack) -> bool {
    let environment = rules.environment_of(&StackPath::new(stack.directory.to_string()));
    let environment = environment.and_then(|name| rules.environments.get(name));
    environment.is_some_and(|environment| environment.executor == Executor::Sidecar)
}

fn shown(stack: &Stack) -> String {
    let path = stack.directory.to_string();
    if path.is_empty() { ".".to_owned() } else { path }
}

fn named(tree: &Tree, stacks: &[String]) -> anyhow::Result<Vec<Stack>> {
    stacks
        .iter()
        .map(|path| {
            let path = path.trim_start_matches("./").trim_end_matches('/');
            let stack = Stack::new(if path == "." { "" } else { path })?;
            let holds = tree.below(&stack.directory).next().is_some();
            anyhow::ensure!(holds, "there is no directory {path:?}; --stack is relative to DIR");
            Ok(stack)
        })
        .collect()
}

/// Directories with Terraform files which are a root module: nothing calls them, or they name a backend.
fn find_stacks(dir: &Path, tree: &mut Tree, rules: &Rules) -> anyhow::Result<Vec<Stack>> {
    let directories: BTreeSet<TreePath> = tree
        .entries()
        .filter(|(path, entry)| entry.mode.is_file() && is_configuration(path.name()))
        .filter_map(|(path, _)| path.parent())
        .filter(|directory| {
            let path = StackPath::new(directory.to_string());
            rules.environments.is_empty() || rules.environment_of(&path).is_some()
        })
        .collect();
    let (mut called, mut rooted) = (BTreeSet::new(), BTreeMap::new());
    for directory in directories {
        let stack = Stack { directory, ..Stack::default() };
        let graph = ask(dir, tree, |tree| Graph::load(tree, &stack, None))?;
        called.extend(graph.instances.iter().skip(1).map(|instance| instance.module.directory.clone()));
        rooted.insert(stack.directory.clone(), (names_backend(&graph), stack));
    }
    let stacks = rooted.into_iter().filter(|(path, (rooted, _))| *rooted || !called.contains(path));
    Ok(stacks.map(|(_, (_, stack))| stack).collect())
}

fn is_configuration(name: &[u8]) -> bool {
    name.ends_with(b".tf") || name.ends_with(b".tf.json")
}

fn names_backend(graph: &Graph) -> bool {
    let blocks = graph.instances.first().into_iter().flat_map(|root| root.module.blocks());
    blocks
        .filter(|(_, block)| block.kind == "terraform")
        .any(|(_, block)| ["backend", "cloud"].iter().any(|kind| block.body.named(kind).next().is_some()))
}

fn lines(outcome: &Outcome) -> Vec<String> {
    let mut lines = Vec::new();
    for Judged { stack, admitted, findings, omitted } in &outcome.stacks {
        if *admitted {
            lines.push(format!("{stack}: admitted"));
        }
        lines.extend(findings.iter().map(|finding| {
            let Finding { path, line, column, rule, what, why, next } = finding;
            format!("{path}:{line}:{column} {rule} {what}: {why}. Next: {next}")
        }));
        if *omitted > 0 {
            lines.push(format!("{stack}: {omitted} more findings are not listed"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const S3: &str = "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key    = \"k\"\n    region = \"eu-central-1\"\n  }\n}\n";

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a directory");
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        }
        dir
    }

    fn outcome(dir: &Path, config: &str, stacks: &[&str]) -> Outcome {
        let (config, diagnostics) = RepositoryConfig::parse(config.as_bytes());
        assert!(!has_errors(&diagnostics), "{diagnostics:?}");
        let mut tree = disk::read(dir).expect("a tree");
        let stacks: Vec<String> = stacks.iter().map(|&stack| stack.to_owned()).collect();
        judge(dir, &mut tree, &config, &stacks).expect("a verdict")
    }

    fn names(outcome: &Outcome) -> Vec<&str> {
        outcome.stacks.iter().map(|judged| judged.stack.as_str()).collect()
    }

    #[test]
    fn findings_say_where_what_why_and_next() {
        let bad = format!("{S3}\ndata \"external\" \"x\" {{\n  program = [\"sh\"]\n}}\n");
        let dir = directory(&[("live/dev/a/main.tf", &bad), ("live/dev/b/main.tf", S3)]);
        let outcome = outcome(dir.path(), "", &[]);
        assert!(!outcome.admitted);
        insta::assert_snapshot!(lines(&outcome).join("\n"));
    }

    #[test]
    fn what_is_only_called_is_no_stack() {
        let calls = format!("{S3}\nmodule \"m\" {{\n  source = \"../../modules/m\"\n}}\n");
        let files = [
            ("live/a/main.tf", calls.as_str()),
            ("live/b/main.tf.json", "{}"),
            ("modules/m/main.tf", ""),
            ("docs/x.md", ""),
        ];
        let dir = directory(&files);
        assert_eq!(names(&outcome(dir.path(), "", &[])), ["live/a", "live/b"]);
        // One that is called but names a backend is run for itself too.
        std::fs::write(dir.path().join("modules/m/main.tf"), S3).expect("a file");
        assert_eq!(names(&outcome(dir.path(), "", &[])), ["live/a", "live/b", "modules/m"]);
        let config = "version: 1\nenvironments:\n  a: {path: live/a}\n";
        assert_eq!(names(&outcome(dir.path(), config, &[])), ["live/a"]);
        assert_eq!(names(&outcome(dir.path(), config, &["./live/b/"])), ["live/b"]);
    }

    #[test]
    fn a_local_state_is_for_runners_that_keep_their_disk() {
        let local = "terraform {\n  backend \"local\" {\n    path = \"/srv/state/a\"\n  }\n}\n";
        let dir = directory(&[("live/a/main.tf", local)]);
        let config = "version: 1\nenvironments:\n  a:\n    path: live/a\n";
        assert!(!outcome(dir.path(), config, &[]).admitted);
        assert!(outcome(dir.path(), &format!("{config}    runner: sidecar\n"), &[]).admitted);
    }

    #[test]
    fn paths_stay_inside() {
        let dir = directory(&[("live/a/main.tf", S3)]);
        let tree = disk::read(dir.path()).expect("a tree");
        for bad in ["../x", "live/c", "/etc"] {
            assert!(named(&tree, &[bad.to_owned()]).is_err(), "{bad}");
        }
        assert!(named(&tree, &[".".to_owned()]).is_ok());
    }
}
