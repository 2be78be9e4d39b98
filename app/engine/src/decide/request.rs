//! What an issue's text or a reply leads to.

use crate::decide::{Desk, settle, suggest};
use crate::{
    Actor, Call, Draft, Event, Person, Question, Reaction, ReactionTarget, Reading, Refusal, Resource, Role,
    Say, Strangers,
};

/// Names what is asked about a request: one question at a time.
const QUESTION: &str = "question";

/// Names the answer to what is no new request.
const WISH: &str = "wish";

/// Names the one answer that a stranger gets.
const STRANGER: &str = "stranger";

/// A request is taken as it was read.
pub(super) fn issue_read(desk: &mut Desk, number: u64, by: &Actor, reading: &Reading) {
    if admit(desk, number, by, reading) {
        take_reading(desk, number, &by.person, reading);
    }
}

/// 1. What is not for us is left alone. 2. A stranger gets one answer or silence. 3. A wish is answered. True for the rest,
///    which is a request.
pub(super) fn admit(desk: &mut Desk, number: u64, by: &Actor, reading: &Reading) -> bool {
    let known = desk.facts.request.is_some();
    if matches!(reading, Reading::NotForUs) {
        return false;
    }
    if by.roles.anywhere < Role::Developer && !has_developer_role(by) {
        if !known {
            refuse_stranger(desk, number, by);
        }
        return false;
    }
    if let Reading::Other { wish, environment, known, .. } = reading {
        desk.react(ReactionTarget::Issue { number }, Reaction::Eyes);
        let say = Say::Wished { wish: *wish, environment: environment.clone(), known: known.clone() };
        desk.say(Call { number, key: WISH.to_owned(), to: by.person.clone(), say });
        return false;
    }
    if !known {
        desk.react(ReactionTarget::Issue { number }, Reaction::Eyes);
        desk.record(Event::Requested { issue: number, by: by.person.clone() });
        settle::settle(desk, STRANGER);
    }
    true
}

/// A reply is taken as it was read.
pub(super) fn reply_read(desk: &mut Desk, by: &Actor, comment: u64, reading: &Reading) {
    if let Some(issue) = admit_reply(desk, by, comment, reading) {
        take_reading(desk, issue, &by.person, reading);
    }
}

/// A reply counts by its writer's role; who may not ask is not answered again. The request's issue, where it counts.
pub(super) fn admit_reply(desk: &mut Desk, by: &Actor, comment: u64, reading: &Reading) -> Option<u64> {
    let issue = desk.facts.request.as_ref()?.issue;
    if matches!(reading, Reading::NotForUs | Reading::Other { .. }) || !has_developer_role(by) {
        return None;
    }
    desk.react(ReactionTarget::Comment { id: comment }, Reaction::Eyes);
    settle::obeyed(desk, &by.person, "set");
    Some(issue)
}

fn has_developer_role(actor: &Actor) -> bool {
    let roles = &actor.roles;
    roles.anywhere >= Role::Developer || roles.in_environments.values().any(|role| *role >= Role::Developer)
}

fn refuse_stranger(desk: &mut Desk, number: u64, by: &Actor) {
    if desk.facts.rules.strangers == Strangers::Silent {
        return;
    }
    let refusal = Refusal::NoRole {
        command: "request".to_owned(),
        environment: None,
        needs: Role::Developer,
        has: by.roles.anywhere,
        // Who has which role is no stranger's business.
        source: None,
        ask: desk.facts.rules.environments.values().find_map(|rules| rules.reviewers.clone()),
    };
    let key = STRANGER.to_owned();
    desk.say(Call { number, key, to: by.person.clone(), say: Say::Refused { refusal } });
}

/// What was read last counts, whatever an earlier text still waits for.
pub(super) fn take_reading(desk: &mut Desk, number: u64, by: &Person, reading: &Reading) {
    suggest::overtake(desk);
    match reading {
        Reading::Complete { draft } => take_draft(desk, number, by, draft),
        Reading::Asks { draft, question } => take_question(desk, number, by, draft, question),
        Reading::NotInCatalog { word, nearest, .. } => {
            let say = Say::NotInCatalog { word: word.clone(), nearest: nearest.clone() };
            desk.say(Call { number, key: QUESTION.to_owned(), to: by.clone(), say });
        }
        Reading::Other { .. } | Reading::NotForUs => {}
    }
}

fn take_draft(desk: &mut Desk, number: u64, by: &Person, draft: &Draft) {
    let request = desk.facts.request.as_ref();
    let same =
        request.is_some_and(|known| known.drafts > 0 && known.question.is_none() && known.draft == *draft);
    // Said once more after a step failed for good, it is tried once more.
    if same && desk.facts.step_failed.is_none() {
        return;
    }
    if desk.facts.apply.is_some() {
        return refuse_applied(desk, number, by);
    }
    desk.record(Event::DraftCompleted { draft: draft.clone(), by: by.clone() });
    settle::settle(desk, QUESTION);
}

/// What is applied is changed by another request.
fn refuse_applied(desk: &mut Desk, number: u64, by: &Person) {
    let say = Say::Refused { refusal: Refusal::Applied };
    desk.say(Call { number, key: "edited-after-apply".to_owned(), to: by.clone(), say });
}

fn take_question(desk: &mut Desk, number: u64, by: &Person, draft: &Draft, question: &Question) {
    if desk.facts.apply.is_some() {
        return refuse_applied(desk, number, by);
    }
    let asked = desk
        .facts
        .request
        .as_ref()
        .is_some_and(|request| request.question.as_ref() == Some(question) && request.draft == *draft);
    if !asked {
        desk.record(Event::QuestionAsked {
            draft: draft.clone(),
            question: question.clone(),
            by: by.clone(),
        });
    }
    let say = Say::Question { question: question.clone(), kept: kept(draft) };
    desk.say(Call { number, key: QUESTION.to_owned(), to: by.clone(), say });
}

/// Names of what is understood already, so that nobody writes it again.
fn kept(draft: &Draft) -> Vec<String> {
    let environment = draft.environment.is_some().then(|| "environment".to_owned());
    let of = |resource: &Resource| {
        let name = resource.name.is_some().then(|| "name".to_owned());
        name.into_iter().chain(resource.inputs.keys().cloned()).collect::<Vec<_>>()
    };
    let mut kept: Vec<String> = environment.into_iter().collect();
    for part in draft.resources.iter().flat_map(of) {
        // Said of several things it is kept once.
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept
}
