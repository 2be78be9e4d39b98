//! A child, as it sees itself: it limits what it may use before it reads anything, answers one question, and ends.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::ExitCode;

use clap::Args;
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use tfpilot_policies::rego::{Question, answer};

use super::Limits;

/// The hidden subcommand.
pub(crate) const COMMAND: &str = "ask-rego";

/// Exit code for a limit that could not be set: nothing is asked without it.
const UNLIMITED: u8 = 71;

/// Exit code for a question that could not be read.
const NO_QUESTION: u8 = 65;

/// Exit code where memory ended while something was read.
pub(super) const OUT_OF_MEMORY: i32 = 72;

/// Files that it may have open: its pipes, and a few that the runtime looks at.
const FILES: u64 = 16;

/// `tfpilot ask-rego`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Address space, in MiB.
    #[arg(long)]
    memory_mib: u64,
    /// CPU time, in seconds.
    #[arg(long)]
    cpu_seconds: u64,
}

/// What a child is started with.
pub(super) fn arguments(limits: &Limits) -> Vec<OsString> {
    let (memory, cpu) = (limits.memory_mib.to_string(), limits.cpu_seconds.to_string());
    [COMMAND, "--memory-mib", &memory, "--cpu-seconds", &cpu].map(OsString::from).into()
}

/// 1. Limits. 2. The question. 3. The answer.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    if limit(arguments).is_err() {
        return ExitCode::from(UNLIMITED);
    }
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::OutOfMemory => {
            return ExitCode::from(u8::try_from(OUT_OF_MEMORY).unwrap_or(NO_QUESTION));
        }
        Err(_) => return ExitCode::from(NO_QUESTION),
    }
    let Ok(question) = serde_json::from_slice::<Question>(&bytes) else { return ExitCode::from(NO_QUESTION) };
    drop(bytes);
    let Ok(told) = serde_json::to_vec(&answer(&question)) else { return ExitCode::from(NO_QUESTION) };
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(&told).and_then(|()| stdout.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(NO_QUESTION),
    }
}

/// Nothing that a policy does reaches further than this.
fn limit(arguments: &Arguments) -> rustix::io::Result<()> {
    let set = |resource, soft: u64, hard: u64| {
        setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })
    };
    let memory = arguments.memory_mib.saturating_mul(1 << 20);
    set(Resource::As, memory, memory)?;
    // The first of both is told as a signal of its own.
    set(Resource::Cpu, arguments.cpu_seconds, arguments.cpu_seconds.saturating_add(1))?;
    set(Resource::Core, 0, 0)?;
    set(Resource::Fsize, 0, 0)?;
    set(Resource::Nofile, FILES, FILES)?;
    // A server that ends leaves nothing behind that computes for nobody.
    set_parent_process_death_signal(Some(Signal::KILL))
}
