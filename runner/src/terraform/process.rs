//! One child process: its own group, time and memory limits, lines read one at a time, one interrupt, a long
//! grace, then the kill of the whole group. It knows nothing of Terraform's words.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, kill_process_group, prlimit};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::cancel::{Cancel, Level};

/// Bytes of standard error which are kept, from its start.
const STDERR_KEPT: usize = 64 * 1024;

/// What to start. Arguments are passed as they are, never through a shell.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where it runs.
    pub cwd: PathBuf,
    /// Its whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
}

/// What a child may use.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Time until it is interrupted; none: as long as it takes.
    pub time: Option<Duration>,
    /// Time between the interrupt and the kill.
    pub grace: Duration,
    /// Data memory of each process of the group, in MiB.
    pub memory_mib: u64,
    /// Longer lines are cut, in bytes.
    pub line_bytes: usize,
    /// The level from which the child is interrupted.
    pub stops_at: Level,
}

/// Why a child was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupted {
    /// Its time was over.
    TimedOut,
    /// Somebody asked.
    Cancelled,
}

/// How a child ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Set when it was interrupted before it ended.
    pub interrupted: Option<Interrupted>,
    /// The start of its standard error.
    pub stderr: String,
}

impl Ended {
    /// True when it ended by itself with exit code 0. One that was interrupted but finished well all the same
    /// counts as well done: its work exists.
    pub fn ok(&self) -> bool {
        self.code == Some(0)
    }
}

/// A child at work. Dropping it kills its group.
#[derive(Debug)]
pub struct Running {
    child: Child,
    pid: Option<Pid>,
    out: BufReader<ChildStdout>,
    err: Option<JoinHandle<Vec<u8>>>,
    line: Vec<u8>,
    bounds: Bounds,
    cancel: Cancel,
    deadline: Option<Instant>,
    interrupted: Option<Interrupted>,
    killed: bool,
    eof: bool,
}

impl Running {
    /// Starts it, with nothing on its standard input.
    pub fn start(what: &Invocation, bounds: Bounds, cancel: Cancel) -> io::Result<Self> {
        let mut child = Command::new(&what.program)
            .args(&what.args)
            .current_dir(&what.cwd)
            .env_clear()
            .envs(what.env.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        if let Some(pid) = pid {
            limit_memory(pid, bounds.memory_mib);
        }
        let out = child.stdout.take().ok_or_else(|| io::Error::other("the child has no standard output"))?;
        let err = child.stderr.take().map(|mut pipe| {
            tokio::spawn(async move {
                let mut kept = Vec::new();
                let mut chunk = [0_u8; 8192];
                // Read to the end even when enough is kept: a full pipe would stop the child.
                while let Ok(n @ 1..) = pipe.read(&mut chunk).await {
                    let room = STDERR_KEPT.saturating_sub(kept.len()).min(n);
                    kept.extend_from_slice(chunk.get(..room).unwrap_or_default());
                }
                kept
            })
        });
        let deadline = bounds.time.map(|time| Instant::now() + time);
        Ok(Self {
            child,
            pid,
            out: BufReader::with_capacity(64 * 1024, out),
            err,
            line: Vec::new(),
            bounds,
            cancel,
            deadline,
            interrupted: None,
            killed: false,
            eof: false,
        })
    }

    /// The next line of standard output without its end; none at the end. While it waits, time limits and
    /// cancels are carried out.
    pub async fn next_line(&mut self) -> io::Result<Option<String>> {
        while !self.eof {
            tokio::select! {
                chunk = self.out.fill_buf() => {
                    let chunk = chunk?;
                    let (used, ended) = match chunk.iter().position(|byte| *byte == b'\n') {
                        Some(at) => (at + 1, true),
                        None => (chunk.len(), chunk.is_empty()),
                    };
                    self.eof = chunk.is_empty();
                    let room = self.bounds.line_bytes.saturating_sub(self.line.len()).min(used);
                    self.line.extend_from_slice(chunk.get(..room).unwrap_or_default());
                    self.out.consume(used);
                    if ended && !(self.eof && self.line.is_empty()) {
                        let line = std::mem::take(&mut self.line);
                        let text = String::from_utf8_lossy(&line);
                        return Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()));
                    }
                }
                why = due(self.deadline, &self.cancel, self.bounds.stops_at, self.interrupted) => self.act(why),
            }
        }
        Ok(None)
    }

    /// Interrupts it once: Terraform then finishes what it began, writes its state and ends. A second
    /// interrupt could lose state, so there is none.
    pub fn interrupt(&mut self, why: Interrupted) {
        if self.interrupted.is_some() {
            return;
        }
        self.interrupted = Some(why);
        self.deadline = Some(Instant::now() + self.bounds.grace);
        // Only Terraform itself: it tells its providers.
        if let Some(pid) = self.pid {
            let _ = kill_process(pid, Signal::INT);
        }
    }

    /// Waits for the end. Lines not read by then are passed over.
    pub async fn end(mut self) -> io::Result<Ended> {
        while self.next_line().await?.is_some() {}
        let status = loop {
            tokio::select! {
                status = self.child.wait() => break status?,
                why = due(self.deadline, &self.cancel, self.bounds.stops_at, self.interrupted) => self.act(why),
            }
        };
        // Terraform is gone; a provider that outlived it would keep standard error open for ever.
        self.kill();
        self.pid = None;
        let stderr = match self.err.take() {
            Some(task) => task.await.unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(Ended {
            code: status.code(),
            interrupted: self.interrupted,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }

    fn act(&mut self, why: Interrupted) {
        if self.interrupted.is_some() {
            self.deadline = None;
            self.kill();
        } else {
            self.interrupt(why);
        }
    }

    fn kill(&mut self) {
        if let (Some(pid), false) = (self.pid, self.killed) {
            self.killed = true;
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Resolves when the child is to be interrupted or, once it was, to be killed.
async fn due(
    deadline: Option<Instant>,
    cancel: &Cancel,
    stops_at: Level,
    interrupted: Option<Interrupted>,
) -> Interrupted {
    let timer = async {
        match deadline {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = timer => Interrupted::TimedOut,
        () = cancel.reached(stops_at), if interrupted.is_none() => Interrupted::Cancelled,
    }
}

/// Bounds the data memory of the child and, by inheritance, of what it starts: writable mappings, not address
/// space, of which Go reserves far more than it uses.
fn limit_memory(pid: Pid, mib: u64) {
    let bytes = mib.saturating_mul(1024 * 1024);
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    if let Err(error) = prlimit(Some(pid), Resource::Data, limit) {
        tracing::warn!(%error, mib, "the memory limit of the child could not be set");
    }
}

/// The program `name` in the directories of `path`.
pub fn look_up(name: &str, path: &std::ffi::OsStr) -> Option<PathBuf> {
    std::env::split_paths(path).map(|dir| dir.join(name)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests;
