//! Where a change stands, and what keeps it from being applied: the table of gates, and every gate in words.

use jiff::Timestamp;
use tfpilot_engine::gate::{self, GateName, GateState, Verdict};
use tfpilot_engine::{
    ApplyStanding, Facts, Grave, Judgement, NotCounted, NotCountedWhy, Person, Plan, Status,
};

use crate::surface::escape::{code, prose};
use crate::surface::refusal::{demanded, refusal_text, stopped};
use crate::surface::words::{self, capital};
use crate::surface::{Scene, fit, issue, overridden, pull};

/// Where the rules of a repository are written.
const RULES: &str = ".github/tfpilot.yml";

/// Most people named in one sentence.
const NAMED: usize = 5;

/// State and next step, then the table of gates with the lock.
pub(super) fn status(facts: &Facts, now: Timestamp) -> String {
    let scene = Scene::of(facts, now);
    let status = facts.status(now);
    let head = head(&scene, &status);
    if facts.pull.is_none() {
        return head;
    }
    let lock = fit::row(&["Lock", &lock(facts)]);
    let locked_by_others = !facts.held_by_others.is_empty();
    let table = match pull::gate_table(&scene, &status) {
        Some(table) if locked_by_others => table,
        Some(table) => format!("{table}{lock}"),
        None => fit::table(&["Gate", "State"], &[lock], usize::MAX),
    };
    format!("{head}\n\n{}", table.trim_end())
}

/// State and next step, then every gate: those that are not open first, each with its rule, its place and the fact.
pub(super) fn why(facts: &Facts, now: Timestamp) -> String {
    let scene = Scene::of(facts, now);
    let status = facts.status(now);
    if !status.is_before_apply() || facts.pull.is_none() {
        return head(&scene, &status);
    }
    let (open, shut): (Vec<Verdict>, Vec<Verdict>) =
        gate::judge_all(facts, now).into_iter().partition(|verdict| verdict.state == GateState::Open);
    let lines = shut.iter().chain(&open).enumerate().map(|(index, verdict)| {
        let (name, state) = (verdict.gate.as_str(), state_word(verdict.state));
        format!("{}. {name}: {state}. {}", index + 1, stopped(&fact(&scene, verdict)))
    });
    format!("{}\n\n{}", head(&scene, &status), lines.collect::<Vec<_>>().join("\n"))
}

/// "**Plan: 4 create, +$0.00/mo. Waiting for 1 approval** (#42)", and the next step.
fn head(scene: &Scene<'_>, status: &Status) -> String {
    let (heading, number, next) = match (&scene.facts.pull, &scene.facts.request) {
        (Some(pull), _) => (pull::heading(scene, status), pull.number, pull::next_step(scene, status)),
        (None, Some(request)) => {
            let heading = capital(&pull::standing(scene, status));
            (heading, request.issue, issue::next(scene, request, status))
        }
        (None, None) => return "Nothing was asked for here.".to_owned(),
    };
    format!("**{heading}** (#{number})\nNext: {next}")
}

fn lock(facts: &Facts) -> String {
    if !facts.held_stacks().is_empty() {
        let applying = facts.apply_standing() == ApplyStanding::Running;
        return if applying { "held by this change, which is applied" } else { "held by this change" }
            .to_owned();
    }
    match facts.held_by_others.iter().next() {
        Some((stack, holder)) => format!("{} is held by #{holder}", code(stack.as_str())),
        None => "free".to_owned(),
    }
}

fn state_word(state: GateState) -> &'static str {
    match state {
        GateState::Open => "open",
        GateState::Waiting => "waiting",
        GateState::Closed => "closed",
    }
}

/// What a gate saw: for an open one what lets it be open, for another why it is not and what opens it.
fn fact(scene: &Scene<'_>, verdict: &Verdict) -> String {
    let facts = scene.facts;
    match (verdict.gate, verdict.reasons.first()) {
        (GateName::Approved, _) => approvals(facts),
        (_, Some(refusal)) => format!("{}. Next: {}", pull::reason(verdict), refusal_text(refusal).next),
        (GateName::Admitted, None) => format!("{} was read, and nothing in it is refused", head_of(facts)),
        (GateName::Planned, None) => {
            format!("{} has a plan at {}", words::where_planned(facts), head_of(facts))
        }
        (GateName::Fresh, None) => fresh(facts),
        (GateName::Policy, None) => titles(facts, |plan| plan.policy.as_ref()),
        (GateName::Cost, None) => titles(facts, |plan| plan.cost.as_ref()),
        (GateName::Mergeable, None) => "GitHub would merge it".to_owned(),
        (GateName::Locked, None) => "no other change holds a stack of it".to_owned(),
        (GateName::Frozen, None) => {
            overridden::of_freezes(scene).unwrap_or_else(|| "no freeze window holds".to_owned())
        }
    }
}

/// "`environments.prod.approvals` of .github/tfpilot.yml asks 2; counted bob; not alice (requester)".
fn approvals(facts: &Facts) -> String {
    let (needed, risk) = gate::by_configuration(facts);
    let place = match risk {
        None => rule_place(facts, needed, "approvals.count", |rules| rules.approvals),
        Some(risk) => {
            let key = match risk {
                Grave::DataLoss => "approvals.risk.data_loss",
                Grave::Exposed => "approvals.risk.exposed",
                Grave::Iam => "approvals.risk.iam",
            };
            rule_place(facts, needed, key, |rules| rules.approvals_by_risk.get(&risk).copied().unwrap_or(0))
        }
    };
    let gate::Counted { counted, not_counted } = gate::counted_approvals(facts);
    let counted = match counted.as_slice() {
        [] => "nobody".to_owned(),
        people => names(people),
    };
    let not: Vec<String> = not_counted.iter().map(not_counted_words).collect();
    let not = if not.is_empty() { String::new() } else { format!("; not {}", words::some(&not, NAMED)) };
    let demanded = demanded(&gate::lacking(facts));
    format!("{place} asks {needed}{demanded}; counted {counted}{not}")
}

fn names(people: &[Person]) -> String {
    words::some(&people.iter().map(|person| prose(&person.login)).collect::<Vec<_>>(), NAMED)
}

fn not_counted_words(one: &NotCounted) -> String {
    let why = match one.why {
        NotCountedWhy::Requester => "requester",
        NotCountedWhy::Committer => "wrote a commit",
        NotCountedWhy::SetInput => "set an input",
        NotCountedWhy::Role => "no approver",
        NotCountedWhy::Stale => "saw another plan",
        NotCountedWhy::Applier => "applies",
    };
    format!("{} ({why})", prose(&one.who.login))
}

/// The key of the environment that sets a rule; without one the rule is ours.
fn rule_place(
    facts: &Facts,
    value: u32,
    key: &str,
    of: impl Fn(&tfpilot_engine::EnvironmentRules) -> u32,
) -> String {
    let mut named = facts.environments().into_iter().flatten();
    let setter =
        named.find(|name| facts.rules.environments.get(name).is_some_and(|rules| of(rules) == value));
    match setter {
        Some(name) => format!("{} of {RULES}", code(&format!("environments.{name}.{key}"))),
        None => "the default".to_owned(),
    }
}

fn fresh(facts: &Facts) -> String {
    let until = pull::until(facts).map(words::day);
    let until =
        until.map_or_else(|| "no plan is too old".to_owned(), |day| format!("the plan holds until {day}"));
    format!("{until}, and its base has not moved in what it depends on")
}

/// How the plans were judged, worst first, each title once.
fn titles<'f>(facts: &'f Facts, of: impl Fn(&'f Plan) -> Option<&'f Judgement>) -> String {
    let plans = facts.stacks().iter().filter_map(|stack| facts.current_plan(stack));
    let mut judged: Vec<&Judgement> = plans.filter_map(of).collect();
    judged.sort_by_key(|judgement| std::cmp::Reverse(judgement.standing));
    let mut titles: Vec<String> = Vec::new();
    for title in judged.into_iter().map(|judgement| prose(&judgement.title)) {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    if titles.is_empty() { "nothing to judge".to_owned() } else { words::some(&titles, NAMED) }
}

fn head_of(facts: &Facts) -> String {
    facts.pull.as_ref().map_or_else(|| "the head".to_owned(), |pull| code(pull.head.short()))
}
