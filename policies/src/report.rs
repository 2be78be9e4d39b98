//! The verdict of all rules on one draft or plan: counts, findings, and how a check concludes.

mod markdown;

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::language::Approvals;
use crate::{Enforcement, Finding, Severity, Truth};

/// Characters of a check run's title that are sure to be seen.
pub(crate) const TITLE_CHARS: usize = 60;

/// Most findings that are kept, the worst ones; all are counted.
pub(crate) const FINDINGS_CAP: usize = 300;

/// When the rules were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Of the code, before there is a plan: what cannot be told yet is deferred.
    BeforePlan,
    /// Of the plan.
    AfterPlan,
}

/// How a check concludes, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Nothing to say.
    Success,
    /// Advice.
    Neutral,
    /// Somebody with the right may override it.
    ActionRequired,
    /// It blocks.
    Failure,
}

/// A rule that could not be asked; it fails closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BrokenRule {
    /// Its id.
    pub rule: String,
    /// Why it could not.
    pub why: String,
}

/// Something that does not hold and is let off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exempted {
    /// The policy's id.
    pub rule: String,
    /// The resource.
    pub address: String,
    /// Why, as Markdown.
    pub reason: String,
    /// The last day, such as `2027-01-31`; none where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Approvals that a policy demands of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demanded {
    /// The policy's id.
    pub rule: String,
    /// The first thing of which it is asked.
    pub address: String,
    /// Whose.
    pub approvals: Approvals,
}

/// What all rules say. Same plan, code and rules, same report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReport {
    /// When the rules were asked.
    pub stage: Stage,
    /// What is wrong or not known, worst first.
    pub findings: Vec<Finding>,
    /// Findings that are not listed.
    pub omitted: u32,
    /// Questions answered with yes: one per rule and resource of the code.
    pub passed: u32,
    /// Findings that are an advice only.
    pub advice: u32,
    /// Findings of something that cannot be told.
    pub unknown: u32,
    /// Questions left for the plan.
    pub deferred: u32,
    /// Rules that could not be asked.
    pub broken: Vec<BrokenRule>,
    /// What is let off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempted: Vec<Exempted>,
    /// Approvals that policies demand, by policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demanded: Vec<Demanded>,
    /// Rules that found something, each with the worst of it; also what is not listed among the findings.
    #[serde(default)]
    pub rules: BTreeMap<String, Enforcement>,
}

impl Conclusion {
    /// What a finding comes to.
    pub fn of(enforcement: Enforcement) -> Self {
        match enforcement {
            Enforcement::Off => Self::Success,
            Enforcement::Advisory => Self::Neutral,
            Enforcement::SoftMandatory => Self::ActionRequired,
            Enforcement::HardMandatory => Self::Failure,
        }
    }
}

impl PolicyReport {
    /// The worst of all findings.
    pub fn conclusion(&self) -> Conclusion {
        if !self.broken.is_empty() {
            return Conclusion::Failure;
        }
        let worst = self.findings.iter().map(|finding| Conclusion::of(finding.enforcement)).max();
        worst.unwrap_or(Conclusion::Success)
    }

    /// Whether all rules hold, in three values.
    pub fn truth(&self) -> Truth {
        let broken = Truth::from(self.broken.is_empty());
        let findings = Truth::all(self.findings.iter().map(|finding| finding.truth));
        let deferred = if self.deferred > 0 { Truth::Unknown } else { Truth::True };
        broken.and(findings).and(deferred)
    }

    /// Rules which somebody may override, and which stand in the way.
    pub fn to_override(&self) -> BTreeSet<&str> {
        let soft = self.findings.iter().filter(|it| it.enforcement == Enforcement::SoftMandatory);
        soft.map(|finding| finding.rule.as_str()).collect()
    }

    /// What each rule that found something comes to; one that could not be asked blocks.
    pub fn by_rule(&self) -> BTreeMap<&str, Conclusion> {
        let found = self.rules.iter().map(|(rule, worst)| (rule.as_str(), Conclusion::of(*worst)));
        let broken = self.broken.iter().map(|broken| (broken.rule.as_str(), Conclusion::Failure));
        found.chain(broken).collect()
    }

    /// The same report after somebody with the right has overridden soft-mandatory rules. Others stay as they are.
    #[must_use]
    pub fn overridden(&self, rules: &BTreeSet<String>) -> Self {
        let mut report = self.clone();
        for finding in &mut report.findings {
            if finding.enforcement == Enforcement::SoftMandatory && rules.contains(&finding.rule) {
                finding.enforcement = Enforcement::Advisory;
                finding.overridden = true;
                report.advice += 1;
            }
        }
        sort(&mut report.findings);
        report
    }

    /// A check run's title: what matters first, at most 60 characters.
    pub fn title(&self) -> String {
        if let Some(broken) = self.broken.first() {
            return cut(&format!("{} cannot be evaluated", broken.rule));
        }
        let Some(worst) = self.findings.first() else { return self.quiet_title() };
        let same = |it: &&Finding| it.enforcement == worst.enforcement;
        match worst.enforcement {
            Enforcement::HardMandatory => {
                let others = self.findings.iter().filter(same).count() - 1;
                let more = match (others, self.omitted) {
                    (0, _) => String::new(),
                    (others, 0) => format!(", {others} more"),
                    (others, _) => format!(", {others}+ more"),
                };
                let head = format!("{} at ", worst.rule);
                let room = TITLE_CHARS.saturating_sub(head.chars().count() + more.chars().count());
                format!("{head}{}{more}", place(worst, room))
            }
            Enforcement::SoftMandatory => match self.to_override().len() {
                0 | 1 => cut(&format!("{}: override needed", worst.rule)),
                rules => cut(&format!("{}: override needed, {} more", worst.rule, rules - 1)),
            },
            Enforcement::Advisory | Enforcement::Off => self.quiet_title(),
        }
    }

    fn quiet_title(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: u32, word: &str| parts.push(format!("{count} {word}"));
        if self.advice > 0 {
            part(self.advice, "advice");
        }
        if self.passed > 0 || self.deferred == 0 && self.advice == 0 {
            part(self.passed, "passed");
        }
        if self.deferred > 0 {
            part(self.deferred, "after the plan");
        }
        parts.join(", ")
    }
}

/// Worst first, then by place and text: the order in which people should look.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by(order);
}

/// So many of the worst, sorted. Of a long list the others are not put in order first.
pub(crate) fn keep_worst(findings: &mut Vec<Finding>, most: usize) {
    if findings.len() > most {
        findings.select_nth_unstable_by(most, order);
        findings.truncate(most);
    }
    sort(findings);
}

/// How bad a finding is, the worst first.
pub(crate) type Badness = (Reverse<Enforcement>, Truth, Severity);

/// How bad it is, and whose.
pub(crate) fn group(finding: &Finding) -> (Badness, &str) {
    ((Reverse(finding.enforcement), finding.truth, finding.severity), &finding.rule)
}

fn order(a: &Finding, b: &Finding) -> Ordering {
    group(a)
        .cmp(&group(b))
        .then_with(|| a.location.cmp(&b.location))
        .then_with(|| a.address.cmp(&b.address))
        .then_with(|| (&a.attribute, &a.message).cmp(&(&b.attribute, &b.message)))
        // What differs in nothing else is still told apart, so that the order they come in never matters.
        .then_with(|| {
            (&a.hint, &a.previous_address, a.instances).cmp(&(&b.hint, &b.previous_address, b.instances))
        })
}

/// The place of a finding in few characters: the end of a path says more than its start.
fn place(finding: &Finding, room: usize) -> String {
    let full = finding.location.as_ref().map_or_else(|| finding.address.clone(), ToString::to_string);
    let full = plain(&full);
    let length = full.chars().count();
    if length <= room {
        return full;
    }
    let name = full.rsplit('/').next().unwrap_or_default();
    if name.chars().count() <= room && finding.location.is_some() {
        return name.to_owned();
    }
    let kept = full.chars().skip(length.saturating_sub(room.saturating_sub(1)));
    std::iter::once('…').chain(kept).collect()
}

fn cut(text: &str) -> String {
    let text = plain(text);
    if text.chars().count() <= TITLE_CHARS {
        return text;
    }
    text.chars().take(TITLE_CHARS - 1).chain(['…']).collect()
}

/// One line without anything that reorders or hides text.
pub(crate) fn plain(text: &str) -> String {
    let code = tfpilot_plan::code(text);
    // Long texts are cut by whoever asked; `code` is only asked to make them harmless.
    if text.chars().count() <= 80 {
        return code.trim_matches('`').to_owned();
    }
    let kept = text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    kept.map(|c| if "`|<>@".contains(c) { ' ' } else { c }).collect()
}
