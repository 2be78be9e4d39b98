//! The name of what was judged: equal for two plans that do the same, different for any other.
//!
//! It covers the changes, not the circumstances: resource changes that do something, outputs, results of
//! checks, what is incomplete, and the versions. Timestamps, key order, drift that Terraform only noticed and
//! no-ops are left out. A section of a newer Terraform counts as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::document::{Canonical, Document, Node, Text};
use crate::{ChangeHead, Plan, RedactedPlan};

/// Changes when the canonical form changes, so that old digests do not match by accident.
const FORM: &str = "tfpilot-plan-digest/1";

/// SHA-256 over the canonical form of a redacted plan, in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanDigest(String);

/// Not 64 lower-case hex characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a plan digest has 64 characters 0-9a-f")]
pub struct InvalidPlanDigest;

impl PlanDigest {
    /// All 64 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 7, for people.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PlanDigest {
    type Err = InvalidPlanDigest;

    fn from_str(text: &str) -> Result<Self, InvalidPlanDigest> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPlanDigest)
        }
    }
}

impl TryFrom<String> for PlanDigest {
    type Error = InvalidPlanDigest;

    fn try_from(text: String) -> Result<Self, InvalidPlanDigest> {
        text.parse()
    }
}

impl From<PlanDigest> for String {
    fn from(digest: PlanDigest) -> Self {
        digest.0
    }
}

/// The parts that count, in the order of their names.
#[derive(Serialize)]
struct Judged<'a> {
    applyable: Option<bool>,
    checks: Vec<[&'a str; 2]>,
    complete: Option<bool>,
    deferred_changes: Option<&'a Document>,
    drift_written_to_state: Vec<&'a Text>,
    errored: Option<bool>,
    form: &'static str,
    output_changes: BTreeMap<&'a String, Canonical<'a>>,
    provider_config: BTreeMap<&'a String, Option<Canonical<'a>>>,
    providers: BTreeSet<&'a str>,
    resource_changes: Vec<&'a Text>,
    terraform_version: &'a str,
    unknown_sections: BTreeMap<&'a String, Option<&'a Document>>,
}

impl RedactedPlan {
    /// The digest of what this plan does.
    pub fn digest(&self) -> PlanDigest {
        // Many small pieces: the hash takes them faster together.
        let mut buffer = io::BufWriter::with_capacity(1 << 16, Hash::default());
        // Neither the hash nor what is plain data can fail.
        let _ = serde_json::to_writer(&mut buffer, &self.judged());
        let _ = buffer.flush();
        PlanDigest(hex::encode(buffer.get_ref().0.clone().finalize()))
    }

    fn judged(&self) -> Judged<'_> {
        let (plan, document) = (self.plan(), self.sections());
        // A refresh-only plan has no changes: what it writes into the state is the drift.
        let refresh_only = plan.resource_changes.is_empty() && plan.applyable == Some(true);
        Judged {
            applyable: plan.applyable,
            checks: checks(plan),
            complete: plan.complete,
            deferred_changes: document.get("deferred_changes"),
            drift_written_to_state: rows(document, "resource_drift", &plan.resource_drift, |_| refresh_only),
            errored: plan.errored,
            form: FORM,
            output_changes: outputs(document.get("output_changes").and_then(Node::value)),
            provider_config: provider_versions(document),
            providers: plan.resource_changes.iter().map(|head| head.provider_name.as_str()).collect(),
            resource_changes: rows(document, "resource_changes", &plan.resource_changes, |head| {
                !head.is_nothing()
            }),
            terraform_version: &plan.terraform_version,
            unknown_sections: plan.unknown_sections.iter().map(|name| (name, document.get(name))).collect(),
        }
    }
}

/// Takes canonical JSON as it is written.
#[derive(Default)]
struct Hash(Sha256);

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Address and status of every check, in canonical order.
fn checks(plan: &Plan) -> Vec<[&str; 2]> {
    let mut checks: Vec<[&str; 2]> =
        plan.checks.iter().map(|check| [check.address(), check.status.word()]).collect();
    checks.sort_by_cached_key(|check| json!(check).to_string());
    checks
}

/// Items of a list whose typed reading passes the filter, whole and in canonical order.
fn rows<'a>(
    document: &'a Document,
    section: &str,
    heads: &[ChangeHead],
    keep: impl Fn(&ChangeHead) -> bool,
) -> Vec<&'a Text> {
    let items = document.get(section).map(Node::items).unwrap_or_default();
    let kept = items.iter().zip(heads).filter(|(_, head)| keep(head));
    let mut texts: Vec<&Text> = kept.map(|(item, _)| item).collect();
    texts.sort_unstable_by_key(|text| text.as_str());
    texts
}

fn outputs(changes: Option<&Value>) -> BTreeMap<&String, Canonical<'_>> {
    let changes = changes.and_then(Value::as_object).into_iter().flatten();
    let nothing = json!(["no-op"]);
    changes
        .filter(|(_, change)| change.get("actions") != Some(&nothing))
        .map(|(name, change)| (name, Canonical(change)))
        .collect()
}

fn provider_versions(document: &Document) -> BTreeMap<&String, Option<Canonical<'_>>> {
    let providers = document.get("configuration").and_then(|part| part.get("provider_config")?.value());
    let providers = providers.and_then(Value::as_object).into_iter().flatten();
    providers.map(|(key, config)| (key, config.get("version_constraint").map(Canonical))).collect()
}
