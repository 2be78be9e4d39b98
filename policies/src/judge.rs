//! Asks every rule of every resource, of the code before the plan and of the plan, and tells instances of one resource as one.

mod gather;
mod wanted;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfpilot_plan::{ChangeHead, CheckStatus, RedactedPlan, ResourceChange, code};

use crate::code::{Code, Index, Written, call_place};
use crate::language::{Asked, Kind, Plans, Policy};
use crate::relations::Relations;
use crate::report::{FINDINGS_CAP, PolicyReport, Stage};
use crate::rules::{self, Rule, plan_complete};
use crate::settings::{Configured, RuleSet};
use crate::subject::{Subject, World};
use crate::wiring::Wiring;
use crate::{Enforcement, Finding, Location, Severity, Truth};
use gather::{About, Gathered};
use wanted::Wanted;

/// Where a plan belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The environment, such as `prod`.
    pub environment: String,
    /// The stack's directory.
    pub stack: String,
    /// The day of the judgement, until which exemptions count; none lets nothing off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<jiff::civil::Date>,
    /// The region that the environment's settings name. Good for a price where nothing else is known, not for a verdict.
    pub region: Option<String>,
}

/// Asks the rules of the code, before there is a plan. What only the plan can tell is deferred.
pub fn judge_draft(code: Code<'_>, rules: &RuleSet, context: &Context) -> PolicyReport {
    let world = World {
        plan: None,
        wiring: Wiring::default(),
        index: Some(Index::new(code)),
        context,
        plans: Plans::default(),
        relations: Relations::default(),
    };
    let mut gathered = Gathered::default();
    let mut wanted = Wanted::new(rules, &world);
    let resources = world.index.as_ref().map(Index::resources).unwrap_or_default();
    for (modules, kind, name) in &resources {
        let subject = Subject::of_code(&world, modules, kind, name);
        let exists = subject.written().map_or(Truth::Unknown, Written::exists);
        if exists == Truth::False {
            continue;
        }
        for rule in wanted.of(kind) {
            if let Some(answer) = rule.rule.ask(&subject) {
                // What may not exist cannot be wrong yet.
                let answer = if exists == Truth::True { answer } else { answer.deferred() };
                gathered.add(rule, &subject, &rules.skips.let_off(rule, &subject, answer));
            }
        }
    }
    ask_of_the_rest(&world, rules, &mut gathered);
    gathered.into_report(Stage::BeforePlan, rules, Vec::new())
}

/// Asks the rules of a plan. With the stack's code, what the plan does not know is read there, and findings have lines.
pub fn judge_plan(
    plan: &RedactedPlan,
    code: Option<Code<'_>>,
    rules: &RuleSet,
    context: &Context,
) -> PolicyReport {
    let mut world = world(plan, code, context);
    world.plans = world.plans.priced(rules.estimate.clone());
    let mut gathered = Gathered::default();
    let mut wanted = Wanted::new(rules, &world);
    for change in changes(plan) {
        let subject = Subject::of_change(&world, &change);
        for rule in wanted.of(&change.kind) {
            if let Some(answer) = rule.rule.ask(&subject) {
                gathered.add(rule, &subject, &rules.skips.let_off(rule, &subject, answer));
            }
        }
    }
    ask_of_the_rest(&world, rules, &mut gathered);
    gathered.add_asked(&rules.asked);
    let mut more = plan_findings(plan, rules);
    more.extend(asked_elsewhere(&world, plan, rules));
    gathered.into_report(Stage::AfterPlan, rules, more)
}

/// What Rego policies found, with the places of the resources that they name.
fn asked_elsewhere(world: &World<'_>, plan: &RedactedPlan, rules: &RuleSet) -> Vec<Finding> {
    let mut found = rules.asked.findings.clone();
    let mut about = BTreeMap::<String, Vec<usize>>::new();
    for (at, finding) in found.iter().enumerate() {
        about.entry(finding.address.clone()).or_default().push(at);
    }
    let heads = &plan.plan().resource_changes;
    for at in ordered(plan, |head| is_judged(head) && about.contains_key(&head.address)) {
        let Some((change, about)) = plan.change(at).zip(heads.get(at).and_then(|it| about.get(&it.address)))
        else {
            continue;
        };
        let (location, inner) = Subject::of_change(world, &change).places(None);
        for at in about {
            if let Some(finding) = found.get_mut(*at) {
                (finding.location, finding.inner) = (location.clone(), inner.clone());
            }
        }
    }
    found
}

/// Asks policies of what is no resource: module calls, providers, the plan and what it costs.
fn ask_of_the_rest(world: &World<'_>, rules: &RuleSet, gathered: &mut Gathered) {
    let policies: Vec<(&Configured, &Policy)> = rules
        .rules
        .iter()
        .filter_map(|rule| match &rule.rule {
            Rule::Own(policy) => Some((rule, &**policy)),
            _ => None,
        })
        .collect();
    if policies.is_empty() {
        return;
    }
    let mut ask = |kind: Kind, asked: &Asked<'_, '_, '_>, place: Option<Location>| {
        let address = asked.address();
        let about = About {
            address: &address,
            shared: &address,
            previous: None,
            is_unknown_action: false,
            places: &|_| (place.clone(), None),
        };
        for (rule, policy) in &policies {
            if let Some(answer) = policy.ask_of(kind, asked, world) {
                gathered.add_about(rule, &about, &answer);
            }
        }
    };
    let calls: Vec<Vec<String>> = match &world.index {
        Some(index) => index.calls().into_iter().collect(),
        None => world.wiring.calls().collect(),
    };
    for modules in &calls {
        let place = world.index.as_ref().and_then(|index| call_place(index, modules)).map(Location::from);
        ask(Kind::ModuleCall, &Asked::Call(world, modules), place);
    }
    for key in world.wiring.provider_keys() {
        ask(Kind::Provider, &Asked::Provider(world, key), None);
    }
    ask(Kind::Plan, &Asked::Whole(world), None);
    ask(Kind::Cost, &Asked::Whole(world), None);
}

/// What rules and prices look at.
pub(crate) fn world<'a>(plan: &'a RedactedPlan, code: Option<Code<'a>>, context: &'a Context) -> World<'a> {
    let index = code.map(Index::new).filter(|index| index.agrees_with(plan));
    World {
        plan: Some(plan),
        wiring: Wiring::of(plan),
        index,
        context,
        plans: Plans::of(plan, code),
        relations: Relations::default(),
    }
}

fn is_judged(head: &ChangeHead) -> bool {
    !head.is_data() && !head.is_nothing()
}

/// Managed resources that are not left alone, in an order of their own; one of them at a time is in memory.
pub(crate) fn changes(plan: &RedactedPlan) -> impl Iterator<Item = ResourceChange> {
    let places = ordered(plan, is_judged);
    places.into_iter().filter_map(|at| plan.change(at))
}

/// The places of the changes that pass, by address; what shares one is told apart by its content, so that the order they
/// come in never matters.
pub(crate) fn ordered(plan: &RedactedPlan, keep: impl Fn(&ChangeHead) -> bool) -> Vec<usize> {
    let heads = &plan.plan().resource_changes;
    let mut kept: Vec<(&ChangeHead, usize)> =
        heads.iter().enumerate().filter(|(_, head)| keep(head)).map(|(at, head)| (head, at)).collect();
    kept.sort_by(|(a, at), (b, other)| {
        let addresses = (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed));
        addresses.then_with(|| plan.change_text(*at).cmp(plan.change_text(*other)))
    });
    kept.into_iter().map(|(_, at)| at).collect()
}

/// What the plan as a whole lacks, and conditions that do not hold.
fn plan_findings(plan: &RedactedPlan, rules: &RuleSet) -> Vec<Finding> {
    let lacks = plan_complete::ask(plan.plan()).into_iter().map(|lack| {
        let enforcement = (lack.enforcement, lack.severity);
        Finding::of_plan(plan_complete::ID, Truth::Unknown, enforcement, "the plan", lack.message, lack.hint)
    });
    let enforcement = (rules.terraform_checks, Severity::Low);
    let failed = plan.plan().checks.iter().filter_map(|check| {
        let word = match check.status {
            CheckStatus::Fail => "does not hold",
            CheckStatus::Error => "could not be evaluated",
            CheckStatus::Pass | CheckStatus::Unknown => return None,
        };
        let messages: Vec<String> = check.messages().into_iter().map(code).collect();
        let message =
            if messages.is_empty() { word.to_owned() } else { format!("{word}: {}", messages.join(", ")) };
        let truth = if check.status == CheckStatus::Fail { Truth::False } else { Truth::Unknown };
        let hint = "see what the condition's author asks for";
        Some(Finding::of_plan(rules::TERRAFORM_CHECKS, truth, enforcement, check.address(), message, hint))
    });
    let failed = failed.filter(|_| rules.terraform_checks != Enforcement::Off);
    let mut findings: Vec<Finding> = lacks.chain(failed).collect();
    findings.truncate(FINDINGS_CAP);
    findings
}
