//! Policy files on disk, and everything a plan is asked with them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use tfpilot_policies::RuleSet;

use crate::cli::log;
use crate::config::diagnostic::has_errors;
use crate::config::document::MAX_BYTES;
use crate::config::repository::own_policies::{FOLDER, OwnPolicies, PolicyFile};
use crate::config::repository::{self, shipped};
use crate::config::{Diagnostic, RepositoryConfig};

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
    /// The rules, and what is wrong in the files. Broken policies fail closed.
    pub(super) fn rules(&self) -> anyhow::Result<(RuleSet, Vec<Diagnostic>)> {
        let (config, diagnostics) = self.config()?;
        Ok((shipped::rule_set(&config.policies), diagnostics))
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
        let (own, problems) = OwnPolicies::read(&read(&self.policies)?);
        config.policies.own = own;
        diagnostics.extend(problems);
        Ok((config, diagnostics))
    }
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
            inside.retain(|path| path.extension().is_some_and(|it| it == "yml" || it == "yaml"));
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
    Ok(PolicyFile { path: path.display().to_string(), sha: String::new(), text })
}
