//! Owns: one `run` step: a script as a child process with a clean environment, its output line by line, the files
//! through which it sets outputs and variables, and how it is stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Map, Value};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::Trouble;
use super::log::JobLog;

/// How long a cancelled step has between SIGINT and SIGTERM, as at GitHub.
const AFTER_INT: Duration = Duration::from_millis(7_500);
/// How long it has then until it is killed.
const AFTER_TERM: Duration = Duration::from_millis(2_500);
/// How long output of what a step left in the background is waited for.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What a script needs to run.
pub(crate) struct Script<'a> {
    pub(crate) text: &'a str,
    pub(crate) shell: Option<&'a str>,
    pub(crate) dir: PathBuf,
    pub(crate) env: BTreeMap<String, String>,
    /// Where its files go.
    pub(crate) temp: &'a Path,
    pub(crate) log: Arc<JobLog>,
    pub(crate) cancel: watch::Receiver<bool>,
    /// The machine is gone.
    pub(crate) gone: watch::Receiver<bool>,
}

/// What a script left.
#[derive(Default)]
pub(crate) struct Left {
    pub(crate) success: bool,
    pub(crate) outputs: Map<String, Value>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) path: Vec<String>,
    /// Its process group, for the end of the job.
    pub(crate) group: Option<u32>,
}

impl Script<'_> {
    /// Runs the script to its end, or until the run is cancelled.
    pub(crate) async fn run(mut self) -> Result<Left, Trouble> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let io = |what: &str, error: std::io::Error| Trouble::new(format!("{what}: {error}"));
        let file = self.temp.join(format!("{name}.sh"));
        std::fs::write(&file, self.text).map_err(|error| io("writing the script", error))?;
        let mut files = BTreeMap::new();
        for key in ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE"] {
            let path = self.temp.join(format!("{name}-{key}"));
            std::fs::write(&path, "").map_err(|error| io("making a step's files", error))?;
            files.insert(key, path);
        }
        let args: &[&str] = match self.shell {
            // GitHub's own difference: only an explicit `bash` gets pipefail.
            None => &["-e"],
            Some("bash") => &["--noprofile", "--norc", "-eo", "pipefail"],
            Some("sh") => &["--posix", "-e"],
            Some(other) => return Err(Trouble::new(format!("the forge plays bash and sh, not `{other}`"))),
        };
        let mut command = Command::new("bash");
        command.args(args).arg(&file).current_dir(&self.dir).env_clear().envs(&self.env).envs(&files);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().map_err(|error| io("starting bash", error))?;
        let group = child.id();
        let readers = [
            child.stdout.take().map(|out| follow(out, self.log.clone())),
            child.stderr.take().map(|err| follow(err, self.log.clone())),
        ];
        let status = wait(&mut child, &mut self.cancel, &mut self.gone, &self.log)
            .await
            .map_err(|error| io("waiting for a step", error))?;
        for mut reader in readers.into_iter().flatten() {
            // A process left in the background may hold the pipe open for ever.
            if tokio::time::timeout(LAST_WORDS, &mut reader).await.is_err() {
                reader.abort();
            }
        }
        if !status.success() {
            self.log
                .line(&format!("##[error]Process completed with exit code {}.", status.code().unwrap_or(-1)));
        }
        let read = |key: &str| {
            files.get(key).and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
        };
        let outputs = pairs(&read("GITHUB_OUTPUT"))?;
        Ok(Left {
            success: status.success(),
            outputs: outputs.into_iter().map(|(key, value)| (key, Value::String(value))).collect(),
            env: pairs(&read("GITHUB_ENV"))?,
            path: read("GITHUB_PATH").lines().map(str::to_owned).collect(),
            group,
        })
    }
}

fn follow(pipe: impl AsyncRead + Unpin + Send + 'static, log: Arc<JobLog>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
            log.printed(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
    })
}

/// Waits; when the run is cancelled, asks the process nicely, then less so, then ends its group.
async fn wait(
    child: &mut Child,
    cancel: &mut watch::Receiver<bool>,
    gone: &mut watch::Receiver<bool>,
    log: &JobLog,
) -> std::io::Result<ExitStatus> {
    // What runs after a cancel (`always()`) cleans up: the same cancel does not stop it.
    if *cancel.borrow() {
        return child.wait().await;
    }
    let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let Some(pid) = pid else { return child.wait().await };
    let lost = tokio::select! {
        status = child.wait() => return status,
        _ = gone.wait_for(|on| *on) => true,
        _ = cancel.wait_for(|on| *on) => false,
    };
    if lost {
        let _ = kill_process_group(pid, Signal::KILL);
        return child.wait().await;
    }
    log.line("##[error]The operation was canceled.");
    for (signal, patience) in [(Signal::INT, AFTER_INT), (Signal::TERM, AFTER_TERM)] {
        // It may have ended by itself in between.
        let _ = kill_process(pid, signal);
        if let Ok(status) = tokio::time::timeout(patience, child.wait()).await {
            return status;
        }
    }
    let _ = kill_process_group(pid, Signal::KILL);
    child.wait().await
}

/// Ends what a step left in the background.
pub(crate) fn end_group(group: u32) {
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // Usually nothing is left of it.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Reads `name=value` lines and `name<<END` blocks.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Trouble> {
    let mut list = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let equals = line.find('=').unwrap_or(usize::MAX);
        match line.split_once("<<") {
            Some((name, end)) if name.len() < equals => {
                let mut value = Vec::new();
                loop {
                    match lines.next() {
                        Some(line) if line == end => break,
                        Some(line) => value.push(line),
                        None => return Err(Trouble::new(format!("Matching delimiter not found '{end}'"))),
                    }
                }
                list.push((name.to_owned(), value.join("\n")));
            }
            _ if line.is_empty() => {}
            _ => {
                let (name, value) =
                    line.split_once('=').ok_or_else(|| Trouble::new(format!("Invalid format '{line}'")))?;
                list.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn outputs_are_lines_and_blocks() {
        let text = "one=1\nurl=a<<b=c\nmany<<EOF\nx=1\ny\nEOF\n\nempty=\n";
        let read = pairs(text).unwrap();
        let read: Vec<(&str, &str)> = read.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(read, [("one", "1"), ("url", "a<<b=c"), ("many", "x=1\ny"), ("empty", "")]);
        assert!(pairs("a<<EOF\nb").is_err());
        assert!(pairs("nothing").is_err());
    }
}
