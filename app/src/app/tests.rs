//! An app for tests of what lies around it: a store and blobs on disk, and no loop or listener.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tfpilot_modules::Catalog;

use super::{App, Parts};
use crate::clock::Clock;
use crate::github::oidc::{OidcSettings, OidcVerifier};
use crate::github::{GitHub, Settings};
use crate::rego::Rego;
use crate::store::{DirBlobs, SledStore};

/// An app that keeps everything in `dir` and asks GitHub as the settings say.
pub(crate) fn app_in(dir: &Path, github: Settings, clock: Clock) -> Arc<App> {
    let oidc = OidcSettings {
        issuer: "https://issuer".to_owned(),
        audience: "https://tfpilot".to_owned(),
        jwks_url: "http://127.0.0.1:9/jwks".to_owned(),
        timeout: Duration::from_secs(1),
    };
    App::new(Parts {
        store: Arc::new(SledStore::open(dir.join("store")).expect("a store")),
        blobs: Arc::new(DirBlobs::open(dir.join("blobs")).expect("blobs")),
        github: GitHub::new(github).expect("a client"),
        catalog: Arc::new(Catalog::shipped()),
        clock,
        webhook_secrets: Vec::new(),
        web_url: "https://github.com".to_owned(),
        url: "https://tfpilot.example".to_owned(),
        app_id: 7,
        terraform_version: "1.11.4".to_owned(),
        oidc: OidcVerifier::new(oidc).expect("a verifier"),
        model: None,
        rego: Rego::of_this_process(),
    })
}
