//! The shipped workflow and action in the stories' repository, with the real action program behind them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tfpilot_forge::Forge;

use crate::cloud::{Cloud, REGION};
use crate::runner::find_program;

/// The name under which the workflow uses the action.
const ACTION: &str = "acme/tfpilot-action@v1";

/// The workflow as onboarding would fill it in for this app.
pub(crate) fn workflow(app_url: &str) -> anyhow::Result<String> {
    let path = shipped().join("workflow.yml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(text
        .replace("<action>", ACTION)
        .replace("<app-url>", app_url)
        .replace("<plan-role>", "arn:aws:iam::123456789012:role/tfpilot-plan")
        .replace("<apply-role>", "arn:aws:iam::123456789012:role/tfpilot-apply")
        .replace("<region>", REGION))
}

/// Tells the forge's machine where the workflow's actions lie, and what its jobs find in their environment.
pub(crate) fn install(forge: &Forge, cloud: &Cloud, dir: &Path) -> anyhow::Result<()> {
    let action = dir.join("tfpilot-action");
    std::fs::create_dir_all(&action).with_context(|| format!("creating {}", action.display()))?;
    std::fs::copy(shipped().join("action.yml"), action.join("action.yml")).context("copying action.yml")?;
    let program = action.join("tfpilot-action");
    std::fs::copy(find_program("tfpilot-action")?, &program).context("copying the action's program")?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    forge.action("acme/tfpilot-action", &action);
    // What these two set up on GitHub's machines is on this one already.
    let terraform = stub(&dir.join("setup-terraform"), &["terraform_version", "terraform_wrapper"])?;
    forge.action("hashicorp/setup-terraform", &terraform);
    let inputs = ["role-to-assume", "aws-region", "role-duration-seconds"];
    let credentials = stub(&dir.join("configure-aws-credentials"), &inputs)?;
    forge.action("aws-actions/configure-aws-credentials", &credentials);
    for (name, value) in cloud.environment() {
        forge.runner_env(name, &value);
    }
    for name in ["TF_CLI_CONFIG_FILE", "TFPILOT_TERRAFORM"] {
        if let Ok(value) = std::env::var(name) {
            forge.runner_env(name, &value);
        }
    }
    Ok(())
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../action")
}

/// An action that takes these inputs and does nothing.
fn stub(dir: &Path, inputs: &[&str]) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let inputs: String =
        inputs.iter().map(|name| format!("  {name}:\n    description: not needed here\n")).collect();
    let text = format!(
        "name: Nothing to do\ndescription: Nothing to do\ninputs:\n{inputs}runs:\n  using: composite\n  steps:\n    - run: \"true\"\n      shell: bash\n"
    );
    std::fs::write(dir.join("action.yml"), text)
        .with_context(|| format!("writing into {}", dir.display()))?;
    Ok(dir.to_path_buf())
}
