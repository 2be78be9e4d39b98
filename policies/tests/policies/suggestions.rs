//! What would cost less: only what is always so, by the prices of the estimate.

use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, context, made};
use tfpilot_policies::Context;
use tfpilot_policies::cost::{Estimate, Options, Prices, estimate_with};

fn priced(plan: &Json, prices: Option<&Prices>) -> Estimate {
    let fixture = Fixture::of_text("", plan);
    let context = Context { region: Some("us-east-1".to_owned()), ..context() };
    estimate_with(&fixture.plan, None, &context, &Options { prices, ..Options::default() })
}

fn told(resources: &Json) -> Vec<String> {
    let estimate = priced(&made(resources), None);
    estimate.suggestions.iter().map(|it| format!("{}: {}", it.address, it.text)).collect()
}

#[test]
fn the_same_in_a_newer_kind_is_cheaper() {
    let standard = json!([{"cpu_credits": "standard"}]);
    let resources = json!({
        "aws_ebs_volume.v": {"type": "gp2", "size": 160},
        "aws_instance.old": {
            "instance_type": "m4.large", "root_block_device": [{"volume_type": "gp2", "volume_size": 50}],
            "ebs_block_device": [{"volume_type": "gp2", "volume_size": 100}, {"volume_type": "st1", "volume_size": 500}],
        },
        "aws_instance.bursts": {"instance_type": "t2.medium", "credit_specification": standard},
    });
    // 160 x 0.02; 730 x 0.004; 50 x 0.02; 100 x 0.02; 730 x 0.0048.
    let expect = [
        "aws_instance.bursts: t2.medium → t3.medium saves $3.50 a month",
        "aws_ebs_volume.v: gp2 → gp3 saves $3.20 a month",
        "aws_instance.old: m4.large → m5.large saves $2.92 a month",
        "aws_instance.old: gp2 → gp3 saves $2.00 a month",
        "aws_instance.old: gp2 → gp3 saves $1.00 a month",
    ];
    assert_eq!(told(&resources), expect);
    let estimate = priced(&made(&resources), None);
    insta::assert_snapshot!(estimate.markdown(60_000));
    let json = serde_json::to_string(&estimate).expect("plain data");
    assert_eq!(serde_json::from_str::<Estimate>(&json).expect("it reads back"), estimate);
    // What was stored before there were any is read all the same.
    let mut older: Json = serde_json::from_str(&json).expect("JSON");
    older.as_object_mut().expect("an object").remove("suggestions");
    assert!(serde_json::from_value::<Estimate>(older).expect("it is read").suggestions.is_empty());
}

#[test]
fn what_is_not_always_so_is_not_said() {
    let none: [Json; 7] = [
        // It reaches 250 MB/s, whose price as gp3 is not in the book here.
        json!({"aws_ebs_volume.v": {"type": "gp2", "size": 500}}),
        // Its size is not known.
        json!({"aws_ebs_volume.v": {"type": "gp2"}}),
        json!({"aws_ebs_volume.v": {"type": "io1", "size": 100, "iops": 1000}}),
        // By default a t3 may cost more than its hours.
        json!({"aws_instance.i": {"instance_type": "t2.medium"}}),
        // There is no m5 of this size.
        json!({"aws_instance.i": {"instance_type": "m4.10xlarge"}}),
        // Another architecture.
        json!({"aws_instance.i": {"instance_type": "m5.large"}}),
        json!({"aws_instance.i": {"instance_type": "m4.`large` → nothing saves $9 | x"}}),
    ];
    for resources in none {
        assert_eq!(told(&resources), [""; 0], "{resources}");
    }
}

#[test]
fn large_volumes_are_compared_at_the_same_speed() {
    let text = "resource_type,region,component,unit,usd,kind,up_to,source,as_of\n\
        aws_ebs_volume,us-east-1,gp3 throughput,MBps-months,0.04,fixed,,agreement,\n\
        aws_ebs_volume,us-east-1,gp3 iops,IOPS-months,0.005,fixed,,agreement,\n";
    let prices = Prices::read(text).expect("prices");
    let plan = made(&json!({"aws_ebs_volume.v": {"type": "gp2", "size": 2000}}));
    let estimate = priced(&plan, Some(&prices));
    // 2000 x 0.02, less 3000 x 0.005 for operations and 125 x 0.04 for speed.
    assert_eq!(estimate.suggestions[0].text, "gp2 → gp3 saves $20.00 a month");
}

#[test]
fn only_what_changes_is_looked_at() {
    let mut plan = made(&json!({"aws_ebs_volume.v": {"type": "gp2", "size": 160}}));
    let change = &mut plan["resource_changes"][0]["change"];
    (change["actions"], change["before"]) = (json!(["no-op"]), change["after"].clone());
    assert!(priced(&plan, None).suggestions.is_empty());
}
