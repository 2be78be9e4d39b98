//! The rules that are asked, as a list for people and programs.

use jiff::civil::Date;

use super::{Enforcement, OnUnknown, RuleSet};
use crate::Severity;
use crate::report::BrokenRule;
use crate::rules::{self, Rule};

/// A rule or policy in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// What it holds for, in a few words.
    pub title: String,
    /// How grave a violation is.
    pub severity: Severity,
    /// What a violation means.
    pub enforcement: Enforcement,
    /// What it means that something is not known before apply.
    pub on_unknown: OnUnknown,
    /// Its ids in other tools.
    pub aliases: Vec<String>,
    /// What it lets off.
    pub exempt: Vec<ListedExemption>,
}

/// Something that is let off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedExemption {
    /// Pattern of addresses.
    pub address: String,
    /// Patterns of stacks; none is all.
    pub stacks: Vec<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Date,
}

impl RuleSet {
    /// The rules that are asked, in their order; not those in Rego.
    pub fn listed(&self) -> Vec<Listed> {
        let listed = self.rules.iter().map(|it| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let (title, aliases, exempt) = match &it.rule {
                Rule::Own(policy) => {
                    let exempt = policy.exempt.iter().map(|exemption| ListedExemption {
                        address: exemption.address.to_string(),
                        stacks: exemption.stacks.iter().map(ToString::to_string).collect(),
                        reason: exemption.reason.clone(),
                        expires: exemption.expires,
                    });
                    (policy.title.clone(), policy.aliases.clone(), exempt.collect())
                }
                _ => {
                    let title = rules::about(&it.id).unwrap_or_default();
                    (title.to_owned(), owned(rules::aliases(&it.id)), Vec::new())
                }
            };
            Listed {
                id: it.id.to_string(),
                title,
                severity: it.severity,
                enforcement: it.enforcement,
                on_unknown: it.on_unknown,
                aliases,
                exempt,
            }
        });
        listed.collect()
    }

    /// Rules that cannot be asked, and why: they stop every apply.
    pub fn broken(&self) -> &[BrokenRule] {
        &self.broken
    }
}
