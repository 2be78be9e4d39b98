//! Stored plans are judged again when policies, limits or places on the default branch changed since they were judged.
//!
//! A plan remembers under which configuration it was judged, so that an equal one costs nothing and a judgement that a
//! crash or a race left out is made up for at the next look, at the latest before an apply.

use std::sync::Arc;

use tfpilot_engine::{Facts, Plan, PlanJudged, PullState, Signal};
use tfpilot_plan::RedactedPlan;
use tfpilot_protocol::Infracost;
use tracing::warn;

use crate::app::App;
use crate::stacks;
use crate::store::StreamId;
use crate::worker::ledger::Settles;
use crate::worker::outbox::CommandError;
use crate::worker::plan_blobs::{cost_key, infracost_key, plan_key, policy_key};
use crate::worker::repositories::Repository;

/// Judges the plans of an open change that were judged under another configuration.
pub(crate) async fn judge_again(
    app: &Arc<App>,
    repository: &Repository,
    stream: &StreamId,
    facts: Facts,
) -> Result<Facts, CommandError> {
    let under = stacks::judged_under(&repository.config, stacks::today(app));
    let open = facts.pull.as_ref().is_some_and(|pull| pull.state == PullState::Open && !pull.fork);
    let outdated = |plan: &&Plan| plan.judged_under.as_ref() != Some(&under) && !facts.is_spent(plan);
    let plans: Vec<&Plan> = facts.plans.values().filter(|_| open).filter(outdated).collect();
    let mut judged = Vec::new();
    for plan in plans {
        judged.extend(judge(app, repository, plan).await?);
    }
    if judged.is_empty() {
        return Ok(facts);
    }
    let signal = Signal::Judged { under, plans: judged };
    Ok(app.decide(stream, repository, &signal, Settles::default()).await?)
}

/// One plan's judgement; none where an older version did not keep the plan, or what it kept cannot be read.
async fn judge(app: &App, repository: &Repository, plan: &Plan) -> Result<Option<PlanJudged>, CommandError> {
    let Some(bytes) = app.blobs.get(&plan_key(plan.job)).await? else { return Ok(None) };
    let read = RedactedPlan::parse(&bytes);
    drop(bytes);
    let Ok(document) = read else {
        warn!(job = %plan.job, "a stored plan cannot be read to judge it again");
        return Ok(None);
    };
    if document.digest().to_string() != plan.digest.as_str() {
        warn!(job = %plan.job, "a stored plan is not the recorded one, and is not judged in its place");
        return Ok(None);
    }
    let infracost = app.blobs.get(&infracost_key(plan.job)).await?;
    let infracost: Option<Infracost> = infracost.and_then(|said| serde_json::from_slice(&said).ok());
    let judged =
        stacks::judge(app, repository, &plan.head, &plan.stack, &document, infracost.as_ref()).await?;
    app.blobs.put(&policy_key(plan.job), judged.policy_text.into_bytes()).await?;
    app.blobs.put(&cost_key(plan.job), judged.cost_text.into_bytes()).await?;
    let (job, stack, policy, cost) = (plan.job, plan.stack.clone(), judged.policy, judged.cost);
    Ok(Some(PlanJudged { job, stack, policy, cost, price: Some(judged.price) }))
}
