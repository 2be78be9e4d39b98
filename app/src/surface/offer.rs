//! Which commands a text may offer: those that are served, and of these the ones that this person may use now.

use jiff::Timestamp;
use tfpilot_engine::{ApplyStanding, Facts, Person, PullSnapshot, PullState, Refusal, Role, Status, gate};

/// Commands that are served in comments, and `new` at the start of an issue.
const SERVED: [&str; 13] = [
    "plan", "apply", "approve", "override", "resume", "cancel", "status", "why", "help", "set", "upgrade",
    "learn", "new",
];

/// True for a command, with or without its arguments, that a text may suggest.
pub(super) fn is_served(command: &str) -> bool {
    command.split_whitespace().next().is_some_and(|word| SERVED.contains(&word))
}

/// A command and what it does here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    /// With its slash, such as `/tfpilot apply`.
    pub(super) command: String,
    /// What it does, in a few words.
    pub(super) does: String,
}

/// What a person of a role may do here and now, likeliest first.
pub(super) fn offers(facts: &Facts, now: Timestamp, person: &Person, role: Role) -> Vec<Offer> {
    let status = facts.status(now);
    let round = facts.round().map(|round| round.reviewed.short().to_owned());
    let plan = round.map_or_else(|| "the plan".to_owned(), |digest| format!("plan {digest}"));
    let mut offers = Vec::new();
    let mut offer = |command: &str, does: String| {
        offers.push(Offer { command: format!("/tfpilot {command}"), does });
    };
    if may_apply(facts, &status, role) {
        offer("apply", plan.clone());
    }
    if may_approve(facts, &status, person, role) {
        offer("approve", plan);
    }
    if let Some(rule) = to_override(facts, &status, now, person, role) {
        offer(&format!("override {rule} reason=\"…\""), "let it pass".to_owned());
    }
    match status {
        Status::Unknown if role >= Role::Approver => {
            offer("resume reason=\"…\"", "go on after the unknown outcome".to_owned());
        }
        Status::Abandoned if role >= Role::Approver => {
            offer("resume accept reason=\"…\"", "give the lock back".to_owned());
        }
        _ => {}
    }
    if is_shut(&status) && role >= Role::Viewer {
        offer("why", "what keeps it from being applied".to_owned());
    }
    let (may_plan, may_set) = (may_plan(facts, role), may_set(facts, role));
    let set_first = match status {
        Status::NeedsAnswer => Some("answer the question"),
        Status::Refused => Some("put the request right"),
        _ => None,
    };
    if let Some(does) = set_first.filter(|_| may_set) {
        offer("set key=value", does.to_owned());
    }
    if may_plan {
        offer("plan", "plan again".to_owned());
    }
    if role >= Role::Developer && runs(facts) {
        offer("cancel", "stop what runs".to_owned());
    }
    if may_set && set_first.is_none() {
        offer("set key=value", "change the request".to_owned());
    }
    if role >= Role::Viewer && (facts.request.is_some() || facts.pull.is_some()) {
        offer("status", "where it stands".to_owned());
    }
    if role >= Role::Admin {
        offer("learn", "propose words that people use".to_owned());
    }
    offer("help", "this list".to_owned());
    offers
}

fn runs(facts: &Facts) -> bool {
    facts.runs.iter().flat_map(|run| run.jobs.values()).any(|job| job.state.is_open())
}

fn may_apply(facts: &Facts, status: &Status, role: Role) -> bool {
    role >= Role::Developer && *status == Status::Ready && facts.round().is_some()
}

/// The first rule that an override would let pass, for an admin without a hand in the change.
fn to_override(
    facts: &Facts,
    status: &Status,
    now: Timestamp,
    person: &Person,
    role: Role,
) -> Option<String> {
    let waits = matches!(status, Status::Waiting { .. } | Status::NotAdmitted);
    if role < Role::Admin || !waits || has_own_hand(facts, person) {
        return None;
    }
    match gate::first_closed(facts, now)?.reasons.into_iter().next()? {
        Refusal::OverrideNeeded { rule, .. } => Some(rule),
        Refusal::Frozen { .. } => Some(gate::FREEZE_RULE.to_owned()),
        Refusal::NotAdmitted { finding } if finding.rule != gate::NEVER_OVERRIDDEN => Some(finding.rule),
        _ => None,
    }
}

fn has_own_hand(facts: &Facts, person: &Person) -> bool {
    let is = |other: &Person| other.id == person.id;
    facts.requester().is_some_and(is)
        || facts.pull.as_ref().is_some_and(|pull| pull.committers.iter().any(is))
        || facts.request.as_ref().is_some_and(|request| request.setters.iter().any(is))
}

/// While a gate keeps it from being applied.
fn is_shut(status: &Status) -> bool {
    matches!(status, Status::Waiting { .. } | Status::NotAdmitted | Status::PlanFailed)
}

/// While an approval would still change something.
fn may_approve(facts: &Facts, status: &Status, person: &Person, role: Role) -> bool {
    let is = |other: &Person| other.id == person.id;
    let own = has_own_hand(facts, person);
    let counted = gate::counted_approvals(facts).counted;
    let waits = matches!(status, Status::Waiting { .. }) && facts.round().is_some();
    let missing = usize::try_from(gate::needed_approvals(facts)).unwrap_or(usize::MAX) > counted.len();
    let missing = missing || !gate::lacking(facts).is_empty();
    role >= Role::Approver && waits && missing && !own && !counted.iter().any(is)
}

fn may_plan(facts: &Facts, role: Role) -> bool {
    let open = facts.pull.as_ref().is_some_and(PullSnapshot::is_workable);
    let admitted = facts.tree.is_some() && facts.open_findings().next().is_none();
    let standing = facts.apply_standing();
    let used = match standing {
        ApplyStanding::Running => true,
        ApplyStanding::Finished => !facts.is_overtaken(),
        _ => false,
    };
    role >= Role::Developer && open && admitted && !used && !facts.stacks().is_empty()
}

fn may_set(facts: &Facts, role: Role) -> bool {
    let open = facts.pull.as_ref().is_none_or(|pull| pull.state == PullState::Open);
    role >= Role::Developer && facts.request.is_some() && facts.apply.is_none() && open
}
