//! What a worker that was killed left running: its children go on, write into the job's folder, and one of them
//! may be in the middle of an apply. The next worker begins when they are gone.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, getpid, kill_process};
use tokio::time::{Instant, sleep};

/// How long Terraform may take to write its state once it is told to stop.
const GRACE: Duration = Duration::from_secs(120);

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Ends the processes that work below a folder, this one aside, and waits until they are gone.
///
/// A process is told to stop before its own children are: Terraform told so writes its state, for which it
/// needs its providers. What does not stop within two minutes is killed. Knows them by `/proc` (Linux); where
/// there is none, nothing is found.
///
/// # Errors
/// A process that outlives even being killed, or may not be killed.
pub async fn end(folder: &Path) -> io::Result<()> {
    let deadline = Instant::now() + GRACE;
    let mut told = Vec::new();
    loop {
        let left = below(folder);
        if left.is_empty() {
            return Ok(());
        }
        let late = Instant::now() > deadline;
        if Instant::now() > deadline + GRACE {
            let pids: Vec<i32> = left.keys().map(|pid| pid.as_raw_pid()).collect();
            let what = format!(
                "processes {pids:?} of a worker before still use {} and cannot be ended",
                folder.display()
            );
            return Err(io::Error::other(what));
        }
        for (&pid, parent) in &left {
            let has_parent = parent.is_some_and(|parent| left.contains_key(&parent));
            if late {
                kill_process(pid, Signal::KILL)?;
            } else if !has_parent && !told.contains(&pid) {
                tracing::warn!(pid = pid.as_raw_pid(), "a worker before left a process; it is told to stop");
                told.push(pid);
                // It may have ended since the look.
                let _ = kill_process(pid, Signal::TERM);
            }
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// The processes whose working directory is below a folder, each with its parent.
fn below(folder: &Path) -> HashMap<Pid, Option<Pid>> {
    let Ok(all) = std::fs::read_dir("/proc") else { return HashMap::new() };
    let pids = all.filter_map(|entry| Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?));
    pids.filter(|&pid| pid != getpid())
        .filter(|pid| {
            // A directory that was removed meanwhile has " (deleted)" behind its path.
            let cwd = std::fs::read_link(format!("/proc/{}/cwd", pid.as_raw_pid()));
            cwd.is_ok_and(|cwd| cwd.starts_with(folder))
        })
        .map(|pid| (pid, parent(pid)))
        .collect()
}

/// The fourth field of `/proc/PID/stat` (proc_pid_stat(5)); the second, in parentheses, may hold anything.
fn parent(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?;
    let (_, behind) = stat.rsplit_once(')')?;
    Pid::from_raw(behind.split_whitespace().nth(1)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn at_work(folder: &Path, script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder).stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Waits for its first line.
    fn first_line(child: &mut Child) -> String {
        let mut line = String::new();
        let out = child.stdout.as_mut().unwrap();
        io::BufRead::read_line(&mut io::BufReader::new(out), &mut line).unwrap();
        line
    }

    /// Reaps it when it ends, as a parent that is gone would have init do.
    fn reaped(mut child: Child) -> std::thread::JoinHandle<std::process::ExitStatus> {
        std::thread::spawn(move || child.wait().unwrap())
    }

    #[tokio::test]
    async fn what_a_killed_worker_left_is_gone_before_the_next_job_and_nothing_else_is_touched() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let left = reaped(at_work(folder.path(), "sleep 60"));
        let mut other = at_work(elsewhere.path(), "sleep 60");
        end(folder.path()).await.unwrap();
        left.join().unwrap();
        assert!(other.try_wait().unwrap().is_none(), "a process elsewhere was ended");
        other.kill().unwrap();
        other.wait().unwrap();
    }

    #[tokio::test]
    async fn terraform_has_its_providers_until_its_state_is_written() {
        let folder = tempfile::tempdir().unwrap();
        // The shell plays Terraform, the sleep its provider, the file its state.
        let script = "sleep 60 & provider=$!; \
                      trap 'kill -0 $provider && echo written > state; exit 0' TERM; \
                      echo ready; while :; do wait; done";
        let mut terraform = at_work(folder.path(), script);
        assert_eq!(first_line(&mut terraform), "ready\n");
        let terraform = reaped(terraform);
        end(folder.path()).await.unwrap();
        terraform.join().unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("state")).unwrap(), "written\n");
    }
}
