//! Provider lock files: kept as plan jobs returned them, and remembered per provider set for the next request.

use sha2::{Digest, Sha256};
use tfpilot_engine::{JobId, Request, Resource};
use tfpilot_modules::Module;

use crate::app::App;
use crate::store::StoreError;
use crate::worker::repositories::Repository;

/// Where the lock file that a plan job returned is kept.
pub(crate) fn returned_key(job: JobId) -> String {
    format!("lock-files/jobs/{job}")
}

/// The lock file that an earlier request of this repository got for the same providers.
pub(crate) async fn remembered(
    app: &App,
    repository: &Repository,
    request: &Request,
) -> Result<Option<String>, StoreError> {
    let Some(key) = set_key(repository, request) else { return Ok(None) };
    let bytes = app.blobs.get(&key).await?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// Remembers a lock file for the providers of a request.
pub(crate) async fn remember(
    app: &App,
    repository: &Repository,
    request: &Request,
    content: Vec<u8>,
) -> Result<(), StoreError> {
    match set_key(repository, request) {
        Some(key) => app.blobs.put(&key, content).await,
        None => Ok(()),
    }
}

fn set_key(repository: &Repository, request: &Request) -> Option<String> {
    let module = |resource: &Resource| repository.catalog.find(resource.module.as_deref()?);
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
