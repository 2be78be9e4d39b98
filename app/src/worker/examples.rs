//! Texts of requests that people correct: they are kept, so that `tfpilot requests examples` can tell what was misread. A
//! correction is an answer, `/tfpilot set`, or an edit of the managed block in the pull request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfpilot_engine::{
    Draft, Facts, Filled, PullSnapshot, PullState, Request, Resource, Rules, Source, StackPath,
};
use tfpilot_modules::Catalog;
use tfpilot_modules::render::{WrittenCall, edited_calls};
use tfpilot_plan::Redactor;
use tracing::info;

use crate::app::App;
use crate::config::RepositoryConfig;
use crate::github::webhook::Issue;
use crate::requests::eval::{self, Example};
use crate::store::{Store, StoreError, StreamId, View, ViewChange};
use crate::worker::ledger::Ledger;
use crate::worker::outbox::CommandError;
use crate::worker::repositories::Repository;
use crate::worker::views;

/// The input that is a thing's name.
const NAME: &str = "name";

/// Characters of a text that are kept.
const LONGEST: usize = 16 * 1024;

/// The words of a request, as they were when somebody first corrected it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExampleRow {
    pub(crate) title: String,
    pub(crate) text: String,
    /// What people edited in the managed block of its pull request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) edited: Vec<Edited>,
}

/// What people made otherwise of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edited {
    /// Its place in the request.
    thing: usize,
    /// Inputs, its name among them.
    values: BTreeMap<String, Json>,
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
    let words = match issue.number == request.issue && !issue.pull_request {
        true => Some((issue.title.clone(), issue.body.clone())),
        false => words_of(repository, request.issue).await,
    };
    // The correction counts without them.
    let Some((title, text)) = words else { return Ok(None) };
    Ok(Some(write(key, kept(&title, &text, Vec::new()))?))
}

/// The row to write when a head of a request's pull request is read for the first time: what people edited in the managed
/// block is a correction, and one that is gone again is none. None where nothing is new.
pub(crate) async fn of_head(
    app: &App,
    repository: &Repository,
    facts: &Facts,
    pull: &PullSnapshot,
) -> Result<Option<ViewChange>, CommandError> {
    let (Some(request), Some(change)) = (&facts.request, &facts.change) else { return Ok(None) };
    if request.draft.edits.is_some() || pull.fork || change.committed_draft != request.drafts {
        return Ok(None);
    }
    let key = views::subject_key(repository.id, request.issue);
    let known = app.store.view(View::Examples, &key).await?;
    let known = known.map(|bytes| views::read::<ExampleRow>(View::Examples, &key, &bytes)).transpose()?;
    let is_ours = change.head.as_ref() == Some(&pull.head);
    let edited = if is_ours { Vec::new() } else { edited(repository, request, &change.stack, pull).await };
    let before = known.as_ref().map(|row| row.edited.as_slice()).unwrap_or_default();
    if before == edited {
        return Ok(None);
    }
    let row = match known {
        Some(row) => ExampleRow { edited, ..row },
        None => match words_of(repository, request.issue).await {
            Some((title, text)) => kept(&title, &text, edited),
            None => return Ok(None),
        },
    };
    info!(repository = %repository.name, pull = pull.number, things = row.edited.len(), "edited by hand");
    Ok(Some(write(key, row)?))
}

/// What people edited in the managed block at a head; nothing where it cannot be read.
async fn edited(
    repository: &Repository,
    request: &Request,
    stack: &StackPath,
    pull: &PullSnapshot,
) -> Vec<Edited> {
    let path = format!("{stack}/main.tf");
    let Ok(Some(file)) = repository.client.file(&path, pull.head.as_str()).await else { return Vec::new() };
    let calls = edited_calls(&String::from_utf8_lossy(&file.bytes), request.issue).unwrap_or_default();
    edits(&request.draft, &calls, &repository.catalog)
}

/// Where calls say otherwise than the draft. A call belongs to the thing of its module, of several to the one of its name.
fn edits(draft: &Draft, calls: &[WrittenCall], catalog: &Catalog) -> Vec<Edited> {
    let of = |(at, thing): (usize, &Resource)| {
        let id = thing.module.as_deref()?;
        let module = catalog.find(id)?;
        let alike = draft.resources.iter().filter(|other| other.module == thing.module).count();
        let name = thing.name.as_ref().map(|name| name.value.as_str());
        let mut own = calls.iter().filter(|call| call.source.contains(&format!("/{id}/")));
        let call = own.find(|call| alike == 1 || call.inputs.get(NAME).and_then(Json::as_str) == name)?;
        let is_new = |(input, value): (&String, &Json)| {
            // What the module refuses, a secret for one, is not kept.
            let plain = |value: &Json| match module.convert_input(input, value) {
                Ok(value) => Some(value),
                Err(_) => Some(value.clone()).filter(|_| input == NAME),
            };
            let value = plain(value)?;
            let known = match input.as_str() {
                NAME => name.map(Json::from),
                _ => thing.inputs.get(input).and_then(|filled| plain(&filled.value)),
            };
            let is_input = input == NAME || module.variable(input).is_some();
            (is_input && known.as_ref() != Some(&value)).then(|| (input.clone(), masked(value)))
        };
        let values: BTreeMap<String, Json> = call.inputs.iter().filter_map(is_new).collect();
        (!values.is_empty()).then_some(Edited { thing: at, values })
    };
    draft.resources.iter().enumerate().filter_map(of).collect()
}

/// The draft as people left it.
fn with_edits(mut draft: Draft, edited: &[Edited]) -> Draft {
    for Edited { thing, values } in edited {
        let Some(thing) = draft.resources.get_mut(*thing) else { continue };
        for (input, value) in values {
            let source = Source::Command("edit of the pull request".to_owned());
            match (input.as_str(), value.as_str()) {
                (NAME, Some(name)) => {
                    thing.name = Some(Filled { value: name.to_owned(), source, confidence: 100 });
                }
                _ => {
                    let filled = Filled { value: value.clone(), source, confidence: 100 };
                    thing.inputs.insert(input.clone(), filled);
                }
            }
        }
    }
    draft
}

/// A value without what looks like a token, however deep.
fn masked(value: Json) -> Json {
    match value {
        Json::String(text) => Redactor::default().mask_text(&text).into(),
        Json::Array(values) => values.into_iter().map(masked).collect(),
        Json::Object(keys) => keys.into_iter().map(|(key, value)| (key, masked(value))).collect(),
        other => other,
    }
}

/// Title and text of an issue; none where it cannot be had.
async fn words_of(repository: &Repository, issue: u64) -> Option<(String, String)> {
    let found = repository.client.issue(issue).await.ok()?;
    Some((found.title, found.body.unwrap_or_default()))
}

/// What is kept of a request's words. Masked first: half a token has no shape.
fn kept(title: &str, text: &str, edited: Vec<Edited>) -> ExampleRow {
    let kept = |text: &str| Redactor::default().mask_text(text).chars().take(LONGEST).collect::<String>();
    ExampleRow { title: kept(title), text: kept(text), edited }
}

fn write(key: String, row: ExampleRow) -> Result<ViewChange, StoreError> {
    Ok(ViewChange { view: View::Examples, key, value: Some(views::write(&row)?) })
}

/// Whose examples are asked for.
pub(crate) struct Of {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) rules: Rules,
}

/// The examples of a repository, the newest so many of them, in the order of their issues: requests that were corrected and are merged, as only
/// then it is sure what was meant. Each is read anew, so that their number is what this costs.
pub(crate) async fn of_repository(
    store: &dyn Store,
    ledger: &Ledger,
    of: &Of,
    most: usize,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Result<Vec<Example>, StoreError> {
    let mut found = Vec::new();
    let mut rows = store.scan(View::Examples, &format!("{}/", of.id), usize::MAX).await?;
    // Keys are in the order of letters: 10 before 9.
    let issue = |key: &str| key.rsplit('/').next().and_then(|number| number.parse::<u64>().ok());
    rows.sort_by_key(|(key, _)| std::cmp::Reverse(issue(key)));
    for (key, bytes) in rows {
        if found.len() >= most {
            break;
        }
        let ExampleRow { title, text, edited } = views::read(View::Examples, &key, &bytes)?;
        let Some(stream) = store.view(View::Subjects, &key).await? else { continue };
        let stream: StreamId = views::read(View::Subjects, &key, &stream)?;
        let facts = ledger.facts(&stream, &of.rules).await?;
        let merged = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Merged);
        let Some(request) = facts.request.filter(|_| merged) else { continue };
        let id = format!("{}#{}", of.name, request.issue);
        let draft = with_edits(request.draft, &edited);
        found.extend(eval::example(id, &title, &text, &draft, catalog, config));
    }
    found.reverse();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::{Address, Reading, read_as};
    use tfpilot_modules::CallAddress;

    fn call(source: &str, inputs: &[(&str, Json)]) -> WrittenCall {
        let inputs = inputs.iter().map(|(input, value)| ((*input).to_owned(), value.clone())).collect();
        let address = CallAddress { label: "it".to_owned(), key: None };
        WrittenCall { address, source: format!("../../../modules/{source}/1.0.0"), inputs }
    }

    #[test]
    fn an_edit_is_what_the_draft_does_not_say() {
        let (catalog, config) = (Catalog::shipped(), RepositoryConfig::everyday());
        let text = "We need a versioned S3 bucket acme-x in dev, owned by team billing";
        let Reading::Complete { draft } = read_as(Address::ToUs, "", text, &catalog, &config) else {
            panic!("is not complete")
        };
        let same = [("name", "acme-x".into()), ("owner", "billing".into()), ("versioning", true.into())];
        assert_eq!(edits(&draft, &[call("aws/s3-bucket", &same)], &catalog), []);
        assert_eq!(edits(&draft, &[call("aws/sqs-queue", &[("fifo", true.into())])], &catalog), []);
        let other = [("name", "acme-y".into()), ("versioning", false.into()), ("providers", "x".into())];
        let found = edits(&draft, &[call("aws/s3-bucket", &other)], &catalog);
        let left = with_edits(draft, &found);
        assert_eq!(left.name().map(|name| name.value.as_str()), Some("acme-y"));
        assert_eq!(left.resources[0].inputs["versioning"].value, false);
        let example = eval::example("acme/infra#1".to_owned(), "", text, &left, &catalog, &config);
        let thing = example.expect("an example").expect.resources.remove(0);
        assert_eq!((thing.name.as_deref(), &thing.inputs["versioning"]), (Some("acme-y"), &false.into()));
        assert_eq!((thing.inputs["owner"].clone(), thing.inputs.len()), ("billing".into(), 2));
    }
}
