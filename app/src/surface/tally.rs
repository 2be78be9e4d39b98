//! Numbers read off the facts: what the plans do, how far planning and applying are, what an apply left.

use std::collections::BTreeMap;

use tfpilot_engine::{
    Facts, Failure, Grave, Job, JobState, JournalLine, JournalStep, Plan, StackAtHead, StackPath,
};
use tfpilot_policies::cost::Money;

use super::escape::plain;
use super::words::count;

/// What a plan counts, worst first, with the word for people.
const COUNTED: [(&str, &str); 10] = [
    ("unknown", "unknown action"),
    ("replace", "replace"),
    ("destroy", "destroy"),
    ("change", "change"),
    ("create", "create"),
    ("forget", "forget"),
    ("import", "import"),
    ("moved", "moved"),
    ("read", "read"),
    ("deferred", "deferred"),
];

/// Counts that are changes of resources; the others stand beside them.
const CHANGES: [&str; 6] = ["unknown", "replace", "destroy", "change", "create", "forget"];

/// The plan that was made for a stack as it is at the head, also when it was applied since.
pub(super) fn shown_plan<'a>(facts: &'a Facts, stack: &StackAtHead) -> Option<&'a Plan> {
    facts.plans.get(&stack.path).filter(|plan| plan.inputs_digest == stack.inputs_digest)
}

/// All plans of the head in a few words: `2 replace, 4 create`, `No changes`.
pub(super) fn planned(facts: &Facts) -> String {
    sum(facts.stacks().iter().filter_map(|stack| shown_plan(facts, stack)))
}

/// These plans in a few words.
pub(super) fn sum<'a>(plans: impl Iterator<Item = &'a Plan>) -> String {
    let plans: Vec<&Plan> = plans.filter(|plan| !plan.no_changes).collect();
    let Some(first) = plans.first() else { return "No changes".to_owned() };
    let total = |key: &str| {
        plans.iter().filter_map(|plan| plan.counts.get(key)).fold(0u32, |a, b| a.saturating_add(*b))
    };
    worded(total).unwrap_or_else(|| plain(&first.headline).replace(" · ", ", "))
}

/// Counts in a few words, worst first: `1 destroy, 2 create`; none where there is nothing to count.
pub(super) fn counted(counts: &BTreeMap<String, u32>) -> Option<String> {
    worded(|key| counts.get(key).copied().unwrap_or(0))
}

fn worded(total: impl Fn(&str) -> u32) -> Option<String> {
    let counted = COUNTED.iter().map(|(key, word)| (total(key), word)).filter(|(count, _)| *count > 0);
    let words: Vec<String> = counted.map(|(count, word)| format!("{count} {word}")).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// All plans of the head in a few words, with what they add a month where that is known of each: `4 create, +$0.00/mo`.
/// Not escaped.
pub(super) fn planned_and_cost(facts: &Facts) -> String {
    let cost = monthly(facts).map(|cost| format!(", {cost}")).unwrap_or_default();
    format!("{}{cost}", planned(facts))
}

/// What the head's plans add a month together: `+$91.40/mo`; none where it is not known of each.
pub(super) fn monthly(facts: &Facts) -> Option<String> {
    let plans = facts.stacks().iter().map(|stack| shown_plan(facts, stack));
    let plans: Vec<&Plan> = plans.collect::<Option<_>>()?;
    match plans.as_slice() {
        [] => None,
        [only] => monthly_of(only).map(str::to_owned),
        many => {
            let amounts: Option<Vec<Money>> = many.iter().map(|plan| amount(monthly_of(plan)?)).collect();
            Some(format!("{}/mo", amounts?.into_iter().sum::<Money>().signed()))
        }
    }
}

/// What a plan adds a month, as its judgement's title begins: `+$91.40/mo` of `+$91.40/mo, 7 of 9 priced`.
pub(super) fn monthly_of(plan: &Plan) -> Option<&str> {
    let title = &plan.cost.as_ref()?.title;
    let amount_of = title.get(..title.find("/mo")? + "/mo".len())?;
    amount(amount_of).map(|_| amount_of)
}

/// `+$91.40/mo` as a number.
fn amount(text: &str) -> Option<Money> {
    let digits = text.strip_suffix("/mo")?;
    let (sign, digits) = match digits.strip_prefix("-$") {
        Some(digits) => ("-", digits),
        None => ("", digits.strip_prefix("+$")?),
    };
    Money::parse(&format!("{sign}{digits}")).ok()
}

/// Resources that a plan changes.
pub(super) fn changes(plan: &Plan) -> u32 {
    CHANGES.iter().filter_map(|key| plan.counts.get(*key)).fold(0, |a, b| a.saturating_add(*b))
}

/// The word for what is grave about a plan.
pub(super) fn grave(plan: &Plan) -> Option<&'static str> {
    plan.grave.map(|grave| match grave {
        Grave::DataLoss => "DATA-LOSS",
        Grave::Exposed => "EXPOSED",
        Grave::Iam => "IAM",
    })
}

/// How risky a plan is, less is riskier: what is grave, what destroys, what lets go, what changes, what creates.
pub(super) fn risk(plan: &Plan) -> (bool, Option<Grave>, usize) {
    (plan.grave.is_none(), plan.grave, rank(plan))
}

fn rank(plan: &Plan) -> usize {
    let has = |keys: &[&str]| keys.iter().any(|key| plan.counts.get(*key).is_some_and(|count| *count > 0));
    let ranks: [&[&str]; 4] = [&["unknown", "replace", "destroy"], &["forget"], &["change"], &["create"]];
    ranks.iter().position(|keys| has(keys)).unwrap_or(ranks.len())
}

/// Stacks of the head that have a plan, and all of them.
pub(super) fn planning(facts: &Facts) -> (usize, usize) {
    let stacks = facts.stacks();
    (stacks.iter().filter(|stack| facts.current_plan(stack).is_some()).count(), stacks.len())
}

/// True while a plan of the head is being made or is still to be.
pub(super) fn is_planning(facts: &Facts) -> bool {
    let stacks = facts.stacks();
    let again = |stack: &StackAtHead| facts.last_plan_job(stack).is_some_and(|job| job.state.is_open());
    stacks.is_empty() || stacks.iter().any(|stack| shown_plan(facts, stack).is_none() || again(stack))
}

/// Jobs of the last apply.
pub(super) fn apply_jobs(facts: &Facts) -> Vec<&Job> {
    facts.last_apply_runs().flat_map(|run| run.jobs.values()).collect()
}

/// Stacks applied by the last apply, and all of it.
pub(super) fn applying(facts: &Facts) -> (usize, usize) {
    let jobs = apply_jobs(facts);
    (jobs.iter().filter(|job| job.state == JobState::Done).count(), jobs.len())
}

/// The stack of the last apply that ended badly, with its job.
pub(super) fn failed_apply(facts: &Facts) -> Option<(&Job, &Failure)> {
    let failed = |job: &&'_ Job| matches!(&job.state, JobState::Failed { .. });
    let mut jobs: Vec<&Job> =
        facts.last_apply_runs().flat_map(|run| run.jobs.values()).filter(failed).collect();
    jobs.sort_by(|a, b| a.stack.cmp(&b.stack));
    jobs.into_iter().find_map(|job| match &job.state {
        JobState::Failed { failure } => Some((job, failure)),
        _ => None,
    })
}

/// The journal of the failed job of the last apply; empty where it told nothing.
pub(super) fn failed_journal(facts: &Facts) -> &[JournalLine] {
    failed_apply(facts)
        .and_then(|(job, _)| facts.journals.get(&job.id))
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// What an apply left, as far as it told.
pub(super) struct Left<'a> {
    /// The last line of each resource that ended well, in the order of their ends.
    pub(super) done: Vec<&'a JournalLine>,
    /// Resources that were started and are not done.
    pub(super) open: Vec<&'a JournalLine>,
    /// Resources of the plan, as far as known; at least those that were started.
    pub(super) all: usize,
}

impl<'a> Left<'a> {
    /// Reads a journal, beside the plan that was applied where it is still known.
    pub(super) fn of(journal: &'a [JournalLine], plan: Option<&Plan>) -> Self {
        let mut last: BTreeMap<&str, &JournalLine> = BTreeMap::new();
        journal.iter().for_each(|line| {
            last.insert(&line.address, line);
        });
        let mut lines: Vec<&JournalLine> = last.into_values().collect();
        lines.sort_by_key(|line| line.seq);
        let (done, open): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|line| line.step == JournalStep::Completed);
        let planned = plan.map_or(0, |plan| usize::try_from(changes(plan)).unwrap_or(usize::MAX));
        let all = planned.max(done.len() + open.len());
        Self { done, open, all }
    }

    /// Reads what is known of a job.
    pub(super) fn of_stack(facts: &'a Facts, stack: &StackPath, journal: &'a [JournalLine]) -> Self {
        let ticket = facts.tickets.values().filter(|ticket| ticket.stack == *stack);
        let plan = facts
            .plans
            .get(stack)
            .filter(|plan| ticket.into_iter().any(|ticket| ticket.plan_job == plan.job));
        Self::of(journal, plan)
    }

    /// `2 of 4 resources exist`; where something was destroyed, `2 of 4 resources are done`.
    pub(super) fn words(&self) -> String {
        let verb = if self.destroyed() { "are done" } else { "exist" };
        format!("{} of {} {verb}", self.done.len(), count(self.all, "resource"))
    }

    fn destroyed(&self) -> bool {
        self.done.iter().any(|line| line.action == "delete")
    }
}

/// The whole last apply over its stacks: `2 of 4 exist`.
pub(super) fn apply_so_far(facts: &Facts) -> String {
    let (done, all) = apply_reached(facts);
    let lefts = apply_jobs(facts).into_iter().map(|job| left_of(facts, job));
    let destroyed = lefts.into_iter().any(|left| left.destroyed());
    format!("{done} of {all} {}", if destroyed { "done" } else { "exist" })
}

/// Resources that the last apply came to the end of, and all of its plans.
pub(super) fn apply_reached(facts: &Facts) -> (usize, usize) {
    apply_jobs(facts).into_iter().fold((0, 0), |(done, all), job| {
        let left = left_of(facts, job);
        let ended = if job.state == JobState::Done { left.all } else { left.done.len() };
        (done + ended, all + left.all)
    })
}

fn left_of<'f>(facts: &'f Facts, job: &Job) -> Left<'f> {
    let journal = facts.journals.get(&job.id).map(Vec::as_slice).unwrap_or_default();
    Left::of_stack(facts, &job.stack, journal)
}

/// Resources changed by every apply of this change.
pub(super) fn changed(facts: &Facts) -> u32 {
    facts.applied.values().fold(0, |sum, applied| sum.saturating_add(applied.changed))
}
