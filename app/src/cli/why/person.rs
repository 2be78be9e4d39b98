//! Who somebody is to a change. Roles come from GitHub (teams, the permission in the repository), which is not asked here:
//! they are those that are given, else those that were recorded with a review or an approval, else what the
//! configuration says by name alone.

use clap::{Args, ValueEnum};
use tfpilot_engine::{Actor, Facts, Person, Role, Roles};

use super::found::Found;
use crate::config::repository::roles::Membership;

/// What is known of somebody beside their login.
#[derive(Debug, Default, Args)]
pub(super) struct Given {
    /// The role that --as has, in every environment.
    #[arg(long, value_enum, requires = "user", conflicts_with_all = ["teams", "permission"])]
    role: Option<RoleWord>,
    /// A team that --as is in, such as acme/platform; can be repeated.
    #[arg(long = "team", value_name = "ORG/TEAM", requires = "user")]
    teams: Vec<String>,
    /// The permission that --as has in the repository.
    #[arg(long, value_enum, requires = "user")]
    permission: Option<PermissionWord>,
}

/// A role as it is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleWord {
    None,
    Viewer,
    Developer,
    Approver,
    Admin,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::None => Role::None,
            RoleWord::Viewer => Role::Viewer,
            RoleWord::Developer => Role::Developer,
            RoleWord::Approver => Role::Approver,
            RoleWord::Admin => Role::Admin,
        }
    }
}

/// A permission in a repository, as GitHub calls it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum PermissionWord {
    Read,
    Triage,
    Write,
    Maintain,
    Admin,
}

impl PermissionWord {
    fn as_str(self) -> &'static str {
        match self {
            PermissionWord::Read => "read",
            PermissionWord::Triage => "triage",
            PermissionWord::Write => "write",
            PermissionWord::Maintain => "maintain",
            PermissionWord::Admin => "admin",
        }
    }
}

/// Somebody, and where the roles come from.
pub(super) struct Who {
    pub(super) actor: Actor,
    pub(super) roles_from: String,
}

/// Stands for the id of somebody who has no part in the change; GitHub gives none this high.
const NO_PART: u64 = u64::MAX;

/// The person of a login.
pub(super) fn person(found: &Found, login: &str, given: &Given) -> Who {
    let login = login.trim_start_matches('@');
    let known = known_as(&found.facts, login);
    let person = known.unwrap_or_else(|| Person { id: NO_PART, login: login.to_owned() });
    let (roles, roles_from) = roles(found, &person, given);
    Who { actor: Actor { person, roles }, roles_from }
}

/// Somebody without a hand in the change.
pub(super) fn stranger(role: Role) -> Actor {
    let person = Person { id: NO_PART, login: "somebody".to_owned() };
    Actor { person, roles: Roles::everywhere(role) }
}

/// Everybody who took part in the change, each once by id.
pub(super) fn people(facts: &Facts) -> Vec<Person> {
    let request = facts.request.as_ref();
    let pull = facts.pull.as_ref();
    let mut people: Vec<Person> = facts
        .requester()
        .into_iter()
        .chain(request.into_iter().flat_map(|request| &request.setters))
        .chain(pull.map(|pull| &pull.author))
        .chain(pull.into_iter().flat_map(|pull| &pull.committers))
        .chain(pull.into_iter().flat_map(|pull| pull.reviews.iter().map(|review| &review.by)))
        .chain(facts.approvals.iter().map(|approval| &approval.by))
        .chain(facts.overrides.iter().map(|one| &one.by))
        .chain(facts.calls.values().map(|call| &call.to))
        .cloned()
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    people.retain(|person| seen.insert(person.id));
    people
}

fn known_as(facts: &Facts, login: &str) -> Option<Person> {
    people(facts).into_iter().find(|person| person.login.eq_ignore_ascii_case(login))
}

fn roles(found: &Found, person: &Person, given: &Given) -> (Roles, String) {
    if let Some(role) = given.role {
        return (Roles::everywhere(role.into()), "--role".to_owned());
    }
    let config = found.config();
    let environments: Vec<&str> = config.environments.keys().map(String::as_str).collect();
    let teams: Vec<String> = given.teams.iter().map(|team| team.trim_start_matches('@').to_owned()).collect();
    let permission = given.permission.map(PermissionWord::as_str);
    let member = Membership { login: &person.login, teams: &teams, permission };
    if permission.is_some() || !teams.is_empty() {
        return (
            config.roles.read(&member, &environments),
            "the configuration, with what is given".to_owned(),
        );
    }
    recorded(&found.facts, person).unwrap_or_else(|| {
        let from = "the configuration by name alone: teams and the permission in the repository are GitHub's \
                    to say; give --role, or --team and --permission";
        (config.roles.read(&member, &environments), from.to_owned())
    })
}

/// The roles that the change's log keeps of somebody, the latest of each kind of act.
fn recorded(facts: &Facts, person: &Person) -> Option<(Roles, String)> {
    let is = |other: &Person| other.id == person.id;
    let mut reviews = facts.pull.iter().flat_map(|pull| &pull.reviews);
    let review = reviews.rfind(|review| is(&review.by)).map(|review| {
        let day = review.at.strftime("%Y-%m-%d %H:%M UTC");
        (review.roles.clone(), format!("recorded with the review of {day}"))
    });
    let approval = || {
        let last = facts.approvals.iter().rev().find(|approval| is(&approval.by))?;
        Some((last.roles.clone(), "recorded with an approval".to_owned()))
    };
    let overridden = || {
        let last = facts.overrides.iter().rev().find(|one| is(&one.by))?;
        Some((last.roles.clone(), "recorded with an override".to_owned()))
    };
    review.or_else(approval).or_else(overridden)
}
