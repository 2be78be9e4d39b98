//! The sticky comment of a pull request: state, next step, errors, stacks, gates, and what the plans would do.

mod details;
mod gates;
mod heading;
mod next;
mod runs;
mod stacks;
mod trouble;

use tfpilot_engine::gate::{self, GateName, Verdict};
use tfpilot_engine::{Facts, Refusal, Status};

use super::escape::{code, prose};
use super::{STICKY_MARKER, Scene, Sticky, TEXT_LIMIT};

pub(super) use details::{outputs_table, plans};
pub(super) use gates::{reason, table as gate_table, until};
pub(super) use heading::{again, heading, into, standing};
pub(super) use next::{AFTER_HALF, NOTHING, after_unknown, next_step, who_reviews};
pub(super) use stacks::stack_table;
pub(super) use trouble::trouble;

/// Bytes that the table of stacks may take; what the plans would do gets the rest.
const STACKS_LIMIT: usize = 20_000;

pub(super) fn render_sticky(scene: &Scene<'_>) -> Option<Sticky> {
    let pull = scene.facts.pull.as_ref()?;
    let status = scene.facts.status(scene.now);
    let quiet = matches!(status, Status::NoTerraform | Status::NotManaged | Status::Closed);
    if quiet && scene.facts.rounds.is_empty() {
        return None;
    }
    let mut body = format!("### {}\nNext: {}\n", heading(scene, &status), next_step(scene, &status));
    let parts = [
        trouble(scene, &status),
        stack_table(scene, STACKS_LIMIT),
        gates::table(scene, &status),
        outputs_table(scene),
    ];
    parts.into_iter().flatten().for_each(|part| body.push_str(&format!("\n{}\n", part.trim_end())));
    let foot = format!("{}\n{STICKY_MARKER}\n", footer(scene));
    body.push_str(&details::folded(scene, TEXT_LIMIT.saturating_sub(body.len() + foot.len())));
    body.push_str(&foot);
    let news =
        !quiet && (!matches!(status, Status::Planning | Status::Opening) || unfit(scene.facts).is_some());
    Some(Sticky { number: pull.number, body, post: news })
}

fn footer(scene: &Scene<'_>) -> String {
    let plan = scene.facts.round().map(|round| format!("Plan {}", code(round.reviewed.short())));
    let parts = plan.into_iter().chain(runs::links(scene)).chain(["`/tfpilot help`".to_owned()]);
    let foot = format!("\n{}\n", parts.collect::<Vec<_>>().join(" · "));
    let notes = config_note(scene).into_iter().chain(owners_note(scene.facts));
    notes.map(|note| format!("\n{note}\n")).collect::<String>() + &foot
}

/// A configuration that is broken on the default branch: which one is in force, and what is wrong. Else what is to be
/// repaired though it is in force.
pub(super) fn config_note(scene: &Scene<'_>) -> Option<String> {
    let broken = scene.config_problem.map(|problem| {
        format!(
            "The configuration on the default branch is broken: {}. The last good one is in force.",
            super::escape::sentence(problem)
        )
    });
    broken.or_else(|| {
        let advice = super::escape::sentence(scene.config_advice?);
        Some(format!("The configuration on the default branch is in force but not all of it: {advice}."))
    })
}

/// Lines of `CODEOWNERS` that are left out, where owners are asked.
fn owners_note(facts: &Facts) -> Option<String> {
    let mut named = facts.environments().into_iter().flatten();
    let wants = named.any(|name| facts.rules.environments.get(name).is_some_and(|rules| rules.code_owners));
    let owners = facts.tree.as_ref()?.owners.as_ref().filter(|_| wants)?;
    let (file, first) = (owners.file.as_deref()?, owners.problems.first()?);
    let more = match owners.problems.len() {
        1 => String::new(),
        many => format!(" So are {} more.", many - 1),
    };
    let (file, what) = (prose(file), super::escape::sentence(&first.what));
    Some(format!("{file}:{} is left out, by GitHub too: {what}.{more}", first.line))
}

/// A plan that must not pass as complete, where everything was planned.
pub(super) fn unfit(facts: &Facts) -> Option<String> {
    let first = facts.stacks().iter().find_map(|stack| match facts.current_plan(stack) {
        None => Some(None),
        Some(plan) => plan.unfit.clone().map(Some),
    })?;
    first.filter(|_| facts.failed_plan().is_none())
}

/// The verdict of one gate.
pub(super) fn verdict(scene: &Scene<'_>, name: GateName) -> Option<Verdict> {
    gate::judge_all(scene.facts, scene.now).into_iter().find(|verdict| verdict.gate == name)
}

/// The first reason that keeps the first gate shut.
pub(super) fn first_reason(scene: &Scene<'_>) -> Option<Refusal> {
    gate::first_closed(scene.facts, scene.now)?.reasons.into_iter().next()
}

/// Who made the change, where that is a person: else who asked for it.
pub(super) fn maker(facts: &Facts) -> String {
    let author =
        facts.pull.as_ref().map(|pull| &pull.author).filter(|author| !author.login.ends_with("[bot]"));
    match facts.request.as_ref().map(|request| &request.by).or(author) {
        Some(person) => prose(&person.login),
        None => "a developer".to_owned(),
    }
}
