//! The shipped policies: rules that need no Rust, in the language of everybody's own (`defaults/rules/*.yml`).
//!
//! They are read once and given in the order of their ids, those that are off among them; a rule set leaves those out.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::language::{Policy, read};

/// Every file by the id of its policy.
const FILES: &[(&str, &str)] = &[
    ("cloudtrail-all-regions", include_str!("../defaults/rules/cloudtrail-all-regions.yml")),
    ("cloudtrail-kms", include_str!("../defaults/rules/cloudtrail-kms.yml")),
    ("cloudtrail-validation", include_str!("../defaults/rules/cloudtrail-validation.yml")),
    ("dynamodb-kms", include_str!("../defaults/rules/dynamodb-kms.yml")),
    ("ebs-encryption", include_str!("../defaults/rules/ebs-encryption.yml")),
    ("ec2-block-device-encryption", include_str!("../defaults/rules/ec2-block-device-encryption.yml")),
    ("ec2-detailed-monitoring", include_str!("../defaults/rules/ec2-detailed-monitoring.yml")),
    ("ec2-ebs-optimized", include_str!("../defaults/rules/ec2-ebs-optimized.yml")),
    ("ec2-imdsv2", include_str!("../defaults/rules/ec2-imdsv2.yml")),
    ("ec2-public-ip", include_str!("../defaults/rules/ec2-public-ip.yml")),
    ("ec2-user-data-credentials", include_str!("../defaults/rules/ec2-user-data-credentials.yml")),
    ("eks-private-endpoint", include_str!("../defaults/rules/eks-private-endpoint.yml")),
    ("eks-secrets-encryption", include_str!("../defaults/rules/eks-secrets-encryption.yml")),
    ("iam-admin-statement", include_str!("../defaults/rules/iam-admin-statement.yml")),
    ("iam-administrator-access", include_str!("../defaults/rules/iam-administrator-access.yml")),
    ("iam-inline-wildcards", include_str!("../defaults/rules/iam-inline-wildcards.yml")),
    ("iam-trust-whole-account", include_str!("../defaults/rules/iam-trust-whole-account.yml")),
    ("iam-wildcard-actions", include_str!("../defaults/rules/iam-wildcard-actions.yml")),
    ("kms-rotation", include_str!("../defaults/rules/kms-rotation.yml")),
    ("lambda-concurrency", include_str!("../defaults/rules/lambda-concurrency.yml")),
    ("lambda-credentials", include_str!("../defaults/rules/lambda-credentials.yml")),
    ("lambda-dead-letters", include_str!("../defaults/rules/lambda-dead-letters.yml")),
    ("lambda-literal-passwords", include_str!("../defaults/rules/lambda-literal-passwords.yml")),
    ("lambda-tracing", include_str!("../defaults/rules/lambda-tracing.yml")),
    ("lambda-vpc", include_str!("../defaults/rules/lambda-vpc.yml")),
    ("lb-https", include_str!("../defaults/rules/lb-https.yml")),
    ("lb-tls", include_str!("../defaults/rules/lb-tls.yml")),
    ("log-group-kms", include_str!("../defaults/rules/log-group-kms.yml")),
    ("rds-backups", include_str!("../defaults/rules/rds-backups.yml")),
    ("rds-deletion-protection", include_str!("../defaults/rules/rds-deletion-protection.yml")),
    ("rds-encryption", include_str!("../defaults/rules/rds-encryption.yml")),
    ("s3-access-logs", include_str!("../defaults/rules/s3-access-logs.yml")),
    ("s3-encryption", include_str!("../defaults/rules/s3-encryption.yml")),
    ("s3-kms", include_str!("../defaults/rules/s3-kms.yml")),
    ("s3-lifecycle", include_str!("../defaults/rules/s3-lifecycle.yml")),
    ("s3-notifications", include_str!("../defaults/rules/s3-notifications.yml")),
    ("s3-public-access-block", include_str!("../defaults/rules/s3-public-access-block.yml")),
    ("s3-replication", include_str!("../defaults/rules/s3-replication.yml")),
    ("s3-versioning", include_str!("../defaults/rules/s3-versioning.yml")),
    ("secret-kms", include_str!("../defaults/rules/secret-kms.yml")),
    ("sns-encryption", include_str!("../defaults/rules/sns-encryption.yml")),
    ("sqs-encryption", include_str!("../defaults/rules/sqs-encryption.yml")),
];

/// The shipped policies in the order of their ids.
pub fn policies() -> &'static [Policy] {
    static POLICIES: OnceLock<Vec<Policy>> = OnceLock::new();
    POLICIES.get_or_init(|| FILES.iter().flat_map(|(_, text)| of(text)).collect())
}

/// The YAML that a shipped policy was read from.
pub fn source(id: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}

/// Names the shipped policies as they are, as a digest: equal ones judge alike.
pub fn digest() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(|| {
        let mut digest = Sha256::new();
        FILES.iter().for_each(|(_, text)| digest.update(text));
        hex::encode(digest.finalize())
    })
}

/// The shipped policies as a table for people.
pub fn markdown() -> String {
    let mut table = "| id | enforcement | what for | other tools |\n|---|---|---|---|\n".to_owned();
    for policy in policies() {
        let (id, word) = (&policy.id, policy.enforcement.word());
        table.push_str(&format!("| `{id}` | {word} | {} | {} |\n", policy.title, policy.aliases.join(", ")));
    }
    table
}

/// The policies of a file. That each can be read is a test's to prove.
fn of(text: &str) -> Vec<Policy> {
    serde_yaml::from_str(text).map(|file| read(&file).0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_documentation_lists_them() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/policies.md");
        let page = std::fs::read_to_string(path).expect("it is there");
        let (before, rest) = page.split_once("<!-- shipped -->\n").expect("the mark is there");
        let (listed, after) = rest.split_once("<!-- /shipped -->").expect("its end is there");
        if std::env::var_os("INSTA_UPDATE").is_some_and(|it| it == "always") {
            let page = format!("{before}<!-- shipped -->\n{}<!-- /shipped -->{after}", markdown());
            std::fs::write(path, page).expect("it is written");
            return;
        }
        assert_eq!(listed, markdown(), "INSTA_UPDATE=always writes it");
    }

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("defaults/rules");
        let names = std::fs::read_dir(folder).expect("the folder is there");
        let names: BTreeSet<String> =
            names.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        let listed: Vec<String> = FILES.iter().map(|(id, _)| format!("{id}.yml")).collect();
        assert_eq!(listed, names.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn every_file_is_one_policy_without_a_problem() {
        for (id, text) in FILES {
            let (policies, problems) = read(&serde_yaml::from_str(text).expect("it is YAML"));
            assert_eq!(problems, [], "{id}");
            assert_eq!(policies.iter().map(|policy| &*policy.id).collect::<Vec<_>>(), [*id]);
            assert!(
                policies.iter().all(|policy| policy.hint.is_some() && policy.title != *policy.id),
                "{id}"
            );
        }
        assert_eq!(policies().len(), FILES.len());
    }

    #[test]
    fn ids_and_aliases_are_told_apart_from_the_rules() {
        let ids: BTreeSet<&str> = policies().iter().map(|policy| &*policy.id).collect();
        assert_eq!(ids.len(), policies().len());
        for rule in crate::rules::IDS {
            assert!(!ids.contains(rule), "{rule}");
            let aliases: BTreeSet<&str> = crate::rules::aliases(rule).iter().copied().collect();
            let twice =
                policies().iter().find(|it| it.aliases.iter().any(|alias| aliases.contains(alias.as_str())));
            assert!(twice.is_none(), "{rule}: {twice:?}");
        }
        assert!(
            source("ebs-encryption").is_some_and(|text| text.contains("CKV_AWS_3")) && source("x").is_none()
        );
    }
}
