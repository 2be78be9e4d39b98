//! A module's trial: a call of it with everyday inputs, and how far moto goes with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tfpilot_tests::{Cloud, REGION};

/// How far moto goes with a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moto {
    /// It is applied, changed and destroyed, and no plan between finds a difference.
    Applied,
    /// It is planned; moto lacks something to apply it.
    Planned,
}

impl Moto {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Moto::Applied => "applied, changed, destroyed",
            Moto::Planned => "planned",
        }
    }
}

/// A trial, `modules/trials/<provider>/<module>/main.tf`.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    /// Id of the module.
    pub(crate) module: String,
    /// How far moto goes.
    pub(crate) moto: Moto,
    /// What moto lacks, where it lacks something.
    pub(crate) why: String,
}

impl Trial {
    /// Its call's name in the root.
    fn call(&self) -> String {
        self.module.replace(['/', '-'], "_")
    }

    /// What addresses of it begin with.
    pub(crate) fn address(&self) -> String {
        format!("module.{}.", self.call())
    }
}

/// The catalog's folder, `modules/`.
fn modules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules")
}

/// All trials, by module.
pub(crate) fn trials() -> anyhow::Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for provider in folders(&modules().join("trials"))? {
        for folder in folders(&provider)? {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
            let (Some(provider), Some(module)) = (name(&provider), name(&folder)) else { continue };
            let text = fs::read_to_string(folder.join("main.tf"))?;
            let first = text.lines().next().unwrap_or_default();
            let (moto, why) = match first.strip_prefix("# moto: ") {
                Some("applied") => (Moto::Applied, ""),
                Some(said) => match said.strip_prefix("planned, because ") {
                    Some(why) => (Moto::Planned, why),
                    None => bail!("{}: the first line says {said:?}", folder.display()),
                },
                None => bail!("{}: the first line does not say what moto can do", folder.display()),
            };
            trials.push(Trial { module: format!("{provider}/{module}"), moto, why: why.to_owned() });
        }
    }
    trials.sort_by(|left, right| left.module.cmp(&right.module));
    Ok(trials)
}

fn folders(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path).with_context(|| path.display().to_string())?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}

/// Tries several in one root, and returns the addresses that its first plan makes.
pub(crate) fn try_all(cloud: &Cloud, trials: &[Trial], moto: Moto) -> anyhow::Result<Vec<String>> {
    let root = tempfile::tempdir()?;
    let terraform = Terraform { cloud, root: root.path() };
    for folder in ["catalog", "trials"] {
        copy(&modules().join(folder), &root.path().join("modules").join(folder))?;
    }
    fs::write(root.path().join("main.tf"), main(trials))?;
    terraform.run(&["init", "-input=false", "-backend=false"])?;
    terraform.run(&["validate"])?;
    terraform.run(&["plan", "-input=false", "-out=first"])?;
    let plan: Value = serde_json::from_slice(&terraform.run(&["show", "-json", "first"])?.stdout)?;
    if moto == Moto::Applied {
        terraform.run(&["apply", "-input=false", "first"])?;
        terraform
            .run(&["plan", "-input=false", "-detailed-exitcode"])
            .context("what was applied is planned again")?;
        terraform.run(&["plan", "-input=false", "-var=changed=true", "-out=second"])?;
        let change = terraform.run(&["show", "-no-color", "second"])?;
        let change = String::from_utf8_lossy(&change.stdout).into_owned();
        ensure!(change.contains("to change"), "the change changes nothing:\n{change}");
        terraform.run(&["apply", "-input=false", "second"])?;
        terraform
            .run(&["plan", "-input=false", "-var=changed=true", "-detailed-exitcode"])
            .context("what was changed is planned again")?;
        terraform.run(&["destroy", "-input=false", "-auto-approve", "-var=changed=true"])?;
    }
    let changes = plan.get("resource_changes").and_then(Value::as_array).cloned().unwrap_or_default();
    let addresses = changes.iter().filter_map(|change| change.get("address")?.as_str().map(str::to_owned));
    Ok(addresses.collect())
}

/// The root that calls the trials.
fn main(trials: &[Trial]) -> String {
    let mut main = format!(
        "terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \"5.100.0\"\n    }}\n  }}\n}}\n\n\
         provider \"aws\" {{\n  region            = \"{REGION}\"\n  s3_use_path_style = true\n}}\n\n\
         variable \"changed\" {{\n  type    = bool\n  default = false\n}}\n"
    );
    for trial in trials {
        let (call, module) = (trial.call(), &trial.module);
        main.push_str(&format!(
            "\nmodule \"{call}\" {{\n  source  = \"./modules/trials/{module}\"\n  changed = var.changed\n}}\n"
        ));
    }
    main
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let into = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &into)?;
        } else {
            fs::copy(entry.path(), into)?;
        }
    }
    Ok(())
}

struct Terraform<'a> {
    cloud: &'a Cloud,
    root: &'a Path,
}

impl Terraform<'_> {
    fn run(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let program = std::env::var_os("TFPILOT_TERRAFORM").unwrap_or_else(|| "terraform".into());
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.root)
            .envs(self.cloud.environment())
            .env("TF_IN_AUTOMATION", "1")
            .output()
            .context("terraform does not run")?;
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "terraform {}:\n{said}", arguments.join(" "));
        Ok(output)
    }
}
