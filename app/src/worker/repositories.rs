//! Repositories as we know them: name, installation, and the last good configuration of the default branch.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tfpilot_engine::{Draft, NoAccess, Rules};
use tfpilot_modules::Catalog;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::config::diagnostic::has_errors;
use crate::config::repository::own_costs::{CostFile, OwnCosts};
use crate::config::repository::own_policies::{OwnPolicies, PolicyFile};
use crate::config::repository::rego_files::RegoRead;
use crate::config::{Diagnostic, RepositoryConfig, Severity, repository};
use crate::github::{
    Failure, GitHub, GitHubError, InstallationId, NotAName, RepoClient, RepoId, RepoName, webhook,
};
use crate::rego::Rego;
use crate::stacks;
use crate::store::{Blobs, Store, StoreError, StreamId, View, ViewChange};
use crate::worker::catalogs::{Asking, Catalogs, Found};
use crate::worker::views;

mod own_costs;
mod own_policies;
mod pull_template;
mod whereabouts;

/// Why a repository cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Never heard of.
    #[error("repository {0} is not known: no delivery about it has arrived")]
    Unknown(u64),
    /// A stored name is none.
    #[error("a repository's stored name is broken: {0}")]
    Name(#[from] NotAName),
}

/// What is stored of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    id: u64,
    full_name: String,
    default_branch: String,
    private: bool,
    installation: u64,
    /// The last configuration without an error; none before the first.
    config: Option<String>,
    /// What is wrong with the one on the default branch, if anything.
    #[serde(default)]
    diagnostics: Vec<Diagnostic>,
    /// True once the default branch was looked at.
    #[serde(default)]
    config_read: bool,
    /// True when there was no configuration at all on the default branch when it was looked at last.
    #[serde(default)]
    config_missing: bool,
    /// The last good template of pull requests, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pull_template: Option<String>,
    /// Files with policies of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    policies: Vec<PolicyFile>,
    /// Files with prices and usage of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    costs: Vec<CostFile>,
    /// Where modules of its own were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    catalogs: Vec<Found>,
    /// Names that it had before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    former_names: BTreeSet<String>,
    /// Why nothing can be done there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    barred: Option<NoAccess>,
    /// Permissions that a step needed and the installation lacks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    lacking: BTreeSet<String>,
}

/// A repository with the configuration in force.
#[derive(Clone)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    pub(crate) name: RepoName,
    pub(crate) default_branch: String,
    pub(crate) private: bool,
    pub(crate) client: RepoClient,
    pub(crate) config: Arc<RepositoryConfig>,
    /// Its own template of pull requests.
    pub(crate) pull_template: Option<String>,
    /// The modules that it may ask for: the shipped ones and its own.
    pub(crate) catalog: Catalog,
    /// What is wrong with the configuration on the default branch; an older one is in force then.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) rules: Rules,
    /// False while the default branch has no configuration, good or broken.
    pub(crate) configured: bool,
    /// Names that it had before.
    pub(crate) former_names: BTreeSet<String>,
    /// Why nothing can be done there, while nothing can.
    pub(crate) barred: Option<NoAccess>,
    /// Permissions that a step needed and the installation lacks, such as `checks: write`.
    pub(crate) lacking: BTreeSet<String>,
}

/// What the store alone knows of a repository: it is read without GitHub.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// The last good configuration of the default branch.
    pub(crate) config: RepositoryConfig,
    /// What is wrong with the one on the default branch; an older one is in force then.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Every repository that a delivery ever told of.
pub(crate) async fn known(store: &dyn Store) -> Result<Vec<Known>, StoreError> {
    let rows = store.scan(View::Repositories, "", usize::MAX).await?;
    let read = |(key, bytes): (String, Vec<u8>)| {
        let Row { id, full_name, config, diagnostics, .. } = views::read(View::Repositories, &key, &bytes)?;
        let (config, _) = RepositoryConfig::parse(config.unwrap_or_default().as_bytes());
        Ok(Known { id, name: full_name, config, diagnostics })
    };
    rows.into_iter().map(read).collect()
}

/// Loads and refreshes repositories.
pub(crate) struct Repositories {
    store: Arc<dyn Store>,
    github: GitHub,
    catalogs: Catalogs,
    clock: Clock,
    rego: Rego,
    /// Parsed configurations by their text.
    parsed: Mutex<HashMap<String, Arc<RepositoryConfig>>>,
}

/// Parsed configurations kept; then the memory starts anew.
const KEPT_CONFIGS: usize = 256;

impl Repository {
    /// True for the branches of the configuration, by default the default branch: pull requests into them are ours.
    pub(crate) fn manages(&self, branch: &str) -> bool {
        let branches = &self.config.branches;
        if branches.is_empty() {
            branch == self.default_branch
        } else {
            branches.iter().any(|name| name == branch)
        }
    }

    /// What may run in this repository beyond the shipped allow-list, as the runner reads it.
    pub(crate) fn allow_list(&self, persistent: bool) -> serde_json::Value {
        serde_json::to_value(stacks::allow_list(&self.config, persistent)).unwrap_or_default()
    }
}

impl Repositories {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        blobs: Arc<dyn Blobs>,
        github: GitHub,
        shipped: Arc<Catalog>,
        clock: Clock,
        rego: Rego,
    ) -> Self {
        let catalogs = Catalogs::new(shipped, github.clone(), blobs);
        Self { store, github, catalogs, clock, rego, parsed: Mutex::default() }
    }

    /// The repository that a stream belongs to.
    pub(crate) async fn of_stream(&self, stream: &StreamId) -> Result<Repository, LoadError> {
        let (id, _) = views::parse_stream(stream).unwrap_or_default();
        self.of_id(id).await
    }

    /// A repository by its number.
    pub(crate) async fn of_id(&self, id: u64) -> Result<Repository, LoadError> {
        let row = self.row(id).await?.ok_or(LoadError::Unknown(id))?;
        self.open(row).await
    }

    /// Takes in what a delivery says of a repository, and reads its configuration the first time.
    pub(crate) async fn learn(
        &self,
        said: &webhook::Repository,
        installation: Option<InstallationId>,
    ) -> Result<Repository, LoadError> {
        let known = self.row(said.id.0).await?;
        let installation = match (installation, &known) {
            (Some(installation), _) => installation,
            (None, Some(row)) => InstallationId(row.installation),
            (None, None) => match self.github.installation_for(&said.full_name).await? {
                Some(found) => found.id,
                None => return Err(LoadError::Unknown(said.id.0)),
            },
        };
        let default_branch = match (&said.default_branch, &known) {
            (Some(branch), _) => branch.clone(),
            (None, Some(row)) => row.default_branch.clone(),
            (None, None) => {
                self.github.repository(installation, said.full_name.clone()).info().await?.default_branch
            }
        };
        let mut row = known.clone().unwrap_or_else(|| Row {
            id: said.id.0,
            full_name: String::new(),
            default_branch: String::new(),
            private: true,
            installation: 0,
            config: None,
            diagnostics: Vec::new(),
            config_read: false,
            config_missing: false,
            pull_template: None,
            policies: Vec::new(),
            costs: Vec::new(),
            catalogs: Vec::new(),
            former_names: BTreeSet::new(),
            barred: None,
            lacking: BTreeSet::new(),
        });
        let as_known =
            |row: &Row| row.full_name == said.full_name.to_string() && row.installation == installation.0;
        match known.as_ref().filter(|row| !as_known(row)) {
            None => row.move_to(&said.full_name, installation),
            Some(known) => {
                if let Some((name, installation)) = self.locate(known, installation).await? {
                    row.move_to(&name, installation);
                }
            }
        }
        row.default_branch = default_branch;
        row.private = said.private;
        if known.as_ref() != Some(&row) {
            self.put(&row).await?;
        }
        if row.config_read { self.open(row).await } else { self.refresh(row).await }
    }

    /// Reads the configuration on the default branch again. A broken one is kept out; the last good one stays in force.
    pub(crate) async fn refresh_config(&self, repository: &Repository) -> Result<Repository, LoadError> {
        let row = self.row(repository.id).await?.ok_or(LoadError::Unknown(repository.id))?;
        self.refresh(row).await
    }

    async fn refresh(&self, mut row: Row) -> Result<Repository, LoadError> {
        let client = self.client(&row)?;
        let file = client.file(repository::FILE, &row.default_branch).await?;
        let had_one = row.config.as_ref().is_some_and(|text| !text.is_empty());
        if file.is_none()
            && had_one
            && self.github.repository_by_id(client.installation(), RepoId(row.id)).await?.is_none()
        {
            // What is not seen is not absent: the last good configuration stays in force.
            let doing = format!("reading the configuration of {}", row.full_name);
            return Err(LoadError::GitHub(GitHubError { doing, failure: Failure::Gone }));
        }
        row.config_missing = file.is_none();
        let bytes = file.map(|file| file.bytes).unwrap_or_default();
        let (_, diagnostics) = RepositoryConfig::parse(&bytes);
        if has_errors(&diagnostics) {
            let first = diagnostics.first().map(ToString::to_string).unwrap_or_default();
            warn!(
                repository = row.full_name,
                first, "configuration is broken; the last good one stays in force"
            );
        } else {
            info!(repository = row.full_name, "configuration read");
            row.config = String::from_utf8(bytes).ok();
        }
        row.diagnostics = diagnostics;
        self.refresh_policies(&client, &mut row).await?;
        self.refresh_costs(&client, &mut row).await?;
        self.refresh_catalog(&client, &mut row).await?;
        self.refresh_pull_template(&client, &mut row).await?;
        row.config_read = true;
        self.put(&row).await?;
        self.open(row).await
    }

    /// The catalog of a repository, with the modules of a draft in the versions that it was made with; `providers` are the
    /// exact versions that its stack requires.
    pub(crate) async fn pinned(
        &self,
        repository: &Repository,
        draft: &Draft,
        providers: &BTreeMap<String, String>,
    ) -> Result<Catalog, LoadError> {
        let (client, branch) = (&repository.client, repository.default_branch.as_str());
        let asking = Asking { id: repository.id, client, branch };
        self.catalogs.as_drafted(&asking, &repository.catalog, draft, providers).await
    }

    /// Looks where modules of its own are now. What is wrong with them keeps no configuration out of force.
    async fn refresh_catalog(&self, client: &RepoClient, row: &mut Row) -> Result<(), LoadError> {
        let text = row.config.clone().unwrap_or_default();
        let config = self.parse(&text);
        if !config.has_own_modules() && row.catalogs.is_empty() {
            return Ok(());
        }
        let asking = Asking { id: row.id, client, branch: &row.default_branch };
        let (found, mut problems) = self.catalogs.look(&asking, &config, &row.catalogs).await?;
        let offered = self.catalogs.offered(&asking, &config, &found).await?;
        problems.extend(offered.problems.iter().cloned());
        let of_values = offered.config(&config).check_modules(text.as_bytes(), &offered.catalog);
        problems.extend(of_values.into_iter().map(|it| Diagnostic { severity: Severity::Warning, ..it }));
        if let Some(first) = problems.first() {
            warn!(repository = row.full_name, %first, problems = problems.len(), "modules of its own are wrong");
        }
        row.diagnostics.extend(problems);
        row.catalogs = found;
        Ok(())
    }

    async fn row(&self, id: u64) -> Result<Option<Row>, StoreError> {
        let key = id.to_string();
        let bytes = self.store.view(View::Repositories, &key).await?;
        bytes.map(|bytes| views::read(View::Repositories, &key, &bytes)).transpose()
    }

    async fn put(&self, row: &Row) -> Result<(), StoreError> {
        let value = Some(views::write(row)?);
        let change = ViewChange { view: View::Repositories, key: row.id.to_string(), value };
        self.store.put_views(vec![change], Vec::new()).await
    }

    fn client(&self, row: &Row) -> Result<RepoClient, NotAName> {
        let name = RepoName::parse(&row.full_name)?;
        Ok(self.github.repository(InstallationId(row.installation), name))
    }

    async fn open(&self, row: Row) -> Result<Repository, LoadError> {
        let client = self.client(&row)?;
        let config = self.parse_with(row.config.as_deref().unwrap_or_default(), &row.policies, &row.costs);
        let asking = Asking { id: row.id, client: &client, branch: &row.default_branch };
        let offered = self.catalogs.offered(&asking, &config, &row.catalogs).await?;
        let config = offered.config(&config);
        Ok(Repository {
            id: row.id,
            name: client.name().clone(),
            default_branch: row.default_branch,
            private: row.private,
            client,
            rules: config.rules_at(self.clock.now()),
            config,
            pull_template: row.pull_template,
            catalog: offered.catalog.clone(),
            diagnostics: row.diagnostics,
            configured: !row.config_missing,
            former_names: row.former_names,
            barred: row.barred,
            lacking: row.lacking,
        })
    }

    fn parse(&self, text: &str) -> Arc<RepositoryConfig> {
        self.parse_with(text, &[], &[])
    }

    /// A configuration with the policies, prices and usage beside it.
    fn parse_with(&self, text: &str, policies: &[PolicyFile], costs: &[CostFile]) -> Arc<RepositoryConfig> {
        // What a process read in a file may change while the file does not.
        let read = |file: &PolicyFile| file.rego.as_ref().map(RegoRead::is_good);
        let part = |file: &PolicyFile| format!("\0{}\0{}\0{:?}", file.path, file.sha, read(file));
        let costs_part = |file: &CostFile| format!("\0{}\0{}", file.path, file.sha);
        let files: String = policies.iter().map(part).chain(costs.iter().map(costs_part)).collect();
        let key = format!("{text}{files}");
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = parsed.get(&key) {
            return Arc::clone(config);
        }
        if parsed.len() >= KEPT_CONFIGS {
            parsed.clear();
        }
        let mut config = RepositoryConfig::parse(text.as_bytes()).0;
        config.policies.own = OwnPolicies::read(policies, &config.policies.rego).0;
        config.cost.own = OwnCosts::read(costs).0;
        let config = Arc::new(config);
        parsed.insert(key, Arc::clone(&config));
        config
    }
}
