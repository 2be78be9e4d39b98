//! The sticky comment of a pull request: state, next step, gates, and what the plans would do.

use tfpilot_engine::gate::{self, GateName, GateState, Verdict};
use tfpilot_engine::{Facts, Operation, PullSnapshot, Refusal, Status};

use super::escape::{code, prose};
use super::refusal::{refusal_text, reviewer};
use super::words::{self, count};
use super::{STICKY_MARKER, Scene, Sticky, TEXT_LIMIT};

pub(super) fn render_sticky(scene: &Scene<'_>) -> Option<Sticky> {
    let pull = scene.facts.pull.as_ref()?;
    let status = scene.facts.status(scene.now);
    if matches!(status, Status::NoTerraform | Status::Closed) && scene.facts.rounds.is_empty() {
        return None;
    }
    let mut body = format!("### {}\nNext: {}\n", heading(scene, &status), next_step(scene, &status));
    if let Some(errors) = errors(scene) {
        body.push_str(&format!("\n{errors}\n"));
    }
    if scene.facts.apply_standing() != tfpilot_engine::ApplyStanding::Finished {
        body.push_str(&format!("\n{}", gate_table(scene, pull)));
    }
    if let Some(outputs) = outputs_table(scene) {
        body.push_str(&format!("\n{outputs}"));
    }
    body.push_str(&details(scene, TEXT_LIMIT.saturating_sub(body.len() + 400)));
    body.push_str(&footer(scene));
    body.push_str(&format!("\n{STICKY_MARKER}\n"));
    let news = !matches!(status, Status::Planning | Status::Opening);
    Some(Sticky { number: pull.number, body, post: news })
}

fn heading(scene: &Scene<'_>, status: &Status) -> String {
    match status {
        Status::Waiting { .. } | Status::Ready => {
            let standing = standing(scene, status);
            let mut letters = standing.chars();
            let capital: String =
                letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect();
            format!("Plan: {}. {capital}", words::planned(scene.facts))
        }
        Status::NoChanges => format!("No changes in {}", words::where_planned(scene.facts)),
        Status::Planning => format!("Planning {}", words::where_planned(scene.facts)),
        Status::PlanFailed => match scene.facts.failed_plan() {
            Some((stack, _)) => format!("Plan failed in {}", code(stack.as_str())),
            None => "Plan failed".to_owned(),
        },
        Status::NotAdmitted => "Not admitted: nothing was run".to_owned(),
        Status::Fork => "Not run: pull request from a fork".to_owned(),
        Status::Applying => {
            let (done, all) = words::progress(scene.facts, Operation::Apply);
            format!("Applying: {done} of {} done", count(u32::try_from(all).unwrap_or(u32::MAX), "stack"))
        }
        Status::Applied => match (&scene.facts.apply, &scene.facts.merged) {
            (Some(apply), Some((_, at))) => {
                format!("Applied and merged by {}, {}", prose(&apply.by.login), words::minute(*at))
            }
            (Some(apply), None) => format!("Applied by {}", prose(&apply.by.login)),
            (None, _) => "Merged".to_owned(),
        },
        other => {
            let standing = standing(scene, other);
            let mut letters = standing.chars();
            letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
        }
    }
}

/// Where the change is, in lower case, for the ends of headings.
pub(super) fn standing(scene: &Scene<'_>, status: &Status) -> String {
    match status {
        Status::NeedsAnswer => "one question".to_owned(),
        Status::Opening => "opening a pull request".to_owned(),
        Status::Stuck => "stopped".to_owned(),
        Status::Planning => "planning".to_owned(),
        Status::NoTerraform => "no Terraform changes".to_owned(),
        Status::Fork => "not run: pull request from a fork".to_owned(),
        Status::NotAdmitted => "not admitted".to_owned(),
        Status::PlanFailed => "plan failed".to_owned(),
        Status::NoChanges => "no changes".to_owned(),
        Status::Waiting { gate } => waiting(scene.facts, *gate, scene),
        Status::Ready => "ready to apply".to_owned(),
        Status::Applying => "applying".to_owned(),
        Status::AppliedUnmerged => "applied, waiting to merge".to_owned(),
        Status::ApplyFailed => "apply failed".to_owned(),
        Status::Unknown => "outcome unknown".to_owned(),
        Status::Applied => match scene.facts.apply.as_ref().and_then(|apply| apply.finished_at) {
            Some(at) => format!("applied {}", words::minute(at)),
            None => "merged".to_owned(),
        },
        Status::Abandoned => "applied and closed: main lacks what exists".to_owned(),
        Status::Closed => "closed".to_owned(),
    }
}

fn waiting(facts: &Facts, gate: GateName, scene: &Scene<'_>) -> String {
    let verdict = gate::judge_all(facts, scene.now).into_iter().find(|verdict| verdict.gate == gate);
    match verdict.as_ref().and_then(|verdict| verdict.reasons.first()) {
        Some(Refusal::NotApproved { given, needed, .. }) => {
            format!("waiting for {}", count(needed.saturating_sub(*given), "approval"))
        }
        Some(reason) => {
            let text = refusal_text(reason);
            let what = text.what.to_lowercase();
            if text.why.is_empty() { what } else { format!("{what}: {}", text.why) }
        }
        None => "waiting".to_owned(),
    }
}

/// What to do now, as a sentence without its first word "Next".
pub(super) fn next_step(scene: &Scene<'_>, status: &Status) -> String {
    let nothing = || "nothing for you.".to_owned();
    match status {
        Status::Waiting { .. } | Status::NotAdmitted | Status::PlanFailed => {
            match gate::first_closed(scene.facts, scene.now)
                .as_ref()
                .and_then(|verdict| verdict.reasons.first())
            {
                Some(Refusal::NotApproved { ask, .. }) => {
                    format!("{} reviews, then `/tfpilot apply`.", reviewer(ask.as_deref()))
                }
                Some(reason) => format!("{}.", refusal_text(reason).next),
                None => nothing(),
            }
        }
        Status::Ready => "`/tfpilot apply`.".to_owned(),
        Status::NoChanges => "merge.".to_owned(),
        Status::Fork => "a maintainer pushes the branch here.".to_owned(),
        Status::AppliedUnmerged => match &scene.facts.merge_blocked {
            Some(why) => format!("{}. The lock stays.", prose(why)),
            None => "nothing for you. The merge is on its way, the lock stays.".to_owned(),
        },
        Status::ApplyFailed => {
            "push a fix (to be approved again), or `/tfpilot plan` to see what is left.".to_owned()
        }
        Status::Unknown => "an approver compares what exists with the journal. The lock stays.".to_owned(),
        Status::Abandoned => "reopen it. The lock stays.".to_owned(),
        Status::Applied if scene.facts.applied.values().any(|applied| !applied.outputs.is_empty()) => {
            "nothing. The outputs are below.".to_owned()
        }
        _ => nothing(),
    }
}

fn gate_table(scene: &Scene<'_>, pull: &PullSnapshot) -> String {
    let verdicts = gate::judge_all(scene.facts, scene.now);
    let mut rows = vec!["| Gate | State |".to_owned(), "|---|---|".to_owned()];
    let plan = match verdicts.iter().find(|verdict| {
        matches!(verdict.gate, GateName::Admitted | GateName::Planned | GateName::Fresh)
            && verdict.state != GateState::Open
    }) {
        Some(verdict) => reason(verdict),
        None => plan_state(scene.facts, pull),
    };
    rows.push(format!("| Plan | {plan} |"));
    if let Some(verdict) = verdicts.iter().find(|verdict| verdict.gate == GateName::Approved) {
        let given = gate::counted_approvals(scene.facts);
        let needed = gate::needed_approvals(scene.facts);
        let names: Vec<String> = given.counted.iter().map(|person| prose(&person.login)).collect();
        let by = if names.is_empty() { String::new() } else { format!(": {}", words::and(&names)) };
        let state = match verdict.reasons.first() {
            Some(Refusal::NotApproved { not_counted, .. }) if !not_counted.is_empty() => reason(verdict),
            _ => format!("{} of {needed}{by}", given.counted.len()),
        };
        rows.push(format!("| Approval | {state} |"));
    }
    for verdict in verdicts.iter().filter(|verdict| {
        matches!(verdict.gate, GateName::Mergeable | GateName::Locked) && verdict.state != GateState::Open
    }) {
        rows.push(format!("| {:?} | {} |", verdict.gate, reason(verdict)));
    }
    format!("{}\n", rows.join("\n"))
}

fn reason(verdict: &Verdict) -> String {
    verdict.reasons.first().map_or_else(String::new, |reason| {
        let text = refusal_text(reason);
        if text.why.is_empty() { text.what } else { format!("{}: {}", text.what, text.why) }
    })
}

fn plan_state(facts: &Facts, pull: &PullSnapshot) -> String {
    let oldest =
        facts.stacks().iter().filter_map(|stack| facts.current_plan(stack)).map(|plan| plan.at).min();
    let place = match facts.stacks() {
        [only] => code(only.path.as_str()),
        _ => words::where_planned(facts),
    };
    let hours = facts
        .environments()
        .into_iter()
        .flatten()
        .filter_map(|name| facts.rules.environments.get(name))
        .map(|rules| rules.plan_max_age_hours)
        .min()
        .unwrap_or(7 * 24);
    let until = oldest
        .and_then(|at| at.checked_add(jiff::SignedDuration::from_hours(i64::from(hours))).ok())
        .map(|until| format!(", until {}", words::day(until)))
        .unwrap_or_default();
    format!("current: {place} at {}{until}", code(pull.head.short()))
}

/// The first error, never folded.
fn errors(scene: &Scene<'_>) -> Option<String> {
    if let Some(finding) = scene.facts.tree.as_ref().filter(|_| scene.facts.head_is_read())?.findings.first()
    {
        return Some(format!(
            "- {}:{} {}: {}. {}.",
            prose(&finding.path),
            finding.line,
            code(&finding.what),
            prose(&finding.why),
            prose(&finding.next)
        ));
    }
    let (stack, failure) = scene.facts.failed_plan()?;
    let first = format!("- **failed** {}: {}", code(stack.as_str()), prose(&words::failure(failure)));
    match failure {
        tfpilot_engine::Failure::Step { problems, .. } => match problems.first() {
            Some(problem) if !problem.detail.is_empty() => {
                Some(format!("{first}\n\n{}", super::escape::block(&problem.detail, 12)))
            }
            _ => Some(first),
        },
        _ => Some(first),
    }
}

/// Outputs after an apply; a sensitive one without its value.
pub(super) fn outputs_table(scene: &Scene<'_>) -> Option<String> {
    let mut rows = Vec::new();
    for applied in scene.facts.applied.values() {
        for (name, value) in &applied.outputs {
            let shown = match value {
                None => "(sensitive)".to_owned(),
                Some(serde_json::Value::String(text)) => code(text),
                Some(other) => code(&other.to_string()),
            };
            rows.push(format!("| {} | {shown} |", code(name)));
        }
    }
    if rows.is_empty() {
        return None;
    }
    Some(format!("| Output | Value |\n|---|---|\n{}\n", rows.join("\n")))
}

/// What the plans would do, folded, a stack each; whole stacks are left out before the text grows too long.
fn details(scene: &Scene<'_>, budget: usize) -> String {
    let mut out = String::new();
    let mut hidden = 0;
    for stack in scene.facts.stacks() {
        let Some(plan) = scene.facts.plans.get(&stack.path).filter(|plan| !plan.no_changes) else { continue };
        let Some(text) = scene.details.get(&stack.path) else { continue };
        let part = format!(
            "\n<details><summary>{} in {}</summary>\n\n{text}\n\n</details>\n",
            prose(&plan.headline),
            prose(stack.path.as_str())
        );
        if out.len() + part.len() > budget {
            hidden += 1;
        } else {
            out.push_str(&part);
        }
    }
    if hidden > 0 {
        return format!("\n{} not shown.\n{out}", count(hidden, "stack"));
    }
    out
}

fn footer(scene: &Scene<'_>) -> String {
    let config = scene.config_problem.map(|problem| {
        format!(
            "\nThe configuration on the default branch is broken ({}); the last good one is in force.\n",
            prose(problem)
        )
    });
    let config = config.unwrap_or_default();
    let plan = match scene.facts.round() {
        Some(round) => format!("\nPlan {} · `/tfpilot help`\n", code(round.reviewed.short())),
        None => "\n`/tfpilot help`\n".to_owned(),
    };
    config + &plan
}
