//! Which rules are asked of resources of a type: most policies are about few types, and a plan has many resources.

use std::collections::BTreeMap;

use crate::rules::Rule;
use crate::settings::{Configured, RuleSet};
use crate::subject::World;

/// The rules that are asked of resources at this stage and in this stack.
pub(super) struct Wanted<'r> {
    rules: Vec<&'r Configured>,
    /// Those of the types that were met.
    by_kind: BTreeMap<String, Vec<&'r Configured>>,
}

impl<'r> Wanted<'r> {
    pub(super) fn new(rules: &'r RuleSet, world: &World<'_>) -> Self {
        let is_asked = |rule: &&Configured| match &rule.rule {
            Rule::Own(policy) => policy.is_asked(world),
            _ => true,
        };
        Self { rules: rules.rules.iter().filter(is_asked).collect(), by_kind: BTreeMap::new() }
    }

    /// In the order in which they are configured.
    pub(super) fn of(&mut self, kind: &str) -> &[&'r Configured] {
        if !self.by_kind.contains_key(kind) {
            let is_about = |rule: &&&Configured| match &rule.rule {
                Rule::Own(policy) => policy.is_about(kind),
                _ => true,
            };
            let about = self.rules.iter().filter(is_about).copied().collect();
            self.by_kind.insert(kind.to_owned(), about);
        }
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }
}
