//! What holds of an entry of a list together: that one statement has this effect, this action and this resource.

use tfpilot_hcl::Value;

use super::expression::{Each, Of, Outcome, Reason};
use crate::Truth;
use crate::values::elements;

/// Entries of one list that are looked at; beyond, the rest is unknown.
const MAX_ITEMS: usize = 1_000;

impl Each {
    /// Asks it of every entry. The first one that decides is told; without one, the list itself is.
    pub(super) fn evaluate<'e>(&'e self, of: Of<'_, '_, '_, '_>) -> Outcome<'e> {
        let reached = of.reach(&self.path);
        let mut open = reached.open;
        let mut items: Vec<&Value> = Vec::new();
        for found in &reached.found {
            match elements(&found.value) {
                Some(more) => items.extend(more),
                None => open = true,
            }
        }
        open |= items.len() > MAX_ITEMS;
        let items = items.into_iter().take(MAX_ITEMS);
        let outcomes: Vec<Outcome<'e>> =
            items.map(|item| self.assertion.evaluate_of(Of { item: Some(item), ..of })).collect();
        let truths = outcomes.iter().map(|outcome| outcome.truth);
        let truth = self.quantifier.of(truths.chain(open.then_some(Truth::Unknown)));
        let decides = outcomes.into_iter().enumerate().find(|(_, it)| it.truth == truth);
        let Some((at, mut outcome)) = decides else {
            let reason = Reason {
                path: &self.path,
                operator: None,
                quantifier: self.quantifier,
                value: if open { Value::Unknown } else { Value::Null },
                left_out: false,
                entry: None,
                at_least: false,
                negated: false,
            };
            return Outcome { truth, reasons: vec![reason], alternatives: false };
        };
        for reason in &mut outcome.reasons {
            reason.entry.get_or_insert((&self.path, at + 1));
        }
        outcome
    }
}
