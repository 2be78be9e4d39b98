//! A world of one repository, one worker and one app, in a folder of its own.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tfpilot_protocol::{
    ApplyOrder, Conclusion, Job, JobId, JobLimits, Operation, Phase, PlanReport, Repository, RunId, Secret,
    Source, TicketId,
};
use tfpilot_runner::cancel::{Cancel, Stopper, channel};
use tfpilot_runner::client::{App, Patience};
use tfpilot_runner::job::Worker;
use tfpilot_runner::progress::Watch;
use tfpilot_runner::terraform::Terraform;
use tfpilot_runner::terraform::environment::Environment;
use tfpilot_runner::workdir::WorkDir;

use super::double::{Double, JOB_TOKEN};
use super::git_http::TOKEN;

/// The stack of every test.
pub(crate) const STACK: &str = "live/dev/a";

/// Tests that need a slow resource use a provisioner, which is not admitted without this override.
pub(crate) const PROVISIONER: &str = "admission/provisioner";

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) app: Double,
    pub(crate) head: String,
    pub(crate) persistent: bool,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) stopper: Stopper,
    pub(crate) cancel: Cancel,
    pub(crate) said: Arc<Said>,
    pub(crate) limits: JobLimits,
    pub(crate) patience: Patience,
    pub(crate) overridden: Vec<&'static str>,
}

/// What the worker's console showed.
#[derive(Default)]
pub(crate) struct Said(pub(crate) Mutex<Vec<String>>);

impl Watch for Said {
    fn phase(&self, phase: Phase) {
        self.0.lock().unwrap().push(format!("# {phase:?}"));
    }
    fn line(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

impl World {
    /// With these files committed. `{state}` in them is an absolute path of a state file.
    pub(crate) async fn with(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        for folder in ["bin", "source", "git"] {
            std::fs::create_dir_all(path.join(folder)).unwrap();
        }
        std::fs::write(path.join("terraformrc"), "disable_checkpoint = true\n").unwrap();
        // Logs every call, so that a test can say that there was none.
        let real = real_terraform();
        let script =
            format!("#!/bin/sh\necho \"$@\" >> {}/calls\nexec {} \"$@\"\n", path.display(), real.display());
        std::fs::write(path.join("bin/terraform"), script).unwrap();
        std::fs::set_permissions(path.join("bin/terraform"), std::fs::Permissions::from_mode(0o755)).unwrap();
        git(&path.join("source"), &["init", "--quiet", "--initial-branch=main"]);
        let app = Double::start(path.join("git")).await;
        let paths = std::env::var("PATH").unwrap();
        let environment = vec![("PATH".into(), format!("{}/bin:{paths}", path.display()).into())];
        let (stopper, cancel) = channel();
        let mut world = Self {
            dir,
            app,
            head: String::new(),
            persistent: true,
            environment,
            stopper,
            cancel,
            said: Arc::default(),
            limits: JobLimits::default(),
            patience: Patience { total: Duration::from_secs(5), ..Patience::JOURNAL },
            overridden: Vec::new(),
        };
        world.commit(files);
        world
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Commits these files on top and makes that the head.
    pub(crate) fn commit(&mut self, files: &[(&str, &str)]) {
        let source = self.path().join("source");
        for (name, text) in files {
            let place = source.join(name);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, text.replace("{state}", &self.state_file().display().to_string())).unwrap();
        }
        git(&source, &["add", "--all", "--force"]);
        self.commit_index();
    }

    /// Commits what is staged in the source and makes that the head.
    pub(crate) fn commit_index(&mut self) {
        let source = self.path().join("source");
        git(&source, &["commit", "--quiet", "--message=next"]);
        self.head = git(&source, &["rev-parse", "HEAD"]).trim().to_owned();
        let bare = self.path().join("git/infra.git");
        std::fs::remove_dir_all(&bare).unwrap_or_default();
        git(&source, &["clone", "--quiet", "--bare", ".", &bare.display().to_string()]);
    }

    /// Where the local backend keeps the state.
    pub(crate) fn state_file(&self) -> PathBuf {
        self.path().join("state/a.tfstate")
    }

    pub(crate) fn job(&self, operation: Operation) -> Job {
        Job {
            protocol: 1,
            id: JobId(uuid::Uuid::now_v7()),
            run: RunId(uuid::Uuid::now_v7()),
            operation,
            token: Secret::new(JOB_TOKEN),
            lease_seconds: 2,
            repository: Repository { id: 7, full_name: "acme/infra".into() },
            source: Source {
                clone_url: format!("{}/git/infra.git", self.app.url),
                head: self.head.clone(),
                token: Some(Secret::new(TOKEN)),
            },
            stack: STACK.into(),
            environment: "dev".into(),
            inputs_digest: "1".repeat(64),
            terraform_version: None,
            admission: serde_json::json!({"persistent": true, "overridden": self.overridden}),
            account: None,
            limits: self.limits,
            apply: None,
        }
    }

    /// The job that applies what `report` planned.
    pub(crate) fn apply_job(&self, report: &PlanReport) -> Job {
        let apply = ApplyOrder {
            ticket: TicketId(uuid::Uuid::now_v7()),
            bundle_sha256: report.bundle_sha256.clone(),
            plan_digest: report.manifest.plan_digest.clone(),
        };
        Job { apply: Some(apply), ..self.job(Operation::Apply) }
    }

    pub(crate) async fn worker(&self) -> Worker {
        let config = self.path().join("terraformrc");
        let environment = Environment::choose(self.environment.clone(), &[], Some(&config));
        let terraform = Terraform::find(None, environment, None, self.dir.path()).await.unwrap();
        std::fs::remove_file(self.path().join("calls")).unwrap();
        Worker {
            app: App::new(&self.app.url).unwrap(),
            terraform,
            work: WorkDir::take(&self.path().join("work")).unwrap(),
            persistent: self.persistent,
            own_repository: None,
            secrets: Vec::new(),
            watch: self.said.clone(),
            journal_patience: self.patience,
        }
    }

    /// Runs a job to its conclusion, as the app got it.
    pub(crate) async fn run(&self, job: &Job) -> Conclusion {
        let worker = self.worker().await;
        let told = worker.run(job, &self.cancel).await.unwrap();
        let heard = self.app.conclusion();
        assert_eq!(told, heard);
        assert!(!self.path().join("work/job").exists(), "the job's folder is left behind");
        heard
    }

    /// Plans, and expects that to work.
    pub(crate) async fn planned(&self) -> PlanReport {
        match self.run(&self.job(Operation::Plan)).await {
            Conclusion::Planned(report) => *report,
            other => panic!("not planned: {other:#?}"),
        }
    }

    /// Terraform's calls since the worker started.
    pub(crate) fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path().join("calls")).unwrap_or_default();
        text.lines().map(|line| line.replace(&self.path().display().to_string(), "…")).collect()
    }

    /// Everything that left the worker or was shown by it, but for bundles.
    pub(crate) fn left(&self) -> String {
        let shown = self.said.0.lock().unwrap().join("\n");
        self.app.with(|known| known.bodies.join("\n")) + &shown
    }
}

pub(crate) fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn real_terraform() -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap();
    std::env::var_os("TFPILOT_TERRAFORM")
        .map(PathBuf::from)
        .or_else(|| tfpilot_runner::terraform::process::look_up("terraform", &paths))
        .expect("terraform is needed: name it in TFPILOT_TERRAFORM, or put it on PATH")
}
