//! Negotiated prices: own prices and discounts, the first line that matches.

use serde_json::json;

use crate::fixture::{Fixture, context, made, set};
use tfpilot_policies::cost::{Estimate, Options, Prices, estimate_with};
use tfpilot_policies::language::read;
use tfpilot_policies::{Context, RuleSet, Rules, judge_plan};

const FILE: &str = "\
# Enterprise agreement of 2026
resource_type,region,component,unit,usd,kind,up_to,source,as_of
aws_nat_gateway,us-east-1,gateway,hours,0.03,fixed,,agreement,2026-01-01
aws_db_instance,us-east-1,postgres db.r6g.large single-az,hours,0.2,fixed,,agreement,2026-01-01

region,instance_type,usd_per_hour,source,as_of
us-east-1,m5.large,0.08,agreement,

provider,service,resource_type,region,percent
aws,ec2,aws_instance,us-east-1,12
aws,*,aws_ebs_*,*,5
aws,rds,*,us-*,10
";

fn priced(text: &str) -> Estimate {
    let prices = Prices::read(text).expect("prices");
    let plan = made(&json!({
        "aws_instance.own": {"instance_type": "m5.large", "root_block_device": [{"volume_type": "gp2", "volume_size": 100}]},
        "aws_instance.less": {"instance_type": "m5.xlarge", "root_block_device": [{"volume_type": "gp3", "volume_size": 100}]},
        "aws_nat_gateway.n": {},
        "aws_db_instance.d": {"engine": "postgres", "instance_class": "db.r6g.large", "allocated_storage": 100},
        "aws_kms_key.k": {},
    }));
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    let fixture = Fixture::of_text("", &plan);
    estimate_with(&fixture.plan, None, &context, &Options { prices: Some(&prices), ..Options::default() })
}

#[test]
fn own_prices_and_discounts_are_taken_and_labelled() {
    let estimate = priced(FILE);
    insta::assert_snapshot!(estimate.markdown(60_000));
    let prices = Prices::read(FILE).expect("prices");
    assert_eq!(estimate.prices_file.as_deref(), Some(prices.digest()));
    let json = serde_json::to_string(&estimate).expect("plain data");
    assert_eq!(serde_json::from_str::<Estimate>(&json).expect("it reads back"), estimate);
}

#[test]
fn the_first_line_that_matches_wins() {
    let header = "provider,service,resource_type,region,percent\n";
    let own = "region,instance_type,usd_per_hour,source,as_of\nus-east-1,m5.large,0.08,agreement,\n";
    let label = |text: &str| {
        let estimate = priced(text);
        let own =
            estimate.resources.iter().find(|it| it.address == "aws_instance.own").expect("it is priced");
        own.after[0].label.clone()
    };
    assert_eq!(label(&format!("{header}*,*,*,*,12.5\n*,*,*,*,20\n{own}")).as_deref(), Some("12.5 % off"));
    assert_eq!(label(&format!("{own}{header}*,*,*,*,12\n")).as_deref(), Some("negotiated"));
    assert_eq!(label(&format!("{header}aws,rds,*,*,12\naws,ec2,*,eu-*,12\n")), None);
}

#[test]
fn what_is_wrong_is_told_by_line() {
    let told: Vec<String> = [
        "aws,ec2,*,*,12\n",
        "provider,service,resource_type,region,percent\naws,ec2,*,*,112\naws,ec2,*,12\naws,,*,*,-1\naws,,*,*,1\n",
        "region,instance_type,usd_per_hour,source,as_of\nus-east-1,m5.large,free,x,\nus-east-1,m5.large,0.1,x,yesterday\n",
        "resource_type,region,component,unit,usd,kind,up_to,source,as_of\na,b,c,d,1,sometimes,,x,\na,b,c,d,1,usage,x,x,\n",
    ]
    .iter()
    .flat_map(|text| Prices::read(text).expect_err(text))
    .map(|error| error.to_string())
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn policies_on_cost_judge_the_estimate_that_they_are_given() {
    let policy = "version: 1\npolicies:\n  - id: dear\n    match: { kind: cost }\n    \
        assert: { attr: cost.diff_monthly, op: lte, value: 30 }\n";
    let (policies, _) = read(&serde_yaml::from_str(policy).expect("it is YAML"));
    let rules = || set(&Rules::default()).with_policies(policies.clone());
    let plan = made(&json!({"aws_nat_gateway.n": {}}));
    let fixture = Fixture::of_text("", &plan);
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    let told = |rules: &RuleSet| {
        let report = judge_plan(&fixture.plan, None, rules, &context);
        report.findings.iter().any(|finding| finding.rule == "dear")
    };
    // 32.85 by the list, 21.90 by the agreement.
    let prices = Prices::read(FILE).expect("prices");
    let options = Options { prices: Some(&prices), ..Options::default() };
    let estimate = estimate_with(&fixture.plan, None, &context, &options);
    assert_eq!((told(&rules()), told(&rules().with_estimate(estimate))), (true, false));
}
