//! Gate `approved`: enough people with the role, who neither asked for it nor wrote it nor set an input, approved
//! exactly what there is now; among them those from whom a policy or owned files want one ([`super::demanded`]). Moved by
//! reviews, approvals, new heads and new plans.

use std::collections::{BTreeMap, BTreeSet};

use crate::gate::{GateName, Verdict, demanded};
use crate::{
    Facts, Grave, NotCounted, NotCountedWhy, Person, Plan, Refusal, ReviewVerdict, ReviewedDigest, Role,
    Roles, Stale,
};

/// Whose approvals count, and whose do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// These count.
    pub counted: Vec<Person>,
    /// These do not.
    pub not_counted: Vec<NotCounted>,
}

/// Approvals the change needs: the most that any of its environments asks for, that what is grave about a plan of it does, or
/// that are wanted from somebody in particular.
pub fn needed_approvals(facts: &Facts) -> u32 {
    by_configuration(facts).0.max(demanded::needed(facts))
}

/// Approvals that the configuration asks for, and what is grave about a plan where that raised their number.
pub fn by_configuration(facts: &Facts) -> (u32, Option<Grave>) {
    let plain = by_environment(facts);
    match by_risk(facts) {
        Some((needed, grave)) if needed > plain => (needed, Some(grave)),
        _ => (plain, None),
    }
}

fn by_environment(facts: &Facts) -> u32 {
    facts
        .environments()
        .into_iter()
        .map(|name| {
            name.and_then(|name| facts.rules.environments.get(name)).map_or(1, |rules| rules.approvals)
        })
        .max()
        .unwrap_or(0)
}

/// What is grave about the plans, and the approvals that it takes.
fn by_risk(facts: &Facts) -> Option<(u32, Grave)> {
    let needed = |plan: &Plan| {
        let rules = facts.rules.environments.get(facts.rules.environment_of(&plan.stack)?)?;
        let grave = plan.grave?;
        Some((*rules.approvals_by_risk.get(&grave)?, std::cmp::Reverse(grave)))
    };
    let most = facts.plans.values().filter_map(needed).max();
    most.map(|(needed, std::cmp::Reverse(grave))| (needed, grave))
}

/// What is grave about a plan, where that is why it takes as many approvals as it does.
pub fn raised_by(facts: &Facts) -> Option<Grave> {
    let (needed, grave) = by_configuration(facts);
    grave.filter(|_| needed >= demanded::needed(facts))
}

/// Whom a refusal points to.
pub(crate) fn reviewers(facts: &Facts) -> Option<String> {
    facts
        .environments()
        .into_iter()
        .flatten()
        .filter_map(|name| facts.rules.environments.get(name))
        .find_map(|rules| rules.reviewers.clone())
}

pub(super) fn judge(facts: &Facts) -> Verdict {
    let needed = needed_approvals(facts);
    let Counted { counted, not_counted } = counted_approvals(facts);
    let given = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    let lacking = demanded::lacking(facts);
    if given >= needed && lacking.is_empty() {
        return Verdict::open(GateName::Approved);
    }
    let ask = reviewers(facts);
    Verdict::waiting(
        GateName::Approved,
        Refusal::NotApproved { given, needed, risk: raised_by(facts), not_counted, lacking, ask },
    )
}

/// Counts approvals of what there is now. Each person counts once; one good approval outweighs a stale one, and of several
/// that do not count the last says why.
pub fn counted_approvals(facts: &Facts) -> Counted {
    let mut verdicts: BTreeMap<&Person, Option<NotCounted>> = BTreeMap::new();
    for given in review_approvals(facts).chain(recorded_approvals(facts)) {
        let person = given.by;
        let verdict = not_counted(facts, given);
        let known = verdicts.entry(person).or_insert_with(|| verdict.clone());
        if known.is_some() {
            *known = verdict;
        }
    }
    let mut result = Counted::default();
    for (person, verdict) in verdicts {
        match verdict {
            None => result.counted.push(person.clone()),
            Some(verdict) => result.not_counted.push(verdict),
        }
    }
    result
}

/// Somebody whose approval counts.
pub(crate) struct Counting<'f> {
    pub(crate) by: &'f Person,
    /// Of the teams that were asked about, those that they were in.
    pub(crate) teams: BTreeSet<&'f str>,
}

/// Everybody whose approval counts, once, with the teams of all their approvals that do.
pub(crate) fn counting(facts: &Facts) -> Vec<Counting<'_>> {
    let mut people: BTreeMap<u64, Counting<'_>> = BTreeMap::new();
    for given in review_approvals(facts).chain(recorded_approvals(facts)) {
        if against(facts, given.by, given.roles, given.current).is_none() {
            let one = people
                .entry(given.by.id)
                .or_insert_with(|| Counting { by: given.by, teams: BTreeSet::new() });
            one.teams.extend(given.roles.teams.iter().map(String::as_str));
        }
    }
    people.into_values().collect()
}

/// An approval, wherever it was given.
struct Given<'a> {
    by: &'a Person,
    roles: &'a Roles,
    /// What was there to review then.
    saw: Option<&'a ReviewedDigest>,
    /// Whether that is what there is now.
    current: bool,
}

/// The last word of each reviewer, where it is an approval.
fn review_approvals(facts: &Facts) -> impl Iterator<Item = Given<'_>> {
    let mut last = BTreeMap::new();
    let reviews = facts.pull.as_ref().map(|pull| pull.reviews.as_slice()).unwrap_or_default();
    for review in reviews.iter().filter(|review| review.verdict != ReviewVerdict::Commented) {
        last.insert(review.by.id, review);
    }
    let now = facts.reviewed_now();
    last.into_values().filter(|review| review.verdict == ReviewVerdict::Approved).map(move |review| {
        let saw = facts.round_at(review.at, Some(&review.commit)).map(|round| &round.reviewed);
        Given { by: &review.by, roles: &review.roles, saw, current: saw.is_some() && saw == now.as_ref() }
    })
}

fn recorded_approvals(facts: &Facts) -> impl Iterator<Item = Given<'_>> {
    let now = facts.reviewed_now();
    facts.approvals.iter().map(move |approval| {
        let current = now.as_ref() == Some(&approval.reviewed);
        Given { by: &approval.by, roles: &approval.roles, saw: Some(&approval.reviewed), current }
    })
}

fn not_counted(facts: &Facts, given: Given<'_>) -> Option<NotCounted> {
    let why = against(facts, given.by, given.roles, given.current)?;
    let stale = if why == NotCountedWhy::Stale { stale(facts, given.saw) } else { None };
    Some(NotCounted { who: given.by.clone(), why, stale })
}

/// What was seen, and what the plans that are there now do beyond it.
fn stale(facts: &Facts, saw: Option<&ReviewedDigest>) -> Option<Stale> {
    let now = facts.reviewed_now()?;
    let counts = |reviewed: &ReviewedDigest| {
        facts.rounds.iter().rev().find(|round| round.reviewed == *reviewed).map(|round| &round.counts)
    };
    let (before, after) = (saw.and_then(counts), counts(&now));
    let more = |(word, count): (&String, &u32)| {
        let known = before.and_then(|before| before.get(word)).copied().unwrap_or(0);
        (*count > known).then(|| (word.clone(), count - known))
    };
    let adds = if before.is_some() {
        after.into_iter().flatten().filter_map(more).collect()
    } else {
        BTreeMap::new()
    };
    Some(Stale { saw: saw.cloned(), now, adds })
}

/// What stands against counting a person's approval, if anything.
fn against(facts: &Facts, person: &Person, roles: &Roles, current: bool) -> Option<NotCountedWhy> {
    own_hand(facts, person).or_else(|| {
        if role_everywhere(facts, roles) < Role::Approver {
            Some(NotCountedWhy::Role)
        } else if !current {
            Some(NotCountedWhy::Stale)
        } else if must_be_two(facts) && facts.apply.as_ref().is_some_and(|apply| apply.by.id == person.id) {
            Some(NotCountedWhy::Applier)
        } else {
            None
        }
    })
}

/// Why a person may not approve this change at all, whatever the plan.
pub(crate) fn own_hand(facts: &Facts, person: &Person) -> Option<NotCountedWhy> {
    let is = |other: &Person| other.id == person.id;
    if facts.requester().is_some_and(is) {
        Some(NotCountedWhy::Requester)
    } else if facts.pull.as_ref().is_some_and(|pull| pull.committers.iter().any(is)) {
        Some(NotCountedWhy::Committer)
    } else if facts.request.as_ref().is_some_and(|request| request.setters.iter().any(is)) {
        Some(NotCountedWhy::SetInput)
    } else {
        None
    }
}

/// The least role over the environments that the change touches.
pub(crate) fn role_everywhere(facts: &Facts, roles: &Roles) -> Role {
    facts
        .environments()
        .into_iter()
        .map(|environment| roles.in_environment(environment))
        .min()
        .unwrap_or(roles.anywhere)
}

/// True when some environment wants another person to apply than those who approved, or a plan loses data.
fn must_be_two(facts: &Facts) -> bool {
    if facts.plans.values().any(|plan| plan.grave == Some(Grave::DataLoss)) {
        return true;
    }
    facts
        .environments()
        .into_iter()
        .flatten()
        .any(|name| facts.rules.environments.get(name).is_some_and(|rules| rules.two_person))
}
