//! Several environments in one text: which one is meant, or that nothing says it.

use std::ops::Range;

use super::Found;
use crate::requests::inputs::PLACED;
use crate::requests::language;
use crate::requests::mood::is_told;
use crate::requests::phrases::{Claims, clause_of};
use crate::requests::text::{Kind, Text};

/// Words between two environments beyond which the second corrects nothing.
const FAR: usize = 8;

/// "first in staging, later in production": for now the first is meant.
pub(super) fn first_of_all(text: &Text, found: &Found) -> Option<String> {
    let led = |tokens: &Range<usize>, words: &[&str]| {
        (1..=3)
            .filter_map(|back| text.word(tokens.start.checked_sub(back)?))
            .any(|word| words.contains(&word))
    };
    let later = |(tokens, _): &&(Range<usize>, String)| {
        led(tokens, &["later", "then", "afterwards", "später", "dann", "danach"])
    };
    let first = |(tokens, _): &&(Range<usize>, String)| {
        led(tokens, &["first", "initially", "erst", "zuerst", "zunächst"])
    };
    found.order.iter().find(later)?;
    found
        .order
        .iter()
        .find(first)
        .or_else(|| found.order.iter().find(|one| !later(one)))
        .map(|(_, name)| name.clone())
}

impl Found {
    /// "dev or stage?": neither is surer.
    pub(super) fn doubt_alternatives(&mut self, text: &Text) {
        let alternatives = self.order.windows(2).filter_map(|pair| {
            let [(before, first), (after, second)] = pair else { return None };
            let or = text.word(before.end).is_some_and(|word| matches!(word, "or" | "oder"));
            let asked = text.get(after.end).is_some_and(|token| token.kind == Kind::Mark('?'));
            (or && asked && before.end + 1 == after.start).then(|| [first.clone(), second.clone()])
        });
        let alternatives: Vec<String> = alternatives.flatten().collect();
        for named in &mut self.named {
            if alternatives.iter().any(|name| named.value.as_str() == name) {
                named.confidence = named.confidence.max(95);
            }
        }
    }

    /// "It ran well in stage, the same for prod please": where one is wished, others where something is or was are not meant.
    pub(super) fn drop_told(&mut self, text: &Text, claims: &Claims) {
        if self.named.len() < 2 {
            return;
        }
        let told = |tokens: &Range<usize>| {
            let clause = clause_of(text, tokens.start);
            let says = |known: &[&str]| {
                clause.clone().filter_map(|at| text.word(at)).any(|word| known.contains(&word))
            };
            // "prod stays as is", "prod follows"
            let stays = [
                "stays",
                "stay",
                "remains",
                "bleibt",
                "bleiben",
                "untouched",
                "unchanged",
                "unverändert",
                "follows",
                "folgt",
            ];
            says(&["already", "bereits", "schon", "existing", "yet", "later", "afterwards", "später"])
                || says(&stays)
                || says(&[
                    "has", "have", "had", "was", "were", "been", "ran", "hat", "hatte", "war", "wurde",
                    "lief",
                ]) && is_told(text, claims, clause.clone())
        };
        let wished: Vec<&str> =
            self.order.iter().filter(|(tokens, _)| !told(tokens)).map(|(_, name)| name.as_str()).collect();
        if !wished.is_empty() {
            self.named.retain(|named| wished.contains(&named.value.as_str()));
        }
    }
}

/// "dev, no wait, stage": the last one, where the words before it take back the one before.
pub(super) fn corrected(text: &Text, found: &Found) -> Option<String> {
    let mut order: Vec<&(Range<usize>, String)> = found.order.iter().collect();
    order.sort_by_key(|(tokens, _)| tokens.start);
    let corrects = |pair: &&[&(Range<usize>, String)]| {
        let [(before, _), (last, _)] = pair else { return false };
        let mut between = (before.end..last.start).filter_map(|at| text.word(at));
        last.start.saturating_sub(before.end) <= FAR && between.any(language::is_correction)
    };
    order.windows(2).rfind(corrects).and_then(|pair| pair.last()).map(|(_, name)| name.clone())
}

/// How sure it must be that two environments were meant.
pub(in crate::requests) fn is_contested(found: &Found) -> bool {
    matches!(found.named.as_slice(), [first, second, ..] if second.confidence > PLACED || first.confidence.abs_diff(second.confidence) < 5)
}
