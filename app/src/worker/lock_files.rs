//! Provider lock files: kept as plan jobs returned them, and remembered per provider set for the next request.

use sha2::{Digest, Sha256};
use tfpilot_engine::{JobId, Request};
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
    let module = repository.catalog.find(request.draft.module.as_deref()?)?;
    (!module.providers.is_empty()).then(|| format!("lock-files/{}/{}", repository.id, provider_set(module)))
}

/// A hash over the exact providers of a module.
fn provider_set(module: &Module) -> String {
    let mut providers: Vec<String> = module
        .providers
        .iter()
        .map(|provider| format!("{} {}\n", provider.source, provider.version))
        .collect();
    providers.sort();
    hex::encode(Sha256::digest(providers.concat()))
}
