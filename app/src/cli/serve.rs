//! `tfpilot serve`: the server, until it is told to stop.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;
use tfpilot_modules::Catalog;
use tokio::net::TcpListener;
use tracing::{info, warn};

use super::log;
use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::config::Settings;
use crate::github::oidc::{OidcSettings, OidcVerifier};
use crate::github::{self, GitHub};
use crate::model::Model;
use crate::rego::Rego;
use crate::store::{DirBlobs, MasterKeys, SealedBlobs, SledStore};
use crate::web::{self, TokenGrant};
use crate::worker;

/// How long fetching the issuer's keys may take.
const OIDC_TIMEOUT: Duration = Duration::from_secs(10);

/// How long open requests may take after the stop was asked for.
const GRACE: Duration = Duration::from_secs(20);

pub(super) fn run(settings: Option<&Path>) -> anyhow::Result<ExitCode> {
    let settings = Settings::load_from_process(settings)?;
    log::start(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(settings))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let app = build(&settings).await?;
    register_sidecar(&app, &settings).await?;
    let listener = TcpListener::bind(settings.server.listen)
        .await
        .with_context(|| format!("listening on {}", settings.server.listen))?;
    let admin = TcpListener::bind(settings.server.admin_listen)
        .await
        .with_context(|| format!("listening on {} for admins", settings.server.admin_listen))?;
    info!(address = %listener.local_addr()?, admin = %admin.local_addr()?, "listening");
    if !settings.server.admin_listen.ip().is_loopback() {
        warn!("the admin listener asks nobody who they are and is not on loopback; keep its port private");
    }
    let admin = tokio::spawn(axum::serve(admin, web::admin_router(Arc::clone(&app))).into_future());
    let loops = tokio::spawn(worker::run(Arc::clone(&app)));
    let server = axum::serve(listener, web::router(Arc::clone(&app))).with_graceful_shutdown(stopped());
    let served = tokio::time::timeout(Duration::MAX, server.into_future());
    tokio::select! {
        result = served => { result.ok().transpose().context("serving HTTP")?; }
        () = after_stop(GRACE) => {}
    }
    // A command that is cut short here is held until its lease ends and then found half done by its own effect.
    loops.abort();
    admin.abort();
    info!("stopped");
    Ok(())
}

/// Opens the store and puts the server together.
async fn build(settings: &Settings) -> anyhow::Result<Arc<App>> {
    let dir = &settings.store.dir;
    std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let store = SledStore::open(dir.join("store"))?;
    let left = store.take_over().await?;
    if left > 0 {
        warn!(left, "the process before this one ended in the middle of work: it is taken up again");
    }
    let keys = MasterKeys::parse(settings.store.keys.expose_secret())?;
    let blobs = SealedBlobs::new(keys, DirBlobs::open(dir.join("blobs"))?);
    let clock = Clock::default();
    let github = GitHub::new(github::Settings::new(
        settings.github.api_url.clone(),
        settings.github.app_id,
        settings.github.private_key.clone(),
    ))?;
    let model = Model::new(&settings.model)?;
    if let Some(model) = &model {
        info!(?model, "a language model may suggest values where a repository switches it on");
    }
    Ok(App::new(Parts {
        store: Arc::new(store),
        blobs: Arc::new(blobs),
        github,
        catalog: Arc::new(Catalog::shipped()),
        clock,
        webhook_secrets: vec![settings.github.webhook_secret.clone()],
        web_url: settings.github.web_url.clone(),
        url: settings.server.url.clone(),
        app_id: settings.github.app_id,
        terraform_version: settings.runner.terraform_version.clone(),
        oidc: OidcVerifier::new(OidcSettings {
            issuer: settings.runner.oidc_issuer.clone(),
            audience: settings.server.url.clone(),
            jwks_url: format!("{}/.well-known/jwks", settings.runner.oidc_issuer.trim_end_matches('/')),
            timeout: OIDC_TIMEOUT,
        })?,
        model,
        rego: Rego::of_this_process(),
    }))
}

/// The one sidecar of a small installation, whose token stands in the settings.
async fn register_sidecar(app: &App, settings: &Settings) -> anyhow::Result<()> {
    let Some(token) = &settings.runner.token else { return Ok(()) };
    let scope = tfpilot_protocol::SidecarScope { persistent: true, ..Default::default() };
    let grant = TokenGrant::Sidecar { name: "sidecar".to_owned(), scope };
    web::register_token(app.store().as_ref(), token, &grant).await.context("registering the runner's token")
}

/// Resolves on SIGTERM or Ctrl-C.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn after_stop(grace: Duration) {
    stopped().await;
    tokio::time::sleep(grace).await;
}
