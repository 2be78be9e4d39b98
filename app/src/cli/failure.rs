//! How a command says that it failed: a sentence on stderr, with `--json` an object on stdout, and an exit code that
//! tells causes apart.

use std::process::ExitCode;

use serde_json::json;

use super::{INVALID_INPUT, NOT_ALLOWED, OUR_BUG, UNREACHABLE, log};
use crate::github::{Failure, GitHubError};

/// A server that does not answer, and what was seen of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unreachable(pub(super) String);

/// Says what went wrong.
pub(super) fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    say(exit_code(error), &in_one_line(error), json)
}

/// Says that the command line cannot be understood, or gives the help that was asked for.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    // Not parsed, so looked for by hand.
    if code != 0 && std::env::args_os().any(|argument| argument == "--json") {
        say_json(code, error.to_string().trim_end());
    }
    // Help goes to stdout, complaints to stderr; a closed one is nobody who listens.
    let _ = error.print();
    ExitCode::from(code)
}

/// Says that it is our fault. The panic's own words are on stderr already.
pub(super) fn bug(json: bool) -> ExitCode {
    say(OUR_BUG, "this is a bug of TfPilot; please report it with the lines above", json)
}

fn say(code: u8, message: &str, json: bool) -> ExitCode {
    if json {
        say_json(code, message);
    }
    log::complain(message);
    ExitCode::from(code)
}

fn say_json(code: u8, message: &str) {
    log::say(&json!({ "error": { "exit": code, "message": message } }).to_string());
}

/// An error with its causes, each said once: some errors name their cause themselves.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

fn exit_code(error: &anyhow::Error) -> u8 {
    if error.is::<Unreachable>() {
        return UNREACHABLE;
    }
    let github = error.chain().find_map(|cause| cause.downcast_ref::<GitHubError>());
    match github.map(|error| &error.failure) {
        Some(Failure::Transient { .. } | Failure::RateLimited { .. }) => UNREACHABLE,
        Some(
            Failure::Unauthorized | Failure::Forbidden { .. } | Failure::NotInstalled | Failure::Suspended,
        ) => NOT_ALLOWED,
        _ => INVALID_INPUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::anyhow!("no such file").context("reading x: no such file").context("starting");
        assert_eq!(in_one_line(&error), "starting: reading x: no such file");
    }

    #[test]
    fn causes_have_their_own_exit_codes() {
        let github =
            |failure| anyhow::Error::from(GitHubError { doing: "reading".to_owned(), failure }).context("x");
        assert_eq!(exit_code(&github(Failure::Transient { detail: "gone".to_owned() })), UNREACHABLE);
        assert_eq!(exit_code(&github(Failure::Unauthorized)), NOT_ALLOWED);
        assert_eq!(exit_code(&github(Failure::Gone)), INVALID_INPUT);
        assert_eq!(exit_code(&anyhow::anyhow!("no such file")), INVALID_INPUT);
    }
}
