//! What a text leaves open, and what a language model suggests for it.
//!
//! Nothing is decided by a model: a text is taken as it was read, once the model answered or will not. Its answer is
//! recorded, so that the same text is never asked about again.

use crate::decide::{Desk, request};
use crate::{Actor, Command, Event, OpenText, Reading, Suggestion, SuggestionsOutcome};

/// Texts of one request that a model is asked about; later ones are taken as they were read.
const MOST_ASKED: u32 = 10;

/// 1. Who may not ask is answered as ever. 2. What is waited for is waited for. 3. The rest waits, if a model may be asked.
pub(super) fn wanted(
    desk: &mut Desk,
    number: u64,
    comment: Option<u64>,
    by: &Actor,
    reading: &Reading,
    open: &OpenText,
) {
    let issue = match comment {
        None => request::admit(desk, number, by, reading).then_some(number),
        Some(comment) => request::admit_reply(desk, by, comment, reading),
    };
    let Some(issue) = issue else { return };
    let awaited = desk.facts.request.as_ref().and_then(|request| request.awaits.as_ref());
    if awaited.is_some_and(|awaited| awaited.of == open.of && awaited.reading == *reading) {
        return;
    }
    if !may_ask(desk, open) {
        return request::take_reading(desk, issue, &by.person, reading);
    }
    overtake(desk);
    desk.record(Event::SuggestionsWanted {
        of: open.of.clone(),
        reading: reading.clone(),
        by: by.person.clone(),
    });
    desk.order(Command::Suggest { open: open.clone() });
}

/// The text that waited is taken. What comes for another one comes too late.
pub(super) fn given(
    desk: &mut Desk,
    of: &str,
    outcome: SuggestionsOutcome,
    suggestions: &[Suggestion],
    reading: Option<&Reading>,
) {
    let Some(request) = &desk.facts.request else { return };
    let (issue, closed) = (request.issue, request.closed);
    let Some(awaited) = request.awaits.clone().filter(|awaited| awaited.of == of) else { return };
    desk.record(Event::SuggestionsGiven { of: of.to_owned(), outcome, suggestions: suggestions.to_vec() });
    if !closed {
        request::take_reading(desk, issue, &awaited.by, reading.unwrap_or(&awaited.reading));
    }
}

/// Nothing is waited for any more.
pub(super) fn overtake(desk: &mut Desk) {
    let awaited = desk.facts.request.as_ref().and_then(|request| request.awaits.as_ref());
    if let Some(of) = awaited.map(|awaited| awaited.of.clone()) {
        let (outcome, suggestions) = (SuggestionsOutcome::Overtaken, Vec::new());
        desk.record(Event::SuggestionsGiven { of, outcome, suggestions });
    }
}

fn may_ask(desk: &Desk, open: &OpenText) -> bool {
    desk.facts.rules.model
        && desk.facts.apply.is_none()
        && desk.facts.request.as_ref().is_some_and(|request| {
            !request.closed && request.asked_model < MOST_ASKED && !request.suggestions.contains_key(&open.of)
        })
}
