//! Real inputs of each kind, from the checkout.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(dir: &Path, ending: &str, found: &mut Vec<Vec<u8>>) -> Result<()> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    // The same order everywhere, so that a seed means the same.
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, ending, found)?;
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(std::fs::read(&path)?);
        }
    }
    Ok(())
}

/// All files below some directories whose names end so.
pub(crate) fn files(dirs: &[&str], ending: &str) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for dir in dirs {
        collect(&root().join(dir), ending, &mut found)?;
    }
    ensure!(!found.is_empty(), "no {ending} below {dirs:?}");
    Ok(found)
}

/// One file.
pub(crate) fn file(path: &str) -> Result<Vec<u8>> {
    std::fs::read(root().join(path)).with_context(|| format!("reading {path}"))
}

/// GitHub's examples with the names of their events, where the set-up could fetch them; else some of our own.
pub(crate) fn webhooks() -> Result<Vec<(String, Vec<u8>)>> {
    let Some(path) = std::env::var_os("TFPILOT_WEBHOOK_EXAMPLES") else {
        return Ok(vec![
            ("issues".to_owned(), br#"{"action":"opened","issue":{"id":1,"number":1,"title":"t","body":"b","user":{"id":1,"login":"alice","type":"User"}},"repository":{"id":1,"name":"infra","full_name":"acme/infra","private":true}}"#.to_vec()),
        ]);
    };
    let kinds: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut all = Vec::new();
    for kind in &kinds {
        let name = kind["name"].as_str().context("a kind's name")?;
        // One of each is enough to change.
        if let Some(example) = kind["examples"].as_array().and_then(|examples| examples.first()) {
            all.push((name.to_owned(), serde_json::to_vec(example)?));
        }
    }
    Ok(all)
}

/// Requests, answers and commands as people write them.
pub(crate) fn comments() -> Vec<Vec<u8>> {
    [
        "We need an S3 bucket called acme-invoices in dev, versioned, owned by team billing",
        "Wir brauchen eine Queue `acme-orders` in prod, Team shop, Aufbewahrung 10 Tage",
        "```yaml\nmodule: aws/s3-bucket\nenvironment: dev\nname: acme-invoices\ninputs:\n  owner: billing\n```",
        "### Module\n\naws/s3-bucket\n\n### Environment\n\ndev\n\n### Name\n\nacme-x\n",
        "/tfpilot apply\n/tfpilot plan --stack live/dev/x\n/tfpilot set name=acme-y versioning=off",
        "/tfpilot override policy/naming reason=\"agreed with ops\" until=2027-01-01",
        "> quoted\n\n2, please",
        "| name | acme-x |\n|---|---|\n| environment | dev |",
        "the second one; and 30 days, not public",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
