//! Texts of requests that people correct: they are kept, so that `tfpilot requests examples` can tell what was misread.

use serde::{Deserialize, Serialize};
use tfpilot_engine::{Draft, Facts, PullState, Rules};
use tfpilot_modules::Catalog;
use tfpilot_plan::Redactor;

use crate::app::App;
use crate::config::RepositoryConfig;
use crate::github::GitHubError;
use crate::github::webhook::Issue;
use crate::requests::eval::{self, Example};
use crate::store::{Store, StoreError, StreamId, View, ViewChange};
use crate::worker::ledger::Ledger;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::views;

/// Characters of a text that are kept.
const LONGEST: usize = 16 * 1024;

/// The words of a request, as they were when somebody first corrected it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExampleRow {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The row to write when a reply makes another draft of a request; none where it is kept already or cannot be had. `issue`
/// is where the reply was written.
pub(crate) async fn of_correction(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    issue: &Issue,
    corrected: &Draft,
) -> Result<Option<ViewChange>, CommandError> {
    let Some(request) =
        facts.request.as_ref().filter(|request| request.draft != *corrected && request.draft.edits.is_none())
    else {
        return Ok(None);
    };
    let key = views::subject_key(repository.id, request.issue);
    if app.store.view(View::Examples, &key).await?.is_some() {
        return Ok(None);
    }
    let (title, text) = if issue.number == request.issue && !issue.pull_request {
        (issue.title.clone(), issue.body.clone())
    } else {
        match repository.client.issue(request.issue).await {
            Ok(found) => (found.title, found.body.unwrap_or_default()),
            // The correction counts without it.
            Err(GitHubError { .. }) => return Ok(None),
        }
    };
    // Masked first: half a token has no shape.
    let kept = |text: &str| Redactor::default().mask_text(text).chars().take(LONGEST).collect::<String>();
    let row = ExampleRow { title: kept(&title), text: kept(&text) };
    Ok(Some(ViewChange { view: View::Examples, key, value: Some(views::write(&row)?) }))
}

/// Whose examples are asked for.
pub(crate) struct Of {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) rules: Rules,
}

/// The examples of a repository: requests that were corrected and are merged, as only then it is sure what was meant.
pub(crate) async fn of_repository(
    store: &dyn Store,
    ledger: &Ledger,
    of: &Of,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Result<Vec<Example>, StoreError> {
    let mut found = Vec::new();
    for (key, bytes) in store.scan(View::Examples, &format!("{}/", of.id), usize::MAX).await? {
        let ExampleRow { title, text } = views::read(View::Examples, &key, &bytes)?;
        let Some(stream) = store.view(View::Subjects, &key).await? else { continue };
        let stream: StreamId = views::read(View::Subjects, &key, &stream)?;
        let facts = ledger.facts(&stream, &of.rules).await?;
        let merged = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
        let Some(request) = facts.request.filter(|_| merged) else { continue };
        let id = format!("{}#{}", of.name, request.issue);
        found.extend(eval::example(id, &title, &text, &request.draft, catalog, config));
    }
    Ok(found)
}
