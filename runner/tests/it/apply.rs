//! Applies: end to end, half-failed, stale, cancelled, with a journal that is not taken.

use std::time::Duration;

use tfpilot_protocol::{Conclusion, JournalStep, Phase};

use super::plan::main_tf;
use super::world::{PROVISIONER, World};

fn journal(world: &World) -> String {
    let lines = world.app.with(|known| {
        known
            .journal
            .iter()
            .map(|entry| format!("{} {} {:?} {}", entry.seq, entry.address, entry.step, entry.action))
            .collect::<Vec<_>>()
    });
    lines.join("\n")
}

#[tokio::test]
async fn what_was_planned_is_applied_once_and_says_what_came_of_it() {
    let tf = main_tf(
        "variable \"password\" {\n  type = string\n  sensitive = true\n}\n\
         resource \"terraform_data\" \"a\" {\n  input = \"hello\"\n}\n\
         output \"a\" {\n  value = terraform_data.a.output\n}\n\
         output \"p\" {\n  value = var.password\n  sensitive = true\n}\n\
         output \"coded\" {\n  value = nonsensitive(base64encode(\"user:${var.password}\"))\n}\n\
         output \"api_token\" {\n  value = \"x1\"\n}\n\
         output \"login\" {\n  value = { user = \"app\", password = \"x2\" }\n}\n\
         resource \"terraform_data\" \"keyed\" {\n  for_each   = toset([nonsensitive(var.password)])\n  depends_on = [terraform_data.a]\n}\n",
    );
    let world = World::with(&[
        ("live/dev/a/main.tf", tf.as_str()),
        ("live/dev/a/terraform.tfvars", "password = \"correct-horse-battery\"\n"),
    ])
    .await;
    let report = world.planned().await;
    let job = world.apply_job(&report);
    let Conclusion::Applied(outcome) = world.run(&job).await else { panic!("not applied") };
    insta::assert_snapshot!(world.calls().join("\n"), @r"
    init -input=false -backend=false -lockfile=readonly -json
    show -json ../../../../plan.tfplan
    apply -json -input=false ../../../../plan.tfplan
    init -input=false -json
    state pull
    ");
    assert_eq!(outcome.changed, 2);
    insta::assert_json_snapshot!(outcome.outputs, @r#"
    {
      "a": {
        "value": "hello",
        "sensitive": false
      },
      "api_token": {
        "value": "redacted:string",
        "sensitive": false
      },
      "coded": {
        "value": "redacted:string",
        "sensitive": false
      },
      "login": {
        "value": {
          "password": "redacted:string",
          "user": "app"
        },
        "sensitive": false
      },
      "p": {
        "sensitive": true
      }
    }
    "#);
    assert!(outcome.state.unwrap().serial > 0);
    let started = world.app.with(|known| known.started.clone());
    assert_eq!(started.len(), 1);
    assert_eq!(started[0].ticket, job.apply.as_ref().unwrap().ticket);
    assert_eq!(started[0].plan_digest, report.manifest.plan_digest);
    insta::assert_snapshot!(journal(&world), @r#"
    1 terraform_data.a Started create
    2 terraform_data.a Completed create
    3 terraform_data.keyed["redacted:string"] Started create
    4 terraform_data.keyed["redacted:string"] Completed create
    "#);
    assert!(world.app.with(|known| known.journal[1].resource_id.is_some()));
    let left = world.left();
    assert!(!left.contains("correct-horse-battery"), "{left}");
    assert!(!left.contains("Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"), "{left}");

    // The same plan again: Terraform itself says that its state has moved.
    match world.run(&world.apply_job(&report)).await {
        Conclusion::Failed { phase: Phase::Apply, stale: true, cancelled: false, .. } => {}
        other => panic!("not stale: {other:#?}"),
    }
}

#[tokio::test]
async fn a_half_failed_apply_says_what_exists() {
    let tf = main_tf(
        "resource \"terraform_data\" \"first\" {\n  input = 1\n}\n\
         resource \"terraform_data\" \"second\" {\n  input = terraform_data.first.id\n  lifecycle {\n    \
         postcondition {\n      condition     = self.output == \"never\"\n      error_message = \"Refused.\"\n    }\n  }\n}\n\
         resource \"terraform_data\" \"third\" {\n  input = terraform_data.second.output\n}\n",
    );
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let report = world.planned().await;
    let Conclusion::Failed { phase, diagnostics, cancelled, stale } =
        world.run(&world.apply_job(&report)).await
    else {
        panic!("not failed")
    };
    assert_eq!((phase, cancelled, stale), (Phase::Apply, false, false));
    let told = &diagnostics[0];
    assert_eq!((told.path.as_deref(), told.line), (Some("live/dev/a/main.tf"), Some(13)));
    insta::assert_snapshot!(journal(&world), @r"
    1 terraform_data.first Started create
    2 terraform_data.first Completed create
    3 terraform_data.second Started create
    4 terraform_data.second Completed create
    ");
}

#[tokio::test]
async fn an_apply_waits_for_its_journal() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let report = world.planned().await;
    world.app.with(|known| known.broken = vec![("journal", 3), ("conclude", 2)]);
    let Conclusion::Applied(_) = world.run(&world.apply_job(&report)).await else { panic!("not applied") };
    assert_eq!(world.app.with(|known| known.journal.len()), 2);
}

/// A resource that takes its time.
fn slow(name: &str, seconds: u32, after: &str) -> String {
    format!(
        "resource \"terraform_data\" \"{name}\" {{\n  input = 1\n  depends_on = [{after}]\n  \
         provisioner \"local-exec\" {{\n    command = \"sleep {seconds}\"\n  }}\n}}\n"
    )
}

#[tokio::test]
async fn an_apply_whose_journal_is_refused_begins_nothing_more() {
    let tf =
        main_tf(&(slow("a", 1, "") + &slow("b", 1, "terraform_data.a") + &slow("c", 1, "terraform_data.b")));
    let mut world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    world.overridden = vec![PROVISIONER];
    let report = world.planned().await;
    world.app.with(|known| known.gone = vec!["journal"]);
    let conclusion = world.run(&world.apply_job(&report)).await;
    let Conclusion::Failed { phase: Phase::Apply, cancelled: true, diagnostics, .. } = conclusion else {
        panic!("{conclusion:#?}")
    };
    let told: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.summary.as_str()).collect();
    assert!(
        told.iter().any(|summary| summary.contains("journal entries could not be delivered")),
        "{told:?}"
    );
    let state = std::fs::read_to_string(world.state_file()).unwrap();
    assert!(state.contains("\"a\"") && !state.contains("\"c\""), "{state}");
}

/// atlantis #187, atlantis #6842: what ran could not be stopped.
#[tokio::test]
async fn an_order_to_cancel_lets_terraform_finish_what_it_began() {
    let tf = main_tf(&(slow("a", 2, "") + &slow("b", 30, "terraform_data.a")));
    let mut world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    world.overridden = vec![PROVISIONER];
    let report = world.planned().await;
    let job = world.apply_job(&report);
    let app = world.app.clone();
    let orders = tokio::spawn(async move {
        while app.with(|known| known.journal.is_empty()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        app.with(|known| known.cancel = true);
    });
    let began = std::time::Instant::now();
    let conclusion = world.run(&job).await;
    orders.await.unwrap();
    let Conclusion::Failed { phase: Phase::Apply, cancelled: true, .. } = conclusion else {
        panic!("{conclusion:#?}")
    };
    assert!(began.elapsed() < Duration::from_secs(20));
    let steps = world.app.with(|known| known.journal.iter().map(|entry| entry.step).collect::<Vec<_>>());
    assert_eq!(steps.first(), Some(&JournalStep::Started));
    let state = std::fs::read_to_string(world.state_file()).unwrap();
    assert!(state.contains("terraform_data"), "what was begun is in the state: {state}");
}

#[tokio::test]
async fn a_state_that_cannot_be_written_is_kept_by_the_app() {
    let tf = main_tf("resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let world = World::with(&[("live/dev/a/main.tf", tf.as_str())]).await;
    let report = world.planned().await;
    // A wrapper plays the backend that fails: Terraform then leaves the state beside the configuration.
    let script = std::fs::read_to_string(world.path().join("bin/terraform")).unwrap();
    let real = script.lines().last().unwrap().replace("exec ", "");
    let plays = format!(
        "[ \"$1\" != apply ] || {{ {real}; mv {} errored.tfstate; exit 1; }}\n",
        world.state_file().display()
    );
    let script = script.replace("exec ", &format!("{plays}exec "));
    std::fs::write(world.path().join("bin/terraform"), script).unwrap();
    let conclusion = world.run(&world.apply_job(&report)).await;
    let Conclusion::Failed { phase: Phase::Apply, diagnostics, .. } = conclusion else {
        panic!("{conclusion:#?}")
    };
    assert!(diagnostics[0].summary.contains("kept by the app"), "{diagnostics:#?}");
    let kept = world.app.with(|known| String::from_utf8(known.errored_state.clone()).unwrap());
    assert!(kept.contains("terraform_data"), "{kept}");
}
