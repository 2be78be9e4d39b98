//! Usage files: what is expected to be used is a column of its own, and never part of what a change adds.

use serde_json::json;

use crate::fixture::{Fixture, context, made};
use tfpilot_policies::Context;
use tfpilot_policies::cost::{Estimate, Money, Options, Usage, estimate, estimate_with};

const FILE: &str = r#"
version: 0.1
resource_type_default_usage:
  aws_lambda_function:
    monthly_requests: 1_000_000
    request_duration_ms: 100
  azurerm_function_app:
    monthly_executions: 5
resource_usage:
  aws_lambda_function.busy:
    monthly_requests: 3000000
  aws_s3_bucket.logs["eu"]:
    standard:
      storage_gb: 1000
      monthly_tier_1_requests: 50000
      monthly_select_data_scanned_gb: 1
    glacier_deep_archive:
      storage_gb: 0.5
  module.web[*].aws_sqs_queue.jobs[*]:
    monthly_requests: 1000000
    request_size_kb: 65
  aws_api_gateway_rest_api.api:
    monthly_requests: 400000000
  aws_lb.front:
    new_connections: 50
    processed_bytes_gb: 730
  aws_dynamodb_table.fixed:
    monthly_read_request_units: 1000000
  aws_kms_key.idle:
"#;

fn plan() -> Fixture {
    Fixture::of_text(
        "",
        &made(&json!({
            "aws_lambda_function.busy": {"memory_size": 512},
            "aws_lambda_function.calm": {"memory_size": 128},
            "aws_s3_bucket.logs[\"eu\"]": {},
            "aws_s3_bucket.logs[\"us\"]": {},
            "module.web[\"a.b\"].aws_sqs_queue.jobs[0]": {"fifo_queue": true},
            "aws_sqs_queue.jobs": {},
            "aws_api_gateway_rest_api.api": {},
            "aws_lb.front": {"load_balancer_type": "application"},
            "aws_kms_key.idle": {},
        })),
    )
}

fn priced(usage: Option<&Usage>) -> Estimate {
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    estimate_with(&plan().plan, None, &context, &Options { usage, ..Options::default() })
}

#[test]
fn what_is_expected_to_be_used_is_shown_and_summed_apart() {
    let usage = Usage::read(FILE).expect("a usage file");
    let (with, without) = (priced(Some(&usage)), priced(None));
    assert_eq!(
        (with.difference, with.after, with.priced),
        (without.difference, without.after, without.priced)
    );
    assert_eq!(usage.ignored().collect::<Vec<_>>(), ["azurerm_function_app"]);
    assert_eq!(with.usage_file.as_deref(), Some(usage.digest()));
    let of = |address: &str| {
        let resource = with.resources.iter().find(|it| it.address == address).expect("it is priced");
        let used = resource.after.iter().filter_map(|it| Some((it.name.as_str(), it.monthly?.to_string())));
        used.collect::<Vec<_>>()
    };
    // 3 x 0.2, and 3M x 0.1 s x 0.5 GB x 0.0000166667.
    let busy = of("aws_lambda_function.busy");
    assert_eq!(busy, [("requests", "0.60".to_owned()), ("duration x86_64", "2.500005".to_owned())]);
    // 1M x 0.1 s x 0.125 GB.
    let calm = of("aws_lambda_function.calm");
    assert_eq!(calm, [("requests", "0.20".to_owned()), ("duration x86_64", "0.20833375".to_owned())]);
    let logs = of("aws_s3_bucket.logs[\"eu\"]");
    let expect =
        [("standard storage", "23.00"), ("write requests", "0.25"), ("deep archive storage", "0.000495")];
    assert_eq!(logs, expect.map(|(name, usd)| (name, usd.to_owned())));
    assert_eq!(of("aws_s3_bucket.logs[\"us\"]"), []);
    // Each request of 65 KB is two.
    assert_eq!(of("module.web[\"a.b\"].aws_sqs_queue.jobs[0]"), [("fifo requests", "1.00".to_owned())]);
    assert_eq!(of("aws_sqs_queue.jobs"), []);
    // 333 x 3.5 + 67 x 2.8.
    assert_eq!(of("aws_api_gateway_rest_api.api"), [("requests", "1353.10".to_owned())]);
    // Two units for connections, one for bytes: 2 x 730 x 0.008.
    let front = of("aws_lb.front");
    assert_eq!(front[1], ("application capacity", "11.68".to_owned()));
    let all = "0.6 + 2.500005 + 0.2 + 0.20833375 + 23 + 0.25 + 0.000495 + 1 + 1353.1 + 11.68";
    let sum: Money = all.split(" + ").map(|it| Money::parse(it).expect("an amount")).sum();
    assert_eq!((with.usage_before, with.usage_after), (Some(Money::ZERO), Some(sum)));
    insta::assert_snapshot!(with.markdown(60_000));
    let json = serde_json::to_string(&with).expect("plain data");
    assert_eq!(serde_json::from_str::<Estimate>(&json).expect("it reads back"), with);
}

#[test]
fn a_table_of_fixed_capacity_is_not_billed_by_request() {
    let usage = Usage::read(FILE).expect("a usage file");
    let plan = made(&json!({"aws_dynamodb_table.fixed": {"read_capacity": 1, "write_capacity": 1}}));
    let fixture = Fixture::of_text("", &plan);
    let context = Context { region: Some("us-east-2".to_owned()), ..context() };
    let options = Options { usage: Some(&usage), ..Options::default() };
    assert_eq!(estimate_with(&fixture.plan, None, &context, &options).usage_after, Some(Money::ZERO));
}

#[test]
fn without_a_file_an_estimate_is_what_it_was() {
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    assert_eq!(priced(None), estimate(&plan().plan, None, &context, false));
    let empty = Usage::read("").expect("nothing is said");
    assert_eq!(priced(Some(&empty)).usage_after, Some(Money::ZERO));
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place() {
    let told: Vec<String> = [
        "version: 0.2\n",
        "resource_usages: {}\n",
        "version: 0.1\nresource_usage:\n  aws_lambda_function.f:\n    monthly_request: 5\n",
        "resource_usage:\n  aws_lambda_function.f:\n    monthly_requests: -5\n",
        "resource_usage:\n  aws_lambda_function.f:\n    monthly_requests: many\n",
        "resource_usage:\n  aws_s3_bucket.f:\n    standrad:\n      storage_gb: 1\n",
        "resource_usage:\n  aws_s3_bucket.f: 7\n",
        "resource_usage:\n  bucket: {}\n",
        "resource_usage:\n  aws_kms_key.k: {monthly_requests: 1}\n  aws_kms_key.k: {monthly_requests: 2}\n",
        "resource_usage: [\n",
        "- 1\n",
        "a: &x 1\nb: *x\n",
    ]
    .iter()
    .map(|text| Usage::read(text).expect_err(text).to_string())
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}
