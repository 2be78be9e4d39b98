//! Answers of rules become findings like those of any other policy.

use serde::{Deserialize, Serialize};
use tfpilot_plan::{RedactedPlan, plain};

use super::open::{self, Why};
use super::{Answered, Fault, Found, Kind, Named, Policy};
use crate::settings::OnUnknown;
use crate::{Enforcement, Finding, Severity, Truth};

/// Findings on unknown arguments of one policy that are kept.
const KEPT_UNKNOWN: usize = 50;

/// Where a finding is that names no resource.
pub(crate) const PLAN: &str = "the plan";

/// What findings come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judging {
    /// What results of `deny` and `violation` mean.
    pub enforcement: Enforcement,
    /// What it means that something is not known.
    pub on_unknown: OnUnknown,
}

/// What was found with the help of others, to be reported with the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What is wrong, or not known.
    pub findings: Vec<Finding>,
    /// Rules that found nothing.
    pub passed: u32,
    /// Rules that an exception lets off although they found something.
    pub excepted: Vec<String>,
    /// Files that could not be asked, and why.
    pub broken: Vec<(String, String)>,
}

/// Makes findings of what a file's rules said of a plan.
pub fn judge(
    policy: &Policy,
    answer: &Result<Vec<Answered>, Fault>,
    plan: &RedactedPlan,
    judging: Judging,
) -> Asked {
    let mut asked = Asked::default();
    let answers = match answer {
        Ok(answers) => answers,
        Err(fault) => {
            asked.broken.push((policy.source.path.clone(), fault.to_string()));
            return asked;
        }
    };
    let addresses = addresses(plan);
    for rule in &policy.rules {
        let Some(answered) = answers.iter().find(|it| it.rule == rule.name) else {
            // What was not answered was not asked.
            asked.broken.push((policy.source.path.clone(), format!("{} was not answered", rule.name)));
            continue;
        };
        if answered.excepted {
            if !answered.found.is_empty() {
                asked.excepted.push(rule.id.clone());
            }
        } else if answered.found.is_empty() {
            asked.passed += 1;
        }
        let found = answered.found.iter().filter(|_| !answered.excepted);
        asked.findings.extend(found.map(|found| finding(policy, rule, found, &addresses, judging)));
        if answered.omitted > 0 && !answered.excepted {
            let more = Found { message: format!("{} more", answered.omitted), ..Found::default() };
            asked.findings.push(finding(policy, rule, &more, &addresses, judging));
        }
    }
    asked.findings.extend(unknown(policy, plan, judging));
    asked
}

fn finding(policy: &Policy, rule: &Named, found: &Found, addresses: &[&str], judging: Judging) -> Finding {
    let named = found.address.as_deref().filter(|it| addresses.contains(it));
    let address = named.or_else(|| only_one(&found.message, addresses)).unwrap_or(PLAN);
    let hint = match &found.hint {
        Some(hint) => prose(hint),
        None => {
            format!("see what `{}` of `{}` asks for", plain(&rule.name), plain(name(&policy.source.path)))
        }
    };
    let enforcement = rule.kind.enforcement(judging.enforcement);
    let severity = severity(found.severity.as_deref(), rule.kind);
    Finding::of_plan(&rule.id, Truth::False, (enforcement, severity), address, prose(&found.message), hint)
}

/// What the policy reads and nobody knows yet.
fn unknown(policy: &Policy, plan: &RedactedPlan, judging: Judging) -> Vec<Finding> {
    let enforcement = match judging.on_unknown {
        OnUnknown::Warn => judging.enforcement.min(Enforcement::Advisory),
        OnUnknown::Fail => judging.enforcement,
    };
    let file = plain(name(&policy.source.path));
    let told = open::open(policy, plan).into_iter().take(KEPT_UNKNOWN).map(|(address, arguments)| {
        let told = arguments.iter().map(|(argument, why)| match why {
            Why::Later => format!("{} is not known before apply", tfpilot_plan::code(argument)),
            Why::Redacted => format!("{} is redacted", tfpilot_plan::code(argument)),
        });
        let message = format!("{}, and `{file}` reads it", told.collect::<Vec<_>>().join(", "));
        let hint = "write it out in the code, or look at it yourself".to_owned();
        let weight = (enforcement, Severity::Low);
        Finding::of_plan(&policy.unknown_id(), Truth::Unknown, weight, &address, message, hint)
    });
    told.collect()
}

/// The addresses of all that changes and of all that stays, the longest first.
fn addresses(plan: &RedactedPlan) -> Vec<&str> {
    let mut all: Vec<&str> =
        plan.plan().resource_changes.iter().map(|change| change.address.as_str()).collect();
    all.sort_by_key(|address| (std::cmp::Reverse(address.len()), *address));
    all.dedup();
    all
}

/// The only address that a text holds.
fn only_one<'a>(text: &str, addresses: &[&'a str]) -> Option<&'a str> {
    let mut rest = text.to_owned();
    let mut found = None;
    for address in addresses.iter().filter(|address| !address.is_empty()) {
        let mut from = 0;
        while let Some(at) = rest.get(from..).and_then(|it| it.find(address)).map(|at| at + from) {
            let end = at + address.len();
            let inside = |c: char| c.is_alphanumeric() || "_-.[\"".contains(c);
            let before = rest.get(..at).and_then(|it| it.chars().next_back()).is_some_and(inside_start);
            // A full stop ends a sentence unless a name goes on.
            let mut after = rest.get(end..).unwrap_or_default().chars();
            let goes_on = match after.next() {
                Some('.') => after.next().is_some_and(char::is_alphanumeric),
                Some(c) => inside(c) && c != '"',
                None => false,
            };
            if before || goes_on {
                from = end;
                continue;
            }
            if found.is_some_and(|known| known != *address) {
                return None;
            }
            found = Some(*address);
            // What is part of a longer address is not meant.
            rest.replace_range(at..end, " ");
            from = at;
        }
    }
    found
}

fn inside_start(c: char) -> bool {
    c.is_alphanumeric() || "_-.".contains(c)
}

fn severity(written: Option<&str>, kind: Kind) -> Severity {
    match written.map(str::to_ascii_lowercase).as_deref() {
        Some("critical") => Severity::Critical,
        Some("high" | "error") => Severity::High,
        Some("medium" | "moderate" | "warning") => Severity::Medium,
        Some("low") => Severity::Low,
        Some("info" | "informational" | "note") => Severity::Info,
        _ if kind == Kind::Warn => Severity::Low,
        _ => Severity::Medium,
    }
}

/// A text of the policy's author in which values of the plan may stand: one harmless line.
fn prose(text: &str) -> String {
    let escaped = plain(text);
    let harmless: String = escaped.chars().filter(|c| !matches!(c, '*' | '#' | '\\' | '!')).collect();
    let harmless = harmless.replace("](", "] (").replace("://", ":/ /");
    if harmless.trim().is_empty() { "it says nothing more".to_owned() } else { harmless.trim().to_owned() }
}

/// The name of a file in its folder.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_a_resource_when_it_holds_one_address() {
        let all = ["module.a.aws_s3_bucket.b", "aws_s3_bucket.b[0]", "aws_s3_bucket.bb", "aws_s3_bucket.b"];
        for (text, address) in [
            ("aws_s3_bucket.b is public", Some("aws_s3_bucket.b")),
            ("public: `module.a.aws_s3_bucket.b`.", Some("module.a.aws_s3_bucket.b")),
            ("look at aws_s3_bucket.b.", Some("aws_s3_bucket.b")),
            ("aws_s3_bucket.b[0] and aws_s3_bucket.b[0]", Some("aws_s3_bucket.b[0]")),
            ("aws_s3_bucket.bb and aws_s3_bucket.b", None),
            ("aws_s3_bucket.b.bucket is wrong", None),
            ("aws_s3_bucket.c", None),
        ] {
            assert_eq!(only_one(text, &all), address, "{text}");
        }
    }

    #[test]
    fn what_a_policy_says_stays_prose() {
        let said = prose("**bad** <b> @acme `x` [a](http://evil)\n# title");
        assert!(!said.contains(['*', '<', '@', '`', '#', '\n']) && !said.contains("]("), "{said}");
        assert_eq!(prose(" "), "it says nothing more");
    }
}
