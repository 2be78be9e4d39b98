//! Takes secrets out of the process's own environment before any child starts.
//!
//! A child of the same user can read its parent's environment through `/proc`, and removing a variable does not
//! change what stands there. So the program starts itself once more without them and hands them to itself
//! through an unnamed file in memory; and it makes itself non-dumpable, which closes its `/proc` to children
//! that are not root.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::CommandExt;

use rustix::fs::MemfdFlags;
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use tfpilot_protocol::Secret;

/// Says that standard input carries the secrets.
const MARK: &str = "TFPILOT_HANDOFF";

/// Secrets that were in the environment, by name.
#[derive(Debug, Default)]
pub struct Secrets(BTreeMap<String, Secret>);

impl Secrets {
    /// One of them.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name).filter(|secret| !secret.expose().is_empty())
    }

    /// All of them that nobody may read; an address stands beside its token and is none.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().filter(|(name, _)| !name.ends_with("_URL")).map(|(_, secret)| secret)
    }
}

/// Names of variables that prove to others who this worker is: GitHub's and TfPilot's tokens.
pub fn is_secret(name: &str) -> bool {
    const NAMES: &[&str] = &["GITHUB_TOKEN", "GH_TOKEN", "INPUT_TOKEN", "TFPILOT_TOKEN"];
    NAMES.contains(&name) || name.starts_with("ACTIONS_")
}

/// Called first of all in `main`, before any thread or child. Returns the secrets, which are in no environment
/// any more.
pub fn take_secrets() -> io::Result<Secrets> {
    if std::env::var_os(MARK).is_some() {
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
        return receive();
    }
    let (secrets, rest) = split(std::env::vars_os());
    if secrets.is_empty() {
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
        return Ok(Secrets::default());
    }
    Err(start_again(&secrets, rest))
}

type Variables = Vec<(OsString, OsString)>;

fn split(all: impl Iterator<Item = (OsString, OsString)>) -> (BTreeMap<String, Secret>, Variables) {
    let (mut secrets, mut rest) = (BTreeMap::new(), Vec::new());
    for (name, value) in all {
        match (name.to_str().filter(|name| is_secret(name)), value.to_str()) {
            (Some(name), Some(value)) => drop(secrets.insert(name.to_owned(), Secret::new(value))),
            // A secret that is no text is none of GitHub's; it is not handed on either.
            (Some(_), None) => {}
            (None, _) => rest.push((name, value)),
        }
    }
    (secrets, rest)
}

/// Only returns when it fails.
fn start_again(secrets: &BTreeMap<String, Secret>, rest: Variables) -> io::Error {
    let memory = || -> io::Result<std::fs::File> {
        let mut file = std::fs::File::from(rustix::fs::memfd_create("handoff", MemfdFlags::CLOEXEC)?);
        file.write_all(&serde_json::to_vec(secrets)?)?;
        file.rewind()?;
        Ok(file)
    };
    let (file, program) = match (memory(), std::env::current_exe()) {
        (Ok(file), Ok(program)) => (file, program),
        (Err(error), _) | (_, Err(error)) => return error,
    };
    let mut args = std::env::args_os();
    let name = args.next().unwrap_or_else(|| program.clone().into_os_string());
    let mut command = std::process::Command::new(program);
    command.arg0::<&OsStr>(&name).args(args).env_clear().envs(rest).env(MARK, "1").stdin(file);
    command.exec()
}

fn receive() -> io::Result<Secrets> {
    let mut text = Vec::new();
    let mut input = io::stdin().lock();
    input.by_ref().take(1024 * 1024).read_to_end(&mut text)?;
    // Nothing is left to be read by whoever gets hold of the descriptor; it may also be no file, when somebody
    // else set the mark.
    let _ = rustix::fs::ftruncate(&input, 0);
    serde_json::from_slice(&text).map(Secrets).map_err(|error| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{MARK} is set, but no secrets were handed over: {error}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_taken_and_settings_stay() {
        let all = [
            ("GITHUB_TOKEN", "ghs_x"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "y"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "u"),
            ("INPUT_TOKEN", "z"),
            ("GITHUB_REPOSITORY", "acme/infra"),
            ("AWS_REGION", "eu"),
            ("TFPILOT_APP", "https://a"),
        ];
        let (secrets, rest) = split(all.into_iter().map(|(name, value)| (name.into(), value.into())));
        let names: Vec<_> = secrets.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "GITHUB_TOKEN", "INPUT_TOKEN"]
        );
        assert_eq!(rest.len(), 3);
    }
}
