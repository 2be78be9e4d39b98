//! The configuration of the stories' repository, by stage.

use std::fmt::Write;
use std::path::Path;

use crate::Stage;
use crate::cloud::{Cloud, REGION, STATE_BUCKET};

/// The house's own rules, at the end of the file, so that a story can add others.
const POLICIES: &str = "policies:
  rules:
    required-tags: {tags: [Owner]}
    naming: {pattern: '^acme-[a-z0-9-]+$', types: [aws_s3_bucket]}
";

/// `.github/tfpilot.yml` with the stage's environments.
pub(crate) fn write(stage: Stage, cloud: Option<&Cloud>, state: &Path) -> String {
    let mut text = "version: 1\nenvironments:\n".to_owned();
    if let Some(cloud) = cloud {
        text.push_str(&on_aws("dev", "development", 1, cloud));
        text.push_str(&on_aws("prod", "production", 2, cloud));
    }
    match stage {
        Stage::Sidecar => {
            text.push_str(&on_sidecar("dev", "development", 1, state));
            text.push_str(&on_sidecar("prod", "production", 2, state));
        }
        Stage::Both => text.push_str(&on_sidecar("sandbox", "playground", 1, state)),
        Stage::Actions => {}
    }
    text.push_str(POLICIES);
    text
}

/// An environment on a persistent runner, with its states on that runner's disk.
fn on_sidecar(name: &str, alias: &str, approvals: u32, state: &Path) -> String {
    let mut text = head(name, alias, approvals);
    let state = state.display();
    let _ = write!(
        text,
        "    runner: sidecar\n    backend:\n      local: {{path: \"{state}/{{stack}}.tfstate\"}}\n"
    );
    text
}

/// An environment in the repository's workflow, with its states in S3.
fn on_aws(name: &str, alias: &str, approvals: u32, cloud: &Cloud) -> String {
    let mut text = head(name, alias, approvals);
    let _ =
        write!(text, "    region: {REGION}\n    tags: {{Environment: {name}}}\n    backend:\n      s3:\n");
    let endpoint = cloud.url();
    let settings = [
        ("bucket", STATE_BUCKET),
        ("endpoint", endpoint.as_str()),
        ("use_path_style", "true"),
        ("skip_credentials_validation", "true"),
        ("skip_metadata_api_check", "true"),
        ("skip_requesting_account_id", "true"),
        ("skip_s3_checksum", "true"),
    ];
    for (key, value) in settings {
        let _ = writeln!(text, "        {key}: {value}");
    }
    text
}

fn head(name: &str, alias: &str, approvals: u32) -> String {
    format!(
        "  {name}:\n    path: live/{name}\n    aliases: [{alias}]\n    approvals: {{count: {approvals}, teams: [acme/platform]}}\n"
    )
}
