//! What must hold: leaves that compare a value, `all`, `any`, `not` around them, and `each` for what must hold of an entry
//! together. Kleene's three values throughout.

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
    /// Something that is said of each entry of a list by itself.
    Each(Box<Each>),
}

/// Something that is said of each entry of a list by itself: `{each: PATH, assert: …, quantifier: every|some}`, with paths
/// from `item.` on.
#[derive(Debug, Clone)]
pub(crate) struct Each {
    pub(crate) path: Path,
    pub(crate) assertion: Expression,
    pub(crate) quantifier: Quantifier,
}

/// A value as it should be.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) path: Path,
    pub(crate) operator: Operator,
    pub(crate) quantifier: Quantifier,
    /// What the value is where nothing is set.
    pub(crate) default: Option<Value>,
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

/// A leaf that decides, with the value it found; or an `each` that has no entry to decide it.
#[derive(Debug, Clone)]
pub(crate) struct Reason<'e> {
    pub(crate) path: &'e Path,
    /// None of an `each`.
    pub(crate) operator: Option<&'e Operator>,
    pub(crate) quantifier: Quantifier,
    pub(crate) value: Value,
    /// Nothing is set; the value is what that comes to.
    pub(crate) left_out: bool,
    /// The list and its entry, from 1, in which the value was found.
    pub(crate) entry: Option<(&'e Path, usize)>,
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
    /// The values are what the code writes: a member that is there is set, whatever it will be.
    pub(crate) written: bool,
}

/// What an expression is asked of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of<'o, 's, 'w, 'a> {
    pub(crate) asked: &'o Asked<'s, 'w, 'a>,
    /// The entry that an `each` is at.
    pub(crate) item: Option<&'o Value>,
}

impl Expression {
    /// What it comes to.
    pub(crate) fn evaluate<'e>(&'e self, asked: &Asked<'_, '_, '_>) -> Outcome<'e> {
        self.evaluate_of(Of { asked, item: None })
    }

    pub(super) fn evaluate_of<'e>(&'e self, of: Of<'_, '_, '_, '_>) -> Outcome<'e> {
        match self {
            Self::All(parts) => Outcome::of(parts, of, true),
            Self::Any(parts) => Outcome::of(parts, of, false),
            Self::Not(inner) => {
                let mut outcome = inner.evaluate_of(of);
                outcome.truth = !outcome.truth;
                outcome.alternatives = !outcome.alternatives && outcome.reasons.len() > 1;
                outcome.reasons.iter_mut().for_each(|reason| reason.negated = !reason.negated);
                outcome
            }
            Self::Always(holds) => {
                Outcome { truth: (*holds).into(), reasons: Vec::new(), alternatives: false }
            }
            Self::Leaf(leaf) => leaf.evaluate(of),
            Self::Each(each) => each.evaluate(of),
        }
    }
}

impl Quantifier {
    /// What holds of all comes to.
    pub(super) fn of(self, truths: impl IntoIterator<Item = Truth>) -> Truth {
        match self {
            Self::Every => Truth::all(truths),
            Self::Some => Truth::any(truths),
        }
    }
}

impl<'e> Outcome<'e> {
    /// Of several parts: those decide that come to the same as the whole, or all where none of them alone does.
    fn of(parts: &'e [Expression], of: Of<'_, '_, '_, '_>, all: bool) -> Self {
        let outcomes: Vec<Outcome<'e>> = parts.iter().map(|part| part.evaluate_of(of)).collect();
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
    fn evaluate<'e>(&'e self, of: Of<'_, '_, '_, '_>) -> Outcome<'e> {
        let reached = match &self.default {
            Some(default) => of.reach_or(&self.path, default),
            None => of.reach(&self.path),
        };
        let before = match &self.operator {
            Operator::Changed(_) => of.asked.before(&self.path),
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
        let truth = self.quantifier.of(truths.iter().copied().chain(more));
        let decides = truths.iter().position(|it| *it == truth);
        let found = decides.and_then(|at| reached.found.get(at)).or(reached.found.first());
        let found = found.filter(|_| decides.is_some() || !reached.open);
        let value =
            found.map_or(if reached.open { Value::Unknown } else { Value::Null }, |it| it.value.clone());
        let reason = Reason {
            path: &self.path,
            operator: Some(&self.operator),
            quantifier: self.quantifier,
            value,
            left_out: found.is_some_and(|it| it.there == Truth::False),
            entry: None,
            at_least: found.is_some_and(|it| it.at_least),
            negated: false,
        };
        Outcome { truth, reasons: vec![reason], alternatives: false }
    }
}
