//! README's picture of a pull request shows what the demo shows today.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::find_program;

/// The largest picture that README shows, in bytes.
const LARGEST: u64 = 150 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_in_readme_is_not_stale() -> Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let readme = std::fs::read_to_string(root.join("README.md")).context("reading README.md")?;
    ensure!(readme.contains("](docs/pull-request.png)"), "README.md does not show docs/pull-request.png");
    let bytes = std::fs::metadata(root.join("docs/pull-request.png")).context("docs/pull-request.png")?.len();
    ensure!(bytes < LARGEST, "docs/pull-request.png has {bytes} bytes");
    let shown =
        std::fs::read_to_string(root.join("docs/pull-request.txt")).context("docs/pull-request.txt")?;

    let dir = tempfile::tempdir()?;
    let mut demo = tokio::process::Command::new(find_program("tfpilot-demo")?);
    let output = demo.arg("--picture").arg(dir.path()).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let today = std::fs::read_to_string(dir.path().join("pull-request.txt"))?;
    assert_eq!(shown, today, "the pull request looks different now: `make demo ARGS=--picture`");
    Ok(())
}
