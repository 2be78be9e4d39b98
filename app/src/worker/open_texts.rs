//! Texts of which the reading left something open: whether the language model is to be asked about one, or what it said
//! before.

use tfpilot_engine::{Actor, Facts, OpenText, Reading, Signal};

use tfpilot_modules::Catalog;

use crate::app::App;
use crate::requests::suggest::{self, FreeText};
use crate::worker::repositories::Repository;

/// Where a text stands, and whose it is.
pub(crate) struct Written {
    /// The issue, or where the comment stands.
    pub(crate) number: u64,
    /// The comment; none for the issue itself.
    pub(crate) comment: Option<u64>,
    /// Who wrote it.
    pub(crate) by: Actor,
}

/// The signal of a text that was read with the modules of `catalog`. What was suggested for this very text counts again, and nobody is asked.
pub(crate) fn signal(
    app: &App,
    repository: &Repository,
    catalog: &Catalog,
    facts: &Facts,
    written: Written,
    (reading, free): (Reading, Option<FreeText>),
) -> Signal {
    let Written { number, comment, by } = written;
    let config = &repository.config;
    let request = facts.request.as_ref();
    let reading = match open(app, repository, catalog, &reading, free) {
        None => reading,
        Some(open) => match request.and_then(|request| request.suggestions.get(&open.of)) {
            Some(known) => suggest::merged(reading, known, catalog, config),
            None => return Signal::SuggestionsWanted { number, comment, by, reading, open },
        },
    };
    let known = request.into_iter().flat_map(|request| request.suggestions.values().flatten());
    let reading = suggest::offered(reading, known, catalog, config);
    match comment {
        None => Signal::IssueRead { number, by, reading },
        Some(comment) => Signal::ReplyRead { by, comment, reading },
    }
}

fn open(
    app: &App,
    repository: &Repository,
    catalog: &Catalog,
    reading: &Reading,
    free: Option<FreeText>,
) -> Option<OpenText> {
    let model = app.model.as_ref().filter(|_| repository.rules.model)?;
    suggest::open(reading, &free?, model.text_bytes(), catalog)
}
