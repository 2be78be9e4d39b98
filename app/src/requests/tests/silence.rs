//! What is none of ours stays unanswered; what the catalog lacks is said.

use super::*;

#[test]
fn trouble_and_talk_are_not_for_us() {
    for text in [
        "Uploading to the S3 bucket acme-invoices in prod fails with 403",
        "The bucket acme-invoices in prod returns AccessDenied since Monday",
        "Bug: SQS queue consumer crashes on empty messages in dev",
        "Please fix the bucket policy in prod",
        "We need help: uploads to our bucket in prod return 500 errors",
        "Please delete the bucket acme-old in dev",
        "Rename the queue acme-mail in stage",
        "Why is the queue in prod so slow?",
        "How do I get access to the bucket acme-invoices in prod?",
        "We need S3 bucket access in prod",
        "Add documentation for the message queue",
        "Release notes for 1.4 need a review",
        "Upgrade the AWS SDK, the bucket client leaks memory",
        "The dashboard should show the size of the bucket in prod",
        "Move the nightly export from the bucket to the queue",
        "Please enable versioning on bucket acme-x in prod",
        "Feature request: the CLI should create a bucket automatically in dev",
        "Please add a note to the README about the bucket in dev",
        "note to self: check the bucket in dev",
        "The upload fails because we need a bucket in dev",
        "We need a better README",
        "Please review #12",
        "Der Bucket acme-belege in prod ist kaputt, Upload schlägt fehl",
        "Wie komme ich an den Bucket in der Entwicklung?",
        "Bitte den Fehler in der Queue beheben",
        "typo in docs",
        "",
    ] {
        assert_eq!(read("Report", text, catalog(), &config()), Reading::NotForUs, "{text}");
        assert_eq!(
            read(text, "Steps to reproduce: see above.", catalog(), &config()),
            Reading::NotForUs,
            "{text}"
        );
    }
}

#[test]
fn a_bug_report_that_mentions_a_bucket_is_not_for_us() {
    let body = "### Steps\n1. Open the invoice page in prod\n2. Click *export*\n\n### Expected\nThe file lands in the bucket `acme-invoices`.\n\n### Actual\nAn error 500; the worker needs a restart.\n\n```\naws s3 mb s3://acme-invoices\nwe need a bucket called acme-x in dev, team web\n```\n> We need a bucket called acme-y in dev, team web\n";
    assert_eq!(read("Export is broken", body, catalog(), &config()), Reading::NotForUs);
}

#[test]
fn what_the_catalog_lacks_is_said() {
    let lacks = |text: &str, word: &str, nearest: &[&str]| {
        let expect: Vec<String> = nearest.iter().map(|id| (*id).to_owned()).collect();
        let Reading::NotInCatalog { word: lacking, nearest: closest, .. } = read_here(text) else {
            panic!("{text} is not lacking")
        };
        assert_eq!((lacking.as_str(), closest.as_slice()), (word, expect.as_slice()), "{text}");
    };
    lacks(
        "We need a Kafka cluster in dev for team data",
        "Kafka cluster",
        &["aws/sqs-queue", "aws/kinesis-stream"],
    );
    lacks(
        "Please create a Cassandra cluster called acme-db in prod",
        "Cassandra cluster",
        &["aws/dynamodb-table"],
    );
    lacks(
        "Wir brauchen eine Datenbank in dev",
        "Datenbank",
        &["aws/dynamodb-table", "aws/rds-postgres", "aws/aurora-cluster"],
    );
}

#[test]
fn an_addressed_text_gets_a_question_instead_of_silence() {
    let addressed = |text: &str| read_as(Address::ToUs, "", text, catalog(), &config());
    let Reading::Asks { question, .. } = addressed("hello there") else { panic!("asks") };
    assert_eq!((question.about.as_str(), question.choices.len()), ("module", 9));
    let Reading::Asks { question, draft } = addressed("bucket for the exports") else { panic!("asks") };
    assert_eq!((question.about.as_str(), draft.module()), ("environment", Some("aws/s3-bucket")));
    assert_eq!(question.choices.len(), 3, "of the environments");
    assert!(matches!(addressed("snowflake"), Reading::NotInCatalog { .. }));
}
