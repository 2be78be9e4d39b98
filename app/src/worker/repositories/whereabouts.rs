//! Where a repository is, and whether we may work there. Its number stays; its name, its owner and with it the
//! installation change.

use std::collections::BTreeSet;

use tfpilot_engine::NoAccess;
use tracing::info;

use super::{LoadError, Repositories, Repository, Row};
use crate::github::{InstallationId, RepoId, RepoInfo, RepoName};
use crate::store::{StoreError, View};
use crate::worker::{access, views};

impl Repositories {
    /// The repositories that were last seen in an installation.
    pub(crate) async fn of_installation(&self, id: InstallationId) -> Result<Vec<Repository>, LoadError> {
        let rows = self.rows().await?.into_iter().filter(|row| row.installation == id.0);
        let mut opened = Vec::new();
        for row in rows {
            opened.push(self.open(row).await?);
        }
        Ok(opened)
    }

    /// Installations that are suspended or lack a permission, as far as we know.
    pub(crate) async fn unwell_installations(&self) -> Result<BTreeSet<InstallationId>, StoreError> {
        let unwell = |row: &Row| match row.barred {
            None => !row.lacking.is_empty(),
            Some(why) => why == NoAccess::Suspended,
        };
        let rows = self.rows().await?.into_iter().filter(unwell);
        Ok(rows.map(|row| InstallationId(row.installation)).collect())
    }

    /// Keeps what is known of our access to a repository.
    pub(crate) async fn set_access(
        &self,
        id: u64,
        barred: Option<NoAccess>,
        lacking: BTreeSet<String>,
    ) -> Result<(), LoadError> {
        let row = self.row(id).await?.ok_or(LoadError::Unknown(id))?;
        Ok(self.put(&Row { barred, lacking, ..row }).await?)
    }

    /// Keeps where a repository is by GitHub's own word.
    pub(crate) async fn relocate(
        &self,
        found: &RepoInfo,
        installation: InstallationId,
    ) -> Result<(), LoadError> {
        let mut row = self.row(found.id.0).await?.ok_or(LoadError::Unknown(found.id.0))?;
        row.move_to(&found.full_name, installation);
        found.default_branch.clone_into(&mut row.default_branch);
        Ok(self.put(&row).await?)
    }

    /// Where a repository is of which a delivery says something else than we know. A delivery may be older than what we
    /// know, so GitHub is asked for the repository of this number; none where nobody sees it.
    pub(super) async fn locate(
        &self,
        row: &Row,
        said: InstallationId,
    ) -> Result<Option<(RepoName, InstallationId)>, LoadError> {
        let mut through = vec![said, InstallationId(row.installation)];
        through.dedup();
        for installation in through {
            match self.github.repository_by_id(installation, RepoId(row.id)).await {
                Ok(Some(found)) => return Ok(Some((found.full_name, installation))),
                Ok(None) => {}
                Err(error) if access::is_barred(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    async fn rows(&self) -> Result<Vec<Row>, StoreError> {
        let rows = self.store.scan(View::Repositories, "", usize::MAX).await?;
        rows.into_iter().map(|(key, bytes)| views::read(View::Repositories, &key, &bytes)).collect()
    }
}

impl Row {
    /// The repository is called this, and reached through this installation.
    pub(super) fn move_to(&mut self, name: &RepoName, installation: InstallationId) {
        let name = name.to_string();
        if self.full_name != name {
            if !self.full_name.is_empty() {
                info!(repository = name, before = self.full_name, "a repository has another name");
                self.former_names.insert(std::mem::take(&mut self.full_name));
            }
            self.former_names.remove(&name);
            self.full_name = name;
        }
        self.installation = installation.0;
    }
}
