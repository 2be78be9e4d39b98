//! Who acts, and what they may do. Identity is the id; the login is how we speak of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::EnvironmentName;

/// A GitHub account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Person {
    /// GitHub's numeric id: the identity.
    pub id: u64,
    /// The login at the time.
    pub login: String,
}

/// What somebody may do, least first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A stranger to the repository.
    #[default]
    None,
    /// Reads.
    Viewer,
    /// Asks, plans, applies what is approved.
    Developer,
    /// Approves what others asked for.
    Approver,
    /// Overrides and unlocks.
    Admin,
}

impl Role {
    /// The word people read and write.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::None => "none",
            Role::Viewer => "viewer",
            Role::Developer => "developer",
            Role::Approver => "approver",
            Role::Admin => "admin",
        }
    }
}

/// The role that a command takes: in every environment that the change touches, and where there is none yet, anywhere.
/// `override` takes it from whom its rule does not name, and `set`, `new` and `upgrade` in one environment at least.
pub const NEEDS: [(&str, Role); 13] = [
    ("help", Role::None),
    ("status", Role::Viewer),
    ("why", Role::Viewer),
    ("new", Role::Developer),
    ("set", Role::Developer),
    ("upgrade", Role::Developer),
    ("plan", Role::Developer),
    ("apply", Role::Developer),
    ("cancel", Role::Developer),
    ("approve", Role::Approver),
    ("resume", Role::Approver),
    ("override", Role::Admin),
    ("learn", Role::Admin),
];

/// The role that a command takes; the highest for one that is not known.
pub fn needs(command: &str) -> Role {
    NEEDS.iter().find(|(name, _)| *name == command).map_or(Role::Admin, |(_, role)| *role)
}

/// Who has a role by the configuration, as a refusal tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleSource {
    /// Teams.
    pub teams: Vec<String>,
    /// Logins.
    pub users: Vec<String>,
    /// Permissions in the repository that bring it.
    pub permissions: Vec<String>,
}

/// Somebody's roles as they were when the signal was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Where nothing else is said.
    pub anywhere: Role,
    /// Roles of single environments; they count there instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub in_environments: BTreeMap<EnvironmentName, Role>,
    /// Teams from which approvals were wanted and in which the person was, as they were asked about.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<String>,
}

impl Roles {
    /// The same role everywhere.
    pub fn everywhere(role: Role) -> Self {
        Self { anywhere: role, ..Self::default() }
    }

    /// The role in an environment; none given means anywhere.
    pub fn in_environment(&self, environment: Option<&EnvironmentName>) -> Role {
        environment.and_then(|name| self.in_environments.get(name)).copied().unwrap_or(self.anywhere)
    }
}

/// Somebody who asks for something, with the roles that were read for this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub person: Person,
    /// What they may do.
    pub roles: Roles,
}
