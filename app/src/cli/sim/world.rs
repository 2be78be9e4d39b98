//! The world of a simulation: changes in memory, decided upon by the engine, and what is assumed where a delivery is
//! silent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use tfpilot_engine::{Decision, Facts, Review, Role, Roles, Rules, Signal, StackPath, decide};
use tfpilot_modules::Catalog;

use crate::config::RepositoryConfig;
use crate::config::repository::roles::Membership;
use crate::github::Account;
use crate::store::StreamId;
use crate::worker::views;

/// What is assumed by the operator's word.
pub(super) struct Assumed {
    /// By login in lower case.
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) stacks: Vec<StackPath>,
    pub(super) runs_end_well: bool,
}

/// The latest time of a simulation, in seconds since 1970: the engine reckons on from it.
const LATEST: i64 = 200_000_000_000;

/// Everything that was replayed so far.
pub(super) struct World {
    pub(super) catalog: Catalog,
    pub(super) config: RepositoryConfig,
    pub(super) rules: Rules,
    pub(super) assumed: Assumed,
    pub(super) now: Timestamp,
    changes: BTreeMap<StreamId, Facts>,
    subjects: BTreeMap<(u64, u64), StreamId>,
    reviews: BTreeMap<(u64, u64), Vec<Review>>,
    guids: BTreeSet<String>,
    comments: BTreeSet<(u64, u64)>,
    /// Every assumption that was made, once.
    pub(super) notes: BTreeSet<String>,
}

impl World {
    pub(super) fn new(catalog: Catalog, config: RepositoryConfig, assumed: Assumed) -> Self {
        Self {
            catalog,
            rules: config.rules(),
            config,
            assumed,
            now: Timestamp::UNIX_EPOCH,
            changes: BTreeMap::new(),
            subjects: BTreeMap::new(),
            reviews: BTreeMap::new(),
            guids: BTreeSet::new(),
            comments: BTreeSet::new(),
            notes: BTreeSet::new(),
        }
    }

    /// Takes a delivery in; false when it came before.
    pub(super) fn arrives(&mut self, guid: Option<&str>, at: Option<Timestamp>) -> bool {
        let next = self.now.checked_add(SignedDuration::from_secs(1)).unwrap_or(self.now);
        let latest = Timestamp::from_second(LATEST).unwrap_or(self.now);
        self.now = at.unwrap_or(next).min(latest).max(self.now);
        self.rules = self.config.rules_at(self.now);
        guid.is_none_or(|guid| self.guids.insert(guid.to_owned()))
    }

    /// Takes a comment's commands in; false when they were acted upon before, whatever the delivery is called.
    pub(super) fn hears(&mut self, repository: u64, comment: u64) -> bool {
        self.comments.insert((repository, comment))
    }

    /// The stream that an issue or pull request belongs to, where it is known.
    pub(super) fn subject(&self, repository: u64, number: u64) -> Option<StreamId> {
        self.subjects.get(&(repository, number)).cloned()
    }

    /// The facts of a change, with the stacks that other changes hold.
    pub(super) fn facts(&self, stream: &StreamId) -> Facts {
        let new = || Facts::new(stream.0.clone(), self.rules.clone());
        let mut facts = self.changes.get(stream).cloned().unwrap_or_else(new);
        facts.rules = self.rules.clone();
        let repository = |stream: &StreamId| views::parse_stream(stream).map(|(repository, _)| repository);
        let others = self
            .changes
            .iter()
            .filter(|(other, _)| *other != stream && repository(other) == repository(stream));
        let held = others.flat_map(|(_, other)| {
            let pull = other.pull.as_ref().map_or(0, |pull| pull.number);
            other.held_stacks().into_iter().map(move |stack| (stack.clone(), pull))
        });
        facts.held_by_others = held.collect();
        facts
    }

    /// Has the engine decide, and keeps what it says.
    pub(super) fn decide(&mut self, stream: &StreamId, signal: &Signal) -> Decision {
        let facts = self.facts(stream);
        let decision = decide(&facts, signal, self.now);
        let facts = facts.folded(decision.events.iter().cloned());
        if let Some((repository, _)) = views::parse_stream(stream) {
            let numbers = [
                facts.request.as_ref().map(|request| request.issue),
                facts.pull.as_ref().map(|pull| pull.number),
            ];
            for number in numbers.into_iter().flatten() {
                self.subjects.insert((repository, number), stream.clone());
            }
        }
        self.changes.insert(stream.clone(), facts);
        decision
    }

    /// Keeps a review in the place of an earlier word of the same.
    pub(super) fn reviewed(&mut self, repository: u64, pull: u64, review: Review) {
        let reviews = self.reviews.entry((repository, pull)).or_default();
        reviews.retain(|known| known.id != review.id);
        reviews.push(review);
    }

    pub(super) fn reviews(&self, repository: u64, pull: u64) -> Vec<Review> {
        self.reviews.get(&(repository, pull)).cloned().unwrap_or_default()
    }

    /// Somebody's roles, and what of them is assumed.
    pub(super) fn roles(
        &self,
        account: &Account,
        association: Option<&str>,
        private: bool,
    ) -> (Roles, String) {
        let login = account.login.as_str();
        if let Some(role) = self.assumed.roles.get(&login.to_lowercase()) {
            return (Roles::everywhere(*role), format!("{login} is {} everywhere (--role)", role.as_str()));
        }
        let permission = match association {
            Some("OWNER") => Some("admin"),
            Some("MEMBER" | "COLLABORATOR") => Some("write"),
            _ if private => Some("read"),
            _ => None,
        };
        let member = Membership { login, teams: &[], permission };
        let environments: Vec<&str> = self.config.environments.keys().map(String::as_str).collect();
        let roles = self.config.roles.read(&member, &environments);
        let called = association.map(|word| format!("GitHub calls {login} {word}: ")).unwrap_or_default();
        let permission = permission.unwrap_or("none");
        let note = format!(
            "{called}{login}'s permission is taken for {permission}, and {login} for a member of no team (--role says otherwise)"
        );
        (roles, note)
    }
}
