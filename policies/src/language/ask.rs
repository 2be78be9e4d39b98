//! A policy asked of one thing: is it meant, does it hold, is it let off.

use super::compare::Operator;
use super::expression::{Outcome, Reason};
use super::reach::Asked;
use super::{Act, Kind, Policy, says};
use crate::Truth;
use crate::address::{Glob, glob};
use crate::finding::{Answer, Remark};
use crate::report::Stage;
use crate::subject::{Subject, World};
use crate::tags;

/// Reasons that are told of one thing at most.
const TOLD: usize = 3;

impl Policy {
    /// Whether it is asked at all, at this stage and in this stack.
    pub(crate) fn is_asked(&self, world: &World<'_>) -> bool {
        let stage = match world.stage() {
            Stage::BeforePlan => self.phases.before_plan,
            Stage::AfterPlan => self.phases.after_plan,
        };
        stage && self.scope.holds(world.context)
    }

    /// Whether it is asked of resources of a type.
    pub(crate) fn is_about(&self, kind: &str) -> bool {
        let subjects = &self.subjects;
        subjects.kind == Kind::Resource
            && (subjects.types.is_empty() || subjects.types.iter().any(|it| glob(it, kind)))
            && !subjects.not_types.iter().any(|it| glob(it, kind))
    }

    /// Asks it of a resource of a type that it is about, when it is asked at all; none when the resource is not meant.
    pub(crate) fn ask(&self, subject: &Subject<'_, '_>) -> Option<Answer> {
        let subjects = &self.subjects;
        if !self.is_act(subject) {
            return None;
        }
        let asked = Asked::Resource(subject);
        if subjects.taggable.is_some_and(|wanted| tags::effective(subject).is_some() != wanted) {
            return None;
        }
        self.answer(&asked, subject.change.and_then(|change| change.previous_address.as_deref()))
    }

    /// Asks it of the plan, its cost, a module call or a provider's configuration; none when it is not meant.
    pub(crate) fn ask_of(&self, kind: Kind, asked: &Asked<'_, '_, '_>, world: &World<'_>) -> Option<Answer> {
        if self.subjects.kind != kind || !self.is_asked(world) {
            return None;
        }
        self.answer(asked, None)
    }

    fn is_act(&self, subject: &Subject<'_, '_>) -> bool {
        if subject.change.is_none() {
            // Before the plan it may become any of them but the last ones.
            return !self.subjects.actions.is_disjoint(&Act::usual());
        }
        let imported = subject.change.is_some_and(tfpilot_plan::ResourceChange::is_import);
        !self.subjects.actions.is_disjoint(&Act::of(subject.operation, imported))
    }

    fn answer(&self, asked: &Asked<'_, '_, '_>, previous: Option<&str>) -> Option<Answer> {
        let address = asked.address();
        let addresses = [Some(address.as_str()), previous];
        let named = |pattern: &Glob| addresses.iter().flatten().any(|it| pattern.is_match(it));
        if !self.subjects.addresses.is_empty() && !self.subjects.addresses.iter().any(named) {
            return None;
        }
        let meant = self.subjects.condition.as_ref().map_or(Truth::True, |it| it.evaluate(asked).truth);
        if meant == Truth::False {
            return None;
        }
        let outcome = self.assertion.evaluate(asked);
        if outcome.truth == Truth::True && self.approvals.is_none() {
            return Some(Answer::passed());
        }
        let remarks = (outcome.truth != Truth::True).then(|| self.remark(&outcome, asked));
        // Where it is not known whether it is asked, approvals are demanded: who approves may know more.
        let answer =
            Answer { remarks: remarks.into_iter().collect(), exempt: None, demands: self.demands(asked) };
        let answer = if meant == Truth::True { answer } else { perhaps(answer) };
        Some(self.let_off(answer, &addresses, asked))
    }

    /// Whether approvals are demanded: of plans only.
    fn demands(&self, asked: &Asked<'_, '_, '_>) -> bool {
        self.approvals.is_some() && asked.world().stage() == Stage::AfterPlan
    }

    /// What is exempt passes, and is told with its reason; an exemption that has ended is told too. What moves is exempt only
    /// where it comes from and where it goes: a `moved` block takes no exemption along.
    fn let_off(&self, mut answer: Answer, addresses: &[Option<&str>], asked: &Asked<'_, '_, '_>) -> Answer {
        let context = asked.world().context;
        let about =
            |it: &&super::Exemption| addresses.iter().flatten().all(|address| it.is_about(address, context));
        if let Some(exemption) = self.exempt.iter().filter(about).find(|it| it.counts(context)) {
            return Answer::exempt(&exemption.reason, exemption.expires);
        }
        if let Some(ended) = self.exempt.iter().filter(about).max_by_key(|it| it.expires) {
            for remark in &mut answer.remarks {
                remark.message.push_str(&format!(" (its exemption ended on {})", ended.expires));
            }
        }
        answer
    }

    fn remark(&self, outcome: &Outcome<'_>, asked: &Asked<'_, '_, '_>) -> Remark {
        let reasons = told(outcome, asked);
        let first = reasons.first();
        let message = match (&self.message, first) {
            (Some(message), Some(first)) if outcome.truth == Truth::False => {
                message.replace("{value}", &first.shown())
            }
            (Some(_), Some(_)) => says::unknown(&reasons, outcome.alternatives),
            (None, Some(_)) => says::all(&reasons, outcome.alternatives),
            (message, None) => message.as_deref().unwrap_or(&self.title).to_owned(),
        };
        let hint = || first.map_or_else(|| "leave it as it is".to_owned(), |reason| reason.hint());
        Remark {
            truth: outcome.truth,
            argument: first.and_then(|reason| reason.argument()).map(str::to_owned),
            message,
            hint: self.hint.clone().unwrap_or_else(hint),
            mild: false,
            ids: Vec::new(),
        }
    }
}

/// What may not be meant is a question, and says so.
fn perhaps(answer: Answer) -> Answer {
    let mut answer = answer.deferred();
    for remark in &mut answer.remarks {
        remark.message.push_str(" (whether it is asked is not known before apply)");
    }
    answer
}

/// The reasons that help: of alternatives those that the resource has, and not that a value is there when another one says
/// what it should be.
fn told<'v, 'e>(outcome: &'v Outcome<'e>, asked: &Asked<'_, '_, '_>) -> Vec<&'v Reason<'e>> {
    let has = |reason: &&Reason<'_>| match (asked, reason.argument()) {
        (Asked::Resource(subject), Some(name)) => subject.has(name),
        _ => true,
    };
    let is_bare = |reason: &Reason<'_>| matches!(reason.operator, Some(Operator::Exists(_)));
    let mut reasons: Vec<&Reason<'_>> = outcome.reasons.iter().collect();
    if outcome.alternatives {
        let had: Vec<&Reason<'_>> = outcome.reasons.iter().filter(has).collect();
        if !had.is_empty() {
            reasons = had;
        }
        let says_more =
            |it: &Reason<'_>| outcome.reasons.iter().any(|other| other.path == it.path && !is_bare(other));
        reasons.retain(|it| !is_bare(it) || !says_more(it));
    }
    reasons.truncate(TOLD);
    reasons
}
