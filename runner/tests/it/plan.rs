//! Plans: what is reported, what is stored, what fails and how it is told.

use tfpilot_protocol::{Conclusion, Operation, Phase, StateMark};
use tfpilot_runner::bundle;

use super::double::JOB_TOKEN;
use super::git_http::TOKEN;
use super::world::{STACK, World};

pub(crate) const BACKEND: &str = "terraform {\n  backend \"local\" {\n    path = \"{state}\"\n  }\n}\n";

pub(crate) fn main_tf(rest: &str) -> String {
    format!("{BACKEND}{rest}")
}

#[track_caller]
fn failed(conclusion: Conclusion) -> (Phase, Vec<String>) {
    match conclusion {
        Conclusion::Failed { phase, diagnostics, .. } => {
            let place = |d: &tfpilot_protocol::Diagnostic| match (&d.path, d.line) {
                (Some(path), Some(line)) => format!("{path}:{line} {}", d.summary),
                _ => d.summary.clone(),
            };
            (phase, diagnostics.iter().map(place).collect())
        }
        other => panic!("not failed: {other:#?}"),
    }
}

#[tokio::test]
async fn a_plan_is_reported_redacted_and_its_bundle_holds_what_an_apply_needs() {
    let tf = main_tf(
        "variable \"password\" {\n  type = string\n  sensitive = true\n}\n\
         resource \"terraform_data\" \"a\" {\n  input = \"hello\"\n}\n\
         resource \"terraform_data\" \"b\" {\n  input = var.password\n}\n",
    );
    let world = World::with(&[
        ("live/dev/a/main.tf", tf.as_str()),
        ("live/dev/a/terraform.tfvars", "password = \"correct-horse-battery\"\n"),
    ])
    .await;
    let report = world.planned().await;
    insta::assert_snapshot!(world.calls().join("\n"), @r"
    init -input=false -json
    plan -out=../../../../plan.tfplan -lock=false -input=false -json
    show -json ../../../../plan.tfplan
    ");
    assert_eq!(report.manifest.state, None);
    assert_eq!(report.manifest.head, world.head);
    let stored = world.app.with(|known| known.bundle.clone());
    let stored = bundle::read(&stored, &report.bundle_sha256).unwrap();
    assert_eq!(stored.manifest, report.manifest);
    insta::assert_snapshot!(stored.entries().map(|(name, _)| name).collect::<Vec<_>>().join("\n"), @r"
    backend.json
    modules.sha256
    plan.tfplan
    ");
    let left = world.left();
    for secret in ["correct-horse-battery", TOKEN, JOB_TOKEN] {
        assert!(!left.contains(secret), "{secret} was seen in {left}");
    }
    assert!(left.contains("terraform_data.b"), "{left}");
}

#[tokio::test]
async fn the_same_plan_twice_has_the_same_digest() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = abspath(path.module)\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let (one, two) = (world.planned().await, world.planned().await);
    assert_eq!(one.manifest.plan_digest, two.manifest.plan_digest);
}

#[tokio::test]
async fn a_mistake_is_told_with_file_and_line() {
    let world = World::with(&[
        ("live/dev/a/main.tf", main_tf("module \"m\" {\n  source = \"../../../modules/m\"\n}\n").as_str()),
        ("modules/m/main.tf", "resource \"terraform_data\" \"x\" {\n  engin = 1\n}\n"),
    ])
    .await;
    let (phase, told) = failed(world.run(&world.job(Operation::Plan)).await);
    assert_eq!(phase, Phase::Plan);
    insta::assert_snapshot!(told.join("\n"), @"modules/m/main.tf:2 Unsupported argument");
}

#[tokio::test]
async fn a_plan_that_fails_is_told_with_the_resource() {
    let tf = main_tf(
        "resource \"terraform_data\" \"x\" {\n  input = 1\n  lifecycle {\n    precondition {\n      condition     = \
         terraform.workspace == \"other\"\n      error_message = \"Only in the other workspace.\"\n    }\n  }\n}\n",
    );
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let (phase, told) = failed(world.run(&world.job(Operation::Plan)).await);
    assert_eq!(phase, Phase::Plan);
    insta::assert_snapshot!(told.join("\n"), @"live/dev/a/main.tf:10 Resource precondition failed");
}

#[tokio::test]
async fn a_state_that_would_be_lost_is_refused_before_the_plan() {
    for (backend, persistent) in
        [("", true), ("terraform {\n  backend \"local\" {}\n}\n", true), (BACKEND, false)]
    {
        let mut world = World::with(&[(
            &format!("{STACK}/main.tf"),
            &format!("{backend}output \"a\" {{ value = 1 }}\n"),
        )])
        .await;
        // The static gate says it first; an override of that does not make the state safe.
        world.overridden = vec!["admission/local-state", "admission/backend"];
        world.persistent = persistent;
        let (phase, told) = failed(world.run(&world.job(Operation::Plan)).await);
        assert_eq!(phase, Phase::Init);
        assert!(told[0].starts_with("the state would be lost"), "{told:?}");
        assert!(world.calls().iter().all(|call| call.starts_with("init")), "{:?}", world.calls());
    }
}

#[tokio::test]
async fn the_lock_file_is_returned_when_it_is_new_and_files_made_while_planning_are_stored() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let mut world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    // Terraform makes no file by itself; a wrapper plays the data source that does.
    let script = std::fs::read_to_string(world.path().join("bin/terraform")).unwrap();
    let makes =
        "case \"$1\" in plan) echo zip > made.zip;; init) echo '# lock' > .terraform.lock.hcl;; esac\n";
    let script = script.replace("exec ", &format!("{makes}exec "));
    std::fs::write(world.path().join("bin/terraform"), script).unwrap();
    let report = world.planned().await;
    assert_eq!(report.lock_file.as_deref(), Some("# lock\n"));
    let entries: Vec<_> = report.manifest.entries.iter().map(|entry| entry.path.as_str()).collect();
    assert!(
        entries.contains(&"made/live/dev/a/made.zip") && entries.contains(&".terraform.lock.hcl"),
        "{entries:?}"
    );
    world.commit(&[("live/dev/a/.terraform.lock.hcl", "# lock\n")]);
    assert_eq!(world.planned().await.lock_file, None);
}

#[tokio::test]
async fn the_state_a_plan_was_made_from_is_in_its_manifest() {
    let world =
        World::with(&[("live/dev/a/main.tf", main_tf("output \"a\" {\n  value = 1\n}\n").as_str())]).await;
    let state = r#"{"version":4,"terraform_version":"1.11.4","serial":17,"lineage":"l-1","outputs":{},"resources":[]}"#;
    std::fs::create_dir_all(world.state_file().parent().unwrap()).unwrap();
    std::fs::write(world.state_file(), state).unwrap();
    let mark = world.planned().await.manifest.state;
    assert_eq!(mark, Some(StateMark { lineage: "l-1".into(), serial: 17 }));
}
