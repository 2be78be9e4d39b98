//! What must end without an apply, or without any Terraform process at all.

use sha2::{Digest, Sha256};
use tfpilot_protocol::{Conclusion, Manifest, Operation, PlanReport};
use tfpilot_runner::bundle::{self, Contents};
use tfpilot_runner::cancel::Level;

use super::plan::main_tf;
use super::world::{PROVISIONER, World};

async fn planned() -> (World, PlanReport) {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = \"hello\"\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let report = world.planned().await;
    (world, report)
}

/// The bundle with another manifest or other entries, and a report that names it.
fn forge(
    world: &World,
    report: &PlanReport,
    change: impl FnOnce(&mut Manifest, &mut Contents),
) -> PlanReport {
    let bytes = world.app.with(|known| known.bundle.clone());
    let stored = bundle::read(&bytes, &report.bundle_sha256).unwrap();
    let mut contents = Contents::default();
    stored.entries().for_each(|(name, bytes)| contents.add(name, bytes));
    let mut manifest = stored.manifest.clone();
    change(&mut manifest, &mut contents);
    manifest.entries = contents.entries();
    let bytes = bundle::write(&manifest, &contents).unwrap();
    let bundle_sha256 = hex::encode(Sha256::digest(&bytes));
    world.app.with(|known| known.bundle = bytes);
    PlanReport { bundle_sha256, ..report.clone() }
}

/// The reason, after making sure that nothing was started and nothing changed.
#[track_caller]
fn refused(world: &World, conclusion: Conclusion) -> String {
    assert!(!world.state_file().exists(), "a state was written");
    assert!(world.calls().iter().all(|call| !call.starts_with("apply")), "{:?}", world.calls());
    match conclusion {
        Conclusion::Failed { diagnostics, stale: false, .. } => diagnostics[0].summary.clone(),
        other => panic!("not refused: {other:#?}"),
    }
}

#[tokio::test]
async fn a_manifest_that_does_not_fit_the_world_is_refused() {
    type Change = fn(&mut Manifest);
    let changes: [(&str, Change); 7] = [
        ("stack", |m| m.stack = "live/prod/a".into()),
        ("inputs digest", |m| m.inputs_digest = "2".repeat(64)),
        ("plan digest", |m| m.plan_digest = "3".repeat(64)),
        ("Terraform", |m| m.terraform_version = "1.10.0".into()),
        ("terraform's arguments", |m| m.argv.push("-destroy".into())),
        ("cloud account", |m| m.account = Some("123456789012".into())),
        ("AWS_REGION", |m| drop(m.environment.insert("AWS_REGION".into(), "us-east-1".into()))),
    ];
    let (world, report) = planned().await;
    let original = world.app.with(|known| known.bundle.clone());
    for (line, change) in changes {
        world.app.with(|known| known.bundle = original.clone());
        let forged = forge(&world, &report, |manifest, _| change(manifest));
        let why = refused(&world, world.run(&world.apply_job(&forged)).await);
        assert!(why.starts_with(&format!("{line} was ")), "{line}: {why}");
        assert_eq!(world.calls(), Vec::<String>::new());
    }
    assert!(world.app.with(|known| known.started.is_empty()), "a ticket was spent");
}

/// atlantis #6529: any plan file that lay there was applied.
#[tokio::test]
async fn bytes_that_were_not_recorded_are_refused() {
    let (world, report) = planned().await;
    world.app.with(|known| {
        let at = known.bundle.len() / 2;
        known.bundle[at] ^= 1;
    });
    let why = refused(&world, world.run(&world.apply_job(&report)).await);
    assert!(why.contains("the bundle's digest is"), "{why}");
}

/// stategraph #548: another pull request's plan was applied.
#[tokio::test]
async fn another_plan_in_the_bundle_is_refused_by_its_digest() {
    let (mut world, report) = planned().await;
    let main = main_tf("resource \"terraform_data\" \"a\" {\n  input = \"other\"\n}\n");
    world.commit(&[("live/dev/a/main.tf", main.as_str())]);
    world.planned().await;
    let other = world.app.with(|known| known.bundle.clone());
    let other = bundle::read(&other, &hex::encode(Sha256::digest(&other))).unwrap();
    let mut contents = Contents::default();
    other.entries().for_each(|(name, bytes)| contents.add(name, bytes));
    let manifest = Manifest { plan_digest: report.manifest.plan_digest.clone(), ..other.manifest };
    let bytes = bundle::write(&manifest, &contents).unwrap();
    let forged = PlanReport { bundle_sha256: hex::encode(Sha256::digest(&bytes)), ..report };
    world.app.with(|known| known.bundle = bytes);
    let why = refused(&world, world.run(&world.apply_job(&forged)).await);
    assert!(why.contains("was judged"), "{why}");
}

#[tokio::test]
async fn what_is_not_admitted_meets_no_terraform() {
    let (mut world, report) = planned().await;
    let evil = main_tf("provider \"aws\" {\n  shared_config_files = [\"config\"]\n}\n");
    world.commit(&[("live/dev/a/main.tf", evil.as_str())]);
    for job in [world.job(Operation::Plan), world.apply_job(&report)] {
        let Conclusion::NotAdmitted { findings } = world.run(&job).await else { panic!("admitted") };
        assert_eq!((findings[0].path.as_str(), findings[0].line), ("live/dev/a/main.tf", 7), "{findings:#?}");
        assert!(findings[0].what.contains("shared_config_files"), "{findings:#?}");
        assert_eq!(world.calls(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_override_admits_its_rule_and_no_other() {
    let tf = main_tf(
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"true\"\n  }\n}\n",
    );
    let mut world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let Conclusion::NotAdmitted { findings } = world.run(&world.job(Operation::Plan)).await else {
        panic!("admitted")
    };
    assert_eq!(findings[0].rule, PROVISIONER);
    world.overridden = vec![PROVISIONER];
    world.planned().await;
    world.commit(&[("live/dev/a/data.tf", "data \"external\" \"x\" {\n  program = [\"id\"]\n}\n")]);
    let Conclusion::NotAdmitted { .. } = world.run(&world.job(Operation::Plan)).await else {
        panic!("admitted")
    };
    assert_eq!(world.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_read_is_not_overridden() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n");
    let mut world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    world.overridden = vec!["admission/unreadable"];
    let Conclusion::NotAdmitted { findings } = world.run(&world.job(Operation::Plan)).await else {
        panic!("admitted")
    };
    assert!(findings.iter().any(|finding| finding.rule == "admission/unreadable"), "{findings:#?}");
    assert_eq!(world.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn an_allow_list_that_is_not_understood_admits_nothing() {
    let (world, _) = planned().await;
    let job = tfpilot_protocol::Job {
        admission: serde_json::json!({"from_a_newer_app": true}),
        ..world.job(Operation::Plan)
    };
    let why = refused(&world, world.run(&job).await);
    assert!(why.contains("allow-list is not understood"), "{why}");
    assert_eq!(world.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn without_leave_nothing_starts() {
    let (world, report) = planned().await;
    world.app.with(|known| known.refuse_start = Some("the lock is held by #12".into()));
    let why = refused(&world, world.run(&world.apply_job(&report)).await);
    assert!(why.contains("the lock is held by #12"), "{why}");
    // The first answer is lost after the ticket was spent; the second is a refusal.
    world.app.with(|known| (known.refuse_start, known.lose_start) = (None, true));
    let why = refused(&world, world.run(&world.apply_job(&report)).await);
    assert!(why.contains("spent"), "{why}");
    let asked = world.app.with(|known| known.started.len());
    assert_eq!(asked, 3, "once refused, once lost, once asked again");
}

#[tokio::test]
async fn a_report_that_the_app_does_not_take_still_concludes() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    world.app.with(|known| known.refuse_plans = true);
    let conclusion = world.run(&world.job(Operation::Plan)).await;
    let Conclusion::Failed { diagnostics, .. } = conclusion else { panic!("{conclusion:#?}") };
    assert!(diagnostics[0].summary.contains("did not take the report"), "{diagnostics:#?}");
}

#[tokio::test]
async fn a_local_state_is_not_applied_to_from_a_runner_that_forgets() {
    let (mut world, report) = planned().await;
    world.persistent = false;
    let why = refused(&world, world.run(&world.apply_job(&report)).await);
    assert!(why.contains("persistent"), "{why}");
}

#[tokio::test]
async fn a_worker_that_is_to_stop_begins_no_apply() {
    let (world, report) = planned().await;
    world.stopper.raise(Level::Drain);
    let conclusion = world.run(&world.apply_job(&report)).await;
    assert!(matches!(conclusion, Conclusion::Failed { cancelled: true, .. }), "{conclusion:#?}");
    refused(&world, conclusion);
}

#[tokio::test]
async fn a_lost_lease_ends_a_plan() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let script = std::fs::read_to_string(world.path().join("bin/terraform")).unwrap();
    let script = script.replace("exec ", "[ \"$1\" != plan ] || exec sleep 60\nexec ");
    std::fs::write(world.path().join("bin/terraform"), script).unwrap();
    world.app.with(|known| known.gone = vec!["heartbeat"]);
    let began = std::time::Instant::now();
    let conclusion = world.run(&world.job(Operation::Plan)).await;
    assert!(matches!(conclusion, Conclusion::Failed { cancelled: true, .. }), "{conclusion:#?}");
    assert!(began.elapsed().as_secs() < 30);
}

#[tokio::test]
async fn what_git_keeps_beside_files_is_not_laid_out() {
    let mut world =
        World::with(&[("live/dev/a/main.tf", main_tf("output \"a\" {\n  value = 1\n}\n").as_str())]).await;
    let source = world.path().join("source");
    std::os::unix::fs::symlink("/etc/passwd", source.join("link")).unwrap();
    // A filter of the machine's or the repository's would change the bytes; blobs are taken as they are.
    std::fs::write(source.join(".gitattributes"), "* text eol=crlf\n*.tf ident\n").unwrap();
    super::world::git(&source, &["add", "--all"]);
    let entry = format!("160000,{},sub", "a".repeat(40));
    super::world::git(&source, &["update-index", "--add", "--cacheinfo", &entry]);
    world.commit_index();
    let report = world.planned().await;
    assert_eq!(report.manifest.head, world.head);
    let wrong = tfpilot_protocol::Job {
        source: tfpilot_protocol::Source { token: None, ..world.job(Operation::Plan).source },
        ..world.job(Operation::Plan)
    };
    let why = refused(&world, world.run(&wrong).await);
    assert!(why.starts_with("the commit could not be checked out"), "{why}");
}
