//! A policy file, from YAML to policies that can be asked. What is wrong is told with the path of keys that leads to it;
//! a policy with a problem is not made, and whoever reads the file lets it fail closed.

mod assertion;
mod fields;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde_yaml::Value as Yaml;

use super::expression::Expression;
use super::{Act, Approvals, Exemption, Kind, Overriders, Phases, Policy, Scope, Subjects};
use crate::Severity;
use crate::address::Glob;
use crate::settings::{Enforcement, OnUnknown};
pub(super) use assertion::{OPERATORS, QUANTIFIERS};
use fields::Reader;

/// Policies that a file may hold.
const MAX_POLICIES: usize = 200;

const FILE: &[&str] = &["version", "defaults", "policies"];
const DEFAULTS: &[&str] = &["enforcement", "on_unknown", "severity"];
const POLICY: &[&str] = &[
    "id",
    "title",
    "severity",
    "enforcement",
    "override",
    "phase",
    "scope",
    "match",
    "assert",
    "require_approvals",
    "on_unknown",
    "message",
    "hint",
    "exempt",
    "aliases",
];
const OVERRIDE: &[&str] = &["teams", "users", "count", "reason"];
const APPROVALS: &[&str] = &["teams", "users", "count", "bind"];
const SCOPE: &[&str] = &["stacks", "environments"];
const MATCH: &[&str] = &["kind", "types", "not_types", "actions", "addresses", "taggable", "where"];
const EXEMPTION: &[&str] = &["address", "stacks", "reason", "expires"];

/// Every word of an enum with what it means.
pub(super) const ENFORCEMENTS: [(&str, Enforcement); 4] = [
    ("off", Enforcement::Off),
    ("advisory", Enforcement::Advisory),
    ("soft-mandatory", Enforcement::SoftMandatory),
    ("hard-mandatory", Enforcement::HardMandatory),
];
pub(super) const SEVERITIES: [(&str, Severity); 5] = [
    ("info", Severity::Info),
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];
pub(super) const ON_UNKNOWN: [(&str, OnUnknown); 2] = [("warn", OnUnknown::Warn), ("fail", OnUnknown::Fail)];

/// Something in a policy file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Keys and numbers of entries that lead to it.
    pub path: Vec<String>,
    /// What is wrong.
    pub what: String,
    /// What to write.
    pub hint: String,
    /// Words that are known where another one was written.
    pub among: Vec<&'static str>,
}

/// Settings of a file for policies that say nothing.
#[derive(Debug, Clone, Copy)]
struct Defaults {
    enforcement: Enforcement,
    on_unknown: OnUnknown,
    severity: Severity,
}

/// Reads a policy file's values. Policies that are off are among them; a rule set leaves them out.
pub fn read(file: &Yaml) -> (Vec<Policy>, Vec<Problem>) {
    let mut reader = Reader::default();
    let mut policies = Vec::new();
    let Some(keys) = reader.keys(file, FILE) else { return (policies, reader.problems) };
    reader.within("version", |reader| match keys.get("version").and_then(Yaml::as_u64) {
        Some(1) => {}
        Some(_) => reader.problem("is a version that is not known", "write version: 1"),
        None => reader.problem("the version is missing", "write version: 1"),
    });
    let defaults = reader.within("defaults", |reader| defaults(reader, keys.get("defaults")));
    let mut ids = BTreeSet::new();
    reader.within("policies", |reader| {
        let Some(entries) = reader.list(keys.get("policies").unwrap_or(&Yaml::Null)) else { return };
        if entries.len() > MAX_POLICIES {
            reader.problem(format!("holds more than {MAX_POLICIES} policies"), "write another file");
        }
        for (at, entry) in entries.iter().take(MAX_POLICIES).enumerate() {
            reader.within(&at.to_string(), |reader| {
                let Some(policy) = policy(reader, entry, defaults) else { return };
                if ids.insert(Arc::clone(&policy.id)) {
                    policies.push(policy);
                } else {
                    reader.within("id", |reader| {
                        reader.problem(
                            format!("{} is there twice", policy.id),
                            "give each policy an id of its own",
                        );
                    });
                }
            });
        }
    });
    (policies, reader.problems)
}

fn defaults(reader: &mut Reader, value: Option<&Yaml>) -> Defaults {
    let shipped = Defaults {
        enforcement: Enforcement::Advisory,
        on_unknown: OnUnknown::Warn,
        severity: Severity::Medium,
    };
    let Some(keys) = value.and_then(|value| reader.keys(value, DEFAULTS)) else { return shipped };
    Defaults {
        enforcement: reader.word(keys, "enforcement", &ENFORCEMENTS).unwrap_or(shipped.enforcement),
        on_unknown: reader.word(keys, "on_unknown", &ON_UNKNOWN).unwrap_or(shipped.on_unknown),
        severity: reader.word(keys, "severity", &SEVERITIES).unwrap_or(shipped.severity),
    }
}

/// One policy; none when something in it cannot be used.
fn policy(reader: &mut Reader, value: &Yaml, defaults: Defaults) -> Option<Policy> {
    let before = reader.problems.len();
    let keys = reader.keys(value, POLICY)?;
    let id = reader.within("id", |reader| id(reader, keys.get("id")));
    let title = reader.prose(keys, "title");
    let enforcement = reader.word(keys, "enforcement", &ENFORCEMENTS).unwrap_or(defaults.enforcement);
    let overriders = reader.within("override", |reader| overriders(reader, keys.get("override")));
    if keys.contains_key("override") && enforcement != Enforcement::SoftMandatory {
        reader.within("override", |reader| {
            reader.problem(
                format!("is of no use: the policy is {}", enforcement.word()),
                "write enforcement: soft-mandatory, or leave override out",
            );
        });
    }
    let approvals =
        reader.within("require_approvals", |reader| approvals(reader, keys.get("require_approvals")));
    if approvals.is_some() && keys.contains_key("override") && !keys.contains_key("assert") {
        reader.within("override", |reader| {
            reader.problem("is of no use: approvals are given, not overridden", "leave override out");
        });
    }
    let subjects = reader.within("match", |reader| subjects(reader, keys.get("match")));
    let assertion = reader.within("assert", |reader| match keys.get("assert") {
        Some(value) => assertion::expression(reader, value),
        None if keys.contains_key("require_approvals") => Some(Expression::Always(true)),
        None => {
            reader.problem("what must hold is missing", "write assert: {attr: …, op: …, value: …}");
            None
        }
    });
    let phases = reader.within("phase", |reader| phases(reader, keys.get("phase")));
    if keys.contains_key("require_approvals") && !phases.after_plan {
        reader.within("phase", |reader| {
            reader.problem("approvals are of plans", "add post_plan, or leave phase out");
        });
    }
    let policy = Policy {
        title: title.unwrap_or_else(|| id.clone().unwrap_or_default()),
        id: id.unwrap_or_default().into(),
        severity: reader.word(keys, "severity", &SEVERITIES).unwrap_or(defaults.severity),
        enforcement,
        overriders,
        approvals,
        on_unknown: reader.word(keys, "on_unknown", &ON_UNKNOWN).unwrap_or(defaults.on_unknown),
        aliases: reader.texts(keys, "aliases"),
        phases,
        scope: reader.within("scope", |reader| scope(reader, keys.get("scope"))),
        subjects: subjects?,
        assertion: assertion?,
        message: reader.prose(keys, "message"),
        hint: reader.prose(keys, "hint"),
        exempt: reader.within("exempt", |reader| exemptions(reader, keys.get("exempt"))),
    };
    (reader.problems.len() == before).then_some(policy)
}

fn id(reader: &mut Reader, value: Option<&Yaml>) -> Option<String> {
    let hint = "write a name in small letters with hyphens, such as no-open-ssh";
    let Some(id) = value.and_then(Yaml::as_str) else {
        reader.problem("the id is missing", hint);
        return None;
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=60).contains(&id.len()) || !id.chars().all(plain) || id.starts_with('-') || id.ends_with('-') {
        reader.problem(format!("{} is no id", id.escape_debug()), hint);
        return None;
    }
    if crate::rules::IDS.contains(&id) || matches!(id, "cost" | "admission" | "freeze") {
        reader.problem(format!("{id} is the id of a shipped rule"), "choose another one");
        return None;
    }
    Some(id.to_owned())
}

fn overriders(reader: &mut Reader, value: Option<&Yaml>) -> Overriders {
    let Some(keys) = value.and_then(|value| reader.keys(value, OVERRIDE)) else {
        return Overriders::default();
    };
    // A reason is asked for always; the word is read for those who write it.
    let _: Option<bool> = reader.word(keys, "reason", &[("required", true)]);
    let count = reader.number(keys, "count", 1, 10);
    Overriders { teams: reader.texts(keys, "teams"), users: reader.texts(keys, "users"), count }
}

fn approvals(reader: &mut Reader, value: Option<&Yaml>) -> Option<Approvals> {
    let keys = reader.keys(value?, APPROVALS)?;
    // Every approval is of one plan; the word is read for those who write it.
    let _: Option<bool> = reader.word(keys, "bind", &[("plan_sha256", true)]);
    let count = reader.number(keys, "count", 1, 10).unwrap_or(1);
    Some(Approvals { teams: reader.texts(keys, "teams"), users: reader.texts(keys, "users"), count })
}

fn phases(reader: &mut Reader, value: Option<&Yaml>) -> Phases {
    let Some(value) = value else { return Phases { before_plan: true, after_plan: true } };
    const WORDS: [(&str, bool); 2] = [("pre_plan", true), ("post_plan", false)];
    let words = reader.words(value, &WORDS);
    Phases { before_plan: words.contains(&true), after_plan: words.contains(&false) }
}

fn scope(reader: &mut Reader, value: Option<&Yaml>) -> Scope {
    let Some(keys) = value.and_then(|value| reader.keys(value, SCOPE)) else { return Scope::default() };
    Scope { stacks: reader.globs(keys, "stacks"), environments: reader.texts(keys, "environments") }
}

fn subjects(reader: &mut Reader, value: Option<&Yaml>) -> Option<Subjects> {
    let Some(value) = value else {
        reader.problem(
            "what it is asked of is missing",
            "write match: {kind: resource, types: [aws_s3_bucket]}",
        );
        return None;
    };
    let keys = reader.keys(value, MATCH)?;
    let kind = reader.word(keys, "kind", &Kind::ALL).unwrap_or(Kind::Resource);
    if kind != Kind::Resource {
        for key in
            ["types", "not_types", "actions", "taggable"].into_iter().filter(|key| keys.contains_key(*key))
        {
            reader.within(key, |reader| {
                reader.problem("is said of resources only", "leave it out, or write kind: resource");
            });
        }
    }
    let actions = keys.get("actions").map(|value| {
        let words = reader.within("actions", |reader| reader.words(value, &Act::ALL));
        words.into_iter().collect::<BTreeSet<_>>()
    });
    let condition = keys
        .get("where")
        .and_then(|value| reader.within("where", |reader| assertion::expression(reader, value)));
    Some(Subjects {
        kind,
        types: reader.texts(keys, "types"),
        not_types: reader.texts(keys, "not_types"),
        actions: actions.unwrap_or_else(Act::usual),
        addresses: reader.globs(keys, "addresses"),
        taggable: reader.switch(keys, "taggable"),
        condition,
    })
}

fn exemptions(reader: &mut Reader, value: Option<&Yaml>) -> Vec<Exemption> {
    let Some(entries) = value.and_then(|value| reader.list(value)) else { return Vec::new() };
    let entries: Vec<&Yaml> = entries.iter().collect();
    let mut read = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        let exemption = reader.within(&at.to_string(), |reader| {
            let keys = reader.keys(entry, EXEMPTION)?;
            let address = reader.glob(keys, "address");
            if address.is_none() && !keys.contains_key("address") {
                reader.problem("the address is missing", "write address: module.sandbox.**");
            }
            let reason = reader.prose(keys, "reason");
            if reason.is_none() {
                reader.problem("the reason is missing", "write why it is let off");
            }
            let expires = reader.within("expires", |reader| date(reader, keys.get("expires")));
            Some(Exemption {
                address: address?,
                stacks: reader.globs(keys, "stacks"),
                reason: reason?,
                expires: expires?,
            })
        });
        read.extend(exemption);
    }
    read
}

fn date(reader: &mut Reader, value: Option<&Yaml>) -> Option<Date> {
    let read = value.and_then(Yaml::as_str).and_then(|text| text.parse().ok());
    if read.is_none() {
        reader.problem("the last day is missing or none", "write the last day it counts, such as 2027-01-31");
    }
    read
}

/// A pattern of addresses or paths.
fn as_glob(text: &str) -> Option<Glob> {
    Glob::new(text)
}
