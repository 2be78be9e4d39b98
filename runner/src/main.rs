//! The command line of the sidecar. What it does is in [`tfpilot_runner::sidecar`].

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use tfpilot_runner::client::ClientError;
use tfpilot_runner::{handoff, sidecar};

/// Runs Terraform for TfPilot
#[derive(Debug, Parser)]
#[command(name = "tfpilot-runner", disable_version_flag = true)]
struct Cli {
    /// How the log is written
    #[arg(long, env = "TFPILOT_LOG_FORMAT", default_value = "text", global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Claim jobs from the app and do them, until a signal
    Serve(Box<sidecar::Settings>),
    /// Say the runner's version and the protocol it speaks
    Version,
}

fn main() -> ExitCode {
    let taken = match handoff::take_secrets() {
        Ok(taken) => taken,
        Err(error) => {
            return fail(&anyhow::Error::new(error).context("taking secrets out of the environment"));
        }
    };
    let cli = Cli::parse();
    start_log(cli.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let result = match cli.command {
        Command::Serve(settings) => runtime.block_on(sidecar::serve(*settings, &taken)).map(drop),
        Command::Version => say_version().map_err(Into::into),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn say_version() -> std::io::Result<()> {
    let (version, protocol) = (env!("CARGO_PKG_VERSION"), tfpilot_protocol::PROTOCOL_VERSION);
    writeln!(std::io::stdout(), "tfpilot-runner {version}, protocol {protocol}")
}

/// 4: the app is not reached, 5: it says no, 3: a setting is wrong.
fn fail(error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "tfpilot-runner: {error:#}");
    ExitCode::from(match error.downcast_ref::<ClientError>() {
        Some(ClientError::Unreachable { .. }) => 4,
        Some(ClientError::Refused { .. }) => 5,
        _ => 3,
    })
}

fn start_log(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TFPILOT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
