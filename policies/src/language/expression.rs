//! What must hold: leaves that compare a value, and `all`, `any`, `not` around them. Kleene's three values throughout.

use tfpilot_hcl::Value;

use super::compare::{Found, Operator};
use super::path::Path;
use super::reach::Asked;
use crate::Truth;

/// What must hold.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    /// Every one.
    All(Vec<Expression>),
    /// One of them.
    Any(Vec<Expression>),
    /// Not this.
    Not(Box<Expression>),
    /// Whatever the value.
    Always(bool),
    /// A value as it should be.
    Leaf(Leaf),
}

/// A value as it should be.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) path: Path,
    pub(crate) operator: Operator,
    pub(crate) quantifier: Quantifier,
}

/// Of how many values of a path it must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Every,
    Some,
}

/// What an expression comes to, and the leaves that decide it.
#[derive(Debug, Clone)]
pub(crate) struct Outcome<'e> {
    pub(crate) truth: Truth,
    pub(crate) reasons: Vec<Reason<'e>>,
    /// One of the reasons put right would be enough.
    pub(crate) alternatives: bool,
}

/// A leaf that decides, with the value it found.
#[derive(Debug, Clone)]
pub(crate) struct Reason<'e> {
    pub(crate) leaf: &'e Leaf,
    pub(crate) value: Value,
    /// The value is the least that it may be.
    pub(crate) at_least: bool,
    /// The opposite of the leaf is wanted.
    pub(crate) negated: bool,
}

/// Values that a path led to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reached {
    pub(crate) found: Vec<Found>,
    /// There may be others.
    pub(crate) open: bool,
}

impl Expression {
    /// What it comes to.
    pub(crate) fn evaluate<'e>(&'e self, asked: &Asked<'_, '_, '_>) -> Outcome<'e> {
        match self {
            Self::All(parts) => Outcome::of(parts, asked, true),
            Self::Any(parts) => Outcome::of(parts, asked, false),
            Self::Not(inner) => {
                let mut outcome = inner.evaluate(asked);
                outcome.truth = !outcome.truth;
                outcome.alternatives = !outcome.alternatives && outcome.reasons.len() > 1;
                outcome.reasons.iter_mut().for_each(|reason| reason.negated = !reason.negated);
                outcome
            }
            Self::Always(holds) => {
                Outcome { truth: (*holds).into(), reasons: Vec::new(), alternatives: false }
            }
            Self::Leaf(leaf) => leaf.evaluate(asked),
        }
    }
}

impl<'e> Outcome<'e> {
    /// Of several parts: those decide that come to the same as the whole, or all where none of them alone does.
    fn of(parts: &'e [Expression], asked: &Asked<'_, '_, '_>, all: bool) -> Self {
        let outcomes: Vec<Outcome<'e>> = parts.iter().map(|part| part.evaluate(asked)).collect();
        let truths = outcomes.iter().map(|outcome| outcome.truth);
        let truth = if all { Truth::all(truths) } else { Truth::any(truths) };
        let together = truth == Truth::from(all);
        let decide = |outcome: &Outcome<'e>| together || outcome.truth == truth;
        let deciding: Vec<Outcome<'e>> = outcomes.into_iter().filter(decide).collect();
        let alternatives = match deciding.as_slice() {
            [only] => only.alternatives,
            _ => !all,
        };
        let reasons = deciding.into_iter().flat_map(|outcome| outcome.reasons).collect();
        Self { truth, reasons, alternatives }
    }
}

impl Leaf {
    fn evaluate<'e>(&'e self, asked: &Asked<'_, '_, '_>) -> Outcome<'e> {
        let reached = asked.reach(&self.path);
        let before = match &self.operator {
            Operator::Changed(_) => asked.before(&self.path),
            _ => Value::Null,
        };
        let truths: Vec<Truth> = match &self.operator {
            // Whether a list changed is asked of all of it.
            Operator::Changed(_) if self.path.is_many() => {
                let all = Value::List(reached.found.iter().map(|it| it.value.clone()).collect());
                vec![self.operator.holds(&Found::of(all), &before)]
            }
            operator => reached.found.iter().map(|found| operator.holds(found, &before)).collect(),
        };
        let more = reached.open.then_some(Truth::Unknown);
        let all = truths.iter().copied().chain(more);
        let truth = match self.quantifier {
            Quantifier::Every => Truth::all(all),
            Quantifier::Some => Truth::any(all),
        };
        let decides = truths.iter().position(|it| *it == truth);
        let found = decides.and_then(|at| reached.found.get(at)).or(reached.found.first());
        let value =
            found.map_or(if reached.open { Value::Unknown } else { Value::Null }, |it| it.value.clone());
        let at_least = found.is_some_and(|it| it.at_least);
        let reason = Reason { leaf: self, value, at_least, negated: false };
        Outcome { truth, reasons: vec![reason], alternatives: false }
    }
}
