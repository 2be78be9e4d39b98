//! The app inside this process, on a listener of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::SecretString;
use tfpilot::github::oidc::{OidcSettings, OidcVerifier};
use tfpilot::github::{GitHub, Settings};
use tfpilot::store::{DirBlobs, MasterKeys, SealedBlobs, SledStore};
use tfpilot::{App, Clock, Parts};
use tfpilot_forge::Forge;
use tfpilot_modules::Catalog;
use tokio::net::TcpListener;

/// A master key for worlds that nobody keeps secrets in: 32 bytes in base64.
pub(crate) const MASTER_KEY: &str = "dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=";

pub(crate) async fn start(forge: &Forge, dir: &Path) -> anyhow::Result<(Arc<App>, String)> {
    std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let clock = Clock::default();
    let key = SecretString::from(forge.app_key_pem());
    let mut settings = Settings::new(forge.api_url(), forge.app_id(), key);
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
        webhook_secrets: vec![SecretString::from(forge.webhook_secret())],
        web_url: forge.base_url().to_owned(),
        url: url.clone(),
        app_id: forge.app_id(),
        terraform_version: "1.11.4".to_owned(),
        oidc: OidcVerifier::new(OidcSettings {
            issuer: forge.issuer().to_owned(),
            audience: url.clone(),
            jwks_url: format!("{}/.well-known/jwks", forge.issuer()),
            timeout: Duration::from_secs(10),
        })?,
    });
    let router = tfpilot::web::router(Arc::clone(&app));
    tokio::spawn(async move { axum::serve(listener, router).await });
    tokio::spawn(tfpilot::worker::run(Arc::clone(&app)));
    Ok((app, url))
}
