//! Overrides: who let which rule's findings pass, and why; and who may.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CommitSha, NotCountedWhy, Person, ReviewedDigest, Roles};

/// Who may override a rule beside admins, and how many must agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overriders {
    /// Teams, such as `acme/finops`.
    pub teams: Vec<String>,
    /// Logins.
    pub users: Vec<String>,
    /// People who must agree; 0 counts as 1.
    pub count: u32,
}

/// Somebody let a rule's findings pass, for exactly what there was to review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Who.
    pub by: Person,
    /// With which roles.
    pub roles: Roles,
    /// Teams of the rule's `override` that the person was in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// What there was to review.
    pub reviewed: ReviewedDigest,
    /// For a freeze: the windows that held then, by name, with their ends. It counts for these.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub freezes: BTreeMap<String, Timestamp>,
}

/// An admin let a rule of admission pass, for one head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionOverride {
    /// Who.
    pub by: Person,
    /// With which roles.
    pub roles: Roles,
    /// The rule, such as `admission/provisioner`.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The commit it counts for.
    pub head: CommitSha,
}

/// Why there is no override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "no-override", rename_all = "kebab-case")]
pub enum NoOverrideWhy {
    /// The rule is hard-mandatory, or what it found blocks whatever anybody says.
    HardMandatory,
    /// The person asked for the change, wrote it or set an input.
    OwnHand {
        /// Which of these.
        why: NotCountedWhy,
    },
    /// No reason was given.
    NoReason,
    /// Nothing that the rule found stands in the way.
    NothingFound,
}

impl Overriders {
    /// Whether the person is named, by login or by a team.
    pub(crate) fn names(&self, person: &Person, teams: &[String]) -> bool {
        let same =
            |a: &str, b: &str| a.trim_start_matches('@').eq_ignore_ascii_case(b.trim_start_matches('@'));
        // GitHub's logins and slugs ignore case.
        self.users.iter().any(|user| same(user, &person.login))
            || self.teams.iter().any(|team| teams.iter().any(|of| same(of, team)))
    }

    /// How many must agree.
    pub(crate) fn needed(&self) -> usize {
        usize::try_from(self.count.max(1)).unwrap_or(usize::MAX)
    }
}
