//! Comments that skip a check of Checkov: a pull request's own open no gate, those that were merged do.

use anyhow::{Result, ensure};
use tfpilot_tests::{REGION, REPOSITORY, STATE_BUCKET, Stage, World, WorldOptions};

use crate::told::check;

const PATH: &str = "live/dev/logs/main.tf";

/// A stack with a bucket that has no block on public access, which is soft-mandatory.
fn logs(endpoint: &str, comment: &str, owner: &str) -> String {
    format!(
        r#"terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "5.100.0"
    }}
  }}
  backend "s3" {{
    bucket                      = "{STATE_BUCKET}"
    key                         = "live/dev/logs.tfstate"
    region                      = "{REGION}"
    endpoint                    = "{endpoint}"
    use_path_style              = true
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
    skip_s3_checksum            = true
  }}
}}

provider "aws" {{
  region = "{REGION}"
}}

resource "aws_s3_bucket" "logs" {{
  {comment}
  bucket = "acme-old-logs"
  tags   = {{ Owner = "{owner}", Environment = "dev" }}
}}
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_lets_off_once_the_default_branch_has_it() -> Result<()> {
    let world = World::start_with(WorldOptions { stage: Stage::Actions, ..WorldOptions::default() }).await?;
    let endpoint = world.aws()?.url();
    let comment = "# checkov:skip=CKV2_AWS_6:nothing but old logs";
    let main = logs(&endpoint, comment, "billing");
    world.alice().pushes(REPOSITORY, "logs", &[(PATH, &main)], "logs").await?;
    let number = world.alice().opens_pull(REPOSITORY, "logs", "main", "logs", "by hand").await?;
    world.settle().await?;
    assert_eq!(
        check(&world, number, "tfpilot/policy")?,
        "action_required s3-public-access-block: override needed"
    );
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    ensure!(
        shown.text.contains(
            "`checkov:skip=CKV2_AWS_6` at `live/dev/logs/main.tf:26` counts once the default branch has it"
        ),
        "{}",
        shown.text
    );

    // Reviewed and merged otherwise, it counts for what comes after.
    world.forge.carol().pushes(REPOSITORY, "main", &[(PATH, &main)], "logs").await?;
    world.settle().await?;
    let changed = logs(&endpoint, comment, "finance");
    world.alice().pushes(REPOSITORY, "owner", &[(PATH, &changed)], "owner").await?;
    let number = world.alice().opens_pull(REPOSITORY, "owner", "main", "owner", "by hand").await?;
    world.settle().await?;
    let shown = world.forge.check(REPOSITORY, &format!("#{number}"), "tfpilot/policy")?;
    ensure!(shown.conclusion.as_deref() != Some("action_required"), "{}\n{}", shown.title, shown.text);
    ensure!(
        shown.text.contains(
            "is exempt from `s3-public-access-block` by `checkov:skip=CKV2_AWS_6` at `live/dev/logs/main.tf:26`: `nothing but old logs`"
        ),
        "{}",
        shown.text
    );
    world.finish().await
}
