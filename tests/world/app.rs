//! The app inside this process, on a listener of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::SecretString;
use tfpilot::config::ModelSettings;
use tfpilot::github::oidc::{OidcSettings, OidcVerifier};
use tfpilot::github::{GitHub, Settings};
use tfpilot::model::Model;
use tfpilot::rego::{Limits, Rego};
use tfpilot::store::{DirBlobs, MasterKeys, SealedBlobs, SledStore};
use tfpilot::{App, Clock, Parts};
use tfpilot_modules::Catalog;
use tokio::net::TcpListener;

use crate::runner::find_program;

/// A master key for worlds that nobody keeps secrets in: 32 bytes in base64.
pub(crate) const MASTER_KEY: &str = "dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=";

/// The GitHub that an app speaks with, and who the app is there.
pub struct Site {
    /// The address of its API.
    pub api_url: String,
    /// The address of its pages and of git.
    pub web_url: String,
    /// The app's id.
    pub app_id: u64,
    /// The app's private key, as PEM.
    pub key: String,
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// Who issues the tokens of workflows.
    pub issuer: String,
}

/// Starts the app with its store in `dir`, and returns it with its address.
///
/// # Errors
/// When the store does not open, or the settings are not accepted.
pub async fn start_app(site: &Site, dir: &Path) -> anyhow::Result<(Arc<App>, String)> {
    start_app_with(site, dir, None).await
}

/// The same with a language model.
///
/// # Errors
/// When the store does not open, or the settings are not accepted.
pub async fn start_app_with(
    site: &Site,
    dir: &Path,
    model: Option<&ModelSettings>,
) -> anyhow::Result<(Arc<App>, String)> {
    std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let clock = Clock::default();
    let key = SecretString::from(site.key.clone());
    let mut settings = Settings::new(&site.api_url, site.app_id, key);
    let time = clock.clone();
    settings.clock = Arc::new(move || time.now());
    let listener = TcpListener::bind("127.0.0.1:0").await.context("a port for the app")?;
    let url = format!("http://{}", listener.local_addr()?);
    let blobs = SealedBlobs::new(MasterKeys::parse(MASTER_KEY)?, DirBlobs::open(dir.join("blobs"))?);
    let app = App::new(Parts {
        store: Arc::new(SledStore::open(dir.join("store"))?),
        blobs: Arc::new(blobs),
        github: GitHub::new(settings)?,
        catalog: Arc::new(Catalog::shipped()),
        clock,
        webhook_secrets: vec![SecretString::from(site.webhook_secret.clone())],
        web_url: site.web_url.clone(),
        url: url.clone(),
        app_id: site.app_id,
        terraform_version: "1.11.4".to_owned(),
        oidc: OidcVerifier::new(OidcSettings {
            issuer: site.issuer.clone(),
            audience: url.clone(),
            jwks_url: format!("{}/.well-known/jwks", site.issuer),
            timeout: Duration::from_secs(10),
        })?,
        model: model.map(Model::new).transpose()?.flatten(),
        // This process is a test, which answers no questions.
        rego: Rego::with_program(find_program("tfpilot")?, Limits::default()),
    });
    let router = tfpilot::web::router(Arc::clone(&app));
    tokio::spawn(async move { axum::serve(listener, router).await });
    tokio::spawn(tfpilot::worker::run(Arc::clone(&app)));
    Ok((app, url))
}
