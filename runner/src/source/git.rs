//! Git as a fetcher of objects: a bare repository, no configuration of the machine's, the token in the child's
//! environment and never in an argument or an address.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tfpilot_protocol::Source;
use tokio::process::Command;

use super::{SourceError, check_address, check_commit};
use crate::cancel::{Cancel, Level};
use crate::terraform::environment::Environment;
use crate::terraform::process::{Bounds, Invocation, Running, look_up};

/// A fetch of one commit takes no longer.
const FETCH_TIME: Duration = Duration::from_secs(900);

/// Git in one bare repository.
#[derive(Debug)]
pub struct Git {
    program: PathBuf,
    repository: PathBuf,
    env: Vec<(OsString, OsString)>,
    cancel: Cancel,
}

impl Git {
    /// Makes an empty bare repository at `repository`.
    pub async fn create(
        repository: &Path,
        environment: &Environment,
        home: &Path,
        cancel: Cancel,
    ) -> Result<Self, SourceError> {
        let program = look_up("git", environment.path()).ok_or(SourceError::NoGit)?;
        let mut env = environment.for_git(home);
        env.extend([
            ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
            ("GIT_CONFIG_GLOBAL".into(), "/dev/null".into()),
            ("GIT_TERMINAL_PROMPT".into(), "0".into()),
            ("GIT_NO_REPLACE_OBJECTS".into(), "1".into()),
            ("GIT_NO_LAZY_FETCH".into(), "1".into()),
        ]);
        let git = Self { program, repository: repository.to_owned(), env, cancel };
        let mut init = git.command(&["init", "--quiet", "--bare", "--template="], &[]);
        init.args.push(repository.into());
        git.run("init", init, None).await?;
        Ok(git)
    }

    /// Fetches exactly `source.head` and nothing before it.
    pub async fn fetch(&self, source: &Source) -> Result<(), SourceError> {
        check_commit(&source.head)?;
        let url = check_address(&source.clone_url)?;
        let mut config = vec![
            ("protocol.allow".to_owned(), "never".to_owned()),
            (format!("protocol.{}.allow", url.scheme()), "always".to_owned()),
            // A redirect would carry the token elsewhere.
            ("http.followRedirects".to_owned(), "false".to_owned()),
            ("protocol.version".to_owned(), "2".to_owned()),
            ("fetch.recurseSubmodules".to_owned(), "false".to_owned()),
            ("core.hooksPath".to_owned(), "/dev/null".to_owned()),
            ("gc.auto".to_owned(), "0".to_owned()),
        ];
        if let Some(token) = &source.token {
            let login = STANDARD.encode(format!("x-access-token:{}", token.expose()));
            config.push((format!("http.{url}.extraHeader"), format!("Authorization: Basic {login}")));
        }
        let args =
            ["fetch", "--quiet", "--no-tags", "--depth=1", "--end-of-options", url.as_str(), &source.head];
        self.run("fetch", self.command(&args, &config), Some(FETCH_TIME)).await
    }

    /// A command whose output the caller reads.
    pub(super) fn reader(&self, args: &[&str]) -> Command {
        let what = self.command(args, &[]);
        let mut command = Command::new(what.program);
        command.args(what.args).current_dir(what.cwd).env_clear().envs(what.env);
        command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::piped()).kill_on_drop(true);
        command
    }

    fn command(&self, args: &[&str], config: &[(String, String)]) -> Invocation {
        let mut env = self.env.clone();
        env.push(("GIT_CONFIG_COUNT".into(), config.len().to_string().into()));
        for (index, (key, value)) in config.iter().enumerate() {
            env.push((format!("GIT_CONFIG_KEY_{index}").into(), key.into()));
            env.push((format!("GIT_CONFIG_VALUE_{index}").into(), value.into()));
        }
        let inside = args.first() != Some(&"init");
        if inside {
            env.push(("GIT_DIR".into(), self.repository.clone().into()));
        }
        // Always in the job's folder, where a process that outlives its worker is found.
        let cwd = if inside { Some(self.repository.as_path()) } else { self.repository.parent() };
        let cwd = cwd.unwrap_or(Path::new("/"));
        Invocation {
            program: self.program.clone(),
            args: args.iter().map(Into::into).collect(),
            cwd: cwd.to_owned(),
            env,
        }
    }

    async fn run(&self, command: &str, what: Invocation, time: Option<Duration>) -> Result<(), SourceError> {
        let bounds = Bounds {
            time,
            grace: Duration::from_secs(5),
            memory_mib: 8192,
            line_bytes: 4096,
            stops_at: Level::Drain,
        };
        let ended = Running::start(&what, bounds, self.cancel.clone())?.end().await?;
        if ended.ok() {
            return Ok(());
        }
        let said = ended.stderr.trim();
        let message = match (ended.interrupted, said.is_empty()) {
            (Some(_), _) => "stopped".to_owned(),
            (None, true) => format!("ended with {:?}", ended.code),
            (None, false) => said.to_owned(),
        };
        Err(SourceError::Git { command: command.to_owned(), message })
    }
}
