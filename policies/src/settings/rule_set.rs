//! From parameters to rules that can be asked. What is malformed is told, and the rule then fails closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::{Enforcement, OnUnknown, Rules};
use crate::cost::Estimate;
use crate::language::Policy;
use crate::rego::Asked;
use crate::report::BrokenRule;
use crate::rules::{self, Rule};
use crate::skips::Skips;
use crate::{NoPublicAccess, ProtectStateful, Severity, TerraformChecks};

/// Bytes that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

/// The shipped settings.
const DEFAULTS: &str = include_str!("../../defaults/rules.yml");

/// Rules ready to be asked.
#[derive(Debug, Clone)]
pub struct RuleSet {
    pub(crate) rules: Vec<Configured>,
    pub(crate) broken: Vec<BrokenRule>,
    /// What a failed condition of the code means.
    pub(crate) terraform_checks: Enforcement,
    /// Which comments in the code let something off.
    pub(crate) skips: Skips,
    /// What Rego policies found in the plan that is judged.
    pub(crate) asked: Asked,
    /// What the plan that is judged costs, where somebody knows better than the book alone.
    pub(crate) estimate: Option<Arc<Estimate>>,
}

/// One rule with what its verdicts mean.
#[derive(Debug, Clone)]
pub(crate) struct Configured {
    pub(crate) id: Arc<str>,
    pub(crate) enforcement: Enforcement,
    pub(crate) on_unknown: OnUnknown,
    pub(crate) severity: Severity,
    pub(crate) rule: Rule,
}

/// A parameter that cannot be used as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policies.rules.{rule}.{parameter}: {what}; {hint}")]
pub struct ParameterProblem {
    /// The rule's id.
    pub rule: &'static str,
    /// The parameter, such as `pattern` or `patterns.Owner`.
    pub parameter: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// A shipped setting.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shipped {
    pub(crate) enforcement: Enforcement,
    pub(crate) on_unknown: OnUnknown,
    pub(crate) severity: Severity,
}

/// The shipped setting of a rule; without one, the strictest.
pub(crate) fn shipped(id: &str) -> Shipped {
    static TABLE: OnceLock<BTreeMap<String, Shipped>> = OnceLock::new();
    let table = TABLE.get_or_init(|| serde_yaml::from_str(DEFAULTS).unwrap_or_default());
    let strictest = Shipped {
        enforcement: Enforcement::HardMandatory,
        on_unknown: OnUnknown::Fail,
        severity: Severity::High,
    };
    table.get(id).copied().unwrap_or(strictest)
}

impl RuleSet {
    /// Makes rules of parameters. A rule with a problem is not dropped: it fails until it is repaired.
    pub fn new(rules: &Rules) -> (Self, Vec<ParameterProblem>) {
        let mut set = Self {
            rules: Vec::new(),
            broken: Vec::new(),
            terraform_checks: shipped(rules::TERRAFORM_CHECKS).enforcement,
            skips: Skips::default(),
            asked: Asked::default(),
            estimate: None,
        };
        let mut problems = Vec::new();
        if let Some(it) = &rules.required_tags {
            let rule = rules::required_tags::Asked::new(it).map(Rule::RequiredTags);
            set.add(rules::required_tags::ID, it.enforcement, it.on_unknown, rule, &mut problems);
        }
        if let Some(it) = &rules.allowed_regions {
            let rule = rules::allowed_regions::Asked::new(it).map(Rule::AllowedRegions);
            set.add(rules::allowed_regions::ID, it.enforcement, it.on_unknown, rule, &mut problems);
        }
        if let Some(it) = &rules.naming {
            let rule = rules::naming::Asked::new(it).map(Rule::Naming);
            set.add(rules::naming::ID, it.enforcement, it.on_unknown, rule, &mut problems);
        }
        let id = rules::no_public_access::ID;
        let default = || NoPublicAccess { enforcement: shipped(id).enforcement, ..NoPublicAccess::default() };
        let it = rules.no_public_access.clone().unwrap_or_else(default);
        let rule = Ok(Rule::NoPublicAccess(rules::no_public_access::Asked::new(&it)));
        set.add(id, it.enforcement, it.on_unknown, rule, &mut problems);

        let id = rules::protect_stateful::ID;
        let default =
            || ProtectStateful { enforcement: shipped(id).enforcement, ..ProtectStateful::default() };
        let it = rules.protect_stateful.clone().unwrap_or_else(default);
        let rule = Ok(Rule::ProtectStateful(rules::protect_stateful::Asked::new(&it)));
        set.add(id, it.enforcement, it.on_unknown, rule, &mut problems);

        if let Some(TerraformChecks { enforcement }) = rules.terraform_checks {
            set.terraform_checks = enforcement;
        }
        (set, problems)
    }

    /// The same with policies of one's own, asked after the shipped rules.
    #[must_use]
    pub fn with_policies(mut self, policies: impl IntoIterator<Item = Policy>) -> Self {
        self.rules.extend(policies.into_iter().filter(|it| it.enforcement != Enforcement::Off).map(
            |policy| {
                let Policy { enforcement, on_unknown, severity, .. } = policy;
                let id = Arc::clone(&policy.id);
                Configured { id, enforcement, on_unknown, severity, rule: Rule::Own(Box::new(policy)) }
            },
        ));
        self
    }

    /// The same with comments in the code that let something off.
    #[must_use]
    pub fn with_skips(mut self, skips: Skips) -> Self {
        self.skips = skips;
        self
    }

    /// A rule that could not even be read from the configuration: it fails closed, and says why.
    #[must_use]
    pub fn with_broken(mut self, rule: impl Into<String>, why: impl Into<String>) -> Self {
        self.broken.push(BrokenRule { rule: rule.into(), why: why.into() });
        self.broken.sort();
        self
    }

    /// The same with what the plan that is going to be judged costs; policies on cost then judge this estimate, and not one of
    /// their own by the book alone.
    #[must_use]
    pub fn with_estimate(self, estimate: impl Into<Arc<Estimate>>) -> Self {
        Self { estimate: Some(estimate.into()), ..self }
    }

    /// The same with what Rego policies found in the plan that is going to be judged; what could not be asked fails closed.
    #[must_use]
    pub fn with_asked(mut self, asked: Asked) -> Self {
        let broken = asked.broken.iter();
        self.broken.extend(broken.map(|(rule, why)| BrokenRule { rule: rule.clone(), why: why.clone() }));
        self.broken.sort();
        self.broken.dedup();
        self.asked = asked;
        self
    }

    /// Ids of the rules that are asked.
    pub fn ids(&self) -> BTreeSet<&str> {
        self.rules.iter().map(|rule| &*rule.id).collect()
    }

    fn add(
        &mut self,
        id: &'static str,
        enforcement: Enforcement,
        on_unknown: Option<OnUnknown>,
        rule: Result<Rule, Vec<ParameterProblem>>,
        problems: &mut Vec<ParameterProblem>,
    ) {
        if enforcement == Enforcement::Off {
            return;
        }
        let Shipped { on_unknown: default, severity, .. } = shipped(id);
        match rule {
            Ok(rule) => {
                let on_unknown = on_unknown.unwrap_or(default);
                self.rules.push(Configured { id: id.into(), enforcement, on_unknown, severity, rule });
            }
            Err(found) => {
                let why = found.iter().map(|problem| format!("{}: {}", problem.parameter, problem.what));
                let why = why.collect::<Vec<_>>().join("; ");
                self.broken.push(BrokenRule { rule: id.to_owned(), why });
                problems.extend(found);
            }
        }
    }
}

/// A pattern for whole texts. ASCII classes only: the names it judges are ASCII.
pub(crate) fn whole(rule: &'static str, parameter: &str, pattern: &str) -> Result<Regex, ParameterProblem> {
    let problem = |what: String, hint: &str| ParameterProblem {
        rule,
        parameter: parameter.to_owned(),
        what,
        hint: hint.to_owned(),
    };
    if pattern.is_empty() {
        return Err(problem("the pattern is empty".to_owned(), "write one, such as acme-[a-z0-9-]+"));
    }
    let hint = "write a regular expression without look-around, such as acme-[a-z0-9-]+";
    let build = |pattern: &str| RegexBuilder::new(pattern).unicode(false).size_limit(PATTERN_SIZE).build();
    // Alone first: a closing bracket too many must not end our group.
    build(pattern).and_then(|_| build(&format!("\\A(?:{pattern})\\z"))).map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
        problem(format!("the pattern cannot be read: {last}"), hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Naming;

    #[test]
    fn every_rule_has_a_shipped_setting() {
        let table: BTreeMap<String, Shipped> = serde_yaml::from_str(DEFAULTS).expect("it is YAML");
        let ids: Vec<&str> = table.keys().map(String::as_str).collect();
        let mut known = rules::IDS.to_vec();
        known.sort_unstable();
        assert_eq!(ids, known);
    }

    #[test]
    fn a_pattern_holds_for_the_whole_text() {
        let pattern = whole("naming", "pattern", "a|b\\d+").expect("it can be read");
        for (name, expect) in [("a", true), ("b12", true), ("ab1", false), ("xa", false), ("a\n", false)] {
            assert_eq!(pattern.is_match(name.as_bytes()), expect, "{name:?}");
        }
        assert!(whole("naming", "pattern", "a)|(b").is_err());
        assert!(whole("naming", "pattern", "(?=a)").is_err());
        assert!(whole("naming", "pattern", "[a-z]{99999999}").is_err());
    }

    #[test]
    fn a_malformed_rule_is_told_and_kept() {
        let naming = Some(Naming { pattern: "acme-(".to_owned(), ..Naming::default() });
        let (set, problems) = RuleSet::new(&Rules { naming, ..Rules::default() });
        assert_eq!(set.broken.first().expect("it is kept").rule, "naming");
        insta::assert_snapshot!(problems.first().expect("it is told"), @"policies.rules.naming.pattern: the pattern cannot be read: unclosed group; write a regular expression without look-around, such as acme-[a-z0-9-]+");
    }

    #[test]
    fn what_is_off_is_not_asked() {
        let off = NoPublicAccess { enforcement: Enforcement::Off, ..NoPublicAccess::default() };
        let (set, _) = RuleSet::new(&Rules { no_public_access: Some(off), ..Rules::default() });
        assert_eq!(set.ids(), BTreeSet::from(["protect-stateful"]));
    }
}
