//! A bundle of which one thing is changed, and a world of which one thing is: no Terraform process starts.
//!
//! The tables are made from a real bundle, so that a line or an entry which is new is in them without being told.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use axum::Router;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tfpilot_protocol::{Conclusion, PlanReport};
use tfpilot_runner::bundle::{self, Contents, MANIFEST};

use super::plan::main_tf;
use super::world::World;

/// What the manifest says and no apply is compared with: a later head with the same inputs digest is the same code.
const NOT_COMPARED: &[&str] = &["/head"];

const STATE: &str =
    r#"{"version":4,"terraform_version":"1.11.4","serial":17,"lineage":"l-1","outputs":{},"resources":[]}"#;

/// Plays AWS's answer to the question whose account it is; the account can be changed.
async fn sts() -> (String, Arc<Mutex<&'static str>>) {
    let account = Arc::new(Mutex::new("111111111111"));
    let shown = Arc::clone(&account);
    let answer = move || async move { format!("<Account>{}</Account>", shown.lock().unwrap()) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
    (url, account)
}

/// A plan with every kind of entry and every line a manifest can have.
async fn planned() -> (World, PlanReport, Arc<Mutex<&'static str>>) {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = \"hello\"\n}\n");
    let mut world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let (url, account) = sts().await;
    for (name, value) in [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIAXXXXXXXXXXXXXXXX"),
        ("AWS_SECRET_ACCESS_KEY", "not-a-secret-of-anybody"),
        ("AWS_ENDPOINT_URL_STS", url.as_str()),
    ] {
        world.environment.push((name.into(), value.into()));
    }
    std::fs::create_dir_all(world.state_file().parent().unwrap()).unwrap();
    std::fs::write(world.state_file(), STATE).unwrap();
    wrap(
        &world,
        "case \"$1\" in plan) echo zip > made.zip;; init) [ -e .terraform.lock.hcl ] || echo '# lock' > .terraform.lock.hcl;; esac",
    );
    let report = world.planned().await;
    (world, report, account)
}

/// Lets the program do this before it does what it is asked for.
fn wrap(world: &World, before: &str) {
    let place = world.path().join("bin/terraform");
    let script = std::fs::read_to_string(&place).unwrap();
    std::fs::write(&place, script.replacen("exec ", &format!("{before}\nexec "), 1)).unwrap();
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Every place below `value` that holds no further ones.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            leaves(item, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

/// A value of the same kind that is another.
fn other(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() == 64 => json!("0".repeat(64)),
        Value::String(text) => json!(format!("{text}x")),
        Value::Number(number) => json!(number.as_u64().unwrap_or_default() + 1),
        Value::Bool(flag) => json!(!flag),
        _ => json!("something"),
    }
}

/// Ways to change one line of a manifest: another value; for what may be absent, none, or one more.
fn changed_manifests(manifest: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    leaves(manifest, "", &mut places);
    let mut found = Vec::new();
    for place in places {
        let mut changed = manifest.clone();
        let line = changed.pointer_mut(&place).unwrap();
        *line = other(line);
        found.push((place, changed));
    }
    let mut without = |parent: &str, name: &str| {
        let mut changed = manifest.clone();
        changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        found.push((format!("{parent}/{name} left out"), changed));
    };
    manifest.as_object().unwrap().keys().for_each(|name| without("", name));
    manifest["environment"].as_object().unwrap().keys().for_each(|name| without("/environment", name));
    for (list, more) in [("argv", json!("-destroy")), ("entries", manifest["entries"][0].clone())] {
        let mut changed = manifest.clone();
        changed[list].as_array_mut().unwrap().push(more);
        found.push((format!("one more in {list}"), changed));
    }
    let mut changed = manifest.clone();
    changed["environment"]["AWS_PROFILE"] = json!("other");
    found.push(("one more in environment".to_owned(), changed));
    found
}

/// The job is refused, and Terraform was not started.
#[track_caller]
fn nothing_started(world: &World, conclusion: &Conclusion, about: &str) {
    assert_eq!(world.calls(), Vec::<String>::new(), "{about}");
    assert!(world.app.with(|known| known.started.is_empty()), "{about}: a ticket was spent");
    assert_eq!(std::fs::read_to_string(world.state_file()).unwrap(), STATE, "{about}");
    assert!(matches!(conclusion, Conclusion::Failed { stale: false, .. }), "{about}: {conclusion:#?}");
}

/// Applies these bytes, which were recorded as they are: whoever changed them could change the record too.
async fn apply(world: &World, report: &PlanReport, bytes: Vec<u8>) -> Conclusion {
    let bundle_sha256 = hex::encode(Sha256::digest(&bytes));
    world.app.with(|known| known.bundle = bytes);
    world.run(&world.apply_job(&PlanReport { bundle_sha256, ..report.clone() })).await
}

/// Names and bytes of a bundle's entries, in their order.
type Entries = Vec<(String, Vec<u8>)>;

fn tar(entries: &Entries) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        archive.append(&header, bytes.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

#[tokio::test]
async fn a_bundle_of_which_one_line_or_entry_is_changed_starts_nothing() {
    let (world, report, _) = planned().await;
    let original = world.app.with(|known| known.bundle.clone());
    let stored = bundle::read(&original, &report.bundle_sha256).unwrap();
    let mut contents = Contents::default();
    stored.entries().for_each(|(name, bytes)| contents.add(name, bytes));
    let manifest = serde_json::to_value(&stored.manifest).unwrap();
    let names: Vec<&str> = contents.0.keys().map(String::as_str).collect();
    insta::assert_snapshot!(names.join(" "), @".terraform.lock.hcl backend.json made/live/dev/a/made.zip modules.sha256 plan.tfplan");
    for line in ["account", "state", "environment"] {
        assert!(!manifest[line].is_null(), "the manifest has no {line}: {manifest}");
    }

    // Every line of the manifest.
    let mut let_pass = BTreeSet::new();
    for (line, changed) in changed_manifests(&manifest) {
        if NOT_COMPARED.contains(&line.as_str()) {
            let_pass.insert(line);
            continue;
        }
        let mut entries = vec![(MANIFEST.to_owned(), serde_json::to_vec(&changed).unwrap())];
        entries.extend(contents.0.clone());
        let conclusion = apply(&world, &report, tar(&entries)).await;
        nothing_started(&world, &conclusion, &line);
    }
    assert_eq!(let_pass.len(), NOT_COMPARED.len(), "{let_pass:?}");

    // Every entry: changed at its end, cut, empty, left out, twice.
    let all: Entries = [(MANIFEST.to_owned(), serde_json::to_vec(&manifest).unwrap())]
        .into_iter()
        .chain(contents.0)
        .collect();
    for (at, (name, bytes)) in all.iter().enumerate() {
        let mut ways: Vec<(&str, Entries)> = Vec::new();
        let mut with = |way, bytes: Vec<u8>| {
            let mut entries = all.clone();
            entries[at].1 = bytes;
            ways.push((way, entries));
        };
        let mut flipped = bytes.clone();
        if let Some(last) = flipped.last_mut() {
            *last ^= 1;
        }
        // An empty list of modules has nothing to flip or cut.
        if !bytes.is_empty() {
            with("changed", flipped);
            with("cut", bytes[..bytes.len() - 1].to_vec());
            with("empty", Vec::new());
        }
        with("longer", [bytes.as_slice(), b"x"].concat());
        ways.push(("left out", [&all[..at], &all[at + 1..]].concat()));
        ways.push(("twice", [all.as_slice(), &all[at..=at]].concat()));
        for (way, entries) in ways {
            let conclusion = apply(&world, &report, tar(&entries)).await;
            nothing_started(&world, &conclusion, &format!("{name} {way}"));
        }
    }

    let extra = ("made/live/dev/a/extra.zip".to_owned(), b"x".to_vec());
    let conclusion = apply(&world, &report, tar(&[all.as_slice(), &[extra]].concat())).await;
    nothing_started(&world, &conclusion, "one more entry");

    // And the recorded digest alone is enough against all of these: one bit anywhere.
    for at in (0..original.len()).step_by(original.len() / 23) {
        let mut bytes = original.clone();
        bytes[at] ^= 1;
        world.app.with(|known| known.bundle = bytes);
        let conclusion = world.run(&world.apply_job(&report)).await;
        nothing_started(&world, &conclusion, &format!("bit {at}"));
    }

    // As it was, it is applied.
    world.app.with(|known| known.bundle = original);
    let conclusion = world.run(&world.apply_job(&report)).await;
    assert!(matches!(conclusion, Conclusion::Applied(_)), "{conclusion:#?}");
}

#[tokio::test]
async fn a_world_that_is_not_the_plans_starts_nothing() {
    let (mut world, report, account) = planned().await;
    let good = world.environment.clone();
    let set = |world: &mut World, name: &str, value: Option<&str>| {
        world.environment = good.clone();
        world.environment.retain(|(known, _)| known != name);
        world.environment.extend(value.map(|value| (name.into(), value.into())));
    };
    for (name, value) in [
        ("AWS_REGION", Some("us-east-1")),
        ("AWS_REGION", None),
        ("AWS_DEFAULT_REGION", Some("us-east-1")),
        ("AWS_ENDPOINT_URL_S3", Some("http://127.0.0.1:9")),
        ("AWS_PROFILE", Some("other")),
        ("GOOGLE_PROJECT", Some("other")),
        ("ARM_SUBSCRIPTION_ID", Some("other")),
    ] {
        set(&mut world, name, value);
        let conclusion = world.run(&world.apply_job(&report)).await;
        nothing_started(&world, &conclusion, &format!("{name} is {value:?}"));
    }
    world.environment = good.clone();

    *account.lock().unwrap() = "222222222222";
    let conclusion = world.run(&world.apply_job(&report)).await;
    nothing_started(&world, &conclusion, "another account");
    *account.lock().unwrap() = "111111111111";
    set(&mut world, "AWS_SECRET_ACCESS_KEY", None);
    let conclusion = world.run(&world.apply_job(&report)).await;
    nothing_started(&world, &conclusion, "no account");
    world.environment = good;

    let place = world.path().join("bin/terraform");
    let script = std::fs::read_to_string(&place).unwrap();
    wrap(&world, "[ \"$1\" != version ] || { echo '{\"terraform_version\":\"1.10.5\"}'; exit; }");
    let conclusion = world.run(&world.apply_job(&report)).await;
    nothing_started(&world, &conclusion, "another Terraform");
    std::fs::write(&place, script).unwrap();

    // Where the state is, only Terraform knows when it applies; it says so and changes nothing.
    for (from, to) in [("\"serial\":17", "\"serial\":18"), ("\"l-1\"", "\"l-2\"")] {
        let moved = STATE.replace(from, to);
        std::fs::write(world.state_file(), &moved).unwrap();
        let conclusion = world.run(&world.apply_job(&report)).await;
        assert!(matches!(conclusion, Conclusion::Failed { stale: true, .. }), "{to}: {conclusion:#?}");
        assert_eq!(std::fs::read_to_string(world.state_file()).unwrap(), moved);
    }
}
