//! The plan's price: every resource before and after, and what the change adds.

use serde::{Deserialize, Serialize};
use tfpilot_plan::{Operation, RedactedPlan};

use super::referred::Places;
use super::resource::{ResourceCost, Standing, cost, free};
use super::{Book, BookId, Component, Money, Options, Suggestion, types};
use crate::judge::{ordered, world};
use crate::{Code, Context};

/// What a plan costs a month. Same plan and code, same estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// `USD`.
    pub currency: String,
    /// Who priced it, when it was not us: `infracost v0.10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The price book; of an estimate that others made, the form and digest of what they said.
    pub book: BookId,
    /// Digest of the usage file, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_file: Option<String>,
    /// Digest of the file of negotiated prices, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices_file: Option<String>,
    /// The oldest price that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_price: Option<String>,
    /// What is managed before, of what is priced.
    pub before: Money,
    /// What is managed afterwards, of what is priced.
    pub after: Money,
    /// What is newly spent. Not simply the difference of the two: what is imported or forgotten is billed all along.
    pub difference: Money,
    /// What is expected to be used before, of what is priced; none without a usage file. In no other sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_before: Option<Money>,
    /// The same afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_after: Option<Money>,
    /// Resources that change.
    pub changed: u32,
    /// Of these, priced or free.
    pub priced: u32,
    /// Of these, paid by use besides.
    pub usage_dependent: u32,
    /// Of these, not or not wholly priced.
    pub not_priced: u32,
    /// Resources that stay as they are and are not priced.
    pub unchanged_not_priced: u32,
    /// Resources that change, the dearest first.
    pub resources: Vec<ResourceCost>,
    /// What would cost less, the most first; each by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
}

/// Prices a plan by the book alone. Prices of other regions stand in for missing ones only with `proxies`, and are never
/// summed.
pub fn estimate(plan: &RedactedPlan, code: Option<Code<'_>>, context: &Context, proxies: bool) -> Estimate {
    estimate_with(plan, code, context, &Options { proxies, ..Options::default() })
}

/// Prices a plan, with what is expected to be used and what was negotiated.
pub fn estimate_with(
    plan: &RedactedPlan,
    code: Option<Code<'_>>,
    context: &Context,
    options: &Options<'_>,
) -> Estimate {
    let world = world(plan, code, context);
    let places = Places::default();
    let mut estimate = Estimate::new(Book::embedded().id().clone(), options);
    let (book, heads) = (Book::embedded(), &plan.plan().resource_changes);
    for at in ordered(plan, |head| !head.is_data()) {
        // Most of a plan costs nothing: that is not even read.
        let head = heads.get(at).filter(|head| types::is_free(book, &head.kind));
        if let Some((head, cost)) = head.and_then(|head| Some((head, free(head)?))) {
            estimate.add(cost, (true, true), !head.is_nothing());
            continue;
        }
        let Some(change) = plan.change(at) else { continue };
        let (cost, suggestions) = cost(&world, &places, &change, options);
        estimate.suggestions.extend(suggestions);
        // What is imported was not managed before; what is forgotten is not managed afterwards.
        let managed = (!change.is_import(), !matches!(cost.operation, Operation::Forget));
        let changes = !change.is_nothing() || !cost.difference.is_zero();
        estimate.add(cost, managed, changes);
    }
    estimate.sorted()
}

impl Estimate {
    /// Whether what is newly spent may be more than `difference`.
    pub fn is_doubtful(&self) -> bool {
        self.resources.iter().any(|resource| resource.doubtful)
    }

    /// Says that prices are old, when they are. Of what is sold by the hour, a year is long.
    pub fn age_notice(&self, today: jiff::civil::Date) -> Option<String> {
        let oldest: jiff::civil::Date = self.oldest_price.as_ref()?.parse().ok()?;
        let days = today.since(oldest).ok()?.get_days();
        match days {
            366.. => Some(format!("Warning: prices as of {oldest} are older than a year.")),
            181.. => Some(format!("Prices as of {oldest}.")),
            _ => None,
        }
    }

    /// Of nothing yet.
    pub(super) fn new(book: BookId, options: &Options<'_>) -> Self {
        Self {
            currency: "USD".to_owned(),
            source: None,
            book,
            usage_file: options.usage.map(|usage| usage.digest().to_owned()),
            prices_file: options.prices.map(|prices| prices.digest().to_owned()),
            oldest_price: None,
            before: Money::ZERO,
            after: Money::ZERO,
            difference: Money::ZERO,
            usage_before: options.usage.map(|_| Money::ZERO),
            usage_after: options.usage.map(|_| Money::ZERO),
            changed: 0,
            priced: 0,
            usage_dependent: 0,
            not_priced: 0,
            unchanged_not_priced: 0,
            resources: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    /// Adds a resource: whether it is managed before and afterwards, and whether anything of it changes.
    pub(super) fn add(&mut self, cost: ResourceCost, managed: (bool, bool), changes: bool) {
        let sum = |components: &[Component]| components.iter().map(Component::counted).sum::<Money>();
        let used = |components: &[Component]| components.iter().map(Component::used).sum::<Money>();
        if managed.0 {
            self.before = self.before + sum(&cost.before);
            self.usage_before = self.usage_before.map(|all| all + used(&cost.before));
        }
        if managed.1 {
            self.after = self.after + sum(&cost.after);
            self.usage_after = self.usage_after.map(|all| all + used(&cost.after));
        }
        self.difference = self.difference + cost.difference;
        let dates = cost.before.iter().chain(&cost.after).filter(|it| it.monthly.is_some());
        let oldest = dates.filter_map(|component| component.as_of.as_ref()).min();
        if oldest.is_some_and(|oldest| self.oldest_price.as_ref().is_none_or(|known| oldest < known)) {
            self.oldest_price = oldest.cloned();
        }
        if !changes {
            self.unchanged_not_priced += u32::from(cost.standing == Standing::NotPriced);
            return;
        }
        self.changed += 1;
        match cost.standing {
            Standing::Priced | Standing::Free => self.priced += 1,
            Standing::UsageDependent => self.usage_dependent += 1,
            Standing::NotPriced => self.not_priced += 1,
        }
        self.resources.push(cost);
    }

    /// With the dearest resources first.
    pub(super) fn sorted(mut self) -> Self {
        self.resources.sort_by(|a, b| {
            let key = |it: &ResourceCost| (std::cmp::Reverse(it.difference.abs()), it.standing);
            key(a).cmp(&key(b)).then_with(|| a.address.cmp(&b.address))
        });
        self.suggestions.sort_by(|a, b| {
            b.saves.cmp(&a.saves).then_with(|| (&a.address, &a.text).cmp(&(&b.address, &b.text)))
        });
        self
    }
}
