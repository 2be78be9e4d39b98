//! Checkov's ids for each door, so that a comment which skips one check opens no other door.

use tfpilot_hcl::Value;

use crate::values::member;

/// Ports that checks of Checkov are about.
const PORTS: [(u64, &str); 3] = [(22, "CKV_AWS_24"), (80, "CKV_AWS_260"), (3389, "CKV_AWS_25")];

/// The check on all traffic.
const ALL_TRAFFIC: &str = "CKV_AWS_277";

/// The checks that ask what the rule asks of an argument; none where no check of Checkov does.
pub(super) fn ids(kind: &str, argument: Option<&str>) -> Vec<&'static str> {
    match (kind, argument.unwrap_or_default()) {
        ("aws_db_instance" | "aws_rds_cluster_instance", "publicly_accessible") => vec!["CKV_AWS_17"],
        ("aws_redshift_cluster", "publicly_accessible") => vec!["CKV_AWS_87"],
        ("aws_s3_bucket" | "aws_s3_bucket_acl", "acl" | "grant" | "access_control_policy") => {
            vec!["CKV_AWS_20", "CKV_AWS_57"]
        }
        (_, "block_public_acls") => vec!["CKV_AWS_53"],
        (_, "block_public_policy") => vec!["CKV_AWS_54"],
        (_, "ignore_public_acls") => vec!["CKV_AWS_55"],
        (_, "restrict_public_buckets") => vec!["CKV_AWS_56"],
        ("aws_s3_bucket" | "aws_s3_bucket_policy", "policy") => vec!["CKV_AWS_70"],
        ("aws_kms_key" | "aws_kms_key_policy", "policy") => vec!["CKV_AWS_33"],
        ("aws_iam_role", "assume_role_policy") => vec!["CKV_AWS_60"],
        ("aws_eks_cluster", "vpc_config") => vec!["CKV_AWS_38"],
        ("aws_lambda_function_url", "authorization_type") => vec!["CKV_AWS_258"],
        ("aws_lambda_permission", "principal") => vec!["CKV_AWS_301"],
        _ => Vec::new(),
    }
}

/// The checks that a rule of a security group fails; none where no check of Checkov is about its ports.
pub(super) fn ids_of_ports(rule: &Value) -> Vec<&'static str> {
    let protocol = match (member(rule, "protocol"), member(rule, "ip_protocol")) {
        (Value::Null, other) | (other, _) => other,
    };
    if protocol.as_str().is_some_and(|protocol| ["-1", "all"].contains(&protocol)) {
        return PORTS.iter().map(|(_, id)| *id).chain([ALL_TRAFFIC]).collect();
    }
    let port = |name: &str| match member(rule, name) {
        Value::Number(number) => number.as_u64(),
        _ => None,
    };
    match (port("from_port"), port("to_port")) {
        // A range may hold ports that no check asks about, so only single ports are known.
        (Some(from), Some(to)) if from == to => {
            PORTS.iter().filter(|(port, _)| *port == from).map(|(_, id)| *id).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(rule: serde_json::Value, expect: &[&str]) {
        assert_eq!(ids_of_ports(&Value::from(&rule)), expect);
    }

    #[test]
    fn only_single_ports_and_all_traffic_are_known() {
        check(json!({"protocol": "tcp", "from_port": 22, "to_port": 22}), &["CKV_AWS_24"]);
        check(json!({"ip_protocol": "tcp", "from_port": 80, "to_port": 80}), &["CKV_AWS_260"]);
        check(json!({"protocol": "tcp", "from_port": 20, "to_port": 80}), &[]);
        check(json!({"protocol": "tcp", "from_port": 5432, "to_port": 5432}), &[]);
        check(json!({"protocol": "-1"}), &["CKV_AWS_24", "CKV_AWS_260", "CKV_AWS_25", "CKV_AWS_277"]);
    }

    #[test]
    fn every_id_of_a_door_is_one_of_the_rule() {
        let rule: BTreeSet<&str> = super::super::ALIASES.iter().copied().collect();
        let known = PORTS.iter().map(|(_, id)| *id).chain([ALL_TRAFFIC]);
        assert!(known.chain(ids("aws_s3_bucket", Some("acl"))).all(|id| rule.contains(id)));
    }
}
