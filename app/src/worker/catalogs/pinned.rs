//! Modules in the versions that stacks have: what is vendored on the default branch counts for what was made with it,
//! until somebody upgrades it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tfpilot_engine::Draft;
use tfpilot_modules::render::VENDOR_ROOT;
use tfpilot_modules::{Catalog, Module};
use tracing::warn;

use super::{Asking, Catalogs, keep, lasting, lock};
use crate::github::content::{EntryKind, TreeEntry};
use crate::worker::repositories::LoadError;

/// Bytes of a vendored module; a larger one is not ours.
const MOST_BYTES: u64 = 1024 * 1024;

/// Paths below a module's folder, and texts.
pub(super) type Files = Vec<(String, String)>;

impl Catalogs {
    /// `today` with the modules of a draft in the versions that it was made with, where those are vendored on the default
    /// branch. `providers` are the exact versions that the stack requires, by name.
    pub(crate) async fn as_drafted(
        &self,
        asking: &Asking<'_>,
        today: &Catalog,
        draft: &Draft,
        providers: &BTreeMap<String, String>,
    ) -> Result<Catalog, LoadError> {
        let mut pinned: BTreeMap<String, Arc<Module>> = BTreeMap::new();
        for resource in &draft.resources {
            let (Some(id), Some(version)) = (&resource.module, &resource.module_version) else { continue };
            let Some(module) = today.find(id).filter(|module| module.version != *version) else { continue };
            if pinned.contains_key(id) {
                continue;
            }
            let Some(files) = self.vendored(asking, id, version).await? else { continue };
            let files = files.iter().map(|(path, text)| (path, text));
            match module.vendored(version, files, providers) {
                Ok(then) => drop(pinned.insert(id.clone(), Arc::new(then))),
                Err(problems) => {
                    let first = problems.first().map(ToString::to_string).unwrap_or_default();
                    warn!(module = id, version, first, "a vendored module cannot be read");
                }
            }
        }
        Ok(if pinned.is_empty() { today.clone() } else { today.with(pinned.values()) })
    }

    /// The files of a vendored module; none where it is not vendored. A version never changes, so it is read once.
    async fn vendored(
        &self,
        asking: &Asking<'_>,
        id: &str,
        version: &str,
    ) -> Result<Option<Arc<Files>>, LoadError> {
        let key = format!("{}/{id}/{version}", asking.id);
        if let Some(known) = lock(&self.vendored).get(&key) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(head) = asking.client.branch_head(asking.branch).await? else { return Ok(None) };
        let folder = format!("{VENDOR_ROOT}/{id}/{version}");
        let Some(tree) = asking.client.directory(&head, &folder).await? else { return Ok(None) };
        let Ok(entries) = lasting(asking.client.entries(&tree).await)? else { return Ok(None) };
        let files: Vec<TreeEntry> =
            entries.into_iter().filter(|entry| entry.kind == EntryKind::Blob).collect();
        if files.iter().filter_map(|entry| entry.size).sum::<u64>() > MOST_BYTES {
            warn!(folder, "a vendored module is too large to be read");
            return Ok(None);
        }
        let wanted: Vec<_> = files.iter().map(|entry| entry.sha.clone()).collect();
        let contents = asking.client.blobs(&wanted).await?;
        let text = |entry: &TreeEntry| String::from_utf8(contents.get(&entry.sha)?.clone()).ok();
        let files = files.iter().filter_map(|entry| Some((entry.path.clone(), text(entry)?))).collect();
        let files = Arc::new(files);
        keep(&self.vendored, key, &files);
        Ok(Some(files))
    }
}
