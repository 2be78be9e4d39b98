//! A child, as its parent sees it: started with nothing but a question, and ended when it takes too long or says too much.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};

use super::ended::Ended;
use super::{Limits, child};

/// Bytes of an answer that are read.
const MOST_OUTPUT: u64 = 8 << 20;

/// Bytes of its complaints that are looked at to tell how it ended. They are shown to nobody.
const MOST_COMPLAINTS: usize = 16 << 10;

/// Asks one question of one child.
pub(super) fn ask(program: &Path, question: &[u8], limits: &Limits) -> Result<Vec<u8>, Ended> {
    let mut child = Command::new(program)
        .args(child::arguments(limits))
        // Settings of the server are its secrets. What it has open is closed by the system: everything is opened so.
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| {
            tracing::warn!(%error, "no process could be started for a Rego policy");
            Ended::NotStarted
        })?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
        end(&mut child);
        return Err(Ended::NotStarted);
    };
    let heard = thread::scope(|scope| {
        scope.spawn(move || {
            // Who does not read it has ended, which is told by how.
            let _ = stdin.write_all(question);
        });
        let complaints = scope.spawn(move || listen(stderr));
        let (told, answer) = mpsc::channel();
        scope.spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(MOST_OUTPUT + 1).read_to_end(&mut bytes);
            let _ = told.send(read.map(|_| bytes));
        });
        let heard = match answer.recv_timeout(limits.time) {
            Ok(Ok(bytes)) if bytes.len() as u64 > MOST_OUTPUT => Err(Ended::Output),
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(_)) => Err(Ended::Unreadable),
            Err(_) => Err(Ended::Time),
        };
        // One that has closed its output is given no more time, unless it is on its way out.
        let status = match &heard {
            Ok(_) => child.wait().ok(),
            Err(_) => end(&mut child),
        };
        (heard, status, complaints.join().unwrap_or_default())
    });
    let (heard, status, complaints) = heard;
    let bytes = heard?;
    match status {
        Some(status) if status.success() => Ok(bytes),
        Some(status) => Err(how(status, &complaints)),
        None => Err(Ended::Unreadable),
    }
}

/// Reads complaints to their end, so that nobody waits for us to, and keeps their beginning.
fn listen(mut stderr: impl Read) -> String {
    let (mut kept, mut bytes) = (Vec::new(), [0; 4096]);
    while let Ok(read) = stderr.read(&mut bytes) {
        if read == 0 {
            break;
        }
        let room = MOST_COMPLAINTS.saturating_sub(kept.len());
        kept.extend(bytes.iter().take(read.min(room)));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// Ends a child and whatever it may have started.
fn end(child: &mut Child) -> Option<ExitStatus> {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    child.wait().ok()
}

/// How it ended, by its status and by what the runtime complains about.
fn how(status: ExitStatus, complaints: &str) -> Ended {
    let says = |words: &str| complaints.contains(words);
    match (status.signal(), status.code()) {
        (Some(signal), _) if signal == Signal::XCPU.as_raw() => Ended::Cpu,
        (Some(_), _) if says("memory allocation of") => Ended::Memory,
        (Some(_), _) if says("has overflowed its stack") => Ended::Depth,
        (Some(signal), _) => Ended::Signal(signal),
        (None, Some(code)) if code == child::OUT_OF_MEMORY => Ended::Memory,
        (None, _) if says("panicked at") => Ended::Panic,
        (None, code) => Ended::Code(code.unwrap_or(-1)),
    }
}
