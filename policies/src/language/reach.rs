//! What a path leads to: in a resource, a module call, a provider's configuration, the plan, its cost.

use std::cell::OnceCell;

use serde_json::json;
use tfpilot_hcl::Value;
use tfpilot_plan::{CheckStatus, RedactedPlan, ResourceChange};

use super::Act;
use super::compare::Found;
use super::documents;
use super::expression::{Of, Reached};
use super::path::{Path, Relation, Root, Step};
use crate::code::{Keys, Provider};
use crate::cost::{Estimate, estimate};
use crate::subject::{Subject, World};
use crate::values::elements;
use crate::{Code, Truth, region, tags};

/// Values that one path is followed to; beyond, the rest is unknown.
const MAX_VALUES: usize = 10_000;

/// Blocks that are nothing where they are left out.
const BLOCKS: &str = include_str!("../../defaults/blocks.txt");

/// What a policy is asked of.
#[derive(Debug)]
pub(crate) enum Asked<'s, 'w, 'a> {
    /// A resource.
    Resource(&'s Subject<'w, 'a>),
    /// The call of a module, by the names of the calls that lead to it.
    Call(&'s World<'a>, &'s [String]),
    /// The configuration of a provider.
    Provider(&'s World<'a>, &'s str),
    /// The plan as a whole.
    Whole(&'s World<'a>),
}

/// The plan as a whole and what it costs, each looked at once.
#[derive(Debug, Default)]
pub(crate) struct Plans<'a> {
    plan: Option<(&'a RedactedPlan, Option<Code<'a>>)>,
    facts: OnceCell<Value>,
    cost: OnceCell<Option<Estimate>>,
}

impl<'a> Plans<'a> {
    /// Of a plan with its code.
    pub(crate) fn of(plan: &'a RedactedPlan, code: Option<Code<'a>>) -> Self {
        Self { plan: Some((plan, code)), ..Self::default() }
    }

    /// Every change of the plan, also of what is left alone; none before the plan.
    pub(crate) fn changes(&self) -> Option<&'a [ResourceChange]> {
        self.plan.map(|(plan, _)| plan.plan().resource_changes.as_slice())
    }

    /// Whether the plan is of everything that the code holds.
    pub(crate) fn is_whole(&self) -> bool {
        let plan = self.plan.map(|(plan, _)| plan.plan());
        plan.is_some_and(|plan| plan.complete != Some(false) && plan.errored != Some(true))
    }

    fn facts(&self) -> &Value {
        self.facts.get_or_init(|| self.plan.map_or(Value::Unknown, |(plan, _)| facts(plan)))
    }

    fn cost(&self, world: &World<'_>) -> Option<&Estimate> {
        let cost = || self.plan.map(|(plan, code)| estimate(plan, code, world.context, false));
        self.cost.get_or_init(cost).as_ref()
    }
}

impl Of<'_, '_, '_, '_> {
    /// The same as [`Of::reach`], with what is so where nothing is set.
    pub(super) fn reach_or(&self, path: &Path, default: &Value) -> Reached {
        match path.root {
            Root::Item | Root::Json(_) | Root::Entries(_) => {
                let mut reached = self.reach(path);
                self.asked.fill_in(path, default, &mut reached);
                reached
            }
            _ => self.asked.reach_or(path, default),
        }
    }

    /// What a path leads to.
    pub(super) fn reach(&self, path: &Path) -> Reached {
        let mut reached = Reached::default();
        match (&path.root, self.item) {
            (Root::Item, Some(item)) => walk(&Found::of(item.clone()), &path.steps, &mut reached),
            (Root::Item, None) => reached.found.push(Found::of(Value::Unknown)),
            (Root::Json(inner), _) => self.json(inner, &path.steps, &mut reached),
            (Root::Entries(inner), _) => self.entries(inner, &path.steps, &mut reached),
            _ => return self.asked.reach(path),
        }
        reached
    }

    /// Texts that are JSON, each read.
    fn json(&self, inner: &Path, steps: &[Step], reached: &mut Reached) {
        if let (Asked::Resource(subject), Root::After, [Step::Member(name)]) =
            (self.asked, &inner.root, inner.steps.as_slice())
            && !subject.is_going()
        {
            return walk(&Found::of(documents::named(subject.document(name))), steps, reached);
        }
        let texts = self.reach(inner);
        reached.open |= texts.open;
        for text in texts.found {
            let value = match text.value {
                Value::String(text) => documents::read(&text),
                Value::Null => Value::Null,
                _ => Value::Unknown,
            };
            walk(&Found::of(value), steps, reached);
        }
    }

    /// The members of maps, each with its key.
    fn entries(&self, inner: &Path, steps: &[Step], reached: &mut Reached) {
        let maps = self.reach(inner);
        reached.open |= maps.open;
        for map in maps.found {
            let value = match map.value {
                Value::Object(members) => Value::List(members.into_iter().map(documents::entry).collect()),
                Value::Null => Value::List(Vec::new()),
                _ => Value::Unknown,
            };
            walk(&Found::of(value), steps, reached);
        }
    }
}

impl Asked<'_, '_, '_> {
    /// What a path leads to.
    fn reach(&self, path: &Path) -> Reached {
        let mut reached = Reached::default();
        let (first, rest) = match path.steps.split_first() {
            Some((first, rest)) => (Some(first), rest),
            None => (None, &[][..]),
        };
        let name = match first {
            Some(Step::Member(name)) => name.as_str(),
            _ => "",
        };
        match &path.root {
            Root::Region => reached.found.push(Found::of(self.region())),
            Root::TagsEffective => self.keys(&path.steps, &mut reached),
            Root::Json(_) | Root::Entries(_) | Root::Item => {
                return Of { asked: self, item: None }.reach(path);
            }
            Root::Related(relation) => self.related(relation, path, None, &mut reached),
            Root::Literals(name) => self.literals(name, &mut reached),
            Root::Reference(name) => reached.found.push(Found::of(self.reference(name))),
            Root::Before => walk(&Found::of(self.value_before(name)), rest, &mut reached),
            Root::After => match rest.first() {
                // One unknown value makes the plan forget all keys of a map; the code does not.
                Some(Step::Member(_)) if self.is_forgotten_map(name) => {
                    let Self::Resource(subject) = self else { return reached };
                    member_of_keys(&subject.written_keys(name), rest, &mut reached);
                }
                _ => {
                    walk(&self.after(name), rest, &mut reached);
                    self.see_what_is_set(path, &mut reached);
                }
            },
            Root::Config => {
                reached.written = true;
                walk(&self.config(name), rest, &mut reached);
            }
            Root::Provider => walk(&Found::of(self.provider(name)), rest, &mut reached),
            Root::Module => {
                let (value, rest) = match (name, rest.split_first()) {
                    ("inputs", Some((Step::Member(input), rest))) => (self.argument_of_call(input), rest),
                    ("inputs", _) => (Value::Unknown, &[][..]),
                    _ => (self.call(name), rest),
                };
                walk(&Found::of(value), rest, &mut reached);
            }
            Root::Plan => walk(&Found::of(self.plan(name)), rest, &mut reached),
            Root::Cost => walk(&self.cost(name), rest, &mut reached),
            Root::Resource => walk(&Found::of(self.resource(name)), rest, &mut reached),
        }
        reached
    }

    /// The same, with what is so where nothing is set: where the value is null, and where the provider will choose one
    /// because the code leaves it out.
    pub(super) fn reach_or(&self, path: &Path, default: &Value) -> Reached {
        let mut reached = Reached::default();
        match &path.root {
            Root::Related(relation) => self.related(relation, path, Some(default), &mut reached),
            _ => {
                reached = self.reach(path);
                self.fill_in(path, default, &mut reached);
            }
        }
        reached
    }

    /// What a path leads to in the resources that refer to this one; without a path, the resources themselves.
    fn related(&self, relation: &Relation, path: &Path, default: Option<&Value>, reached: &mut Reached) {
        let Self::Resource(subject) = self else {
            reached.open = true;
            return;
        };
        let related = subject.related(relation);
        reached.open |= related.open;
        let path = path.within_related();
        for subject in &related.subjects {
            if path.steps.is_empty() {
                reached.found.push(Found::of(subject.whole()));
                continue;
            }
            let asked = Asked::Resource(subject);
            let more = match default {
                Some(default) => asked.reach_or(&path, default),
                None => asked.reach(&path),
            };
            reached.open |= more.open;
            reached.found.extend(more.found);
        }
    }

    /// Every text that the code writes out in an argument.
    fn literals(&self, name: &str, reached: &mut Reached) {
        let Self::Resource(subject) = self else {
            reached.open = true;
            return;
        };
        match subject.written() {
            Some(written) => {
                let literals = written.literals(name);
                let texts = literals.texts.into_iter().map(|text| Found::of(Value::String(text)));
                reached.found.extend(texts.take(MAX_VALUES));
                reached.open |= literals.open;
            }
            None => reached.open |= subject.after(name) != Value::Null && !subject.is_omitted(name),
        }
    }

    /// The address of the resource that an argument refers to; null where it is known to refer to none.
    fn reference(&self, name: &str) -> Value {
        let Self::Resource(subject) = self else { return Value::Unknown };
        match subject.refers_to(name) {
            Some(address) => Value::String(address),
            None if subject.after(name) == Value::Unknown && !subject.is_omitted(name) => Value::Unknown,
            None => Value::Null,
        }
    }

    /// Puts the default in the place of what is not set: of an argument, and of one in a block that is left out when the
    /// path leads to the one block, as `metadata_options.http_tokens` does. `ebs_block_device[*].encrypted` is asked of the
    /// blocks that there are.
    fn fill_in(&self, path: &Path, default: &Value, reached: &mut Reached) {
        let left_out = || Found { value: default.clone(), there: Truth::False, at_least: false };
        for found in reached.found.iter_mut().filter(|found| found.value == Value::Null) {
            *found = left_out();
        }
        // Of what is there already, the provider may know another value than the one it begins with.
        let begins = matches!(self, Self::Resource(subject) if subject.begins());
        let Some(written) = self.written_at(path).filter(|_| begins) else { return };
        if reached.open && reached.found.is_empty() && !written.open && written.found.is_empty() {
            // A list that is left out has no entries.
            *reached = Reached::default();
        }
        if written.open || written.found.len() != reached.found.len() {
            return;
        }
        for (found, written) in reached.found.iter_mut().zip(&written.found) {
            if found.value == Value::Unknown && written.there == Truth::False && written.value == Value::Null
            {
                *found = left_out();
            }
        }
    }

    /// Whether a value within a block that is not known is set all the same, as the code tells.
    fn see_what_is_set(&self, path: &Path, reached: &mut Reached) {
        let is_open = |found: &Found| found.there == Truth::Unknown;
        if path.steps.len() < 2 || !reached.found.iter().any(is_open) {
            return;
        }
        let Some(written) = self.written_at(path) else { return };
        if written.open || written.found.len() != reached.found.len() {
            return;
        }
        for (found, written) in reached.found.iter_mut().zip(written.found) {
            if is_open(found) {
                found.there = written.there;
            }
        }
    }

    /// What the code writes at a place of the resource; none where it cannot be told.
    fn written_at(&self, path: &Path) -> Option<Reached> {
        let (Self::Resource(subject), Root::After) = (self, &path.root) else { return None };
        let (Step::Member(name), rest) = path.steps.split_first()? else { return None };
        // Without the code, a block that another one makes looks as if it were left out.
        if subject.is_going() || (subject.written().is_none() && !rest.is_empty()) {
            return None;
        }
        let mut reached = Reached { written: true, ..Reached::default() };
        walk(&self.config(name), rest, &mut reached);
        Some(reached)
    }

    /// The value at the same place before the change, several of them as a list.
    pub(crate) fn before(&self, path: &Path) -> Value {
        let (Root::After, Some((Step::Member(name), rest))) = (&path.root, path.steps.split_first()) else {
            return Value::Unknown;
        };
        let mut reached = Reached::default();
        walk(&Found::of(self.value_before(name)), rest, &mut reached);
        if path.is_many() {
            return Value::List(reached.found.into_iter().map(|found| found.value).collect());
        }
        reached.found.into_iter().next().map_or(Value::Null, |found| found.value)
    }

    pub(crate) fn world(&self) -> &World<'_> {
        match self {
            Self::Resource(subject) => subject.world,
            Self::Call(world, _) | Self::Provider(world, _) | Self::Whole(world) => world,
        }
    }

    fn value_before(&self, name: &str) -> Value {
        match self {
            Self::Resource(subject) => subject.before(name),
            _ => Value::Unknown,
        }
    }

    fn after(&self, name: &str) -> Found {
        match self {
            Self::Resource(subject) if subject.is_going() => Found::of(subject.before(name)),
            Self::Resource(subject) => {
                let value = match subject.after(name) {
                    Value::Unknown if is_unmade(subject, name) => Value::Null,
                    value => value,
                };
                let there = match value {
                    Value::Null => Truth::False,
                    Value::Unknown if subject.is_set(name) => Truth::True,
                    Value::Unknown if subject.is_omitted(name) => Truth::False,
                    Value::Unknown => Truth::Unknown,
                    _ => Truth::True,
                };
                Found { value, there, at_least: false }
            }
            Self::Call(..) => Found::of(self.argument_of_call(name)),
            Self::Provider(..) => Found::of(self.provider(name)),
            Self::Whole(_) => Found::of(Value::Unknown),
        }
    }

    /// What is written, and nothing where it is left out.
    fn config(&self, name: &str) -> Found {
        let Self::Resource(subject) = self else { return self.after(name) };
        match subject.written() {
            Some(written) => {
                let there = Truth::from(written.value(name).is_some());
                Found { value: written.value(name).unwrap_or(Value::Null), there, at_least: false }
            }
            None if subject.is_omitted(name) => Found::of(Value::Null),
            None => Found::of(Value::Unknown),
        }
    }

    fn is_forgotten_map(&self, name: &str) -> bool {
        matches!(self, Self::Resource(subject)
            if !subject.is_going() && subject.after(name) == Value::Unknown && subject.is_set(name))
    }

    fn region(&self) -> Value {
        match self {
            Self::Resource(subject) => region::place(subject).map_or(Value::Null, |(_, region)| region),
            Self::Provider(..) => self.provider("region"),
            _ => Value::Unknown,
        }
    }

    fn keys(&self, steps: &[Step], reached: &mut Reached) {
        let Self::Resource(subject) = self else {
            reached.found.push(Found::of(Value::Unknown));
            return;
        };
        match tags::effective(subject) {
            Some((_, keys)) => member_of_keys(&keys, steps, reached),
            // A type without tags has none of them.
            None => reached.found.push(Found::of(Value::Null)),
        }
    }

    fn provider(&self, name: &str) -> Value {
        let world = self.world();
        let provider = match self {
            Self::Provider(_, key) => Some(((*key).to_owned(), Provider::parse(key))),
            Self::Resource(subject) => {
                let planned = world.wiring.resource(&subject.code_address()).and_then(|it| it.provider);
                let written = || subject.written()?.provider(subject.kind);
                match planned {
                    Some(key) => Some((key.to_owned(), Provider::parse(key))),
                    None => written().map(|provider| (String::new(), provider)),
                }
            }
            _ => None,
        };
        let Some((key, provider)) = provider else { return Value::Unknown };
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::String(text.to_owned()));
        match name {
            "name" => text(Some(&provider.name)),
            "alias" => text(provider.alias.as_deref()),
            "source" if key.is_empty() => Value::Unknown,
            "source" => text(world.wiring.provider_fact(&key, "full_name")),
            "version" if key.is_empty() => Value::Unknown,
            "version" => text(world.wiring.provider_fact(&key, "version_constraint")),
            argument => {
                let planned = world.wiring.provider(&key, argument);
                if let Some(constant) = planned.and_then(|it| it.get("constant_value")) {
                    return crate::values::planned(constant, &serde_json::Value::Null);
                }
                let written = world.index.as_ref().and_then(|it| it.provider_argument(&provider, argument));
                match (written, planned) {
                    (Some(value), _) => value,
                    (None, Some(_)) => Value::Unknown,
                    (None, None) if key.is_empty() && world.index.is_none() => Value::Unknown,
                    (None, None) => Value::Null,
                }
            }
        }
    }

    /// The names of the calls that lead to the module.
    fn modules(&self) -> &[String] {
        match self {
            Self::Resource(subject) => &subject.modules,
            Self::Call(_, modules) => modules,
            _ => &[],
        }
    }

    fn call(&self, name: &str) -> Value {
        let modules = self.modules();
        let Some(last) = modules.last() else { return Value::Null };
        match name {
            "name" => Value::String(last.clone()),
            "source" | "version" => {
                let written =
                    self.world().index.as_ref().and_then(|index| index.call_argument(modules, name));
                let planned = || self.world().wiring.call_fact(modules, name);
                match (written, &self.world().index) {
                    (Some(value), _) => value,
                    (None, Some(index)) if index.caller(modules).is_some() => Value::Null,
                    _ => planned(),
                }
            }
            _ => Value::Unknown,
        }
    }

    fn argument_of_call(&self, name: &str) -> Value {
        let modules = self.modules();
        match &self.world().index {
            _ if modules.is_empty() => Value::Null,
            Some(index) if index.caller(modules).is_some() => {
                index.call_argument(modules, name).unwrap_or(Value::Null)
            }
            _ => Value::Unknown,
        }
    }

    fn plan(&self, name: &str) -> Value {
        let context = self.world().context;
        match name {
            "environment" => Value::String(context.environment.clone()),
            "stack" => Value::String(context.stack.clone()),
            name => crate::values::member(self.world().plans.facts(), name),
        }
    }

    fn cost(&self, name: &str) -> Found {
        let world = self.world();
        let Some(estimate) = world.plans.cost(world) else { return Found::of(Value::Unknown) };
        let money = |money: crate::cost::Money, at_least: bool| {
            let value = Value::from(&json!(money.dollars()));
            Found { at_least, ..Found::of(value) }
        };
        let doubtful = estimate.is_doubtful();
        match name {
            "diff_monthly" => money(estimate.difference, doubtful),
            "total_monthly" => money(estimate.after, estimate.not_priced + estimate.unchanged_not_priced > 0),
            "before_monthly" => {
                money(estimate.before, estimate.not_priced + estimate.unchanged_not_priced > 0)
            }
            "not_priced" => Found::of(Value::from(&json!(estimate.not_priced))),
            "usage_dependent" => Found::of(Value::from(&json!(estimate.usage_dependent))),
            "currency" => Found::of(Value::String(estimate.currency.clone())),
            _ => Found::of(Value::Null),
        }
    }

    fn resource(&self, name: &str) -> Value {
        let Self::Resource(subject) = self else {
            return if name == "address" { Value::String(self.address()) } else { Value::Null };
        };
        let text = |text: &str| Value::String(text.to_owned());
        let change = subject.change;
        match name {
            "address" => Value::String(self.address()),
            "type" => text(subject.kind),
            "name" => text(subject.name),
            "module" => text(&subject.modules.join(".")),
            "actions" => Value::List(self.acts().into_iter().map(text).collect()),
            "previous_address" => {
                change.and_then(|it| it.previous_address.as_deref()).map_or(Value::Null, text)
            }
            "index" => change.and_then(|it| it.index.as_ref()).map_or(Value::Null, Value::from),
            _ => Value::Null,
        }
    }

    /// What happens, in the words of policies.
    fn acts(&self) -> Vec<&'static str> {
        let Self::Resource(subject) = self else { return Vec::new() };
        let imported = subject.change.is_some_and(ResourceChange::is_import);
        let acts = Act::of(subject.operation, imported);
        Act::ALL.iter().filter(|(_, act)| acts.contains(act)).map(|(word, _)| *word).collect()
    }

    /// How a person calls it.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Resource(subject) => {
                subject.change.map_or_else(|| subject.code_address(), |change| change.address.clone())
            }
            Self::Call(_, modules) => {
                modules.iter().map(|it| format!("module.{it}")).collect::<Vec<_>>().join(".")
            }
            Self::Provider(_, key) => format!("provider {key}"),
            Self::Whole(..) => "the plan".to_owned(),
        }
    }
}

/// A block that is nothing where the code leaves it out.
fn is_unmade(subject: &Subject<'_, '_>, name: &str) -> bool {
    let known = |line: &str| line.split_once('.').is_some_and(|it| it == (subject.kind, name));
    crate::lines(BLOCKS).any(known)
        && (subject.is_left_out(name) || (subject.written().is_none() && !subject.is_set(name)))
}

/// A key of a map that is not wholly known.
fn member_of_keys(keys: &Keys, steps: &[Step], reached: &mut Reached) {
    match steps.split_first() {
        Some((Step::Member(name), rest)) => {
            let found = match keys.known.get(name) {
                Some(value) => Found { value: value.clone(), there: Truth::True, at_least: false },
                None if keys.open => Found::of(Value::Unknown),
                None => Found::of(Value::Null),
            };
            walk(&found, rest, reached);
        }
        Some((Step::Values | Step::Each, rest)) => {
            reached.open |= keys.open;
            keys.known.values().for_each(|value| walk(&Found::of(value.clone()), rest, reached));
        }
        Some((Step::At(_), _)) => reached.found.push(Found::of(Value::Null)),
        None if keys.open => reached.found.push(Found::of(Value::Unknown)),
        None => reached.found.push(Found::of(Value::Object(keys.known.clone()))),
    }
}

/// Follows the steps from a value.
fn walk(from: &Found, steps: &[Step], reached: &mut Reached) {
    if reached.found.len() >= MAX_VALUES {
        reached.open = true;
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        reached.found.push(from.clone());
        return;
    };
    let many = |items: Option<Vec<&Value>>, rest: &[Step], reached: &mut Reached| match items {
        Some(items) => items.into_iter().for_each(|item| walk(&Found::of(item.clone()), rest, reached)),
        None => reached.open = true,
    };
    match (step, &from.value) {
        (Step::Each, value) => many(elements(value), rest, reached),
        (Step::Values, Value::Object(members)) => many(Some(members.values().collect()), rest, reached),
        (Step::Values, Value::Unknown) => reached.open = true,
        (Step::Values, value) => many(elements(value), rest, reached),
        // A block that is written once is a list of one: the step to its entries may be left out.
        (Step::Member(_), Value::List(items)) if items.is_empty() => {
            reached.found.push(Found::of(Value::Null))
        }
        (Step::Member(_), Value::List(items)) => many(Some(items.iter().collect()), steps, reached),
        (Step::Member(name), Value::Object(members)) => {
            let mut found = Found::of(members.get(name).cloned().unwrap_or(Value::Null));
            if reached.written && found.there == Truth::Unknown {
                found.there = Truth::True;
            }
            walk(&found, rest, reached);
        }
        (Step::At(at), Value::List(items)) => {
            walk(&Found::of(items.get(*at).cloned().unwrap_or(Value::Null)), rest, reached);
        }
        (_, Value::Unknown) => reached.found.push(Found::of(Value::Unknown)),
        _ => reached.found.push(Found::of(Value::Null)),
    }
}

/// What `plan.` holds.
fn facts(plan: &RedactedPlan) -> Value {
    let summary = plan.summary();
    let counts = &summary.counts;
    let risks: std::collections::BTreeSet<String> = summary
        .rows
        .iter()
        .filter_map(|row| serde_json::to_value(row.risk).ok()?.as_str().map(str::to_owned))
        .collect();
    let failed = plan
        .plan()
        .checks
        .iter()
        .filter(|check| matches!(check.status, CheckStatus::Fail | CheckStatus::Error));
    let worst = summary.risk().and_then(|risk| serde_json::to_value(risk).ok());
    Value::from(&json!({
        "create": counts.create, "update": counts.change, "replace": counts.replace, "delete": counts.destroy,
        "forget": counts.forget, "import": counts.import, "moved": counts.moved, "unknown": counts.unknown,
        "deferred": counts.deferred, "outputs": counts.outputs,
        "changes": counts.create + counts.change + counts.replace + counts.destroy + counts.forget + counts.unknown,
        "drift": summary.drift.len(), "failed_checks": failed.count(),
        "risk": worst, "risks": risks,
        "complete": plan.plan().complete.unwrap_or(true), "errored": plan.plan().errored.unwrap_or(false),
        "terraform_version": plan.plan().terraform_version,
    }))
}
