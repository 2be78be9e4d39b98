//! Answers of instances become findings of resources: what `count` and `for_each` multiply is told once, with its number.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use tfpilot_plan::Operation;

use crate::finding::{Answer, LetOff, Remark};
use crate::rego::{Asked, PLAN};
use crate::report::{
    Badness, Demanded, Exempted, FINDINGS_CAP, PolicyReport, Stage, group, keep_worst, sort,
};
use crate::rules::Rule;
use crate::settings::{Configured, OnUnknown, RuleSet};
use crate::subject::Subject;
use crate::{Enforcement, Finding, Location, Truth};

/// Answers so far.
#[derive(Default)]
pub(super) struct Gathered {
    /// Numbers for the ids of rules and for the addresses of resources: of many questions both are told again and again.
    rules: HashMap<Arc<str>, usize>,
    resources: HashMap<String, usize>,
    /// By resource and rule, the worst of its instances' answers.
    questions: Vec<Vec<Option<Truth>>>,
    findings: Vec<Finding>,
    /// Of a rule and a resource, by a hash of what is said: the finding, none where it is only counted.
    said: HashMap<(usize, usize, u64), Option<usize>>,
    hasher: RandomState,
    /// Findings that are only counted, as there are enough to list that are worse.
    counted: BTreeMap<(String, Truth, Enforcement), usize>,
    /// Violations in the stack's own code, by how bad they are: these are told each for itself, at every stage.
    worse: BTreeMap<(Badness, String), usize>,
    /// What is let off.
    exempted: BTreeSet<Exempted>,
    /// Approvals that are demanded, by policy, with the first thing that does.
    demanded: BTreeMap<Arc<str>, Demanded>,
    /// Questions that others answered with yes.
    passed: u32,
}

/// In the stack's own code, and in the module around it.
type Places = (Option<Location>, Option<Location>);

/// What an answer is about.
pub(super) struct About<'s> {
    /// The instance.
    pub(super) address: &'s str,
    /// What its instances share.
    pub(super) shared: &'s str,
    /// Where it was before a `moved` block.
    pub(super) previous: Option<String>,
    /// What happens to it is not known.
    pub(super) is_unknown_action: bool,
    /// Where an argument of it is written: in the stack's own code, and in the module around it.
    pub(super) places: &'s dyn Fn(Option<&str>) -> Places,
}

/// What makes two findings the same to a reader.
type Same = (String, Truth, Enforcement, Option<String>, String, Option<Location>);

impl Gathered {
    /// Adds one rule's answer on one instance.
    pub(super) fn add(&mut self, rule: &Configured, subject: &Subject<'_, '_>, answer: &Answer) {
        let about = About {
            address: subject.change.map_or_else(|| subject.in_code(), |change| &change.address),
            shared: subject.in_code(),
            previous: subject.change.filter(|it| it.is_move()).and_then(|it| it.previous_address.clone()),
            is_unknown_action: subject.operation == Operation::Unknown,
            places: &|argument| subject.places(argument),
        };
        self.add_about(rule, &about, answer);
    }

    /// Adds one rule's answer on anything.
    pub(super) fn add_about(&mut self, rule: &Configured, about: &About<'_>, answer: &Answer) {
        let (rule_at, resource_at) = (self.rule(&rule.id), self.resource(about.shared));
        self.answered(rule_at, resource_at, answer.truth());
        if let Some(LetOff { reason, until }) = &answer.exempt {
            self.exempted.insert(Exempted {
                rule: rule.id.to_string(),
                address: about.shared.to_owned(),
                reason: reason.clone(),
                until: until.map(|day| day.to_string()),
            });
        }
        if let (true, Rule::Own(policy)) = (answer.demands, &rule.rule)
            && let Some(approvals) = &policy.approvals
        {
            let first = || Demanded {
                rule: rule.id.to_string(),
                address: about.shared.to_owned(),
                approvals: approvals.clone(),
            };
            self.demanded.entry(Arc::clone(&rule.id)).or_insert_with(first);
        }
        for remark in &answer.remarks {
            let said = self.hasher.hash_one((&remark.argument, &remark.message, remark.truth));
            let key = (rule_at, resource_at, said);
            match self.said.get(&key).copied() {
                Some(at) => {
                    if let Some(finding) = at.and_then(|at| self.findings.get_mut(at)) {
                        finding.instances = finding.instances.saturating_add(1);
                        about.shared.clone_into(&mut finding.address);
                        finding.previous_address = None;
                    }
                }
                None => {
                    let at = self.keep(finding(rule, about, remark));
                    self.said.insert(key, at);
                }
            }
        }
    }

    /// Keeps a finding, unless it is sure not to be listed.
    fn keep(&mut self, finding: Finding) -> Option<usize> {
        let (bad, rule) = group(&finding);
        let is_own = finding.inner.is_none();
        let worse = self.worse.iter().take_while(|((other, id), _)| (*other, id.as_str()) < (bad, rule));
        if is_own && worse.map(|(_, count)| count).sum::<usize>() >= FINDINGS_CAP {
            let key = (rule.to_owned(), finding.truth, finding.enforcement);
            *self.counted.entry(key).or_default() += 1;
            return None;
        }
        if is_own && finding.truth == Truth::False {
            *self.worse.entry((bad, rule.to_owned())).or_default() += 1;
        }
        self.findings.push(finding);
        Some(self.findings.len() - 1)
    }

    fn rule(&mut self, id: &Arc<str>) -> usize {
        let next = self.rules.len();
        *self.rules.entry(Arc::clone(id)).or_insert(next)
    }

    fn resource(&mut self, address: &str) -> usize {
        if let Some(at) = self.resources.get(address) {
            return *at;
        }
        let next = self.resources.len();
        self.resources.insert(address.to_owned(), next);
        self.questions.push(Vec::new());
        next
    }

    fn answered(&mut self, rule: usize, resource: usize, truth: Truth) {
        let Some(answers) = self.questions.get_mut(resource) else { return };
        if answers.len() <= rule {
            answers.resize(rule + 1, None);
        }
        if let Some(answer) = answers.get_mut(rule) {
            *answer = Some(answer.unwrap_or(Truth::True).and(truth));
        }
    }

    /// Counts questions that Rego's rules answered with yes, and tells what their exceptions let off.
    pub(super) fn add_asked(&mut self, asked: &Asked) {
        self.passed = self.passed.saturating_add(asked.passed);
        let let_off = asked.excepted.iter().map(|rule| Exempted {
            rule: rule.clone(),
            address: PLAN.to_owned(),
            reason: "an `exception` of the policies lets it off".to_owned(),
            until: None,
        });
        self.exempted.extend(let_off);
    }

    /// The report. Before the plan, unknowns are questions for later, not findings.
    pub(super) fn into_report(self, stage: Stage, rules: &RuleSet, more: Vec<Finding>) -> PolicyReport {
        let count = |truth: Truth| self.questions.iter().flatten().filter(|it| **it == Some(truth)).count();
        let later = stage == Stage::BeforePlan;
        let deferred = if later { count(Truth::Unknown) } else { 0 };
        let passed = count(Truth::True);
        let is_told = |truth: Truth| !later || truth == Truth::False;
        let told = self.findings.into_iter().filter(|finding| is_told(finding.truth));
        let mut findings: Vec<Finding> = told.chain(more).collect();
        if findings.iter().any(|finding| finding.inner.is_some()) {
            sort(&mut findings);
            findings = as_one(findings);
        }
        let mut counted = self.counted;
        counted.retain(|(_, truth, _), _| is_told(*truth));
        for finding in &findings {
            let key = (finding.rule.clone(), finding.truth, finding.enforcement);
            *counted.entry(key).or_default() += 1;
        }
        let mut by_rule = BTreeMap::<String, Enforcement>::new();
        let (mut advice, mut unknown, mut all) = (0, 0, 0);
        for ((rule, truth, enforcement), count) in counted {
            let worst = by_rule.entry(rule).or_insert(enforcement);
            *worst = (*worst).max(enforcement);
            advice += if enforcement == Enforcement::Advisory { count } else { 0 };
            unknown += if truth == Truth::Unknown { count } else { 0 };
            all += count;
        }
        let omitted = all.saturating_sub(FINDINGS_CAP);
        keep_worst(&mut findings, FINDINGS_CAP);
        PolicyReport {
            stage,
            findings,
            omitted: number(omitted),
            passed: number(passed).saturating_add(self.passed),
            advice: number(advice),
            unknown: number(unknown),
            deferred: number(deferred),
            broken: rules.broken.clone(),
            rules: by_rule,
            exempted: self.exempted.into_iter().collect(),
            demanded: self.demanded.into_values().collect(),
        }
    }
}

/// What is said of several resources of a module at one place of the stack's code, such as a region, is told once.
fn as_one(findings: Vec<Finding>) -> Vec<Finding> {
    let mut told: Vec<Finding> = Vec::new();
    let mut places = BTreeMap::<Same, usize>::new();
    for finding in findings {
        if finding.inner.is_none() {
            told.push(finding);
            continue;
        }
        let Finding { rule, truth, enforcement, attribute, message, location, .. } = &finding;
        let (rule, attribute, message) = (rule.clone(), attribute.clone(), message.clone());
        let same = (rule, *truth, *enforcement, attribute, message, location.clone());
        match places.get(&same).and_then(|at| told.get_mut(*at)) {
            Some(first) => first.also.push(finding.address),
            None => {
                places.insert(same, told.len());
                told.push(finding);
            }
        }
    }
    told
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn finding(rule: &Configured, about: &About<'_>, remark: &Remark) -> Finding {
    let warns = remark.mild || rule.on_unknown == OnUnknown::Warn;
    // An action nobody knows is no unknown value: it fails whatever the setting.
    let warns = warns && !about.is_unknown_action;
    let enforcement = match remark.truth {
        Truth::Unknown if warns => rule.enforcement.min(Enforcement::Advisory),
        _ => rule.enforcement,
    };
    let (location, inner) = (about.places)(remark.argument.as_deref());
    Finding {
        rule: rule.id.to_string(),
        truth: remark.truth,
        enforcement,
        severity: rule.severity,
        address: about.address.to_owned(),
        previous_address: about.previous.clone(),
        instances: 1,
        also: Vec::new(),
        attribute: remark.argument.clone(),
        message: remark.message.clone(),
        hint: remark.hint.clone(),
        location,
        inner,
        overridden: false,
    }
}
