//! Whether GitHub lets us work in the change's repository: what kept us out, and which permissions we lack.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why nothing can be done in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoAccess {
    /// The App was uninstalled.
    Uninstalled,
    /// The App's installation is suspended.
    Suspended,
    /// The App's installation does not cover the repository any more: it was taken out, or given to an account without
    /// the App.
    NotCovered,
}

impl NoAccess {
    /// In a few words, as they follow "because".
    pub fn as_str(self) -> &'static str {
        match self {
            NoAccess::Uninstalled => "the App is not installed any more",
            NoAccess::Suspended => "the App's installation is suspended",
            NoAccess::NotCovered => "the App's installation does not cover the repository any more",
        }
    }
}

/// Access that was lost, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Barred {
    /// Why.
    pub why: NoAccess,
    /// Since when.
    pub since: Timestamp,
}
