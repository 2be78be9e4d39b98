//! A plan, step by step.
//!
//! 1. Check the commit out.
//! 2. Admit it, before any Terraform process.
//! 3. Check Terraform's version and the account.
//! 4. `init`; admit what it downloaded and check the backend.
//! 5. `plan`, which checks the whole configuration first, as `validate` would: that one loads every provider once more
//!    and took as long as the plan itself.
//! 6. `show`, redact, digest.
//! 7. Write and upload the bundle.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tfpilot_plan::{PlanDigest, RedactedPlan};
use tfpilot_protocol::{
    Conclusion, Diagnostic, Infracost, Manifest, PROTOCOL_VERSION, Phase, PlanDocument, PlanReport,
};

use super::{Shop, Stop, admit};
use crate::bundle::{self, BundleError, Contents, Snapshot};
use crate::infracost;
use crate::mask::Mask;
use crate::terraform::session::{Backend, plan_args};
use crate::workdir::JobDir;

/// Where a stack keeps its state, as far as an apply elsewhere must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BackendMark {
    /// Terraform's word, such as `s3`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// What a made plan consists of.
struct Made {
    plan: RedactedPlan,
    digest: PlanDigest,
    argv: Vec<String>,
    backend: BackendMark,
    files: BTreeMap<String, Vec<u8>>,
    warnings: Vec<Diagnostic>,
}

/// Does the job.
pub(crate) async fn run(mut shop: Shop<'_>) -> Result<Conclusion, Stop> {
    shop.enter(Phase::Checkout)?;
    let checkout = shop.check_out().await?;
    shop.enter(Phase::Admission)?;
    admit::checkout(&mut shop, &checkout)?;
    let account = shop.check_world(Phase::Admission).await?;
    let backend = init(&mut shop).await?;
    let made = plan(&mut shop, backend).await?;
    let infracost = infracost(&shop, &made.plan).await;
    let lock_file = std::fs::read(shop.stack_dir().join(bundle::LOCK_FILE)).ok();
    let committed = checkout.read(shop.in_stack(bundle::LOCK_FILE).as_bytes());
    let (manifest, bytes) = pack(&shop, &made, lock_file.as_deref(), account).map_err(refuse)?;
    let bundle_sha256 = upload(&shop, &bytes).await?;
    let plan = PlanDocument::of(&made.plan).map_err(|error| failed(&error.to_string()))?;
    // A long plan is held once while it is sent.
    drop(made.plan);
    let changed = lock_file.filter(|now| Some(now) != committed.as_ref());
    Ok(Conclusion::Planned(Box::new(PlanReport {
        manifest,
        bundle_sha256,
        plan,
        warnings: made.warnings,
        infracost,
        lock_file: changed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    })))
}

async fn init(shop: &mut Shop<'_>) -> Result<BackendMark, Stop> {
    shop.enter(Phase::Init)?;
    let home = shop.dir.home();
    shop.session(&home).init(Backend::Use).await.map_err(Stop::step(Phase::Init))?;
    admit::downloaded(shop)?;
    let backend = read_backend(&shop.stack_dir());
    check_local(shop, &backend)?;
    Ok(backend.0)
}

async fn plan(shop: &mut Shop<'_>, backend: BackendMark) -> Result<Made, Stop> {
    let home = shop.dir.home();
    let before = Snapshot::take(&shop.dir.checkout()).map_err(refuse)?;
    shop.enter(Phase::Plan)?;
    let place = JobDir::plan_from(&shop.job.stack);
    let argv = plan_args(&place);
    let said = shop.session(&home).plan(&argv).await.map_err(Stop::step(Phase::Plan))?;
    shop.enter(Phase::Show)?;
    let files = before.made_since(&shop.dir.checkout(), &shop.in_stack(bundle::LOCK_FILE)).map_err(refuse)?;
    let raw = shop.session(&home).show(&place).await.map_err(Stop::step(Phase::Show))?;
    let redaction = tfpilot_plan::redact(raw.as_bytes(), None, shop.mask.redactor())
        .map_err(|error| failed(&format!("the plan cannot be read: {error}")))?;
    // From here on also the plan's secrets are hidden.
    shop.mask = Mask::from_redactor(redaction.redactor);
    let warnings = said.warnings().into_iter().map(|warning| again(warning, &shop.mask)).collect();
    let digest = redaction.plan.digest();
    Ok(Made { plan: redaction.plan, digest, argv, backend, files, warnings })
}

/// What infracost says, where this worker has it. It may fail, the plan does not fail with it.
async fn infracost(shop: &Shop<'_>, plan: &RedactedPlan) -> Option<Infracost> {
    let (environment, home) = (shop.worker.terraform.environment(), shop.dir.home());
    match infracost::price(plan, environment, &home, &shop.cancel).await {
        Ok(said) => said.map(|said| Infracost::Answered(shop.mask.text(&said))),
        Err(error) => Some(Infracost::Failed(shop.mask.text(&error.to_string()))),
    }
}

fn pack(
    shop: &Shop<'_>,
    made: &Made,
    lock_file: Option<&[u8]>,
    account: Option<String>,
) -> Result<(Manifest, Vec<u8>), BundleError> {
    let plan = std::fs::read(shop.dir.plan())?;
    let state = bundle::state_mark(&plan)?;
    let mut contents = Contents::default();
    contents.add(bundle::PLAN, plan);
    contents.add(bundle::MODULES, bundle::downloaded_modules(&shop.stack_dir())?);
    contents.add(bundle::BACKEND, serde_json::to_vec(&made.backend).unwrap_or_default());
    if let Some(bytes) = lock_file {
        contents.add(bundle::LOCK_FILE, bytes);
    }
    for (path, bytes) in &made.files {
        contents.add(format!("{}{path}", bundle::MADE), bytes.as_slice());
    }
    let manifest = Manifest {
        protocol: PROTOCOL_VERSION,
        head: shop.job.source.head.clone(),
        stack: shop.job.stack.clone(),
        inputs_digest: shop.job.inputs_digest.clone(),
        terraform_version: shop.worker.terraform.version().to_owned(),
        argv: made.argv.clone(),
        environment: shop.worker.terraform.environment().bound(),
        account,
        state,
        plan_digest: made.digest.as_str().to_owned(),
        entries: contents.entries(),
    };
    let bytes = bundle::write(&manifest, &contents)?;
    Ok((manifest, bytes))
}

async fn upload(shop: &Shop<'_>, bytes: &[u8]) -> Result<String, Stop> {
    use sha2::Digest;
    let sent = shop.client.put_bundle(bytes).await;
    sent.map_err(|error| {
        Stop::new(Phase::Show, format!("the bundle could not be stored: {error}"), "Plan again.")
    })?;
    Ok(hex::encode(sha2::Sha256::digest(bytes)))
}

/// The backend as `init` recorded it, and the path of a local one.
fn read_backend(stack: &Path) -> (BackendMark, Option<String>) {
    #[derive(Deserialize)]
    struct Recorded {
        backend: Option<Recording>,
    }
    #[derive(Deserialize)]
    struct Recording {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        config: serde_json::Value,
    }
    let text = std::fs::read(stack.join(".terraform/terraform.tfstate")).unwrap_or_default();
    let recorded = serde_json::from_slice::<Recorded>(&text).ok().and_then(|recorded| recorded.backend);
    match recorded {
        // Without a backend block the state lies in the stack's directory.
        None => (BackendMark { kind: "local".into() }, None),
        Some(backend) => {
            let path = backend.config.get("path").and_then(|path| Some(path.as_str()?.to_owned()));
            (BackendMark { kind: backend.kind }, path)
        }
    }
}

/// A local state is lost with the folder of the job, or with the runner.
fn check_local(shop: &Shop<'_>, (backend, path): &(BackendMark, Option<String>)) -> Result<(), Stop> {
    if backend.kind != "local" {
        return Ok(());
    }
    let next =
        "Give the stack a remote backend, or an absolute `path` and a runner started with --persistent.";
    let path = path.as_deref().map(Path::new).filter(|path| path.is_absolute());
    let refuse = |why: &str| Err(Stop::new(Phase::Init, format!("the state would be lost: {why}"), next));
    match path {
        None => refuse("its backend is local, without an absolute path"),
        Some(path) if path.starts_with(shop.worker.work.path()) => {
            refuse("its path is in the runner's work directory")
        }
        Some(_) if !shop.worker.persistent => {
            refuse("its backend is local, and this runner's disk is not kept")
        }
        Some(_) => Ok(()),
    }
}

/// What was said before the plan taught the mask its secrets.
fn again(warning: Diagnostic, mask: &Mask) -> Diagnostic {
    let again = |text: String| mask.text(&text);
    Diagnostic {
        severity: warning.severity,
        summary: again(warning.summary),
        detail: again(warning.detail),
        path: warning.path.map(again),
        line: warning.line,
        address: warning.address.map(again),
    }
}

fn refuse(error: BundleError) -> Stop {
    Stop::new(Phase::Show, error.to_string(), "")
}

fn failed(why: &str) -> Stop {
    Stop::new(Phase::Show, why, "")
}
