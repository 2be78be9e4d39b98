//! Checks belong to commits, and several pull requests can have one head: what counts for a commit, and who has to look
//! again when one of them changes.

use tfpilot_engine::{Facts, Signal};

use crate::store::{StoreError, StreamId, View, ViewChange};
use crate::surface::{self, Alone, CheckView};
use crate::worker::commands::Context;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::{reconcile, views};

/// What is to be shown on a head, and whose facts it follows from.
pub(crate) struct OnHead {
    pub(crate) checks: Vec<CheckView>,
    /// Streams of the other open pull requests with this head, with the version of their facts.
    pub(crate) others: Vec<(StreamId, u64)>,
}

/// The checks of a change's head over all open pull requests into managed branches with that head. One that is closed
/// or goes elsewhere counts for nothing while there is another.
pub(crate) async fn checks(
    context: &Context<'_>,
    facts: &Facts,
    own: Vec<CheckView>,
) -> Result<OnHead, StoreError> {
    let Some(pull) = &facts.pull else { return Ok(OnHead { checks: own, others: Vec::new() }) };
    let store = context.app.store.as_ref();
    let streams = views::streams_at(store, context.repository.id, pull.head.as_str()).await?;
    let (mut counted, mut others) = (Vec::new(), Vec::new());
    for stream in streams.iter().filter(|stream| *stream != context.stream) {
        let context = Context { stream, ..*context };
        let facts = context.facts().await?;
        others.push((stream.clone(), facts.version));
        if counts(&facts, &pull.head) {
            let checks = reconcile::render(&context, &facts).await?.checks;
            counted.extend(alone(&facts, checks));
        }
    }
    if counted.is_empty() || counts(facts, &pull.head) {
        counted.extend(alone(facts, own));
    }
    Ok(OnHead { checks: surface::worst_checks(counted), others })
}

fn counts(facts: &Facts, head: &tfpilot_engine::CommitSha) -> bool {
    let open = |pull: &tfpilot_engine::PullSnapshot| {
        pull.state == tfpilot_engine::PullState::Open && pull.managed && pull.head == *head
    };
    facts.pull.as_ref().is_some_and(open)
}

fn alone(facts: &Facts, checks: Vec<CheckView>) -> Option<Alone> {
    let pull = facts.pull.as_ref()?;
    Some(Alone { number: pull.number, base: pull.base_ref.clone(), checks })
}

/// A head that this pull request has left is shown again by those that stayed on it.
pub(crate) async fn leave_head(context: &Context<'_>, facts: &Facts) -> Result<(), CommandError> {
    let Some(pull) = &facts.pull else { return Ok(()) };
    let key = format!("shown/{}/{}", context.repository.id, pull.number);
    let known = context.app.store.view(View::Checks, &key).await?;
    if known.as_deref() == Some(pull.head.as_str().as_bytes()) {
        return Ok(());
    }
    if let Some(left) = known.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
        let store = context.app.store.as_ref();
        for stream in views::streams_at(store, context.repository.id, &left).await? {
            tell(context, &stream).await?;
        }
    }
    let change = ViewChange { view: View::Checks, key, value: Some(pull.head.as_str().as_bytes().to_vec()) };
    Ok(context.app.store.put_views(vec![change], Vec::new()).await?)
}

/// What was shown changed: a merge that it stood against is tried again.
pub(crate) async fn retry_merges(
    context: &Context<'_>,
    others: &[(StreamId, u64)],
) -> Result<(), CommandError> {
    for (stream, _) in others {
        let facts = Context { stream, ..*context }.facts().await?;
        if facts.merge_wait.is_some() {
            tell(context, stream).await?;
        }
    }
    Ok(())
}

async fn tell(context: &Context<'_>, stream: &StreamId) -> Result<(), CommandError> {
    let signal = Signal::HeadShared;
    context.app.decide(stream, context.repository, &signal, Settles::default()).await?;
    Ok(())
}
