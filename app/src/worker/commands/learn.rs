//! Looks for words that people use in the requests which they corrected, and proposes them by a pull request that changes the
//! repository's configuration. Nothing of it counts before people merge that.
//!
//! The branch is named after what is proposed, so the same is proposed once: asked again, the answer is the pull request
//! that there is, and one that people closed stays closed.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tfpilot_engine::{Learned as Outcome, Person, Signal};
use tracing::info;

use crate::config::repository::FILE;
use crate::github::commit::{CommitContent, FileMode, NewFile};
use crate::github::pulls::NewPull;
use crate::github::{CommitSha, Failure};
use crate::requests::eval::learned::{self, Learned, Lesson};
use crate::surface::learned as texts;
use crate::worker::commands::Context;
use crate::worker::examples::{self, Of};
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;

/// Corrected requests that are learned from, the newest: reading them anew is work.
const MOST: usize = 1_000;

/// Hexadecimal digits that name what is proposed.
const DIGITS: usize = 12;

pub(crate) async fn run(
    context: &Context<'_>,
    number: u64,
    to: &Person,
    asked_at: Timestamp,
    settles: Settles,
) -> Result<(), CommandError> {
    let Context { app, repository, stream } = context;
    let outcome = look(context, to).await?;
    info!(%stream, repository = %repository.name, ?outcome, "looked for words to learn");
    let signal = Signal::WordsLearned { number, to: to.clone(), asked_at, outcome };
    app.decide(stream, repository, &signal, settles).await?;
    Ok(())
}

async fn look(context: &Context<'_>, to: &Person) -> Result<Outcome, CommandError> {
    let Context { app, repository, .. } = context;
    let of = Of { id: repository.id, name: repository.name.to_string(), rules: repository.rules.clone() };
    let (catalog, config) = (repository.catalog.clone(), repository.config.clone());
    let examples =
        examples::of_repository(app.store.as_ref(), &app.ledger, &of, MOST, &catalog, &config).await?;
    let requests = u32::try_from(examples.len()).unwrap_or(u32::MAX);
    let lessons: Vec<Lesson> = examples.iter().map(Lesson::from).collect();
    let learning = move || learned::learn(&lessons, learned::LEAST, &catalog, &config);
    let found = tokio::task::spawn_blocking(learning)
        .await
        .map_err(|error| CommandError::Impossible(format!("looking for words failed: {error}")))?;
    match found.is_empty() {
        true => Ok(Outcome::Nothing { requests }),
        false => propose(context, to, &found).await,
    }
}

/// Opens the pull request, unless the same was proposed before.
async fn propose(context: &Context<'_>, to: &Person, found: &[Learned]) -> Result<Outcome, CommandError> {
    let repository = context.repository;
    let client = &repository.client;
    let words: Vec<String> = found.iter().map(|learned| learned.word.clone()).collect();
    let branch = branch_of(found);
    let known = client.pulls_from(&branch).await?.into_iter().next();
    if let Some(pull) = known {
        let is_declined = pull.state == crate::github::pulls::PullState::Closed && !pull.is_merged();
        return Ok(match is_declined {
            true => Outcome::Declined { pull: pull.number, words },
            false => Outcome::Proposed { pull: pull.number, words },
        });
    }
    let Some(head) = client.branch_head(&repository.default_branch).await? else {
        return Err(CommandError::Impossible(format!("there is no branch {}", repository.default_branch)));
    };
    let written = match configured(context, &head, found).await? {
        Ok(written) => written,
        Err(why) => {
            let lines = learned::yaml(found);
            return Ok(Outcome::ByHand { why: why.to_string(), lines });
        }
    };
    let file = NewFile { path: FILE.to_owned(), mode: FileMode::Regular, bytes: written.into_bytes() };
    let message = format!("{}\n", texts::TITLE);
    let content = CommitContent { files: vec![file], deletions: Vec::new(), message };
    match client.commit_branch(&head, &branch, &content).await {
        // Ours of an earlier try, on an older head.
        Err(error) if matches!(error.failure, Failure::Conflict { .. }) => {}
        other => drop(other?),
    }
    let new = NewPull {
        title: texts::TITLE.to_owned(),
        body: texts::body(found, &repository.catalog, to),
        head: branch,
        base: repository.default_branch.clone(),
        draft: false,
    };
    let pull = client.ensure_pull(&new).await?;
    Ok(Outcome::Proposed { pull: pull.number, words })
}

/// The configuration on the default branch with the words.
async fn configured(
    context: &Context<'_>,
    head: &CommitSha,
    found: &[Learned],
) -> Result<Result<String, learned::NotAdded>, CommandError> {
    let file = context.repository.client.file(FILE, head.as_str()).await?;
    let bytes = file.map(|file| file.bytes).unwrap_or_default();
    // What is no text is broken, which is told of it as it is read.
    Ok(learned::add_to(&String::from_utf8_lossy(&bytes), found))
}

/// Named after the words and what they mean.
fn branch_of(found: &[Learned]) -> String {
    let mut said: Vec<String> = found.iter().map(|one| format!("{} {:?}", one.word, one.means)).collect();
    said.sort();
    let digest = hex::encode(Sha256::digest(said.join("\n")));
    format!("{}-{}", texts::BRANCH, digest.get(..DIGITS).unwrap_or_default())
}
