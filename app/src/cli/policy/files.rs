//! Policy files on disk, and everything a plan is asked with them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use tfpilot_plan::RedactedPlan;
use tfpilot_policies::cost::estimate;
use tfpilot_policies::rego::{self, Source};
use tfpilot_policies::{Code, Context, RuleSet};

use crate::cli::log;
use crate::config::diagnostic::has_errors;
use crate::config::document::MAX_BYTES;
use crate::config::repository::own_policies::{FOLDER, OwnPolicies, PolicyFile, name};
use crate::config::repository::policies::Rego as Settings;
use crate::config::repository::rego_files::{RegoRead, is_rego};
use crate::config::repository::{self, shipped};
use crate::config::{Diagnostic, RepositoryConfig};
use crate::rego::{FileRead, Rego};

/// What plans are asked.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Policy files, or a directory with some. Without it: `.github/tfpilot/policies`, where it is.
    #[arg(long, value_name = "PATH")]
    policies: Vec<PathBuf>,
    /// The repository's configuration, for the parameters of the shipped rules. Without it: `.github/tfpilot.yml`, where it is.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Asked {
    /// What plans are judged by, and what is wrong in the files. Broken policies fail closed.
    pub(super) fn judges(&self) -> anyhow::Result<(Judges, Vec<Diagnostic>)> {
        let (config, diagnostics) = self.config()?;
        let rules = shipped::rule_set(&config.policies);
        Ok((Judges { config, rules, rego: Rego::of_this_process() }, diagnostics))
    }

    /// The configuration with the policies beside it.
    pub(super) fn config(&self) -> anyhow::Result<(RepositoryConfig, Vec<Diagnostic>)> {
        let beside = Path::new(repository::FILE);
        let file = self.config.as_deref().or_else(|| beside.is_file().then_some(beside));
        let (mut config, mut diagnostics) = match file {
            Some(file) => {
                let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
                RepositoryConfig::parse(&bytes)
            }
            None => (RepositoryConfig::default(), Vec::new()),
        };
        if has_errors(&diagnostics) {
            diagnostics.iter().for_each(|diagnostic| log::complain(&diagnostic.to_string()));
            anyhow::bail!("the configuration would not come into force");
        }
        let (own, problems) = OwnPolicies::read(&read(&self.policies)?, &config.policies.rego);
        config.policies.own = own;
        diagnostics.extend(problems);
        Ok((config, diagnostics))
    }
}

/// What plans are judged by.
pub(super) struct Judges {
    config: RepositoryConfig,
    rules: RuleSet,
    rego: Rego,
}

impl Judges {
    /// Whether comments in the code let anything off.
    pub(super) fn skip_comments(&self) -> bool {
        self.config.policies.skip_comments()
    }

    /// The rules for one plan, with what its policies in Rego found in it.
    pub(super) fn rules(&self, plan: &RedactedPlan, code: Option<Code<'_>>, context: &Context) -> RuleSet {
        let policies = &self.config.policies;
        if policies.own.rego().is_empty() {
            return self.rules.clone();
        }
        let data = rego::data(context, &estimate(plan, code, context, false));
        let asked = self.rego.ask_now(policies.own.rego(), plan, &data, policies.rego.judging());
        self.rules.clone().with_asked(asked)
    }
}

/// Files that are read without a configuration beside them.
pub(super) fn settings() -> anyhow::Result<Settings> {
    let beside = Path::new(repository::FILE);
    if !beside.is_file() {
        return Ok(Settings::default());
    }
    let bytes = std::fs::read(beside).with_context(|| format!("reading {}", beside.display()))?;
    Ok(RepositoryConfig::parse(&bytes).0.policies.rego)
}

/// The policy files of some paths, in the order of their names; without a path those of the repository.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<PolicyFile>> {
    let folder = PathBuf::from(FOLDER);
    let usual = std::slice::from_ref(&folder);
    let paths = if paths.is_empty() && folder.is_dir() { usual } else { paths };
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
            let mut inside: Vec<PathBuf> =
                entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
            let known = |it: &std::ffi::OsStr| it == "yml" || it == "yaml" || it == rego::EXTENSION;
            let is_test = |path: &Path| path.to_string_lossy().ends_with("_test.rego");
            inside.retain(|path| path.extension().is_some_and(known) && !is_test(path));
            inside.sort();
            for path in inside {
                files.push(file(&path)?);
            }
        } else {
            files.push(file(path)?);
        }
    }
    Ok(files)
}

fn file(path: &Path) -> anyhow::Result<PolicyFile> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let text = (bytes.len() <= MAX_BYTES).then(|| String::from_utf8(bytes).ok()).flatten();
    let path = path.display().to_string();
    let source = text.clone().filter(|_| is_rego(&path)).map(|text| Source { path: name(&path), text });
    let rego = source.map(|source| {
        let FileRead { read, passing } = Rego::of_this_process().read_now(source);
        RegoRead::new(read, passing)
    });
    Ok(PolicyFile { path, sha: String::new(), text, rego })
}
