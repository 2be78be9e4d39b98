//! What people are told about inputs that do not fit.

use insta::assert_snapshot;
use serde_json::{Value, json};
use tfpilot_modules::Catalog;

use crate::support::inputs;

fn problems(module: &str, given: Value) -> String {
    let catalog = Catalog::shipped();
    let module = catalog.find(module).unwrap();
    let problems = module.check_inputs(&inputs(given));
    problems.iter().map(|problem| format!("{}: {}. {}\n", problem.what, problem.why, problem.next)).collect()
}

#[test]
fn inputs_that_fit() {
    assert_eq!(problems("aws/s3-bucket", json!({"name": "acme-invoices", "owner": "billing"})), "");
    assert_eq!(
        problems(
            "aws/s3-bucket",
            json!({
                "name": "acme-invoices", "owner": "Team Ä".replace('Ä', "A"), "versioning": "false",
                "expire_after_days": "30", "kms_key_arn": null, "cors_origins": [], "tags": {"a": "b"},
            })
        ),
        ""
    );
}

#[test]
fn missing_and_unknown_inputs() {
    assert_snapshot!(problems("aws/s3-bucket", json!({"owner": null, "versionning": true, "wings\u{1b}[1m": 2})), @r"
    Input `name` is missing: there is no default (Name of the bucket, unique in all of AWS). set name=acme-invoices
    Input `owner` is missing: there is no default (Team that answers for the bucket; becomes the tag Owner). set owner=billing
    Unknown input `versionning`: aws/s3-bucket has name, owner, versioning, keep_old_versions_days, expire_after_days, archive_after_days, archive_class, kms_key_arn, access_log_bucket, cors_origins, force_destroy, tags. did you mean `versioning`?
    Unknown input `wings[1m`: aws/s3-bucket has name, owner, versioning, keep_old_versions_days, expire_after_days, archive_after_days, archive_class, kms_key_arn, access_log_bucket, cors_origins, force_destroy, tags. leave `wings[1m` out
    ");
}

#[test]
fn wrong_types() {
    let given = json!({
        "name": ["acme"], "owner": "billing", "versioning": "maybe", "expire_after_days": "soon",
        "cors_origins": "https://x", "tags": ["a"], "force_destroy": null,
    });
    assert_snapshot!(problems("aws/s3-bucket", given), @r#"
    Input `name` has the wrong type: expected string, found a list. set name=acme-invoices
    Input `versioning` has the wrong type: expected bool, found string "maybe". set versioning=true
    Input `expire_after_days` has the wrong type: expected number, found string "soon". set expire_after_days=365
    Input `cors_origins` has the wrong type: expected list(string), found string "https://x". set cors_origins=https://shop.example.com
    Input `force_destroy` is null: it always has a value. leave `force_destroy` out to get its default
    Input `tags` has the wrong type: expected map(string), found a list. set tags=CostCenter=4711
    "#);
}

#[test]
fn failed_validations() {
    let given = json!({
        "name": "Acme_Inv", "owner": "-", "keep_old_versions_days": 1.5, "expire_after_days": 0,
        "archive_class": "TAPE", "kms_key_arn": "alias/x", "cors_origins": ["https://ok.example", "http://x"],
        "tags": {"aws:x": "y"},
    });
    assert_snapshot!(problems("aws/s3-bucket", given), @r#"
    Input `name` is "Acme_Inv": The name has 3 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen.. set name=acme-invoices
    Input `owner` is "-": The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit.. set owner=billing
    Input `keep_old_versions_days` is 1.5: Old versions are kept for 1 or more whole days; leave it out to keep them.. set keep_old_versions_days=30
    Input `expire_after_days` is 0: Objects expire after 1 or more whole days; leave it out to keep them.. set expire_after_days=365
    Input `archive_class` is "TAPE": The archive class is one of GLACIER_IR, GLACIER, DEEP_ARCHIVE, INTELLIGENT_TIERING.. set archive_class=GLACIER_IR
    Input `kms_key_arn` is "alias/x": The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough.. set kms_key_arn=arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
    Input `cors_origins` is ["https://ok.example","http://x"]: Each origin is https:// and a host, such as https://shop.example.com, without a path.. set cors_origins=https://shop.example.com
    Input `tags` is {"aws:x":"y"}: There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256.. set tags=CostCenter=4711
    "#);
}

#[test]
fn names_that_aws_keeps_for_itself() {
    for name in ["xn--abc", "sthree-abc", "abc-s3alias", "abc--ol-s3"] {
        let told = problems("aws/s3-bucket", json!({"name": name, "owner": "billing"}));
        assert!(told.contains("AWS keeps names"), "{name}: {told}");
    }
}

#[test]
fn limits_of_a_queue() {
    let given = json!({
        "name": "orders.fifo", "owner": "shop", "visibility_timeout_seconds": 43201, "retention_days": 15,
        "delay_seconds": 901, "max_receives": 0,
    });
    assert_snapshot!(problems("aws/sqs-queue", given), @r#"
    Input `name` is "orders.fifo": The name has 1 to 70 letters, digits, hyphens and underscores; leave out the suffix .fifo.. set name=acme-orders
    Input `visibility_timeout_seconds` is 43201: The visibility timeout is 0 to 43200 whole seconds (12 hours).. set visibility_timeout_seconds=60
    Input `retention_days` is 15: Messages are kept for 1 to 14 whole days.. set retention_days=7
    Input `delay_seconds` is 901: The delay is 0 to 900 whole seconds (15 minutes).. set delay_seconds=10
    Input `max_receives` is 0: A message is received 1 to 1000 times before it counts as dead.. set max_receives=5
    "#);
    let at_the_limits = json!({
        "name": "orders", "owner": "shop", "visibility_timeout_seconds": 43200, "retention_days": 14,
        "delay_seconds": 900, "max_receives": 1000,
    });
    assert_eq!(problems("aws/sqs-queue", at_the_limits), "");
}

#[test]
fn a_value_nobody_can_review_is_refused() {
    let told = problems("local/note", json!({"name": "a", "owner": "b", "text": "x".repeat(20_000)}));
    assert_snapshot!(told, @"Input `text` is too long: it has 20002 bytes, more than the 16384 that can be reviewed. give `text` a shorter value");
}

#[test]
fn texts_are_composed_as_terraform_composes_them() {
    let catalog = Catalog::shipped();
    let note = catalog.find("local/note").unwrap();
    let converted =
        note.convert_inputs(&inputs(json!({"name": "a", "owner": "b", "text": "e\u{301}"}))).unwrap();
    assert_eq!(converted["text"], "é");
}

#[test]
fn secrets_and_unknown_attributes_are_refused() {
    let variables = "
variable \"password\" {
  type      = string
  default   = null
  sensitive = true
}

variable \"rule\" {
  type    = list(object({ port = number }))
  default = []
}
";
    let (catalog, diagnostics) = Catalog::load([
        ("t/m/variables.tf", variables),
        ("t/m/versions.tf", "terraform {\n  required_version = \">= 1.11.0\"\n}\n"),
        (
            "t/m/module.yml",
            "{version: 1.0.0, title: T, category: c, summary: s, risk: low, words: {en: [t]}}",
        ),
    ]);
    assert_eq!(diagnostics, []);
    let module = catalog.find("t/m").unwrap();
    let problems = module
        .check_inputs(&inputs(json!({"password": "hunter2", "rule": [{"port": 1}, {"prot": 2, "port": 3}]})));
    let told: String =
        problems.iter().map(|problem| format!("{}: {}\n", problem.what, problem.why)).collect();
    assert_snapshot!(told, @r#"
    Input `password` is secret: everything in a request can be read by others and stays in the history
    Input `rule` has the wrong type: unknown attribute "prot"; it has object({ port = number })
    "#);
}
