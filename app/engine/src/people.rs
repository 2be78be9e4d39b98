//! Who acts, and what they may do. Identity is the id; the login is how we speak of them.

use std::collections::BTreeMap;

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

/// Somebody's roles as they were when the signal was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Where nothing else is said.
    pub anywhere: Role,
    /// Roles of single environments; they count there instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub in_environments: BTreeMap<EnvironmentName, Role>,
}

impl Roles {
    /// The same role everywhere.
    pub fn everywhere(role: Role) -> Self {
        Self { anywhere: role, in_environments: BTreeMap::new() }
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
