//! Who has which role: by team, by name, and by the permission GitHub gives in the repository.
//!
//! Reading teams and permissions from GitHub is the caller's work; this only weighs them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use tfpilot_engine::{EnvironmentName, Role, RoleSource};

/// Who has which role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Roles {
    /// Overrides, unlocks, resumes.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub admin: Vec<Grant>,
    /// Approves what others asked for.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub approver: Vec<Grant>,
    /// Asks, plans, applies what is approved.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub developer: Vec<Grant>,
    /// Reads.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub viewer: Vec<Grant>,
    /// The role that comes with a permission in the repository.
    pub from_permission: FromPermission,
}

/// Some people, and where they have the role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grant {
    /// Teams, such as `acme/platform`.
    pub teams: Vec<String>,
    /// GitHub logins.
    pub users: Vec<String>,
    /// Environments in which it counts. Default: everywhere.
    pub environments: Vec<String>,
}

/// The role that comes with a permission in the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FromPermission {
    /// Default: admin.
    pub admin: Option<RoleName>,
    /// Default: approver.
    pub maintain: Option<RoleName>,
    /// Default: developer.
    pub write: Option<RoleName>,
    /// Default: viewer.
    pub triage: Option<RoleName>,
    /// Default: viewer.
    pub read: Option<RoleName>,
}

/// Permissions in a repository, highest first.
const PERMISSIONS: [&str; 5] = ["admin", "maintain", "write", "triage", "read"];

/// A role as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoleName {
    /// No role.
    None,
    /// Reads.
    Viewer,
    /// Asks, plans, applies what is approved.
    Developer,
    /// Approves what others asked for.
    Approver,
    /// Overrides, unlocks, resumes.
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::None => Role::None,
            RoleName::Viewer => Role::Viewer,
            RoleName::Developer => Role::Developer,
            RoleName::Approver => Role::Approver,
            RoleName::Admin => Role::Admin,
        }
    }
}

/// A person as GitHub knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership<'a> {
    /// The login.
    pub login: &'a str,
    /// Teams as `organisation/slug`.
    pub teams: &'a [String],
    /// Permission in the repository: admin, maintain, write, triage or read.
    pub permission: Option<&'a str>,
}

impl Roles {
    /// The highest role somebody has in an environment; without one, the role they have everywhere.
    pub fn of(&self, member: &Membership<'_>, environment: Option<&str>) -> RoleName {
        let granted = [
            (RoleName::Admin, &self.admin),
            (RoleName::Approver, &self.approver),
            (RoleName::Developer, &self.developer),
            (RoleName::Viewer, &self.viewer),
        ]
        .into_iter()
        .find(|(_, grants)| grants.iter().any(|grant| grant.reaches(environment) && grant.names(member)))
        .map_or(RoleName::None, |(role, _)| role);
        granted.max(self.from_permission.role(member.permission))
    }

    /// The roles as the engine asks for them: everywhere, and in each environment.
    pub fn read(&self, member: &Membership<'_>, environments: &[&str]) -> tfpilot_engine::Roles {
        let in_environments = environments
            .iter()
            .map(|name| (EnvironmentName::new(*name), self.of(member, Some(name)).into()))
            .collect();
        let anywhere = self.of(member, None).into();
        tfpilot_engine::Roles { anywhere, in_environments, ..tfpilot_engine::Roles::default() }
    }

    /// Who has which role in an environment, as refusals tell it.
    pub(super) fn sources(&self, environment: Option<&str>) -> BTreeMap<Role, RoleSource> {
        let mut sources: BTreeMap<Role, RoleSource> = BTreeMap::new();
        let plain = |names: &[String]| names.iter().map(|it| it.trim_start_matches('@').to_owned()).collect();
        let roles = [
            (Role::Admin, &self.admin),
            (Role::Approver, &self.approver),
            (Role::Developer, &self.developer),
            (Role::Viewer, &self.viewer),
        ];
        for (role, grants) in roles {
            let source = sources.entry(role).or_default();
            for grant in grants.iter().filter(|grant| grant.reaches(environment)) {
                source.teams.extend::<Vec<String>>(plain(&grant.teams));
                source.users.extend::<Vec<String>>(plain(&grant.users));
            }
        }
        for permission in PERMISSIONS {
            let role = Role::from(self.from_permission.role(Some(permission)));
            if let Some(source) = sources.get_mut(&role) {
                source.permissions.push(permission.to_owned());
            }
        }
        sources
    }

    /// Every grant with its role and its position, in the order of the file's keys.
    pub(crate) fn grants(&self) -> impl Iterator<Item = (&'static str, usize, &Grant)> {
        [
            ("admin", &self.admin),
            ("approver", &self.approver),
            ("developer", &self.developer),
            ("viewer", &self.viewer),
        ]
        .into_iter()
        .flat_map(|(role, grants)| grants.iter().enumerate().map(move |(index, grant)| (role, index, grant)))
    }
}

impl Grant {
    /// Whether it counts in an environment.
    pub(super) fn reaches(&self, environment: Option<&str>) -> bool {
        self.environments.is_empty()
            || environment.is_some_and(|name| self.environments.iter().any(|known| known == name))
    }

    fn names(&self, member: &Membership<'_>) -> bool {
        // GitHub's logins and slugs ignore case.
        self.users.iter().any(|user| user.trim_start_matches('@').eq_ignore_ascii_case(member.login))
            || self.teams.iter().any(|team| {
                let team = team.trim_start_matches('@');
                member.teams.iter().any(|of| of.eq_ignore_ascii_case(team))
            })
    }
}

impl FromPermission {
    fn role(&self, permission: Option<&str>) -> RoleName {
        match permission {
            Some("admin") => self.admin.unwrap_or(RoleName::Admin),
            Some("maintain") => self.maintain.unwrap_or(RoleName::Approver),
            Some("write") => self.write.unwrap_or(RoleName::Developer),
            Some("triage") => self.triage.unwrap_or(RoleName::Viewer),
            Some("read") => self.read.unwrap_or(RoleName::Viewer),
            _ => RoleName::None,
        }
    }
}

/// One grant may be written without the dash of a list.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    One(Grant),
    Many(Vec<Grant>),
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Grant>, D::Error> {
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(grant) => vec![grant],
        OneOrMany::Many(grants) => grants,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles() -> Roles {
        serde_yaml::from_str(
            "admin: {users: [carol]}\napprover:\n- {teams: [acme/platform]}\n- {teams: [acme/dba], environments: [prod]}\nfrom_permission: {maintain: developer}\n",
        )
        .expect("is valid")
    }

    #[track_caller]
    fn check(login: &str, team: &str, permission: &str, environment: Option<&str>, expect: RoleName) {
        let teams = [team.to_owned()];
        let member = Membership { login, teams: &teams, permission: Some(permission) };
        assert_eq!(roles().of(&member, environment), expect);
    }

    #[test]
    fn refusals_are_told_who_has_a_role_where() {
        let prod = roles().sources(Some("prod"));
        assert_eq!(prod[&Role::Approver].teams, ["acme/platform", "acme/dba"]);
        assert_eq!(roles().sources(None)[&Role::Approver].teams, ["acme/platform"]);
        assert_eq!(prod[&Role::Developer].permissions, ["maintain", "write"]);
        assert_eq!((prod[&Role::Admin].users.len(), prod[&Role::Approver].permissions.len()), (1, 0));
    }

    #[test]
    fn the_highest_role_counts_where_it_was_given() {
        check("Carol", "", "read", None, RoleName::Admin);
        check("bob", "acme/Platform", "write", Some("dev"), RoleName::Approver);
        check("dora", "acme/dba", "write", Some("prod"), RoleName::Approver);
        check("dora", "acme/dba", "write", Some("dev"), RoleName::Developer);
        check("dora", "acme/dba", "write", None, RoleName::Developer);
        check("max", "", "maintain", None, RoleName::Developer);
        check("mallory", "evil/platform", "none", Some("prod"), RoleName::None);
    }
}
