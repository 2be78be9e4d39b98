//! What somebody expects to use: a file in the form of infracost's `infracost-usage.yml`. Amounts of it are a column of their
//! own and never part of what a change adds.
//!
//! [`table`] says which key is how much of which component, [`keys`] how much that is; [`read`] reads the file, and [`pattern`] finds the entries that are
//! meant for a resource.

mod keys;
mod made;
mod pattern;
mod read;
mod table;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Item, Quantity};

/// What a resource is expected to use, by key; keys of nested maps are joined with a dot.
type Values = BTreeMap<String, Quantity>;

/// A usage file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// SHA-256 of its text.
    digest: String,
    /// By resource type.
    defaults: BTreeMap<String, Values>,
    /// By address, without `[*]`.
    resources: BTreeMap<String, Values>,
    /// With `[*]`, in the order of the file.
    patterns: Vec<(String, Values)>,
    /// Types that it speaks of and that are not priced here.
    ignored: BTreeSet<String>,
}

/// A usage file that cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {what}; {hint}")]
pub struct UsageError {
    /// Line, from 1; 0 when it is the whole file.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to write.
    pub hint: String,
}

impl Usage {
    /// Reads a usage file. Types that are not priced here are let be, since files are shared with other tools; a key that no
    /// priced type has is an error.
    pub fn read(text: &str) -> Result<Self, UsageError> {
        read::read(text)
    }

    /// SHA-256 of the file, so that an estimate can say what it was made with.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Types that the file speaks of and that are not priced here.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.ignored.iter().map(String::as_str)
    }

    /// What is expected of a resource: what is said of its address, then of addresses like it, then of its type.
    fn of(&self, kind: &str, address: &str) -> Values {
        let own = self.resources.get(address);
        let like =
            self.patterns.iter().filter(|(it, _)| pattern::is_match(it, address)).map(|(_, values)| values);
        let mut all = Values::new();
        for values in own.into_iter().chain(like).chain(self.defaults.get(kind)) {
            for (key, value) in values {
                all.entry(key.clone()).or_insert(*value);
            }
        }
        all
    }
}

/// How much of each component a resource is expected to use.
#[derive(Debug, Default)]
pub(crate) struct Used {
    quantities: BTreeMap<String, Quantity>,
    taken: RefCell<BTreeSet<String>>,
}

impl Used {
    /// Of one resource.
    pub(super) fn of(usage: &Usage, item: &Item<'_>, address: &str) -> Self {
        let values = usage.of(item.kind, address);
        Self { quantities: keys::quantities(item, &values), taken: RefCell::default() }
    }

    /// How much of a component, in the units of a price such as `1M requests`.
    pub(crate) fn take(&self, component: &str, unit: Option<&str>) -> Option<Quantity> {
        let quantity = self.quantities.get(component)?;
        self.taken.borrow_mut().insert(component.to_owned());
        Some(quantity.per(unit.map_or(1, units)))
    }

    /// Components that are used and that the resource did not ask for; only of types that sell many things to everybody.
    pub(super) fn others(&self, kind: &str) -> Vec<String> {
        let taken = self.taken.borrow();
        let others =
            self.quantities.keys().filter(|it| keys::SELLS_MANY.contains(&kind) && !taken.contains(*it));
        others.cloned().collect()
    }
}

/// How many are in a unit: `1M requests`, `10k requests`, `GB`.
fn units(unit: &str) -> u64 {
    let Some((number, _)) = unit.split_once(' ') else { return 1 };
    let (digits, times) = match number.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => match number.strip_suffix('M') {
            Some(digits) => (digits, 1_000_000),
            None => return 1,
        },
    };
    digits.parse::<u64>().map_or(1, |digits| digits.saturating_mul(times)).max(1)
}
