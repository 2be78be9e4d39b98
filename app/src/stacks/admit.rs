//! The static gate as a repository configures it.

use std::collections::BTreeMap;

use tfpilot_admission::{AllowList, Finding, ProviderRule};
use tfpilot_engine::AdmissionFinding;

use crate::config::repository::backend::Backend;
use crate::config::RepositoryConfig;

/// What may run beyond the built-in list. `persistent` is for runners whose disk outlives their jobs.
pub(crate) fn allow_list(config: &RepositoryConfig, persistent: bool) -> AllowList {
    let admission = &config.admission;
    let providers = admission.providers.iter().map(|source| (source.clone(), ProviderRule::default())).collect();
    let backends: BTreeMap<String, Vec<String>> =
        admission.backends.iter().map(|kind| (kind.clone(), Vec::new())).collect();
    AllowList {
        providers,
        backends,
        data_sources: admission.data_sources.clone(),
        ephemeral_resources: admission.ephemeral_resources.clone(),
        registry_modules: admission.module_sources.clone(),
        endpoints: endpoints(config),
        persistent,
    }
}

/// Stores that the configuration's own backends name: it comes from the default branch, so they are trusted.
fn endpoints(config: &RepositoryConfig) -> Vec<String> {
    let mut endpoints: Vec<String> = config
        .environments
        .values()
        .filter_map(|environment| match &environment.backend {
            Some(Backend::S3(s3)) => s3.endpoint.clone(),
            _ => None,
        })
        .collect();
    endpoints.sort();
    endpoints.dedup();
    endpoints
}

/// A finding as the engine keeps it.
pub(crate) fn finding(finding: Finding) -> AdmissionFinding {
    AdmissionFinding {
        rule: finding.rule,
        path: finding.path,
        line: u32::try_from(finding.line).unwrap_or(u32::MAX),
        what: finding.what,
        why: finding.why,
        next: finding.next,
    }
}
