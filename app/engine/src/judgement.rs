//! How policies and cost judged one plan, as far as gates and texts need it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A judgement of one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it comes to.
    pub standing: Standing,
    /// The check's title where there is only this plan, at most 60 characters.
    pub title: String,
    /// Questions answered with yes.
    #[serde(default)]
    pub passed: u32,
    /// Advice.
    #[serde(default)]
    pub advice: u32,
    /// What is wrong, worst first; the whole list is stored beside the plan.
    #[serde(default)]
    pub findings: Vec<JudgedFinding>,
    /// What each rule's findings come to, of all of them; rules that found nothing are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, Standing>,
    /// Approvals that its policies demand of the plan, by policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Demand>,
}

/// Approvals that a policy demands of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// The policy's id.
    pub rule: String,
    /// Of members of these teams.
    pub teams: Vec<String>,
    /// Of these logins. Without teams and logins anybody who may approve counts.
    pub users: Vec<String>,
    /// How many.
    pub count: u32,
}

impl Judgement {
    /// What each rule's findings come to. What no rule accounts for stands under an empty name, which nobody overrides.
    pub fn by_rule(&self) -> BTreeMap<&str, Standing> {
        let mut rules: BTreeMap<&str, Standing> =
            self.rules.iter().map(|(rule, standing)| (rule.as_str(), *standing)).collect();
        for finding in &self.findings {
            let known = rules.entry(&finding.rule).or_insert(finding.standing);
            *known = (*known).max(finding.standing);
        }
        if rules.values().max().is_none_or(|worst| *worst < self.standing) {
            rules.insert("", self.standing);
        }
        rules
    }

    /// What it comes to after these rules were overridden: a soft-mandatory finding is advice then, others stay.
    pub fn after(&self, overridden: &BTreeSet<&str>) -> Standing {
        let softened = |(rule, standing): (&str, Standing)| match standing {
            Standing::OverrideNeeded if overridden.contains(rule) => Standing::Advice,
            other => other,
        };
        self.by_rule().into_iter().map(softened).max().unwrap_or(self.standing)
    }
}

/// What a judgement comes to, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing to say.
    Passed,
    /// Advice; the apply goes on.
    Advice,
    /// Somebody with the right may override it.
    OverrideNeeded,
    /// It blocks.
    Blocked,
}

/// One finding of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedFinding {
    /// The rule's id.
    pub rule: String,
    /// What it comes to.
    pub standing: Standing,
    /// The resource.
    pub address: String,
    /// What is wrong; Markdown in which foreign text is in code font.
    pub message: String,
    /// What to write.
    pub hint: String,
    /// File, where it is known.
    pub path: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
}
