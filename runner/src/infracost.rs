//! What infracost says a plan costs, where the worker has that program.
//!
//! It gets the redacted plan and nothing of the clouds: no credentials, no checkout. Its answer goes to the app as it is; whatever
//! goes wrong is a warning, and the app prices the plan itself. Version 0.10 reads a plan; later ones take a directory and
//! pass over everything else, so that they would price something other than what was planned.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tfpilot_plan::RedactedPlan;
use thiserror::Error;

use crate::cancel::{Cancel, Level};
use crate::terraform::environment::Environment;
use crate::terraform::process::{Bounds, Invocation, Running, look_up};

/// The program.
const NAME: &str = "infracost";

/// Time for one plan, also where its price list answers slowly.
const SECONDS: u64 = 180;

/// Bytes of an answer that are taken.
const ANSWER_BYTES: u64 = 8 << 20;

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum InfracostError {
    /// Its files cannot be written or read, or it does not start.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Its version reads no plan.
    #[error("`{0}` reads no plan file; install version 0.10")]
    Version(String),
    /// It ended badly.
    #[error("it ended with {code}: {stderr}")]
    Ended {
        /// Its exit code, or `a signal`.
        code: String,
        /// The end of what it said.
        stderr: String,
    },
    /// Its answer is longer than is taken.
    #[error("its answer is longer than 8 MiB")]
    TooLong,
    /// Its answer is none.
    #[error("its answer is no JSON: {0}")]
    NoJson(#[from] serde_json::Error),
}

/// What it says of a plan, as JSON text; none where the worker does not have it. `home` is an empty folder of the job.
pub(crate) async fn price(
    plan: &RedactedPlan,
    environment: &Environment,
    home: &Path,
    cancel: &Cancel,
) -> Result<Option<String>, InfracostError> {
    let Some(program) = look_up(NAME, environment.path()) else { return Ok(None) };
    let start = |args: Vec<OsString>| Invocation {
        program: program.clone(),
        args,
        cwd: home.to_owned(),
        env: environment.for_infracost(home),
    };
    let version = first_line(&start(vec!["--version".into()]), cancel).await?;
    if !reads_plans(&version) {
        return Err(InfracostError::Version(version));
    }
    let (input, output) = (home.join("infracost-plan.json"), home.join("infracost.json"));
    write(plan, &input)?;
    let args = ["breakdown", "--path"].map(OsString::from).into_iter().chain([input.clone().into()]);
    let args = args.chain(["--format", "json", "--no-color", "--out-file"].map(OsString::from));
    let done = run(&start(args.chain([output.clone().into()]).collect()), cancel).await;
    let answer = done.and_then(|_| read(&output));
    for file in [input, output] {
        // Of a home that goes with the job; a plan is long.
        let _ = std::fs::remove_file(file);
    }
    answer.map(Some)
}

/// Whether `Infracost v0.10.41` is one that reads plans.
fn reads_plans(version: &str) -> bool {
    version.split_whitespace().any(|word| word.trim_start_matches('v').starts_with("0.10."))
}

fn write(plan: &RedactedPlan, path: &PathBuf) -> Result<(), InfracostError> {
    let mut file = std::io::BufWriter::new(File::create(path)?);
    serde_json::to_writer(&mut file, plan)?;
    Ok(file.flush()?)
}

fn read(path: &PathBuf) -> Result<String, InfracostError> {
    let mut text = String::new();
    File::open(path)?.take(ANSWER_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > ANSWER_BYTES {
        return Err(InfracostError::TooLong);
    }
    serde_json::from_str::<serde::de::IgnoredAny>(&text)?;
    Ok(text)
}

async fn first_line(what: &Invocation, cancel: &Cancel) -> Result<String, InfracostError> {
    let lines = run(what, cancel).await?;
    Ok(lines.into_iter().next().unwrap_or_default())
}

/// Runs it to its end; the first lines of what it says.
async fn run(what: &Invocation, cancel: &Cancel) -> Result<Vec<String>, InfracostError> {
    let bounds = Bounds {
        time: Some(Duration::from_secs(SECONDS)),
        grace: Duration::from_secs(5),
        memory_mib: 4096,
        line_bytes: 4096,
        stops_at: Level::Drain,
    };
    let mut running = Running::start(what, bounds, cancel.clone())?;
    let mut lines = Vec::new();
    while let Some(line) = running.next_line().await? {
        if lines.len() < 4 {
            lines.push(line);
        }
    }
    let ended = running.end().await?;
    if ended.ok() {
        return Ok(lines);
    }
    let code = ended.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
    let said = ended.stderr.trim();
    let stderr = said.lines().last().unwrap_or_default().chars().take(400).collect();
    Err(InfracostError::Ended { code, stderr })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A program that answers like infracost, in a shell.
    fn worker(script: &str) -> (tempfile::TempDir, Environment) {
        let dir = tempfile::tempdir().expect("a directory");
        let bin = dir.path().join("bin");
        std::fs::create_dir_all(&bin).expect("a folder");
        std::fs::create_dir_all(dir.path().join("home")).expect("a folder");
        let program = bin.join(NAME);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
        let path = format!("{}:/usr/bin:/bin", bin.display());
        let all =
            [("PATH", path.as_str()), ("INFRACOST_API_KEY", "ico-secret"), ("AWS_SECRET_ACCESS_KEY", "s")];
        let all = all.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        (dir, Environment::choose(all, &[], None))
    }

    async fn priced(script: &str) -> Result<Option<String>, InfracostError> {
        let (dir, environment) = worker(script);
        let plan = serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []});
        let plan = RedactedPlan::from_document(plan).expect("a plan");
        let (_stopper, cancel) = crate::cancel::channel();
        price(&plan, &environment, &dir.path().join("home"), &cancel).await
    }

    #[tokio::test]
    async fn it_gets_the_redacted_plan_and_its_own_key_alone() {
        let said = priced(
            r#"if [ "$1" = --version ]; then echo "Infracost v0.10.41"; exit; fi
            [ "$INFRACOST_API_KEY" = ico-secret ] && [ -z "$AWS_SECRET_ACCESS_KEY" ] || exit 3
            while [ "$1" != --out-file ]; do [ "$1" = --path ] && plan=$2; shift; done
            printf '{"version":"0.2","plan":%s}' "$(cat "$plan")" > "$2""#,
        )
        .await
        .expect("it answers");
        let said: serde_json::Value = serde_json::from_str(&said.expect("it is there")).expect("JSON");
        assert_eq!((&said["version"], &said["plan"]["terraform_version"]), (&"0.2".into(), &"1.11.4".into()));
    }

    #[tokio::test]
    async fn what_goes_wrong_is_told() {
        let told = |result: Result<Option<String>, InfracostError>| result.expect_err("refused").to_string();
        assert_eq!(
            told(priced("echo Infracost v2.1.0").await),
            "`Infracost v2.1.0` reads no plan file; install version 0.10"
        );
        let old = "[ \"$1\" = --version ] && { echo Infracost v0.10.9; exit; }\n";
        assert_eq!(
            told(priced(&format!("{old}echo hello >&2; echo No INFRACOST_API_KEY >&2; exit 1")).await),
            "it ended with 1: No INFRACOST_API_KEY"
        );
        let broken = told(
            priced(&format!("{old}while [ \"$1\" != --out-file ]; do shift; done; echo '{{' > \"$2\"")).await,
        );
        assert!(broken.starts_with("its answer is no JSON"), "{broken}");
    }

    #[tokio::test]
    async fn without_it_nothing_is_asked() {
        let plan = serde_json::json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []});
        let plan = RedactedPlan::from_document(plan).expect("a plan");
        let (_stopper, cancel) = crate::cancel::channel();
        let asked = price(&plan, &Environment::default(), Path::new("/nowhere"), &cancel).await;
        assert_eq!(asked.expect("no error"), None);
    }
}
