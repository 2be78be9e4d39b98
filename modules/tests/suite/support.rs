//! What the tests of rendering share: a draft of each shipped module, and running the real Terraform on files in a
//! folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::{Value, json};
use tempfile::TempDir;
use tfpilot_modules::render::{Alike, Backend, Environment, S3Backend};
use tfpilot_modules::{Call, Catalog, Inputs, RenderedFile, StackDraft};

/// The inputs of a JSON object.
pub fn inputs(value: Value) -> Inputs {
    value.as_object().expect("inputs are an object").clone().into_iter().collect()
}

/// An environment whose state is a file.
pub fn local_environment(folder: &Path) -> Environment {
    Environment {
        name: "dev".to_owned(),
        region: None,
        backend: Backend::Local { path: format!("{}/state/{{stack}}.tfstate", folder.display()) },
        default_tags: Default::default(),
        aws: Default::default(),
    }
}

/// An environment on AWS.
pub fn aws_environment() -> Environment {
    Environment {
        name: "dev".to_owned(),
        region: Some("eu-central-1".to_owned()),
        backend: Backend::S3(S3Backend {
            bucket: "acme-terraform-state".to_owned(),
            key: "tfpilot/{stack}/terraform.tfstate".to_owned(),
            region: "eu-central-1".to_owned(),
            ..S3Backend::default()
        }),
        default_tags: [("Environment", "dev"), ("ManagedBy", "TfPilot")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        aws: Default::default(),
    }
}

/// A draft of `local/note`.
pub fn note(catalog: &Catalog, environment: Environment, given: Value) -> StackDraft<'_> {
    draft(catalog, "local/note", "hello-team", environment, given)
}

/// A draft of any module.
pub fn draft<'c>(
    catalog: &'c Catalog,
    module: &str,
    name: &str,
    environment: Environment,
    given: Value,
) -> StackDraft<'c> {
    StackDraft {
        request: 41,
        name: name.to_owned(),
        directory: format!("live/{}/{name}", environment.name),
        calls: vec![call(catalog, module, name, given)],
        environment,
        lock_file: None,
        alike: Alike::Together,
    }
}

/// A call of any module.
pub fn call<'c>(catalog: &'c Catalog, module: &str, name: &str, given: Value) -> Call<'c> {
    let module = catalog.find(module).expect("the module is shipped");
    Call { name: name.to_owned(), module, inputs: inputs(given), import: None, was: None }
}

/// A bucket that uses most of its module.
pub fn bucket(catalog: &Catalog) -> StackDraft<'_> {
    draft(
        catalog,
        "aws/s3-bucket",
        "acme-invoices",
        aws_environment(),
        json!({
            "name": "acme-invoices",
            "owner": "billing",
            "versioning": true,
            "expire_after_days": 365,
            "cors_origins": ["https://shop.example.com"],
            "tags": {"CostCenter": "4711", "Größe": "L", "for": "all"},
        }),
    )
}

/// A queue.
pub fn queue(catalog: &Catalog) -> StackDraft<'_> {
    draft(
        catalog,
        "aws/sqs-queue",
        "acme-orders",
        aws_environment(),
        json!({
            "name": "acme-orders",
            "owner": "shop",
            "fifo": true,
        }),
    )
}

/// A repository in a folder that vanishes, and Terraform in it.
pub struct Repository(TempDir);

impl Repository {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, files: &[RenderedFile]) {
        for file in files {
            let path = self.path().join(&file.path);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders are made");
            fs::write(path, &file.content).expect("the file is written");
        }
    }

    /// Runs Terraform in a folder of the repository with a configuration of its own, and returns what it printed.
    #[track_caller]
    pub fn terraform(&self, folder: &str, arguments: &[&str]) -> String {
        let output = self.try_terraform(folder, arguments);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "terraform {arguments:?} in {folder}: {printed}\n{complaints}");
        printed
    }

    pub fn try_terraform(&self, folder: &str, arguments: &[&str]) -> Output {
        let configuration = self.path().join("terraform.rc");
        let installation = match provider_mirror() {
            Some(mirror) => {
                format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n")
            }
            None => String::new(),
        };
        fs::write(&configuration, installation).expect("the configuration is written");
        Command::new("terraform")
            .args(arguments)
            .current_dir(self.path().join(folder))
            .env("TF_CLI_CONFIG_FILE", configuration)
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .expect("terraform is on the path")
    }
}

/// A folder with the AWS provider: named by `TFPILOT_PROVIDER_MIRROR`, else found among the folders of `/opt`.
pub fn provider_mirror() -> Option<PathBuf> {
    let holds = |folder: &PathBuf| folder.join("registry.terraform.io/hashicorp/aws").is_dir();
    match env::var_os("TFPILOT_PROVIDER_MIRROR") {
        Some(named) => Some(PathBuf::from(named)),
        None => fs::read_dir("/opt").ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(holds),
    }
}
