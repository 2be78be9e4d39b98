//! Rendered stacks as people see them, and what is refused.

use crate::support::{aws_environment, bucket, draft, local_environment, note, queue};
use insta::assert_snapshot;
use serde_json::json;
use tfpilot_modules::render::{Backend, Endpoints, S3Backend, StateLock};
use tfpilot_modules::{Catalog, RenderError, StackDraft, render_stack};

#[track_caller]
fn main_tf(draft: &StackDraft<'_>) -> String {
    let files = render_stack(draft).unwrap_or_else(|error| panic!("{error}"));
    let path = format!("{}/main.tf", draft.directory);
    files.into_iter().find(|file| file.path == path).expect("there is a main.tf").content
}

#[test]
fn a_bucket() {
    assert_snapshot!(main_tf(&bucket(&Catalog::shipped())));
}

#[test]
fn a_queue() {
    assert_snapshot!(main_tf(&queue(&Catalog::shipped())));
}

#[test]
fn a_note_with_a_hostile_text() {
    let catalog = Catalog::shipped();
    let text =
        "\"}\nresource \"x\" \"y\" {} ${file(\"/etc/passwd\")} %{ if true } $${a} \u{202e}desrever\u{0} ü 🪣";
    let given = json!({"name": "hello-team", "owner": "platform", "text": text});
    assert_snapshot!(main_tf(&note(&catalog, local_environment("/srv/tfpilot".as_ref()), given)));
}

#[test]
fn a_store_that_is_compatible_with_s3() {
    let catalog = Catalog::shipped();
    let mut draft = queue(&catalog);
    let url = "http://127.0.0.1:5000".to_owned();
    draft.environment.backend = Backend::S3(S3Backend {
        bucket: "state".to_owned(),
        key: "{environment}/{stack}/{name}.tfstate".to_owned(),
        region: "us-east-1".to_owned(),
        kms_key_id: Some("alias/state".to_owned()),
        lock: StateLock::DynamodbTable("locks".to_owned()),
        endpoints: Endpoints { s3: Some(url.clone()), dynamodb: Some(url.clone()), sts: None },
        use_path_style: true,
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        ..S3Backend::default()
    });
    draft.environment.aws.endpoints = [("sqs".to_owned(), url.clone()), ("sts".to_owned(), url)].into();
    draft.environment.aws.s3_use_path_style = true;
    draft.environment.aws.skip_requesting_account_id = true;
    assert_snapshot!(main_tf(&draft));
}

#[test]
fn the_files_of_a_stack() {
    let catalog = Catalog::shipped();
    let mut draft = bucket(&catalog);
    draft.lock_file =
        Some("provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5.100.0\"\n}\n".to_owned());
    let files = render_stack(&draft).unwrap();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_snapshot!(paths.join("\n"), @r"
    live/dev/acme-invoices/.terraform.lock.hcl
    live/dev/acme-invoices/main.tf
    modules/aws/s3-bucket/1.0.0/main.tf
    modules/aws/s3-bucket/1.0.0/module.sum
    modules/aws/s3-bucket/1.0.0/outputs.tf
    modules/aws/s3-bucket/1.0.0/variables.tf
    modules/aws/s3-bucket/1.0.0/versions.tf
    ");
    assert_eq!(render_stack(&draft).unwrap(), files, "the same draft gives the same bytes");
}

#[test]
fn the_source_follows_the_depth_of_the_stack() {
    let catalog = Catalog::shipped();
    let mut draft = queue(&catalog);
    for (directory, source) in [
        ("orders", "../modules/aws/sqs-queue/1.0.0"),
        ("a/b/c/d/e", "../../../../../modules/aws/sqs-queue/1.0.0"),
    ] {
        draft.directory = directory.to_owned();
        assert!(main_tf(&draft).contains(&format!("source = \"{source}\"")), "{directory}");
    }
}

#[test]
fn places_outside_of_the_repository_are_refused() {
    let catalog = Catalog::shipped();
    for directory in [
        "",
        "/",
        "/live/dev/x",
        "live//x",
        "live/../x",
        "..",
        ".github/workflows",
        "live/.x",
        "modules/x",
        "live/x/",
        "a\nb",
        "a b",
    ] {
        let mut draft = queue(&catalog);
        draft.directory = directory.to_owned();
        let error = render_stack(&draft).expect_err(directory);
        assert!(matches!(error, RenderError::Directory { .. }), "{directory}: {error}");
    }
    for name in ["", "-a", "a-", "Acme", "a_b", "a/b", "a.b", "ä", &"a".repeat(64)] {
        let mut draft = queue(&catalog);
        draft.name = name.to_owned();
        assert!(matches!(render_stack(&draft), Err(RenderError::Name { .. })), "{name}");
    }
}

#[test]
fn a_state_that_would_be_lost_or_shared_is_refused() {
    let catalog = Catalog::shipped();
    for (path, message) in [
        ("/state/all.tfstate", "gives all stacks the same state"),
        ("/state/{name}.tfstate", "gives all stacks the same state"),
        ("state/{stack}.tfstate", "is lost with the runner's work directory"),
        ("/state/{stack}/{key}", "unknown placeholder"),
        ("/state/../{stack}", "holds a `.` or `..`"),
    ] {
        let mut draft = queue(&catalog);
        draft.environment.backend = Backend::Local { path: path.to_owned() };
        let error = render_stack(&draft).expect_err(path).to_string();
        assert!(error.contains(message), "{path}: {error}");
    }
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let catalog = Catalog::shipped();
    let draft = draft(&catalog, "aws/s3-bucket", "x1", aws_environment(), json!({"name": "Acme_Inv"}));
    let error = render_stack(&draft).unwrap_err();
    assert_snapshot!(error, @r#"2 of the inputs of aws/s3-bucket do not fit, first: Input `name` is "Acme_Inv": The name has 3 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."#);
}

#[test]
fn a_lock_file_holds_providers_alone() {
    let catalog = Catalog::shipped();
    for text in ["module \"x\" {\n}\n", "a = 1\n", "provider \"x\" {", "\u{0}"] {
        let mut draft = queue(&catalog);
        draft.lock_file = Some(text.to_owned());
        assert!(matches!(render_stack(&draft), Err(RenderError::LockFile { .. })), "{text:?}");
    }
}

#[test]
fn an_account_that_cannot_be_checked_is_refused() {
    let catalog = Catalog::shipped();
    let mut draft = queue(&catalog);
    draft.environment.aws.allowed_account_ids = vec!["111122223333".to_owned()];
    assert!(main_tf(&draft).contains("allowed_account_ids = [\"111122223333\"]"));
    draft.environment.aws.skip_requesting_account_id = true;
    assert!(matches!(render_stack(&draft), Err(RenderError::Provider { .. })));
}
