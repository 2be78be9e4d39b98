//! What the rules refuse on a request before there is a plan: which rule, which input, what to write.

use tfpilot_engine::{DraftFinding, Facts, Request, Standing};

use crate::surface::escape::{code, prose};
use crate::surface::refusal::{enforcement, override_command, overrider, stopped};
use crate::surface::words;

use super::question::set;

/// Most findings told in one comment.
const FINDINGS: usize = 10;

/// "**Policy `naming` (hard-mandatory)**, name: `invoices` does not match `acme-.*`. Next: `/tfpilot set name=…`".
pub(super) fn refused(facts: &Facts, to: &str, findings: &[DraftFinding]) -> String {
    let lines: Vec<String> = findings.iter().take(FINDINGS).map(|found| line(facts, found)).collect();
    let hidden = findings.len().saturating_sub(FINDINGS);
    let note = if hidden == 0 { String::new() } else { format!(" {hidden} more are not shown.") };
    match lines.as_slice() {
        [only] => format!("{to} {only} No pull request is opened before."),
        lines => format!(
            "{to} {} stand against this request, so no pull request is opened.{note}\n\n- {}",
            words::count(findings.len(), "finding"),
            lines.join("\n- ")
        ),
    }
}

fn line(facts: &Facts, found: &DraftFinding) -> String {
    let DraftFinding { finding, input, .. } = found;
    let (rule, how) = (code(&finding.rule), enforcement(finding.standing));
    let place = input.as_ref().map(|input| format!(", {}", prose(input))).unwrap_or_default();
    format!("**Policy {rule} ({how})**{place}: {}. Next: {}", finding.message, stopped(&next(facts, found)))
}

/// What puts it right, by a command that would, and who else may decide.
fn next(facts: &Facts, found: &DraftFinding) -> String {
    let DraftFinding { finding, input, value } = found;
    let hint = if finding.hint.is_empty() { "ask for something else" } else { &finding.hint };
    let right = match (input, value) {
        (Some(input), Some(value)) => format!("{} or edit the issue", code(&set(input, value))),
        (Some(input), None) => {
            format!("{hint}, by {} or in the issue", code(&format!("/tfpilot set {input}=…")))
        }
        (None, _) => format!("{hint}, in the issue"),
    };
    if finding.standing != Standing::OverrideNeeded {
        return right;
    }
    let overriders = facts.rules.overrides.get(&finding.rule);
    let first = overriders.and_then(|it| it.teams.first().or(it.users.first()));
    let who = overrider(first.map(|name| name.trim_start_matches('@')));
    format!("{right}; or {who}: {}", override_command(&finding.rule))
}

/// The next step of a request that the rules refuse, without a stop at its end.
pub(in crate::surface) fn next_for_draft(facts: &Facts) -> String {
    let first = facts.refused_draft().and_then(|found| found.first().copied());
    first.map_or_else(|| "change the request".to_owned(), |found| next(facts, found))
}

/// What the rules only advise on a request, and what somebody let pass, until there is a plan that is judged.
pub(in crate::surface) fn advice(facts: &Facts, request: &Request) -> Option<String> {
    let judged = request.judged.as_ref().filter(|judged| judged.draft == request.drafts)?;
    if !facts.plans.is_empty() || request.closed {
        return None;
    }
    let advised = judged.findings.iter().filter(|found| found.finding.standing == Standing::Advice);
    let advised = advised.take(FINDINGS).map(|found| {
        let hint = if found.finding.hint.is_empty() {
            String::new()
        } else {
            words::capital(&stopped(&found.finding.hint))
        };
        format!("- Advice of {}: {}. {hint}", code(&found.finding.rule), found.finding.message)
    });
    let passed = request.overrides.iter().filter(|given| given.draft == request.drafts).map(|given| {
        let (rule, who, reason) = (code(&given.rule), prose(&given.by.login), prose(&given.reason));
        format!("- {rule} overridden by {who}: {reason}. The plan needs its own override.")
    });
    let lines: Vec<String> = advised.chain(passed).map(|line| line.trim_end().to_owned()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
