//! The text of a pull request, by the repository's own template.

use tfpilot_engine::{Edit, EditKind, Filled, Import, Source, StackPath, Upgrade};

use super::tale::Tale;
use crate::surface::{TEXT_LIMIT, pull_body};

#[test]
fn a_template_is_filled_and_foreign_text_stays_escaped() {
    let mut tale = Tale::opened();
    let template = "# {title}\n\n{requester} wants {module} {name} in {environment} ({stack}).\n\n{inputs}\nTicket: {{number}} {number}\n\nFixes {request}\n";
    insta::assert_snapshot!(pull_body(&tale.facts, "S3 bucket", Some(template)).expect("a body"));
    if let Some(request) = &mut tale.facts.request {
        request.by.login = "@everyone".to_owned();
    }
    let body = pull_body(&tale.facts, "[x](https://evil.example) @everyone", Some(template)).expect("a body");
    assert!(!body.contains("@everyone") && !body.contains("[x](https"), "{body}");
}

#[test]
fn a_template_closes_the_issue_whatever_it_says() {
    let tale = Tale::opened();
    for template in ["See {request}", "{title}\n", "Closes nothing"] {
        let body = pull_body(&tale.facts, "S3 bucket", Some(template)).expect("a body");
        assert!(body.ends_with("\n\nCloses #41\n"), "{body}");
    }
    let body = pull_body(&tale.facts, "S3 bucket", Some("Fixes {request}")).expect("a body");
    assert_eq!(body, "Fixes #41");
}

#[test]
fn what_exists_is_changed_or_removed() {
    let mut tale = Tale::opened();
    for (kind, first) in [(EditKind::Change, "Changes S3 bucket"), (EditKind::Remove, "Removes S3 bucket")] {
        if let Some(request) = &mut tale.facts.request {
            request.draft.edits = Some(Edit::new(7, StackPath::new("live/dev/x"), kind));
        }
        let body = pull_body(&tale.facts, "S3 bucket", None).expect("a body");
        assert!(body.starts_with(first) && body.contains("Closes #41\n"), "{body}");
        assert!(body.ends_with("not block `tfpilot 7`.\n"), "{body}");
        let own = pull_body(&tale.facts, "S3 bucket", Some("{verb} it {place} there. Fixes {request}"));
        let place = if kind == EditKind::Change { "in" } else { "from" };
        assert!(own.expect("a body").contains(&format!(" it {place} there")));
    }
}

#[test]
fn an_upgrade_tells_what_the_new_version_does_otherwise() {
    let mut tale = Tale::opened();
    let differences = ["new input logs, by default false", "also makes aws_s3_bucket_logging.this"];
    let upgrade = Upgrade {
        module: "aws/s3-bucket".to_owned(),
        from: "1.0.0".to_owned(),
        to: "1.1.0".to_owned(),
        differences: differences.map(str::to_owned).into(),
    };
    if let Some(request) = &mut tale.facts.request {
        let stack = StackPath::new("live/dev/x");
        request.draft.edits =
            Some(Edit { upgrades: vec![upgrade], ..Edit::new(7, stack, EditKind::Upgrade) });
    }
    insta::assert_snapshot!(pull_body(&tale.facts, "S3 bucket", None).expect("a body"));
}

#[test]
fn an_import_shows_what_it_takes_in() {
    let mut tale = Tale::opened();
    if let Some(request) = &mut tale.facts.request {
        let value = "https://sqs.eu-central-1.amazonaws.com/1/a|b".to_owned();
        let id = Filled { source: Source::Answer(value.clone()), value, confidence: 98 };
        request.draft.import = Some(Import { id: Some(id) });
    }
    let body = pull_body(&tale.facts, "SQS queue", None).expect("a body");
    assert!(body.starts_with("Imports SQS queue `acme-invoices` into `dev`"), "{body}");
    insta::assert_snapshot!(body.lines().find(|line| line.starts_with("| import")).expect("a row"));
}

#[test]
fn what_grows_beyond_githubs_limit_is_the_shipped_text() {
    let tale = Tale::opened();
    let huge = "{title}".repeat(3_000);
    let body = pull_body(&tale.facts, "S3 bucket", Some(&huge)).expect("a body");
    assert!(body.len() <= TEXT_LIMIT, "{}", body.len());
    assert_eq!(Some(body), pull_body(&tale.facts, "S3 bucket", None));
}
