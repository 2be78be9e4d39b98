//! What an operator does at a shell beside running the server: tokens, a state that was kept, back-up and restore.

use anyhow::{Result, ensure};
use tfpilot::store::{Blobs, DirBlobs, MasterKeys, SealedBlobs};
use tfpilot_tests::{World, tfpilot, tfpilot_in};

use crate::told::planned_note;

/// The key of `tfpilot_in`.
const KEY: &str = "dGZwaWxvdC10ZXN0cy1tYXN0ZXIta2V5LTMyLWJ5dGU=";

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_given_out_and_taken_away() -> Result<()> {
    let world = World::start().await?;
    let copy = world.copies_store("tokens").await?;
    let made = tfpilot_in(&copy, &["token", "create", "api", "--name", "grafana"]).await?;
    ensure!(made.code == 0 && made.out.starts_with("tfp_"), "{made:?}");
    let listed = tfpilot_in(&copy, &["token", "list"]).await?;
    ensure!(
        listed.out.contains("api grafana: reads all") && listed.out.contains("sidecar sidecar: "),
        "{listed:?}"
    );
    ensure!(!listed.out.contains(made.out.trim()), "a token is told once");
    let revoked = tfpilot_in(&copy, &["token", "revoke", "grafana"]).await?;
    assert_eq!((revoked.code, revoked.out.trim()), (0, "1 revoked"));
    let again = tfpilot_in(&copy, &["token", "revoke", "grafana", "--json"]).await?;
    assert_eq!(again.code, 3, "{again:?}");
    let listed = tfpilot_in(&copy, &["token", "list", "--json"]).await?;
    assert_eq!(listed.json()?.as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_was_kept_is_taken_out() -> Result<()> {
    let world = World::start().await?;
    let copy = world.copies_store("states").await?;
    let none = tfpilot_in(&copy, &["errored-state"]).await?;
    ensure!(none.code == 3 && none.err.contains("there are no blobs in"), "{none:?}");
    let blobs = SealedBlobs::new(MasterKeys::parse(KEY)?, DirBlobs::open(copy.join("blobs"))?);
    let job = "0198a1b2-0000-7000-8000-000000000001";
    blobs.put(&format!("errored-states/{job}"), b"{}".to_vec()).await?;
    let listed = tfpilot_in(&copy, &["errored-state"]).await?;
    assert_eq!((listed.code, listed.out.trim()), (0, job));
    let out = copy.join("taken").display().to_string();
    let taken = tfpilot_in(&copy, &["errored-state", job, "--out", &out]).await?;
    assert_eq!(taken.code, 0, "{taken:?}");
    assert_eq!(std::fs::read_to_string(&out)?, "{}");
    let usage = tfpilot_in(&copy, &["errored-state", job]).await?;
    assert_eq!(usage.code, 2, "{usage:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_store_tells_what_the_first_one_told() -> Result<()> {
    let world = World::start().await?;
    let number = planned_note(&world).await?.to_string();
    let copy = world.copies_store("before").await?;
    let file = world.dir().join("backup").display().to_string();
    let saved = tfpilot_in(&copy, &["backup", &file]).await?;
    ensure!(saved.code == 0 && saved.err.contains("blobs are not part of it"), "{saved:?}");
    let again = world.dir().join("again");
    let restored = tfpilot_in(&again, &["restore", &file]).await?;
    assert_eq!(restored.code, 0, "{restored:?}");

    let (copy, again) = (copy.display().to_string(), again.display().to_string());
    for command in [&["audit", "verify"][..], &["audit", "export"], &["why", "--change", &number]] {
        let before = tfpilot(&[command, &["--store", copy.as_str()]].concat()).await?;
        let after = tfpilot(&[command, &["--store", again.as_str()]].concat()).await?;
        assert_eq!((before.code, &before.out), (0, &after.out), "{command:?}");
    }
    Ok(())
}
