//! Provider lock files: kept as plan jobs returned them, and remembered per provider set for the next request.

use sha2::{Digest, Sha256};
use tfpilot_engine::{EditKind, JobId, Request, Resource};
use tfpilot_modules::{Catalog, Module};

use crate::app::App;
use crate::store::StoreError;
use crate::worker::repositories::Repository;

/// Where the lock file that a plan job returned is kept.
pub(crate) fn returned_key(job: JobId) -> String {
    format!("lock-files/jobs/{job}")
}

/// The lock file that an earlier request of this repository got for the same providers; `catalog` has the modules in the
/// versions of the request.
pub(crate) async fn remembered(
    app: &App,
    repository: &Repository,
    catalog: &Catalog,
    request: &Request,
) -> Result<Option<String>, StoreError> {
    let Some(key) = set_key(repository, catalog, request) else { return Ok(None) };
    let bytes = app.blobs.get(&key).await?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// Remembers a lock file for the providers of a request. A changed stack may keep older ones than the catalog's.
pub(crate) async fn remember(
    app: &App,
    repository: &Repository,
    request: &Request,
    content: Vec<u8>,
) -> Result<(), StoreError> {
    let keeps = request.draft.edits.as_ref().is_some_and(|edit| edit.kind != EditKind::Upgrade);
    match set_key(repository, &repository.catalog, request).filter(|_| !keeps) {
        Some(key) => app.blobs.put(&key, content).await,
        None => Ok(()),
    }
}

fn set_key(repository: &Repository, catalog: &Catalog, request: &Request) -> Option<String> {
    let module = |resource: &Resource| catalog.find(resource.module.as_deref()?);
    let modules: Vec<&Module> = request.draft.resources.iter().map(module).collect::<Option<_>>()?;
    let needs_any = modules.iter().any(|module| !module.providers.is_empty());
    needs_any.then(|| format!("lock-files/{}/{}", repository.id, provider_set(&modules)))
}

/// A hash over the exact providers of modules.
fn provider_set(modules: &[&Module]) -> String {
    let mut providers: Vec<String> = modules
        .iter()
        .flat_map(|module| &module.providers)
        .map(|provider| format!("{} {}\n", provider.source, provider.version))
        .collect();
    providers.sort();
    providers.dedup();
    hex::encode(Sha256::digest(providers.concat()))
}
