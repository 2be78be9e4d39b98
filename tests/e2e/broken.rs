//! The demo's act "Now break it", as README shows it.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::find_program;

/// What differs between two plays: times, ids, plans and how far the killed apply got.
fn mask(line: &str) -> String {
    let line = line.split("  [").next().unwrap_or_default().trim_end();
    match line.trim_start().strip_prefix("Journal: ") {
        Some(_) => "    Journal: …".to_owned(),
        None => {
            line.split('`').map(|part| if is_digest(part) { "…" } else { part }).collect::<Vec<_>>().join("`")
        }
    }
}

fn is_digest(part: &str) -> bool {
    part.len() == 7 && part.chars().all(|c| c.is_ascii_hexdigit())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_breaks_others_breaks_this_and_readme_shows_it() -> Result<()> {
    let output = tokio::process::Command::new(find_program("tfpilot-demo")?).arg("--break").output().await?;
    let told = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    ensure!(told.lines().any(|line| line.contains("Journal: created `terraform_data.part")), "{told}");
    let played: Vec<String> = told.lines().map(mask).collect();
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let text = std::fs::read_to_string(readme).context("reading README.md")?;
    let shown: Vec<String> =
        text.lines().skip_while(|line| !line.starts_with("Now break it")).map(mask).collect();
    let shown = shown.get(..played.len()).unwrap_or(&shown);
    assert_eq!(shown, played, "README.md shows another play than the demo's: `make demo ARGS=--break`");
    Ok(())
}
