//! Names and texts of people that look like something else: to a shell, to GitHub's runner, to Markdown, to HCL.

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::{approved_and_applied, stack};
use crate::told::{check, only_pull};

/// Titles that have hurt somebody. `GHSA-rjh2-4xgw-p2hj` and its like: they reached `sh -c`.
const TITLES: [&str; 6] = [
    "\"; touch pwned; $(touch pwned) `touch pwned` #",
    "::set-output name=x::y%0A::add-mask::x ##[add-path]/tmp",
    "${{ github.token }} ${jndi:ldap://evil.example} %{ for x in y }",
    "| a | b |\n|---|---|\n<!-- tfpilot:sticky --> </details> @acme/platform",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "closes #1 /tfpilot apply",
];

/// Git takes these as names of branches.
const BRANCHES: [&str; 4] = [
    "x\";touch${IFS}pwned;\"",
    "$(touch${IFS}pwned)",
    "a`touch${IFS}pwned`|b&&c",
    "--upload-pack=touch'pwned'",
];

/// Nobody has made the file.
fn is_clean(world: &World) -> Result<()> {
    let mut open = vec![world.dir().to_path_buf(), std::env::current_dir()?];
    let mut seen = 0;
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            ensure!(entry.file_name() != "pwned", "{} was made", entry.path().display());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) && dir.starts_with(world.dir()) {
                open.push(entry.path());
            }
        }
    }
    ensure!(seen > 20, "only {seen} files were looked at");
    Ok(())
}

/// GHSA-rjh2-4xgw-p2hj: words of a pull request reached `sh -c`.
#[tokio::test(flavor = "multi_thread")]
async fn branches_and_titles_are_names_and_nothing_else() -> Result<()> {
    let world = World::start().await?;
    for (which, branch) in BRANCHES.iter().enumerate() {
        let name = format!("s{which}");
        let main = stack(&world, &name, "resource \"terraform_data\" \"this\" {}\n");
        let path = format!("live/dev/{name}/main.tf");
        let title = TITLES.get(which).context("a title")?;
        world.alice().pushes(REPOSITORY, branch, &[(path.as_str(), main.as_str())], title).await?;
        let number = world.alice().opens_pull(REPOSITORY, branch, "main", title, title).await?;
        world.settle().await?;
        for title in TITLES {
            world.alice().renames(REPOSITORY, number, title).await?;
        }
        world.settle().await?;
        assert_eq!(check(&world, number, "tfpilot/plan")?, format!("success 1 create in live/dev/{name}"));
        assert_eq!(world.recorded("ticket-issued").await?, which, "a title is no command");
        approved_and_applied(&world, number).await?;
        ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
        is_clean(&world)?;
        for comment in world.forge.comments(REPOSITORY, number)? {
            let forged = comment.body.matches("<!-- tfpilot:sticky").count();
            ensure!(forged <= 1 && !comment.body.contains("](javascript:"), "{}", comment.body);
        }
    }
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_a_request_are_text_in_hcl() -> Result<()> {
    let world = World::start().await?;
    let text = "${file(\\\"/etc/passwd\\\")} %{ if true }x%{ endif } \\\" } resource x";
    let wish = format!(
        "/tfpilot new module=local/note name=hello-team environment=dev owner=platform text=\"{text}\""
    );
    world.alice().opens_issue(REPOSITORY, TITLES[2], &wish).await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    let branch = world.forge.pull(REPOSITORY, number)?.head_ref;
    ensure!(branch.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-.".contains(&byte)), "{branch}");
    let main = world.forge.file(REPOSITORY, &branch, "live/dev/hello-team/main.tf")?;
    ensure!(main.contains("$${file(") && main.contains("%%{ if true }"), "{main}");
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello-team");
    approved_and_applied(&world, number).await?;
    let state = std::fs::read_to_string(world.dir().join("state/live/dev/hello-team.tfstate"))?;
    ensure!(state.contains("${file(") && !state.contains("root:"), "{state}");
    world.finish().await
}
