//! An apply, step by step. Terraform changes something only after step 8.
//!
//! 1. Check the ticket's head out into an empty folder.
//! 2. Admit it.
//! 3. Fetch the bundle and check every entry.
//! 4. Compare the world with the manifest.
//! 5. Restore plan, lock file and files made.
//! 6. `init` from the lock file; admit and compare what it downloaded.
//! 7. `show`, redact, and compare the digest with the judged one.
//! 8. `start`, which spends the ticket.
//! 9. `apply`, keeping the journal.
//! 10. Read the new state's mark.

use std::path::Path;
use std::time::Duration;

use tfpilot_protocol::{
    ApplyOrder, ApplyOutcome, Conclusion, Phase, Severity, StartAnswer, StartRequest, StateMark,
};

use super::compare::{World, differences};
use super::plan::BackendMark;
use super::{Shop, Stop, admit};
use crate::bundle::{self, Bundle};
use crate::cancel;
use crate::journal::{Journal, Story};
use crate::terraform::diagnostics::message;
use crate::terraform::process::{Ended, Interrupted};
use crate::terraform::session::{Backend, StepError, plan_args};
use crate::workdir::JobDir;

/// What Terraform leaves when it cannot write the state it made.
const ERRORED_STATE: &str = "errored.tfstate";

/// Does the job.
pub(crate) async fn run(mut shop: Shop<'_>) -> Result<Conclusion, Stop> {
    let job = shop.job;
    let Some(order) = &job.apply else {
        return Err(refused("the job names no bundle"));
    };
    shop.enter(Phase::Checkout)?;
    let checkout = shop.check_out().await?;
    shop.enter(Phase::Admission)?;
    admit::checkout(&mut shop, &checkout)?;
    shop.enter(Phase::Verify)?;
    let bundle = fetch(&shop, order).await?;
    compare(&shop, order, &bundle).await?;
    restore(&shop, &bundle)?;
    init(&shop, &bundle).await?;
    let digest = show(&mut shop, order).await?;
    start(&mut shop, order, digest).await?;
    apply(&shop).await
}

async fn fetch(shop: &Shop<'_>, order: &ApplyOrder) -> Result<Bundle, Stop> {
    let bytes = shop.client.bundle(bundle::MOST_BYTES).await;
    let bytes = bytes.map_err(|error| refused(format!("the bundle could not be fetched: {error}")))?;
    bundle::read(&bytes, &order.bundle_sha256).map_err(|error| refused(error.to_string()))
}

async fn compare(shop: &Shop<'_>, order: &ApplyOrder, bundle: &Bundle) -> Result<(), Stop> {
    let account = shop.check_world(Phase::Verify).await?;
    let terraform = &shop.worker.terraform;
    let world = World {
        job: shop.job,
        plan_digest: &order.plan_digest,
        terraform_version: terraform.version(),
        argv: &plan_args(&JobDir::plan_from(&shop.job.stack)),
        environment: terraform.environment().bound(),
        account: account.as_deref(),
    };
    let found = differences(&bundle.manifest, &world);
    if !found.is_empty() {
        return Err(refused(shop.mask.text(&found.join("; "))));
    }
    let plan = bundle.get(bundle::PLAN).unwrap_or_default();
    let state = bundle::state_mark(plan).map_err(|error| refused(error.to_string()))?;
    if state != bundle.manifest.state {
        return Err(refused("the plan file belongs to another state than its manifest says"));
    }
    let backend =
        bundle.get(bundle::BACKEND).and_then(|text| serde_json::from_slice::<BackendMark>(text).ok());
    match backend {
        None => Err(refused("the bundle does not say where the state lives")),
        Some(backend) if backend.kind == "local" && !shop.worker.persistent => {
            Err(refused("the state is local to a persistent runner, and this one is not"))
        }
        Some(_) => Ok(()),
    }
}

fn restore(shop: &Shop<'_>, bundle: &Bundle) -> Result<(), Stop> {
    let root = shop.dir.checkout();
    for (name, bytes) in bundle.entries() {
        let place = match name {
            bundle::PLAN => shop.dir.plan(),
            bundle::LOCK_FILE => shop.stack_dir().join(name),
            name => match name.strip_prefix(bundle::MADE) {
                Some(path) => root.join(path),
                None => continue,
            },
        };
        write(&place, bytes).map_err(|error| refused(format!("{name} could not be restored: {error}")))?;
    }
    Ok(())
}

fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(place, bytes)
}

async fn init(shop: &Shop<'_>, bundle: &Bundle) -> Result<(), Stop> {
    let home = shop.dir.home();
    shop.session(&home).init(Backend::FromPlan).await.map_err(Stop::step(Phase::Verify))?;
    admit::downloaded(shop)?;
    let modules =
        bundle::downloaded_modules(&shop.stack_dir()).map_err(|error| refused(error.to_string()))?;
    if bundle.get(bundle::MODULES) != Some(modules.as_bytes()) {
        return Err(refused("a downloaded module is not what it was when planned"));
    }
    Ok(())
}

async fn show(shop: &mut Shop<'_>, order: &ApplyOrder) -> Result<String, Stop> {
    let home = shop.dir.home();
    let place = JobDir::plan_from(&shop.job.stack);
    let raw = shop.session(&home).show(&place).await.map_err(Stop::step(Phase::Verify))?;
    let redaction = tfpilot_plan::redact(raw.as_bytes(), None, shop.mask.redactor())
        .map_err(|error| refused(format!("the plan cannot be read: {error}")))?;
    shop.mask = crate::mask::Mask::from_redactor(redaction.redactor);
    let digest = redaction.plan.digest().as_str().to_owned();
    if digest != order.plan_digest {
        return Err(refused(format!("the plan's digest is {digest}, {} was judged", order.plan_digest)));
    }
    Ok(digest)
}

async fn start(shop: &mut Shop<'_>, order: &ApplyOrder, plan_digest: String) -> Result<(), Stop> {
    shop.enter(Phase::Apply)?;
    match shop.client.start(&StartRequest { ticket: order.ticket, plan_digest }).await {
        Ok(StartAnswer::Go) => Ok(()),
        Ok(StartAnswer::Refused { why }) => Err(refused(format!("the app did not let it start: {why}"))),
        // The ticket may be spent, and nothing was started: safe, and said so.
        Err(error) => Err(refused(format!("the app's leave to start did not arrive: {error}"))),
    }
}

/// From here on the job can only be interrupted, and says what exists.
async fn apply(shop: &Shop<'_>) -> Result<Conclusion, Stop> {
    let home = shop.dir.home();
    let session = shop.session(&home);
    let mut running = session.apply(&JobDir::plan_from(&shop.job.stack)).map_err(Stop::step(Phase::Apply))?;
    let journal = Journal {
        client: &shop.client,
        mask: &shop.mask,
        progress: shop.progress,
        cancel: shop.cancel.clone(),
        stack: &shop.job.stack,
        limits: shop.job.limits,
        patience: shop.worker.journal_patience,
    };
    let told = journal.follow(&mut running).await;
    let ended = running.end().await;
    let errored = keep_errored_state(shop).await;
    let (story, ended) = match (told, ended) {
        (Ok(story), Ok(ended)) => (story, ended),
        (Err(error), _) | (_, Err(error)) => return Err(Stop::step(Phase::Apply)(StepError::Io(error))),
    };
    if ended.ok() && errored.is_none() {
        return Ok(Conclusion::Applied(outcome(shop, story).await));
    }
    Err(failure(&session, story, ended, errored))
}

async fn outcome(shop: &Shop<'_>, story: Story) -> ApplyOutcome {
    let counts = story.changes;
    let state = match new_state(shop).await {
        Ok(state) => state,
        Err(error) => {
            tracing::warn!(error = %shop.mask.text(&error), "the new state's serial is not known");
            None
        }
    };
    let changed = [counts.add, counts.change, counts.import, counts.remove]
        .into_iter()
        .fold(0_u32, u32::saturating_add);
    ApplyOutcome { changed, outputs: story.outputs, state }
}

/// Asks the backend, which a saved plan needed no set-up for and this does. What was applied is applied: an
/// order to stop does not reach this.
async fn new_state(shop: &Shop<'_>) -> Result<Option<StateMark>, String> {
    let home = shop.dir.home();
    let (_stopper, idle) = cancel::channel();
    let session = shop.session_with(&home, idle);
    session.init(Backend::Use).await.map_err(|error| error.to_string())?;
    let text = session.state().await.map_err(|error| error.to_string())?;
    bundle::parse_state(text.as_bytes()).map_err(|error| error.to_string())
}

fn failure(
    session: &crate::terraform::session::Session<'_>,
    story: Story,
    ended: Ended,
    errored: Option<String>,
) -> Stop {
    let cancelled = ended.interrupted == Some(Interrupted::Cancelled);
    let judged = session.judge(story.diagnostics, ended, "apply", Duration::ZERO);
    let mut diagnostics = match judged {
        Ok(warnings) => warnings.all(),
        Err(error) => error.diagnostics(),
    };
    if let Some(said) = errored {
        diagnostics.insert(0, message(Severity::Error, said, "Do not plan before it is in place again."));
    }
    if story.undelivered > 0 {
        let what = format!("{} journal entries could not be delivered", story.undelivered);
        diagnostics.push(message(Severity::Warning, what, "The journal does not say all that exists."));
    }
    Stop::Failed { phase: Phase::Apply, diagnostics, cancelled, stale: story.stale }
}

/// Uploads the state that Terraform could not write, if it left one, and says so.
async fn keep_errored_state(shop: &Shop<'_>) -> Option<String> {
    let bytes = std::fs::read(shop.stack_dir().join(ERRORED_STATE)).ok()?;
    Some(match shop.client.put_errored_state(&bytes).await {
        Ok(()) => "the state could not be written; what Terraform made of it is kept by the app".to_owned(),
        Err(error) => {
            let place = shop.worker.work.path().join(format!("{}-{ERRORED_STATE}", shop.job.id));
            let kept = write(&place, &bytes)
                .map_or_else(|error| error.to_string(), |()| place.display().to_string());
            format!("the state could not be written nor sent to the app ({error}); on the runner: {kept}")
        }
    })
}

fn refused(why: impl Into<String>) -> Stop {
    Stop::new(Phase::Verify, why, "Nothing was applied. Plan again.")
}
