//! Approvals that have to come from somebody in particular: because a policy asks for them, or because changed files have
//! owners. Whoever gives one counts like anybody else: with the role, without a hand in the change, having seen the plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::gate::approved::{self, Counting};
use crate::{Demand, DemandedBy, Facts, Lacking, Owned, Plan, Reviewers};

/// Approvals that are wanted from somebody in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    by: DemandedBy,
    from: Whom,
    needed: u32,
}

/// From whom.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whom {
    /// Whoever may approve.
    Anybody,
    /// Members of these teams, these logins; others are named and cannot be told apart, such as addresses.
    These { teams: Vec<String>, users: Vec<String>, others: Vec<String> },
}

/// What is wanted, policies first, then owners in the order of their lines.
pub(crate) fn wanted(facts: &Facts) -> Vec<Wanted> {
    by_policies(facts).into_iter().chain(by_owners(facts)).collect()
}

/// The most approvals that one of them wants.
pub(super) fn needed(facts: &Facts) -> u32 {
    wanted(facts).iter().map(|wanted| wanted.needed).max().unwrap_or(0)
}

/// What is wanted and not given.
pub fn lacking(facts: &Facts) -> Vec<Lacking> {
    let lacking = |(given, wanted): (u32, Wanted)| Lacking {
        from: wanted.from.told(),
        by: wanted.by,
        given,
        needed: wanted.needed,
    };
    open(facts).into_iter().map(lacking).collect()
}

/// The same with how many are given.
fn open(facts: &Facts) -> Vec<(u32, Wanted)> {
    let wanted = wanted(facts);
    if wanted.is_empty() {
        return Vec::new();
    }
    let counting = approved::counting(facts);
    let given = |wanted: &Wanted| {
        let fits = counting.iter().filter(|one| wanted.from.names(one)).count();
        u32::try_from(fits).unwrap_or(u32::MAX)
    };
    let all = wanted.into_iter().map(|wanted| (given(&wanted), wanted));
    all.filter(|(given, wanted)| *given < wanted.needed).collect()
}

/// Teams from which approvals are wanted: whoever approves is asked about for these.
pub fn wanted_teams(facts: &Facts) -> BTreeSet<String> {
    let teams = wanted(facts).into_iter().flat_map(|wanted| match wanted.from {
        Whom::These { teams, .. } => teams,
        Whom::Anybody => Vec::new(),
    });
    teams.collect()
}

/// Who is asked for what is wanted and not given.
pub(crate) fn asks(facts: &Facts) -> Reviewers {
    let mut of = Reviewers::default();
    for (_, wanted) in open(facts) {
        if let Whom::These { teams, users, .. } = wanted.from {
            of.teams.extend(teams);
            of.users.extend(users);
        }
    }
    of
}

/// One demand per policy, over all plans of the head.
fn by_policies(facts: &Facts) -> Vec<Wanted> {
    let of_head = |stack| facts.plans.get(&stack).filter(|plan| is_of_head(facts, plan));
    let plans = facts.stacks().iter().filter_map(|stack| of_head(stack.path.clone()));
    let demands = plans.filter_map(|plan| plan.policy.as_ref()).flat_map(|judged| &judged.approvals);
    let mut by_rule: BTreeMap<&str, &Demand> = BTreeMap::new();
    for demand in demands {
        let known = by_rule.entry(&demand.rule).or_insert(demand);
        if demand.count > known.count {
            *known = demand;
        }
    }
    by_rule.into_values().map(of_policy).collect()
}

fn is_of_head(facts: &Facts, plan: &Plan) -> bool {
    let mut stacks = facts.stacks().iter();
    stacks.any(|stack| stack.path == plan.stack && stack.inputs_digest == plan.inputs_digest)
}

fn of_policy(demand: &Demand) -> Wanted {
    let plain = |names: &[String]| names.iter().map(|name| plain(name)).collect::<Vec<_>>();
    let (teams, users) = (plain(&demand.teams), plain(&demand.users));
    let from = if teams.is_empty() && users.is_empty() {
        Whom::Anybody
    } else {
        Whom::These { teams, users, others: Vec::new() }
    };
    Wanted { by: DemandedBy::Policy { rule: demand.rule.clone() }, from, needed: demand.count.max(1) }
}

/// One approval per line of `CODEOWNERS` under which changed files fall, where an environment wants it. What is not known is
/// wanted from nobody in particular, and lacks.
fn by_owners(facts: &Facts) -> Vec<Wanted> {
    let mut names = facts.environments().into_iter().flatten();
    let wants = names.any(|name| facts.rules.environments.get(name).is_some_and(|rules| rules.code_owners));
    let Some(tree) = facts.tree.as_ref().filter(|_| wants) else { return Vec::new() };
    let unknown = |why: &str| {
        let by = DemandedBy::OwnersUnknown { why: why.to_owned() };
        let from = Whom::These { teams: Vec::new(), users: Vec::new(), others: Vec::new() };
        vec![Wanted { by, from, needed: 1 }]
    };
    let Some(owners) = &tree.owners else { return unknown("CODEOWNERS was not read yet") };
    if let Some(why) = &owners.unreadable {
        return unknown(why);
    }
    let place = owners.file.as_deref().unwrap_or("CODEOWNERS");
    owners.owned.iter().map(|owned| of_owners(owned, place)).collect()
}

fn of_owners(owned: &Owned, place: &str) -> Wanted {
    let named = owned.owners.iter().filter_map(|owner| owner.strip_prefix('@'));
    let (teams, users) = named.map(str::to_owned).partition(|name| name.contains('/'));
    let others = owned.owners.iter().filter(|owner| !owner.starts_with('@')).cloned().collect();
    let by = DemandedBy::Owners {
        place: place.to_owned(),
        line: owned.line,
        pattern: owned.pattern.clone(),
        files: owned.files,
    };
    Wanted { by, from: Whom::These { teams, users, others }, needed: 1 }
}

impl Whom {
    fn names(&self, one: &Counting<'_>) -> bool {
        match self {
            Whom::Anybody => true,
            Whom::These { teams, users, .. } => {
                users.iter().any(|user| user.eq_ignore_ascii_case(&one.by.login))
                    || teams.iter().any(|team| one.teams.iter().any(|of| of.eq_ignore_ascii_case(team)))
            }
        }
    }

    fn told(&self) -> Vec<String> {
        match self {
            Whom::Anybody => Vec::new(),
            Whom::These { teams, users, others } => {
                teams.iter().chain(users).chain(others).cloned().collect()
            }
        }
    }
}

/// A name without the sign that mentions it.
fn plain(name: &str) -> String {
    name.trim_start_matches('@').to_owned()
}
