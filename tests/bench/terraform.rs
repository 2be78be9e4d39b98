//! Bare Terraform to compare with, and the time that Terraform takes inside a run.
//!
//! Both use the same program, CLI configuration and cloud variables. Inside a run, a small script stands before the
//! program and writes down how long each call took.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::process::Command;

/// Terraform's program, and what it is told by the environment.
pub(crate) struct Terraform {
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
}

/// Time of each bare step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bare {
    /// `terraform init`.
    pub(crate) init: Duration,
    /// `terraform plan`, into a file.
    pub(crate) plan: Duration,
    /// `terraform show -json` of that file.
    pub(crate) show: Duration,
}

impl Bare {
    /// All three.
    pub(crate) fn total(&self) -> Duration {
        self.init + self.plan + self.show
    }
}

impl Terraform {
    /// The program that the set-up found, else the one on PATH.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn find(environment: Vec<(&'static str, String)>) -> anyhow::Result<Terraform> {
        let named = std::env::var_os("TFPILOT_TERRAFORM").map(PathBuf::from).filter(|file| file.is_file());
        let on_path = || {
            let path = std::env::var_os("PATH")?;
            std::env::split_paths(&path).map(|dir| dir.join("terraform")).find(|file| file.is_file())
        };
        let program = named.or_else(on_path).context("terraform is missing: run `make setup`")?;
        Ok(Terraform { program, environment })
    }

    /// Plans a stack of a checkout given as files, in a new directory.
    ///
    /// # Errors
    /// When Terraform fails; the error holds its words.
    pub(crate) async fn bare(&self, files: &BTreeMap<String, String>, stack: &str) -> anyhow::Result<Bare> {
        let dir = tempfile::tempdir().context("a directory for bare Terraform")?;
        for (path, text) in files {
            let path = dir.path().join(path);
            let parent = path.parent().context("a file's directory")?;
            std::fs::create_dir_all(parent).with_context(|| format!("creating {}", parent.display()))?;
            std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        let at = dir.path().join(stack);
        let home = dir.path().join("home");
        std::fs::create_dir_all(&home).context("creating a home for Terraform")?;
        let init = self.call(&at, &home, &["init", "-input=false", "-no-color"]).await?;
        let plan = ["plan", "-input=false", "-no-color", "-lock=false", "-out=plan.bin"].as_slice();
        let plan = self.call(&at, &home, plan).await?;
        let show = self.call(&at, &home, &["show", "-json", "plan.bin"]).await?;
        Ok(Bare { init, plan, show })
    }

    async fn call(&self, at: &Path, home: &Path, arguments: &[&str]) -> anyhow::Result<Duration> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(at).stdin(Stdio::null()).env_clear().kill_on_drop(true);
        command.env("HOME", home).env("TMPDIR", home).env("LC_ALL", "C.UTF-8");
        command.env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0").env("CHECKPOINT_DISABLE", "1");
        for name in ["PATH", "TF_CLI_CONFIG_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let start = Instant::now();
        let output = command.output().await.context("starting terraform")?;
        let took = start.elapsed();
        ensure!(
            output.status.success(),
            "terraform {} fails: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(took)
    }

    /// Puts the timing script into a directory of its own; its calls end up in the given log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn timed(&self, dir: &Path) -> anyhow::Result<Calls> {
        std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
        let (script, log) = (dir.join("terraform"), dir.join("calls.log"));
        let text = format!(
            "#!/bin/sh\nstart=$(date +%s%N)\n'{program}' \"$@\"\ncode=$?\nend=$(date +%s%N)\nfor name in \"$@\"; do\n  case $name in -*) ;; *) break ;; esac\ndone\necho \"$name $start $((end - start))\" >>'{log}'\nexit $code\n",
            program = self.program.display(),
            log = log.display()
        );
        std::fs::write(&script, text).with_context(|| format!("writing {}", script.display()))?;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
        let begin = format!("echo \"{STEP} $(date +%s%N) 0\" >>'{}'\n", log.display());
        std::fs::write(dir.join(BEGIN), begin).context("writing what notes a step's start")?;
        Ok(Calls { dir: dir.to_path_buf(), log })
    }
}

/// What bash reads before a step's script (`BASH_ENV`): it notes when the step began.
const BEGIN: &str = "begin.sh";

/// Name under which the start of a step is noted among the calls.
const STEP: &str = "step";

/// A call of Terraform, or the start of a workflow's step.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Subcommand.
    pub(crate) name: String,
    /// Seconds since 1970.
    pub(crate) start: f64,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// From the start of the step that runs the action to its first `terraform init`; none where there was none.
pub(crate) fn until_init(calls: &[Call]) -> Option<f64> {
    let init = calls.iter().find(|call| call.name == "init")?;
    let steps = calls.iter().filter(|call| call.name == STEP && call.start < init.start);
    Some(init.start - steps.map(|call| call.start).reduce(f64::max)?)
}

/// The calls which the timing script saw.
pub(crate) struct Calls {
    dir: PathBuf,
    log: PathBuf,
}

impl Calls {
    /// PATH with the script before everything else.
    pub(crate) fn path(&self) -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        format!("{}:{path}", self.dir.display())
    }

    /// What bash is to read before each step.
    pub(crate) fn begin(&self) -> String {
        self.dir.join(BEGIN).display().to_string()
    }

    /// The calls since the last look, in the order in which they ended.
    pub(crate) fn take(&self) -> Vec<Call> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        // Nothing runs between two stories, so nothing is lost.
        let _ = std::fs::remove_file(&self.log);
        text.lines().filter_map(parse).collect()
    }
}

fn parse(line: &str) -> Option<Call> {
    let mut words = line.split(' ');
    let name = words.next()?.to_owned();
    let mut seconds = || Some(words.next()?.parse::<f64>().ok()? / 1e9);
    Some(Call { name, start: seconds()?, seconds: seconds()? })
}
