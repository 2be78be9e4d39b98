//! What the app needs on GitHub: the permissions and events of `app-manifest.yml`, said once for the doctor and for
//! what people are told. A test compares both.

/// Permissions with their level.
pub(crate) const PERMISSIONS: [(&str, Level); 8] = [
    ("actions", Level::Write),
    ("checks", Level::Write),
    ("contents", Level::Write),
    ("issues", Level::Write),
    ("members", Level::Read),
    ("merge_queues", Level::Read),
    ("metadata", Level::Read),
    ("pull_requests", Level::Write),
];

/// Events to be subscribed to; those about installations arrive without.
pub(crate) const EVENTS: [&str; 11] = [
    "check_run",
    "check_suite",
    "issue_comment",
    "issues",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
    "workflow_job",
    "workflow_run",
];

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Read,
    Write,
    /// Only a few permissions have it; we need none.
    Admin,
}

impl Level {
    /// Reads GitHub's word; one that is not known gives nothing.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "read" => Level::Read,
            "write" => Level::Write,
            "admin" => Level::Admin,
            _ => return None,
        })
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Level::Read => "read",
            Level::Write => "write",
            Level::Admin => "admin",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    const MANIFEST: &str = include_str!("../../../app-manifest.yml");

    /// The keys that GitHub's manifest flow knows.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Manifest {
        name: String,
        url: String,
        hook_attributes: Hook,
        redirect_url: String,
        callback_urls: Vec<String>,
        setup_url: String,
        description: String,
        public: bool,
        default_events: Vec<String>,
        default_permissions: BTreeMap<String, String>,
        request_oauth_on_install: bool,
        setup_on_update: bool,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Hook {
        url: String,
        active: bool,
    }

    #[test]
    fn the_manifest_asks_for_what_the_doctor_looks_for() {
        let manifest: Manifest = serde_yaml::from_str(MANIFEST).expect("GitHub understands it");
        let mut events = manifest.default_events;
        events.sort();
        assert_eq!(events, EVENTS);
        let needed: BTreeMap<String, String> =
            PERMISSIONS.iter().map(|(name, level)| ((*name).to_owned(), level.as_str().to_owned())).collect();
        assert_eq!(manifest.default_permissions, needed);
        assert!(manifest.hook_attributes.active && !manifest.public);
        assert_eq!(manifest.hook_attributes.url, format!("{}/webhooks/github", manifest.url));
        let urls = [&manifest.redirect_url, &manifest.setup_url];
        for url in urls.into_iter().chain(&manifest.callback_urls) {
            assert!(url.starts_with(&manifest.url), "{url}");
        }
        assert!(manifest.name.len() <= 34 && !manifest.description.is_empty());
        assert!(!manifest.request_oauth_on_install && !manifest.setup_on_update);
    }

    #[test]
    fn levels_are_ordered() {
        assert!(Level::parse("write") > Level::parse("read") && Level::parse("read") > Level::parse("none"));
    }
}
