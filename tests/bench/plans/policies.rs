//! Fifty policies as people write them for their own, beside the shipped ones.

use std::fmt::Write;

/// What a policy matches and asks: one of each kind of question that the language has.
const QUESTIONS: [&str; 10] = [
    "match: {kind: resource, taggable: true}\n    assert: {all: [{attr: tags_effective.Owner, op: exists}, {attr: tags_effective.CostCenter, op: matches, value: '^[0-9]{2,6}$'}]}",
    "match: {types: [aws_s3_bucket], actions: [create]}\n    assert: {attr: bucket, op: matches, value: '^acme-(dev|stg|prod)-[a-z0-9-]+$'}",
    "match: {types: ['aws_*']}\n    assert: {any: [{attr: region, op: exists, value: false}, {attr: region, op: in, value: [eu-west-1, eu-central-1]}]}",
    "match: {types: [aws_instance, aws_launch_template]}\n    assert: {attr: instance_type, op: matches, value: '^(t3|t4g|m7g)[.]'}",
    "match: {types: [aws_security_group, aws_vpc_security_group_ingress_rule]}\n    assert: {not: {any: [{attr: 'ingress[*].cidr_blocks[*]', op: in, value: [0.0.0.0/0, '::/0'], quantifier: some}, {attr: cidr_ipv4, op: eq, value: 0.0.0.0/0}]}}",
    "match: {types: [aws_ebs_volume, aws_db_instance]}\n    assert: {any: [{attr: encrypted, op: eq, value: true, default: false}, {attr: storage_encrypted, op: eq, value: true}]}",
    "match: {types: [aws_db_instance, aws_rds_cluster, aws_dynamodb_table], actions: [delete, replace, forget]}\n    assert: false",
    "match: {types: [aws_iam_policy, aws_iam_role_policy]}\n    assert: {not: {each: json(policy).Statement, quantifier: some, assert: {all: [{attr: item.Effect, op: eq, value: Allow}, {attr: 'item.Action[*]', op: eq, value: '*', quantifier: some}]}}}",
    "match: {types: [aws_s3_bucket]}\n    assert: {attr: 'related(aws_s3_bucket_versioning.bucket).versioning_configuration[*].status', op: eq, value: Enabled, quantifier: some}",
    "match: {kind: plan}\n    assert: {attr: plan.delete, op: lte, value: 3}",
];

/// The policies, as YAML.
pub(crate) fn yaml(policies: usize) -> String {
    let mut text = "version: 1\ndefaults: {enforcement: advisory, on_unknown: warn}\npolicies:\n".to_owned();
    for number in 0..policies {
        let question = QUESTIONS.get(number % QUESTIONS.len()).copied().unwrap_or_default();
        let _ = writeln!(text, "  - id: own-{number}\n    {question}");
    }
    text
}
