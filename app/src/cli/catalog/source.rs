//! Which catalog a command speaks about: the shipped one, or a folder of modules.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use tfpilot_hcl::Diagnostic;
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::config::diagnostic::has_errors;

/// Files of one catalog; more is a mistake in the path.
const MOST_FILES: usize = 20_000;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The catalog of a command.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct Source {
    /// A folder of modules, `<provider>/<module>/…`, instead of the shipped catalog.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) catalog: Option<PathBuf>,
}

impl Source {
    /// The catalog, and what is wrong with its files.
    pub(in crate::cli) fn read(&self) -> anyhow::Result<(Catalog, Vec<Diagnostic>)> {
        match &self.catalog {
            None => Ok((Catalog::shipped(), Vec::new())),
            Some(folder) => read_folder(folder),
        }
    }
}

/// Reads the catalog in a folder.
pub(super) fn read_folder(folder: &Path) -> anyhow::Result<(Catalog, Vec<Diagnostic>)> {
    let mut files = Vec::new();
    collect(folder, "", &mut files)?;
    ensure!(
        !files.is_empty(),
        "{} holds no modules: each is a folder <provider>/<module>/",
        folder.display()
    );
    Ok(Catalog::load(files))
}

/// Hidden files and links are left out: a `.terraform` folder of somebody trying a module is not part of it.
fn collect(folder: &Path, below: &str, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if name.starts_with('.') || kind.is_symlink() {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if kind.is_dir() {
            collect(&entry.path(), &path, files)?;
            continue;
        }
        ensure!(files.len() < MOST_FILES, "{} holds more than {MOST_FILES} files", folder.display());
        let size = entry.metadata()?.len();
        ensure!(size <= LARGEST, "{} has {size} bytes, more than {LARGEST}", entry.path().display());
        let bytes = fs::read(entry.path()).with_context(|| format!("reading {}", entry.path().display()))?;
        let text =
            String::from_utf8(bytes).with_context(|| format!("{} is not text", entry.path().display()))?;
        files.push((path, text));
    }
    Ok(())
}

/// A repository's configuration; without a file, dev, stage and prod under their everyday names.
pub(in crate::cli) fn config(file: Option<&Path>) -> anyhow::Result<RepositoryConfig> {
    let Some(file) = file else { return Ok(RepositoryConfig::everyday()) };
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let (config, diagnostics) = RepositoryConfig::parse(&bytes);
    let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    ensure!(!has_errors(&diagnostics), "{}", told.join("\n"));
    Ok(config)
}
