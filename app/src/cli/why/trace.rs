//! The trace as data: what `--json` prints and the text is made from.

use jiff::Timestamp;
use serde::Serialize;
use tfpilot_engine::Roles;
use tfpilot_engine::gate;

use super::asked::{self, Answer, Hand, May};
use super::found::Found;
use super::person::Who;
use crate::config::Severity;
use crate::config::diagnostic::first;
use crate::surface;
use crate::web::judged::{ApprovalsShape, GateShape, StatusShape, approvals, gate_shape, is_ahead};

/// Why a change is where it is.
#[derive(Debug, Serialize)]
pub(super) struct Trace {
    /// The change's name for ever.
    pub(super) change: String,
    pub(super) repository: String,
    pub(super) issue: Option<u64>,
    pub(super) pull: Option<u64>,
    pub(super) title: String,
    /// The pull request's tip.
    pub(super) head: Option<String>,
    #[serde(flatten)]
    pub(super) status: StatusShape,
    /// When something of the pull request was last seen to be new. An apply looks again.
    pub(super) seen_at: Option<Timestamp>,
    /// What is wrong with the configuration on the default branch; an older one is in force then.
    pub(super) config_problem: Option<String>,
    /// What `/tfpilot why` says: state, next step, every gate.
    pub(super) text: String,
    /// Every gate in order; none once an apply was asked for or the pull request is closed.
    pub(super) gates: Vec<GateShape>,
    pub(super) approvals: Option<ApprovalsShape>,
    /// Who may what now.
    pub(super) may: Vec<May>,
    /// Who has a hand in the change, and therefore neither approves nor overrides.
    pub(super) hands: Vec<Hand>,
    /// What one person's commands would be answered.
    #[serde(rename = "as")]
    pub(super) person: Option<PersonShape>,
}

/// One person's answers.
#[derive(Debug, Serialize)]
pub(super) struct PersonShape {
    pub(super) login: String,
    pub(super) roles: Roles,
    /// Where the roles come from.
    pub(super) roles_from: String,
    pub(super) answers: Vec<Answer>,
}

/// Makes the trace. Everything in it is asked of the engine.
pub(super) fn trace(found: &Found, who: Option<Who>, now: Timestamp) -> Trace {
    let facts = &found.facts;
    let status = facts.status(now);
    let judged = is_ahead(&status) && facts.pull.is_some();
    let title = facts.pull.as_ref().map(|pull| pull.title.clone());
    let title = title.or_else(|| facts.change.as_ref().map(|change| change.title.clone()));
    let person = who.map(|Who { actor, roles_from }| PersonShape {
        answers: asked::answers(facts, &actor, now),
        login: actor.person.login,
        roles: actor.roles,
        roles_from,
    });
    Trace {
        change: found.stream.0.clone(),
        repository: found.repository.name.clone(),
        issue: facts.request.as_ref().map(|request| request.issue),
        pull: facts.pull.as_ref().map(|pull| pull.number),
        title: title.unwrap_or_default(),
        head: facts.pull.as_ref().map(|pull| pull.head.to_string()),
        status: StatusShape::from(&status),
        seen_at: found.seen_at,
        config_problem: first(&found.repository.diagnostics, Severity::Error),
        text: surface::why_text(facts, now),
        gates: judged.then(|| gate::judge_all(facts, now)).iter().flatten().map(gate_shape).collect(),
        approvals: judged.then(|| approvals(facts)),
        may: asked::may(facts, now),
        hands: asked::hands(facts, now),
        person,
    }
}
