//! The Terraform driver: finds the program, starts it with a chosen environment and fixed arguments, and turns
//! what it says into values. What a job does with them is in [`crate::job`].

pub mod diagnostics;
pub mod environment;
pub mod process;
pub mod session;
pub mod stream;

use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::cancel::{Cancel, Level};
use environment::Environment;
use process::{Bounds, Invocation, Running};

/// Terraform on this worker.
#[derive(Debug, Clone)]
pub struct Terraform {
    program: PathBuf,
    version: String,
    environment: Environment,
    plugin_cache: Option<PathBuf>,
}

/// Why Terraform cannot be used here.
#[derive(Debug, Error)]
pub enum TerraformError {
    /// None on PATH.
    #[error("no `terraform` on PATH; install it or name it with --terraform")]
    NotFound,
    /// It does not start, or ends badly.
    #[error("`{program}` does not run: {why}")]
    Broken {
        /// The program.
        program: String,
        /// What happened.
        why: String,
    },
}

impl Terraform {
    /// Takes the program `setting` names, else the first `terraform` on the environment's PATH, and asks it for
    /// its version. `home` must exist.
    pub async fn find(
        setting: Option<&Path>,
        environment: Environment,
        plugin_cache: Option<PathBuf>,
        home: &Path,
    ) -> Result<Self, TerraformError> {
        let program = match setting {
            Some(program) => program.to_owned(),
            None => process::look_up("terraform", environment.path()).ok_or(TerraformError::NotFound)?,
        };
        let mut terraform = Self { program, version: String::new(), environment, plugin_cache };
        terraform.version = terraform.ask_version(home).await?;
        Ok(terraform)
    }

    /// Such as `1.11.4`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The environment it gets.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The folder `init` may keep providers in.
    pub fn plugin_cache(&self) -> Option<&Path> {
        self.plugin_cache.as_deref()
    }

    /// True when `init` knows `-json`.
    pub(crate) fn init_speaks_json(&self) -> bool {
        let mut numbers = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, 9)
    }

    /// What to start for these arguments.
    pub(crate) fn invocation(
        &self,
        args: &[String],
        cwd: &Path,
        home: &Path,
        cache: Option<&Path>,
    ) -> Invocation {
        Invocation {
            program: self.program.clone(),
            args: args.iter().map(Into::into).collect(),
            cwd: cwd.to_owned(),
            env: self.environment.for_terraform(home, cache),
        }
    }

    async fn ask_version(&self, home: &Path) -> Result<String, TerraformError> {
        let broken =
            |why: String| TerraformError::Broken { program: self.program.display().to_string(), why };
        let what = self.invocation(&["version".into(), "-json".into()], home, home, None);
        let bounds = Bounds {
            time: Some(Duration::from_secs(60)),
            grace: Duration::from_secs(5),
            memory_mib: 4096,
            line_bytes: 64 * 1024,
            stops_at: Level::Interrupt,
        };
        let (_stopper, cancel): (_, Cancel) = crate::cancel::channel();
        let mut running = Running::start(&what, bounds, cancel).map_err(|error| broken(error.to_string()))?;
        let mut text = String::new();
        while let Some(line) = running.next_line().await.map_err(|error| broken(error.to_string()))? {
            text.push_str(&line);
            text.push('\n');
        }
        let ended = running.end().await.map_err(|error| broken(error.to_string()))?;
        let version = serde_json::from_str::<serde_json::Value>(&text)
            .ok()
            .and_then(|answer| Some(answer.get("terraform_version")?.as_str()?.to_owned()));
        version.ok_or_else(|| {
            broken(format!(
                "`version -json` ended with {:?} and said {:?} {:?}",
                ended.code, text, ended.stderr
            ))
        })
    }
}
