//! The real AWS provider and an S3 backend, against moto on loopback: what a saved plan needs of a remote
//! backend, the account, the lock file.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tfpilot_protocol::{Conclusion, Operation};

use super::world::World;

const MAIN: &str = r#"
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket         = "state"
    key            = "live/dev/a.tfstate"
    region         = "eu-central-1"
    use_lockfile   = true
    use_path_style = true
  }
}
provider "aws" {
  region            = "eu-central-1"
  s3_use_path_style = true
}
resource "aws_s3_bucket" "this" {
  bucket = "acme-invoices"
}
output "bucket" {
  value = aws_s3_bucket.this.arn
}
"#;

/// moto's server; ends with the test.
struct Moto {
    url: String,
    _child: tokio::process::Child,
}

impl Moto {
    async fn start() -> Self {
        let program = program();
        // The runner's client chooses the TLS backend for the whole process; these requests need one too.
        tfpilot_runner::client::App::new("http://127.0.0.1").unwrap();
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let child = tokio::process::Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let moto = Self { url: format!("http://127.0.0.1:{port}"), _child: child };
        for _ in 0..600 {
            if reqwest::get(format!("{}/moto-api/data.json", moto.url)).await.is_ok() {
                return moto;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("moto_server did not answer within a minute");
    }

    async fn bucket(&self, name: &str) {
        let answer = reqwest::Client::new()
            .put(format!("{}/{name}", self.url))
            .header("x-amz-bucket-region", "eu-central-1")
            .body("<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>")
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// Whether there is such a bucket or object; a stranger may not read it, but learns that.
    async fn has(&self, path: &str) -> bool {
        reqwest::Client::new().head(format!("{}/{path}", self.url)).send().await.unwrap().status()
            != reqwest::StatusCode::NOT_FOUND
    }
}

fn program() -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::var_os("TFPILOT_MOTO").map(PathBuf::from);
    named
        .map(|named| if named.is_dir() { named.join("bin/moto_server") } else { named })
        .filter(|program| program.is_file())
        .or_else(|| tfpilot_runner::terraform::process::look_up("moto_server", &paths))
        .expect("moto_server is needed: name it in TFPILOT_MOTO, or put it on PATH (`make setup` does)")
}

/// A Terraform configuration that finds the AWS provider: the one in force if it exists, else a mirror.
fn providers() -> String {
    let holds = |folder: &PathBuf| folder.join("registry.terraform.io/hashicorp/aws").is_dir();
    let named = std::env::var_os("TFPILOT_PROVIDER_MIRROR").map(PathBuf::from);
    let found = || std::fs::read_dir("/opt").ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(holds);
    let mirror = named
        .filter(holds)
        .or_else(found)
        .expect("the AWS provider is needed: set TFPILOT_PROVIDER_MIRROR to a filesystem mirror with hashicorp/aws 5.100.0");
    format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n")
}

/// Gives a world the provider, and the account in which everything is.
fn in_cloud(world: &mut World, moto: &Moto) {
    std::fs::write(world.path().join("terraformrc"), providers()).unwrap();
    world.persistent = false;
    let cloud = [
        ("AWS_ENDPOINT_URL", moto.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing-secret-0123"),
        ("AWS_REGION", "eu-central-1"),
    ];
    world.environment.extend(cloud.map(|(name, value)| (name.into(), value.into())));
}

#[tokio::test]
async fn a_bucket_is_planned_and_applied_with_its_state_in_s3() {
    let moto = Moto::start().await;
    moto.bucket("state").await;
    let mut world = World::with(&[("live/dev/a/main.tf", MAIN)]).await;
    in_cloud(&mut world, &moto);

    let report = world.planned().await;
    assert_eq!(report.manifest.account.as_deref(), Some("123456789012"));
    assert_eq!(report.manifest.environment.get("AWS_SECRET_ACCESS_KEY").map(String::as_str), Some("set"));
    let lock = report.lock_file.clone().unwrap();
    assert!(lock.contains("registry.terraform.io/hashicorp/aws"), "{lock}");

    // The lock file is committed: another head, the same inputs digest, the same plan.
    world.commit(&[("live/dev/a/.terraform.lock.hcl", lock.as_str())]);
    let wrong = tfpilot_protocol::Job { account: Some("999999999999".into()), ..world.apply_job(&report) };
    let Conclusion::Failed { diagnostics, .. } = world.run(&wrong).await else { panic!("applied") };
    assert!(diagnostics[0].summary.contains("account 999999999999"), "{diagnostics:#?}");

    let Conclusion::Applied(outcome) = world.run(&world.apply_job(&report)).await else {
        panic!("not applied")
    };
    assert_eq!(outcome.changed, 1);
    assert_eq!(outcome.outputs["bucket"].value, Some("arn:aws:s3:::acme-invoices".into()));
    assert!(!moto.has("acme-other").await);
    assert!(moto.has("acme-invoices").await && moto.has("state/live/dev/a.tfstate").await);
    let mark = outcome.state.unwrap();
    let again = world.planned().await;
    assert_eq!(again.manifest.state, Some(mark));
    assert_eq!(again.lock_file, None);
    assert!(!world.left().contains("testing-secret-0123"));

    let other = tfpilot_protocol::Job { account: Some("111111111111".into()), ..world.job(Operation::Plan) };
    let Conclusion::Failed { .. } = world.run(&other).await else { panic!("planned in the wrong account") };
    assert_eq!(world.calls(), Vec::<String>::new());
}

/// A provider tells the value that it refuses, whether or not that is sensitive, and there is no plan yet whose marks
/// would say so: what the code calls secret is known before.
#[tokio::test]
async fn what_a_provider_says_of_a_secret_in_an_error_is_hidden() {
    let moto = Moto::start().await;
    moto.bucket("state").await;
    let secrets = ["canary-from-a-default", "canary-from-values", "canary-to-a-module", "canary-in-a-map"];
    let tf = format!(
        "{MAIN}\nvariable \"one\" {{\n  type = string\n  sensitive = true\n  default = \"{}\"\n}}\n\
         variable \"two\" {{\n  type = string\n  sensitive = true\n}}\n\
         variable \"three\" {{\n  type = map(string)\n  sensitive = true\n  default = {{ k = \"{}\" }}\n}}\n\
         resource \"aws_s3_bucket_acl\" \"one\" {{\n  bucket = \"b\"\n  acl = var.one\n}}\n\
         resource \"aws_s3_bucket_acl\" \"two\" {{\n  bucket = \"b\"\n  acl = var.two\n}}\n\
         resource \"aws_s3_bucket_acl\" \"three\" {{\n  bucket = \"b\"\n  acl = var.three[\"k\"]\n}}\n\
         module \"m\" {{\n  source = \"../../../modules/m\"\n  acl = \"{}\"\n}}\n",
        secrets[0], secrets[3], secrets[2]
    );
    let module = "variable \"acl\" {\n  type = string\n  sensitive = true\n}\n\
                  resource \"aws_s3_bucket_acl\" \"this\" {\n  bucket = \"b\"\n  acl = var.acl\n}\n";
    let mut world = World::with(&[
        ("live/dev/a/main.tf", tf.as_str()),
        ("live/dev/a/terraform.tfvars", format!("two = \"{}\"\n", secrets[1]).as_str()),
        ("modules/m/main.tf", module),
    ])
    .await;
    in_cloud(&mut world, &moto);
    let Conclusion::Failed { diagnostics, .. } = world.run(&world.job(Operation::Plan)).await else {
        panic!("planned")
    };
    let told: Vec<&str> = diagnostics.iter().map(|told| told.summary.as_str()).collect();
    assert_eq!(
        told.iter().filter(|told| told.contains("got redacted:string")).count(),
        4,
        "{diagnostics:#?}"
    );
    let left = world.left();
    for secret in secrets {
        assert!(!left.contains(secret), "{secret} was seen in {left}");
    }
}
