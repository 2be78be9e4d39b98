//! `POST jobs/{job}/conclude`: how a job ended. A plan is checked against its own digest before it counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tfpilot_engine::{
    AdmissionFinding, Applied, Failure, Grave, InputsDigest, Operation, Plan, PlanDigest, Problem, Signal,
};
use tfpilot_plan::{RedactedPlan, Risk, Summary};
use tfpilot_protocol::{ApplyOutcome, Conclusion, Diagnostic, NotAdmitted, Phase, PlanReport, Severity};

use crate::app::App;
use crate::stacks;
use crate::web::problem::Refused;
use crate::web::runner::Claimed;
use crate::web::runner::bundle::bundle_key;
use crate::worker::ledger::Settles;
use crate::worker::lock_files;
use crate::worker::plan_blobs::{
    PlanPlace, cost_key, details_key, infracost_key, place_key, plan_key, policy_key,
};

/// Errors kept of a failed step.
const KEPT_PROBLEMS: usize = 20;

/// Characters kept of one error's detail.
const KEPT_DETAIL: usize = 4_000;

pub(crate) async fn conclude(
    State(app): State<Arc<App>>,
    Path(job): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    // The token first: what a stranger sends is not read.
    let claimed = super::claimed(&app, request.headers(), &job).await?;
    let conclusion = match Json::<Conclusion>::from_request(request, &()).await {
        Ok(Json(conclusion)) => conclusion,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let signal = match conclusion {
        // What is kept beside a plan is what people read and what is judged again: nobody replaces it afterwards.
        Conclusion::Planned(_) if is_too_late(&claimed) => {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        Conclusion::Planned(report) => planned(&app, &claimed, *report).await?,
        Conclusion::Applied(outcome) => applied(&app, &claimed, outcome)?,
        Conclusion::Failed { phase, diagnostics, cancelled, stale } => {
            Signal::JobFailed { job: claimed.job.id, failure: failure(phase, diagnostics, cancelled, stale) }
        }
        Conclusion::NotAdmitted { findings } => Signal::JobFailed {
            job: claimed.job.id,
            failure: Failure::NotAdmitted { findings: findings.into_iter().map(finding).collect() },
        },
    };
    app.metrics.job_concluded(&signal);
    app.decide(&claimed.stream, &claimed.repository, &signal, Settles::default()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A plan's report that is repeated, overtaken or forged with the token of a job that is over. Whoever sends it has
/// nothing more to do.
fn is_too_late(claimed: &Claimed) -> bool {
    claimed.run.operation == Operation::Plan && !claimed.facts.plan_is_awaited(claimed.job.id)
}

/// 1. The digest is computed again from what was reported. 2. The bundle is there and is the reported one.
/// 3. What people read is rendered and stored. 4. Only then the plan is a fact.
async fn planned(app: &Arc<App>, claimed: &Claimed, report: PlanReport) -> Result<Signal, Refused> {
    if claimed.run.operation != Operation::Plan {
        return Err(Refused::conflict("not-planning", "this job makes no plan"));
    }
    let PlanReport { manifest, bundle_sha256, plan: document, lock_file, warnings: _, infracost } = report;
    let plan = RedactedPlan::parse(document.as_str().as_bytes())
        .map_err(|error| Refused::invalid(format!("the plan cannot be read: {error}")))?;
    // A long plan is held once while it is judged.
    drop(document);
    let digest = plan.digest();
    if digest.to_string() != manifest.plan_digest {
        return Err(Refused::invalid("the plan is not the one its manifest names"));
    }
    let expected =
        (claimed.run.head.as_str(), claimed.job.stack.as_str(), claimed.job.inputs_digest.as_str());
    if (manifest.head.as_str(), manifest.stack.as_str(), manifest.inputs_digest.as_str()) != expected {
        return Err(Refused::invalid("the manifest names another head, stack or inputs digest than the job"));
    }
    let bundle = app.blobs.get(&bundle_key(claimed.job.id)).await?;
    let stored = bundle.map(|bytes| hex::encode(Sha256::digest(&bytes)));
    if stored.as_deref() != Some(bundle_sha256.as_str()) {
        return Err(Refused::conflict("no-bundle", "the plan's bundle was not uploaded; upload it first"));
    }
    let summary = plan.summary();
    let (head, stack) = (&claimed.run.head, &claimed.job.stack);
    let judged = match stacks::judge(app, &claimed.repository, head, stack, &plan, infracost.as_ref()).await {
        Ok(judged) => judged,
        Err(error) => {
            tracing::warn!(%error, "the head cannot be read again to judge its plan");
            // Shut out, the plan is not waited for any more: whoever asks again has nothing more to do.
            super::note_access(app, claimed, &error).await;
            return Err(Refused::unavailable(
                "GitHub cannot be asked about the head now; ask again in a moment",
            ));
        }
    };
    let document = serde_json::to_vec(&plan)
        .map_err(|error| Refused::invalid(format!("the plan cannot be kept: {error}")))?;
    drop(plan);
    app.blobs.put(&plan_key(claimed.job.id), document).await?;
    app.blobs.put(&policy_key(claimed.job.id), judged.policy_text.into_bytes()).await?;
    app.blobs.put(&cost_key(claimed.job.id), judged.cost_text.into_bytes()).await?;
    let place = serde_json::to_vec(&place(claimed))
        .map_err(|error| Refused::invalid(format!("the plan's place cannot be kept: {error}")))?;
    app.blobs.put(&place_key(claimed.job.id), place).await?;
    if let Some(said) = &infracost {
        let said = serde_json::to_vec(said)
            .map_err(|error| Refused::invalid(format!("what infracost says cannot be kept: {error}")))?;
        app.blobs.put(&infracost_key(claimed.job.id), said).await?;
    }
    let details = summary.markdown(&[judged.cost_line], crate::surface::TEXT_LIMIT);
    app.blobs.put(&details_key(claimed.job.id), details.into_bytes()).await?;
    let locked = locked_digest(app, claimed, lock_file.as_deref()).await?;
    let fact = Plan {
        stack: claimed.job.stack.clone(),
        head: claimed.run.head.clone(),
        lock_file: locked.is_some(),
        inputs_digest: locked.unwrap_or_else(|| InputsDigest::new(manifest.inputs_digest)),
        digest: PlanDigest::new(digest.to_string()),
        bundle_sha256,
        job: claimed.job.id,
        at: app.clock.now(),
        counts: counts(&summary),
        no_changes: summary.no_changes(),
        policy: Some(judged.policy),
        cost: Some(judged.cost),
        price: Some(judged.price),
        judged_under: Some(stacks::judged_under(&claimed.repository.config, stacks::today(app))),
        unfit: summary.doubts.first().map(ToString::to_string),
        grave: summary.risk().and_then(grave),
        headline: summary.headline,
    };
    Ok(Signal::Planned { plan: fact })
}

fn place(claimed: &Claimed) -> PlanPlace {
    let Claimed { repository, run, job, .. } = claimed;
    let environment = run.environment.as_ref().map(ToString::to_string);
    let settings = environment.as_ref().and_then(|name| repository.config.environments.get(name));
    PlanPlace {
        repository: repository.name.to_string(),
        stack: job.stack.to_string(),
        region: settings.and_then(|settings| settings.region.clone()),
        environment,
    }
}

/// On a branch of ours, the lock file that `init` left is kept to be committed, and the plan counts as made with it.
async fn locked_digest(
    app: &App,
    claimed: &Claimed,
    lock_file: Option<&str>,
) -> Result<Option<InputsDigest>, Refused> {
    let (Some(content), Some(_)) = (lock_file, &claimed.facts.change) else { return Ok(None) };
    app.blobs.put(&lock_files::returned_key(claimed.job.id), content.as_bytes().to_vec()).await?;
    let (repository, job) = (&claimed.repository, &claimed.job);
    let digest = stacks::digest_with_lock_file(app, repository, &claimed.run.head, &job.stack, content).await;
    digest.map(Some).map_err(|error| {
        tracing::warn!(%error, "the head cannot be read again to count its lock file");
        Refused::unavailable("GitHub cannot be asked about the head now; ask again in a moment")
    })
}

fn grave(risk: Risk) -> Option<Grave> {
    match risk {
        Risk::DataLoss => Some(Grave::DataLoss),
        Risk::Exposed => Some(Grave::Exposed),
        Risk::Iam => Some(Grave::Iam),
        _ => None,
    }
}

/// The counts by the words of the headline, without zeros.
fn counts(summary: &Summary) -> BTreeMap<String, u32> {
    let counts = serde_json::to_value(summary.counts).unwrap_or_default();
    let counts: BTreeMap<String, u32> = serde_json::from_value(counts).unwrap_or_default();
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn applied(app: &App, claimed: &Claimed, outcome: ApplyOutcome) -> Result<Signal, Refused> {
    if claimed.run.operation != Operation::Apply {
        return Err(Refused::conflict("not-applying", "this job applies nothing"));
    }
    let shown = |output: tfpilot_protocol::AppliedOutput| output.value.filter(|_| !output.sensitive);
    let applied = Applied {
        stack: claimed.job.stack.clone(),
        changed: outcome.changed,
        outputs: outcome.outputs.into_iter().map(|(name, output)| (name, shown(output))).collect(),
        at: app.clock.now(),
    };
    Ok(Signal::StackApplied { job: claimed.job.id, applied })
}

fn failure(phase: Phase, diagnostics: Vec<Diagnostic>, cancelled: bool, stale: bool) -> Failure {
    if stale {
        return Failure::Stale;
    }
    if cancelled {
        return Failure::Cancelled;
    }
    let errors = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let problems: Vec<Problem> = errors.take(KEPT_PROBLEMS).map(problem).collect();
    match (phase, problems.first()) {
        (Phase::Verify, Some(problem)) => Failure::Refused { why: problem.summary.clone() },
        _ => Failure::Step { phase: phase_name(phase).to_owned(), problems },
    }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Checkout => "checkout",
        Phase::Admission => "admission",
        Phase::Init => "init",
        Phase::Validate => "validate",
        Phase::Plan => "plan",
        Phase::Show => "show",
        Phase::Verify => "verify",
        Phase::Apply => "apply",
    }
}

fn problem(diagnostic: Diagnostic) -> Problem {
    Problem {
        summary: diagnostic.summary,
        detail: diagnostic.detail.chars().take(KEPT_DETAIL).collect(),
        path: diagnostic.path,
        line: diagnostic.line,
        address: diagnostic.address,
    }
}

fn finding(finding: NotAdmitted) -> AdmissionFinding {
    AdmissionFinding {
        rule: finding.rule,
        path: finding.path,
        line: finding.line,
        what: finding.what,
        why: finding.why,
        next: finding.next,
    }
}
