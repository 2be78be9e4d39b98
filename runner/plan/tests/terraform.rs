//! The real Terraform, with `terraform_data`, which needs no provider: what it writes is what we read.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use tfpilot_plan::{Operation, RedactedPlan, Redactor, Risk, Row, Summary, redact};

/// A stack in a directory of its own.
struct Stack {
    folder: TempDir,
}

impl Stack {
    fn new(code: &str) -> Self {
        let stack = Self { folder: TempDir::new().expect("a temporary folder") };
        stack.edit(code);
        fs::write(stack.path().join("empty.tfrc"), "").expect("writable");
        stack.terraform(&["init"]);
        stack
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn edit(&self, code: &str) {
        fs::write(self.path().join("main.tf"), code).expect("writable");
    }

    #[track_caller]
    fn terraform(&self, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new("terraform")
            .args(arguments)
            .current_dir(self.path())
            .env("TF_CLI_CONFIG_FILE", self.path().join("empty.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .expect("terraform is on PATH");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    #[track_caller]
    fn plan_with(&self, arguments: &[&str]) -> RedactedPlan {
        self.terraform(&[&["plan", "-input=false", "-out=plan.bin"], arguments].concat());
        self.show()
    }

    #[track_caller]
    fn plan(&self) -> RedactedPlan {
        self.plan_with(&[])
    }

    #[track_caller]
    fn show(&self) -> RedactedPlan {
        let json = self.terraform(&["show", "-json", "plan.bin"]);
        redact(&json, None, &Redactor::default()).expect("a plan").plan
    }

    fn apply(&self) {
        self.terraform(&["apply", "-input=false", "plan.bin"]);
    }
}

fn row<'a>(summary: &'a Summary, address: &str) -> &'a Row {
    summary.rows.iter().find(|row| row.address == address).expect("a row")
}

const ONE: &str = r#"
variable "password" {
  sensitive = true
  default   = "hunter2-correct-horse"
}
resource "terraform_data" "a" { input = { name = "one", password = var.password } }
resource "terraform_data" "b" {
  for_each = toset(["x", "y"])
  input    = each.key
}
output "name" { value = terraform_data.a.id }
"#;

/// The same plan made twice, shown twice, shown elsewhere: one digest. Another plan: another.
#[test]
fn the_digest_names_what_is_planned_and_nothing_else() {
    let stack = Stack::new(ONE);
    let first = stack.plan();
    let digest = first.digest();
    assert_eq!(stack.show().digest(), digest, "shown twice");
    assert_eq!(stack.plan().digest(), digest, "planned twice");
    let elsewhere = Stack::new(ONE);
    fs::copy(stack.path().join("plan.bin"), elsewhere.path().join("plan.bin")).expect("copied");
    assert_eq!(elsewhere.show().digest(), digest, "shown in another folder");
    assert_eq!(elsewhere.plan().digest(), digest, "planned in another folder");
    assert_eq!((digest.short().len(), digest.as_str().len()), (7, 64));
    assert_eq!(digest.to_string().parse(), Ok(digest.clone()));

    let sent = serde_json::to_string(&first).expect("plain data");
    let received: RedactedPlan = serde_json::from_str(&sent).expect("its own form");
    assert_eq!((received.digest(), &received), (digest.clone(), &first), "sent and received");

    stack.edit(&ONE.replace("\"one\"", "\"two\""));
    assert_ne!(stack.plan().digest(), digest, "another value");
    stack.edit(&ONE.replace("[\"x\", \"y\"]", "[\"x\"]"));
    assert_ne!(stack.plan().digest(), digest, "one resource less");
    stack.edit(&ONE.replace("output \"name\"", "output \"title\""));
    assert_ne!(stack.plan().digest(), digest, "another output");
}

#[test]
fn a_secret_changes_in_sight_but_stays_unseen() {
    let stack = Stack::new(ONE);
    let plan = stack.plan();
    assert_eq!(plan.summary().headline, "3 create");
    assert!(!plan.document().to_string().contains("hunter2"));
    stack.apply();
    let nothing = stack.plan();
    assert!(nothing.summary().no_changes(), "{}", nothing.summary().headline);

    stack.edit(&ONE.replace("hunter2-correct", "changed-battery"));
    let plan = stack.plan();
    let text = plan.document().to_string();
    assert!(!text.contains("hunter2") && !text.contains("battery"), "neither the old nor the new value");
    let summary = plan.summary();
    assert_eq!(summary.headline, "1 change");
    let change = &row(&summary, "terraform_data.a").changes[0];
    assert_eq!(
        (change.path.as_str(), change.after.to_string()),
        ("input.password", "(sensitive)".to_owned())
    );
    assert_ne!(plan.digest(), nothing.digest());
}

#[test]
fn everything_terraform_can_do_to_a_resource() {
    let stack = Stack::new(
        r#"
        resource "terraform_data" "changed" { input = "one" }
        resource "terraform_data" "replaced" { triggers_replace = "one" }
        resource "terraform_data" "first" {
          triggers_replace = "one"
          lifecycle { create_before_destroy = true }
        }
        resource "terraform_data" "forgotten" { input = "one" }
        resource "terraform_data" "old_name" { input = "one" }
        resource "terraform_data" "gone" { input = "one" }
        resource "terraform_data" "many" { count = 3 }
        resource "terraform_data" "same" { input = "one" }
        "#,
    );
    stack.plan();
    stack.apply();
    stack.edit(
        r#"
        resource "terraform_data" "changed" { input = "two" }
        resource "terraform_data" "replaced" { triggers_replace = "two" }
        resource "terraform_data" "first" {
          triggers_replace = "two"
          lifecycle { create_before_destroy = true }
        }
        removed {
          from = terraform_data.forgotten
          lifecycle { destroy = false }
        }
        moved {
          from = terraform_data.old_name
          to   = terraform_data.new_name
        }
        resource "terraform_data" "new_name" { input = "one" }
        resource "terraform_data" "many" { count = 2 }
        resource "terraform_data" "same" { input = "one" }
        resource "terraform_data" "new" { input = "one" }
        import {
          to = terraform_data.imported
          id = "from-outside"
        }
        resource "terraform_data" "imported" {}
        "#,
    );
    let summary = stack.plan().summary();
    assert_eq!(
        summary.headline,
        "2 replace · 2 destroy · 1 change · 1 create · 1 forget · 1 import · 1 moved"
    );
    let mut told = String::new();
    for row in &summary.rows {
        let why: Vec<String> = row.why.iter().map(ToString::to_string).collect();
        told +=
            &format!("{} {} {}: {}\n", row.risk.label(), row.operation.word(), row.address, why.join("; "));
    }
    insta::assert_snapshot!(told);
    // Pitfall 9, verified: a pure import arrives as no-op and would be lost by a filter.
    assert_eq!(row(&summary, "terraform_data.imported").operation, Operation::NoOp);
    assert_eq!(row(&summary, "terraform_data.imported").risk, Risk::Import);
}

#[test]
fn a_refresh_only_plan_is_not_no_changes_for_lack_of_a_key() {
    let stack = Stack::new(ONE);
    stack.plan();
    stack.apply();
    let plan = stack.plan_with(&["-refresh-only"]);
    assert!(plan.plan().resource_changes.is_empty(), "Terraform lists nothing");
    assert!(plan.summary().no_changes(), "and nothing drifted either");
    // A plan that only moves an address changes the state alone.
    stack.edit(&format!(
        "{}\nmoved {{\n  from = terraform_data.a\n  to = terraform_data.c\n}}\n",
        ONE.replace("\"a\"", "\"c\"").replace("data.a.", "data.c.")
    ));
    let summary = stack.plan().summary();
    assert_eq!((summary.headline.as_str(), summary.no_changes()), ("1 moved", false));
    assert_eq!(row(&summary, "terraform_data.c").previous_address.as_deref(), Some("terraform_data.a"));
}

#[test]
fn failing_checks_and_deferred_reads() {
    let stack = Stack::new(
        r#"
        resource "terraform_data" "a" { input = "one" }
        check "input_is_two" {
          assert {
            condition     = terraform_data.a.input == "two"
            error_message = "it is one | @acme"
          }
        }
        "#,
    );
    let summary = stack.plan().summary();
    assert_eq!(summary.checks.len(), 1);
    assert_eq!(summary.checks[0].messages, ["it is one | @acme"]);
    assert!(!summary.markdown(&[], 60_000).contains('@'));
}
