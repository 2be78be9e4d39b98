//! A server under fire: forge, server and runner, with the blows that are still to fall.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Result, bail};
use tempfile::TempDir;
use tfpilot_forge::faults::Moment;
use tfpilot_forge::{Forge, ForgeOptions};
use tfpilot_tests::{REPOSITORY, Runner, Server, found_for_sidecar};
use tokio::time::Instant;

/// The longest that a step of a story may take, restarts included.
const PATIENCE: Duration = Duration::from_secs(90);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// How long GitHub must not be called until a story counts as over.
const CALM: Duration = Duration::from_millis(1_500);

/// A kill that is to come: at a moment of the call that fits, after some that fit have passed.
#[derive(Debug, Clone)]
pub(crate) struct Blow {
    pub(crate) moment: Moment,
    /// Method; empty for any.
    pub(crate) method: String,
    /// Part of the path; empty for any.
    pub(crate) part: String,
    pub(crate) after: usize,
}

/// A kill that fell: moment, method and path of the call.
pub(crate) type Fallen = (Moment, String, String);

/// Forge, server and runner.
pub(crate) struct Siege {
    pub(crate) forge: Forge,
    pub(crate) server: Server,
    pub(crate) dir: TempDir,
    _runner: Runner,
    blows: VecDeque<Blow>,
    fallen: Arc<Mutex<Vec<Fallen>>>,
}

impl Siege {
    /// Everything started, with blows to fall one after the other.
    pub(crate) async fn start(blows: Vec<Blow>) -> Result<Siege> {
        let dir = tempfile::tempdir()?;
        let options = ForgeOptions { state_dir: Some(dir.path().join("forge")), ..ForgeOptions::default() };
        let forge = Forge::start(options).await?;
        let server = Server::start(&forge, &dir.path().join("server")).await?;
        let url = format!("http://{}", server.address());
        forge.set_webhook_url(&format!("{url}/webhooks/github"));
        found_for_sidecar(&forge, &dir.path().join("state")).await?;
        let runner = Runner::of_settings(&url, &dir.path().join("runner"))?;
        let fallen = Arc::new(Mutex::new(Vec::new()));
        let blows = VecDeque::from(blows);
        let mut siege = Siege { forge, server, dir, _runner: runner, blows, fallen };
        // The repository's configuration is read before anything is asked for.
        siege.until_calm().await?;
        siege.arm();
        Ok(siege)
    }

    /// Kills that fell so far.
    pub(crate) fn fallen(&self) -> Vec<Fallen> {
        self.fallen.lock().unwrap().clone()
    }

    /// Waits until it is so; meanwhile a killed server is started again.
    pub(crate) async fn until(&mut self, what: &str, so: impl Fn(&Forge) -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !so(&self.forge)? {
            if Instant::now() > deadline {
                bail!("{what}: not within {PATIENCE:?} after {:?}\n{}", self.fallen(), self.told());
            }
            self.tend().await?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits until GitHub is left alone, so that what is done twice would have been done.
    pub(crate) async fn until_calm(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let (mut calls, mut since) = (self.forge.requests().len(), Instant::now());
        while since.elapsed() < CALM {
            if Instant::now() > deadline {
                bail!("GitHub is called without end after {:?}\n{}", self.fallen(), self.told());
            }
            let struck = self.tend().await?;
            let now = self.forge.requests().len();
            if struck || now != calls || !self.forge.quiet() {
                (calls, since) = (now, Instant::now());
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Starts a killed server again; the next blow waits for its calls already. True when it was killed.
    async fn tend(&mut self) -> Result<bool> {
        if !self.server.has_ended() {
            return Ok(false);
        }
        if let Some(status) = self.server.collapse() {
            bail!("the server fell by itself ({status}) after {:?}\n{}", self.fallen(), self.told());
        }
        self.arm();
        self.server.restart().await?;
        Ok(true)
    }

    fn arm(&mut self) {
        let Some(blow) = self.blows.pop_front() else { return };
        let (pid, fallen) = (self.server.pid_cell(), Arc::clone(&self.fallen));
        let github = self.forge.github().on(&blow.method, &blow.part).after(blow.after);
        github.strikes(blow.moment, move |method, path| {
            let pid = i32::try_from(pid.load(Ordering::SeqCst)).ok().and_then(rustix::process::Pid::from_raw);
            // Gone already is as good.
            let _ = pid.map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::KILL));
            fallen.lock().unwrap().push((blow.moment, method.to_owned(), path.to_owned()));
        });
    }

    /// What people see, and the end of the server's log, for whoever reads a failure.
    fn told(&self) -> String {
        let threads: Vec<String> = (1..=3).filter_map(|n| self.forge.thread(REPOSITORY, n).ok()).collect();
        let log = self.server.log();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(40)..].join("\n");
        format!("{}\nserver:\n{last}", threads.join("\n"))
    }
}
