//! The audit log outside: exported, checked by us and by a stranger's script, and changed by somebody who should not.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tfpilot_tests::{REPOSITORY, World, tfpilot};

use crate::by_hand::{approved_and_applied, pull};

/// Nobody outside the runner may see it.
const CANARY: &str = "canary-7f3a9c2e51";

/// A world in which something with a secret was applied.
async fn world_with_a_secret() -> Result<World> {
    let world = World::start().await?;
    let body = format!(
        "variable \"password\" {{\n  type      = string\n  sensitive = true\n  default   = \"{CANARY}\"\n}}\n\nresource \"terraform_data\" \"this\" {{\n  input = var.password\n}}\n"
    );
    let number = pull(&world, "secret", &body).await?;
    approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    Ok(world)
}

/// The script that docs/operations.md gives to a third party.
fn script() -> Result<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let page = std::fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let (_, rest) = page.split_once("```python\n").context("a script")?;
    let (script, _) = rest.split_once("```").context("its end")?;
    Ok(script.to_owned())
}

/// What the script says of a file, and whether it is content.
fn check_as_a_stranger(script: &Path, file: &Path) -> Result<(bool, String)> {
    let output = Command::new("python3").arg(script).arg(file).output().context("running python3")?;
    let said = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    Ok((output.status.success(), said))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_log_is_checked_by_anybody() -> Result<()> {
    let world = world_with_a_secret().await?;
    let copy = world.copies_store("audit").await?.display().to_string();
    let stored = tfpilot(&["audit", "verify", "--store", &copy, "--json"]).await?;
    let stored = stored.json()?;
    let end = format!("{}:{}", stored["position"], stored["hash"].as_str().context("a hash")?);

    let file = |name: &str| world.dir().join(name);
    let path = file("check.py");
    std::fs::write(&path, script()?)?;
    for format in ["jsonl", "csv"] {
        let said = tfpilot(&["audit", "export", "--store", &copy, "--format", format]).await?;
        ensure!(
            said.code == 0 && said.err.contains(&format!("the log ends at {end}; note it")),
            "{}",
            said.err
        );
        ensure!(said.out.contains("ticket-spent") && said.out.contains("acme/infra"), "{}", said.out);
        ensure!(!said.out.contains(CANARY), "a secret is in the exported log");
        let exported = file(&format!("log.{format}"));
        std::fs::write(&exported, &said.out)?;
        let name = exported.display().to_string();
        let whole = tfpilot(&["audit", "verify", &name, "--expect", &end, "--json"]).await?;
        assert_eq!((whole.code, whole.json()?), (0, stored.clone()), "the file is what the store is");
        if format == "jsonl" {
            let (fine, said) = check_as_a_stranger(&path, &exported)?;
            ensure!(fine && said.contains(&format!("whole to {end}")), "{said}");
        }

        // Somebody else applied it, says a file that was changed.
        let forged = said.out.replacen("alice", "mallo", 1);
        ensure!(forged != said.out, "alice is in the log");
        std::fs::write(&exported, forged)?;
        let broken = tfpilot(&["audit", "verify", &name]).await?;
        ensure!(broken.code == 1 && broken.out.starts_with("broken at event "), "{broken:?}");
        if format == "jsonl" {
            let (fine, said) = check_as_a_stranger(&path, &exported)?;
            ensure!(!fine && said.contains("broken at event"), "{said}");
        }
    }

    // A part is checked as far as it goes, and says that it is one.
    let since = "2099-01-01";
    let none = tfpilot(&["audit", "export", "--store", &copy, "--since", since]).await?;
    ensure!(none.code == 0 && none.out.is_empty() && none.err.contains(": 0 of "), "{none:?}");
    let ours = ["audit", "export", "--store", &copy, "--repository", REPOSITORY, "--since", "2020-01-01"];
    let ours = tfpilot(&ours).await?;
    assert_eq!(Some(ours.out.lines().count()), stored["events"].as_u64().map(|all| all as usize));
    let lines: Vec<&str> = ours.out.lines().collect();
    let part = [lines[0], lines[3], lines[4]].join("\n");
    std::fs::write(file("part.jsonl"), part)?;
    let part = tfpilot(&["audit", "verify", &file("part.jsonl").display().to_string()]).await?;
    ensure!(part.code == 0 && part.out.contains("events are left out in 1 places"), "{part:?}");

    let other = tfpilot(&["audit", "export", "--store", &copy, "--repository", "acme/web"]).await?;
    ensure!(other.code == 3 && other.err.contains("knows no repository"), "{other:?}");
    let nonsense = tfpilot(&["audit", "verify", &path.display().to_string()]).await?;
    ensure!(
        nonsense.code == 3 && nonsense.err.contains("this is no file of `tfpilot audit export`"),
        "{nonsense:?}"
    );
    world.finish().await
}
