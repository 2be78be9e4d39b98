//! What a command would be answered now: the engine decides on it as if it came, and nothing of the decision is kept.

use jiff::Timestamp;
use serde::Serialize;
use tfpilot_engine::gate::{self, GateState};
use tfpilot_engine::{Actor, Ask, Event, Facts, NotCountedWhy, Refusal, Role, Say, Signal, decide};

use super::person::{people, stranger};
use crate::web::judged::{ReasonShape, StatusShape, reason_shape, word};

/// The commands that are asked about, in the order of a change's life.
const COMMANDS: [(&str, Ask); 4] = [
    ("plan", Ask::Plan),
    ("approve", Ask::Approve),
    ("apply", Ask::Apply),
    ("cancel", Ask::Cancel { stacks: Vec::new(), environment: None }),
];

/// An answer to a command.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// The command, without its slash.
    pub(super) command: &'static str,
    /// Whether it would be done.
    pub(super) granted: bool,
    /// What decides: a gate, or what stands before the gates.
    pub(super) rule: String,
    /// Why not.
    pub(super) refusal: Option<ReasonShape>,
    /// What would be recorded; empty where nothing is.
    pub(super) records: Vec<String>,
    /// Where the change would be then.
    pub(super) then: Option<StatusShape>,
}

/// The least role that a command takes now of somebody without a hand in the change.
#[derive(Debug, Serialize)]
pub(super) struct May {
    pub(super) command: &'static str,
    /// None where nobody may, whatever the role.
    pub(super) least_role: Option<&'static str>,
    /// What an admin without a hand in it would be told then.
    pub(super) refusal: Option<ReasonShape>,
}

/// Somebody with a hand in the change: they never approve or override.
#[derive(Debug, Serialize)]
pub(super) struct Hand {
    pub(super) login: String,
    pub(super) why: String,
}

/// What somebody's commands would be answered.
pub(super) fn answers(facts: &Facts, by: &Actor, now: Timestamp) -> Vec<Answer> {
    COMMANDS.iter().map(|(command, ask)| answer(facts, by, command, ask, now)).collect()
}

/// Who may what now.
pub(super) fn may(facts: &Facts, now: Timestamp) -> Vec<May> {
    let roles = [Role::None, Role::Viewer, Role::Developer, Role::Approver, Role::Admin];
    COMMANDS
        .iter()
        .map(|(command, ask)| {
            let refused = |role: Role| refusal(facts, &stranger(role), ask, now).1;
            let least = roles.into_iter().find(|role| refused(*role).is_none());
            let told = if least.is_none() { refused(Role::Admin) } else { None };
            May { command, least_role: least.map(Role::as_str), refusal: told.as_ref().map(reason_shape) }
        })
        .collect()
}

/// Who has a hand in the change, as the engine says when they approve.
pub(super) fn hands(facts: &Facts, now: Timestamp) -> Vec<Hand> {
    let hand = |person: tfpilot_engine::Person| {
        let login = person.login.clone();
        let by = Actor { person, roles: tfpilot_engine::Roles::everywhere(Role::Admin) };
        let why = own_hand(refusal(facts, &by, &Ask::Approve, now).1?)?;
        Some(Hand { login, why: word(&why, "why") })
    };
    people(facts).into_iter().filter_map(hand).collect()
}

fn own_hand(refusal: Refusal) -> Option<NotCountedWhy> {
    match refusal {
        Refusal::OwnRequest { why } => Some(why),
        _ => None,
    }
}

fn answer(facts: &Facts, by: &Actor, command: &'static str, ask: &Ask, now: Timestamp) -> Answer {
    let (events, refusal) = refusal(facts, by, ask, now);
    let rule =
        refusal.as_ref().map_or_else(|| "nothing stands against it".to_owned(), |it| rule(facts, it, now));
    let granted = refusal.is_none();
    let records = if granted { kinds(&events) } else { Vec::new() };
    let then = granted.then(|| StatusShape::from(&facts.clone().folded(events).status(now)));
    Answer { command, granted, rule, refusal: refusal.as_ref().map(reason_shape), records, then }
}

/// What the engine would record, and the refusal where it is one.
fn refusal(facts: &Facts, by: &Actor, ask: &Ask, now: Timestamp) -> (Vec<Event>, Option<Refusal>) {
    // The same refusal is not said twice: what was said before must not hide it.
    let mut facts = facts.clone();
    facts.calls.clear();
    let number = facts.pull.as_ref().map(|pull| pull.number).or(facts.request.as_ref().map(|it| it.issue));
    let (number, by, ask) = (number.unwrap_or_default(), by.clone(), ask.clone());
    let signal = Signal::Asked { number, comment: None, by, ask, written_at: now };
    let events = decide(&facts, &signal, now).events;
    let refusal = events.iter().find_map(|event| match event {
        Event::Called { call } => match &call.say {
            Say::Refused { refusal } => Some(refusal.clone()),
            _ => None,
        },
        _ => None,
    });
    (events, refusal)
}

/// Kinds of events in their order, each run of the same once.
fn kinds(events: &[Event]) -> Vec<String> {
    let mut kinds: Vec<String> = events.iter().map(|event| word(event, "event")).collect();
    kinds.dedup();
    kinds
}

/// What a refusal comes from: a gate, else what is asked before the gates.
fn rule(facts: &Facts, refusal: &Refusal, now: Timestamp) -> String {
    let shut = gate::judge_all(facts, now).into_iter().filter(|verdict| verdict.state != GateState::Open);
    let gate = shut.into_iter().find(|verdict| verdict.reasons.contains(refusal));
    match (refusal, gate) {
        (_, Some(verdict)) => format!("gate {}", word(&verdict.gate, "gate")),
        (Refusal::NoRole { .. }, None) => "role: `roles` of .github/tfpilot.yml".to_owned(),
        (Refusal::OwnRequest { .. }, None) => "nobody approves what they have a hand in".to_owned(),
        // With `two_person`, whoever applies does not count: this depends on who asks.
        (Refusal::NotApproved { .. }, None) => "gate approved".to_owned(),
        (Refusal::PlanReplaced { .. } | Refusal::Planning, None) => {
            "only what was shown is approved or applied".to_owned()
        }
        (Refusal::Closed | Refusal::Fork | Refusal::NotManaged { .. } | Refusal::NotHere { .. }, None) => {
            "state of the pull request".to_owned()
        }
        _ => "state of the change".to_owned(),
    }
}
