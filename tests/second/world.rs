//! emulate, the app and a sidecar runner, started and connected.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};
use tfpilot::App;
use tfpilot_tests::{REPOSITORY, Runner, Site, config_for_sidecar, start_app, start_log};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::emulate::{Emulate, Registered};
use crate::front::{Front, HOOKS};
use crate::git::Mirror;

/// The app's id.
pub(crate) const APP: u64 = 77;

/// What webhooks are signed with.
const SECRET: &str = "secret-of-the-second-opinion";

/// The longest that anything may take.
const DEADLINE: Duration = Duration::from_secs(60);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// Everything, started.
pub(crate) struct World {
    /// GitHub, as others understand it.
    pub(crate) emulate: Emulate,
    /// What stands between it and the app.
    pub(crate) front: Front,
    app: Arc<App>,
    runner: Runner,
    dir: tempfile::TempDir,
}

impl World {
    /// Starts everything, with a repository whose environment dev runs on the sidecar.
    ///
    /// # Errors
    /// When a part does not start; the error names it.
    pub(crate) async fn start(library: &Path) -> Result<World> {
        start_log();
        let dir = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let key = tfpilot_forge::app_key_pem()?;
        let registered = Registered { id: APP, key: &key, webhook: Some((&format!("{url}{HOOKS}"), SECRET)) };
        let emulate = Emulate::start(library, &registered, &url, dir.path()).await?;
        let site = Site {
            api_url: url.clone(),
            web_url: url.clone(),
            app_id: APP,
            key: key.clone(),
            webhook_secret: SECRET.to_owned(),
            // No workflow runs here, so nobody issues tokens to one.
            issuer: url.clone(),
        };
        let (app, app_url) = start_app(&site, &dir.path().join("app")).await?;
        let mirror = Mirror::create(&dir.path().join("git"), emulate.address())?;
        let front = Front::serve(listener, emulate.address(), &app_url, mirror);
        let config = STANDARD.encode(config_for_sidecar(&dir.path().join("state")));
        let file = json!({"message": "TfPilot's configuration", "content": config});
        let path = format!("/repos/{REPOSITORY}/contents/.github/tfpilot.yml");
        emulate.does("carol", Method::PUT, &path, Some(file)).await?;
        let runner = Runner::start(&app, &app_url, &dir.path().join("runner"), &[]).await?;
        Ok(World { emulate, front, app, runner, dir })
    }

    /// The state that a stack of dev leaves behind.
    pub(crate) fn state(&self, stack: &str) -> PathBuf {
        self.dir.path().join(format!("state/live/dev/{stack}.tfstate"))
    }

    /// Reads from the repository as carol, who may read everything.
    ///
    /// # Errors
    /// When emulate refuses.
    pub(crate) async fn reads(&self, what: &str) -> Result<Value> {
        self.emulate.get("carol", &format!("/repos/{REPOSITORY}/{what}")).await
    }

    /// Somebody does something in the repository.
    ///
    /// # Errors
    /// When emulate refuses.
    pub(crate) async fn does(&self, who: &str, method: Method, what: &str, body: Value) -> Result<Value> {
        self.emulate.does(who, method, &format!("/repos/{REPOSITORY}/{what}"), Some(body)).await
    }

    /// Waits until a reading is as wanted, and returns it. emulate says of no webhook that it is on its way, so what is
    /// waited for is its effect.
    ///
    /// # Errors
    /// When it takes too long; the error tells what happened so far.
    pub(crate) async fn until(
        &self,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
        named: &str,
    ) -> Result<Value> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let read = self.reads(what).await;
            match read {
                Ok(value) if wanted(&value) => return Ok(value),
                read if Instant::now() > deadline => {
                    bail!("no {named} after {DEADLINE:?}: {read:?}\n{}", self.told().await)
                }
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// What happened, for a failure.
    pub(crate) async fn told(&self) -> String {
        let mut text = String::new();
        for hook in self.front.hooks() {
            text.push_str(&format!("{} {:?} -> {}\n", hook.event, hook.body.get("action"), hook.status));
        }
        for number in 1..=2 {
            let comments = self.reads(&format!("issues/{number}/comments")).await.unwrap_or_default();
            for comment in comments.as_array().into_iter().flatten() {
                text.push_str(&format!("#{number}: {}\n", comment.get("body").unwrap_or(&Value::Null)));
            }
        }
        let commands = self.app.store().next_due().await;
        format!(
            "{text}refused: {:#?}\nnext due: {commands:?}\nrunner:\n{}",
            self.front.refused(),
            self.runner.log()
        )
    }
}
