//! Which catalog a command speaks about: the shipped one, a folder of modules, or that of a checkout with a
//! configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Args;
use tfpilot_hcl::Diagnostic;
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::config::diagnostic::has_errors;
use crate::worker::catalogs::{Offered, Own, merge};

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

impl Source {
    /// The catalog that holds with a configuration, and the configuration that holds with it: where no folder is named,
    /// the directories with modules that a checkout has beside its configuration join the shipped ones. The words of the
    /// configuration count like the modules' own.
    pub(in crate::cli) fn read_with(
        &self,
        file: Option<&Path>,
    ) -> anyhow::Result<(Catalog, Arc<RepositoryConfig>)> {
        let config = Arc::new(config(file)?);
        match file.filter(|_| self.catalog.is_none()) {
            Some(file) => {
                let offered = beside(file, &config)?;
                let config = offered.config(&config);
                Ok((offered.catalog, config))
            }
            None => Ok((config.speaking(&self.read()?.0), config)),
        }
    }
}

/// The modules that a checkout has where its configuration, `.github/tfpilot.yml`, says so. Those of other repositories are
/// GitHub's to hand out.
pub(in crate::cli) fn beside(file: &Path, config: &RepositoryConfig) -> anyhow::Result<Offered> {
    let folder = file.parent().filter(|folder| folder.file_name().is_some_and(|name| name == ".github"));
    let mut own = Vec::new();
    for directory in &config.catalog.directories {
        let path = folder.and_then(Path::parent).map(|root| root.join(directory));
        if let Some(path) = path.filter(|path| path.is_dir()) {
            let (catalog, told) = read_folder(&path)?;
            own.push((directory.trim_end_matches('/').to_owned(), Arc::new(Own::of(catalog, told))));
        }
    }
    Ok(merge(&Catalog::shipped(), &config.catalog.hide, &own).speaking(config))
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
