//! The plan's price: every resource before and after, and what the change adds.

use serde::{Deserialize, Serialize};
use tfpilot_plan::{Operation, RedactedPlan, ResourceChange};

use super::item::Item;
use super::{Book, BookId, Component, Money, Status, types};
use crate::judge::{order, world};
use crate::region::Region;
use crate::subject::{Subject, World};
use crate::{Code, Context};

/// Arguments that never change a price.
const TAGS: &[&str] = &["tags", "tags_all", "labels", "effective_labels", "terraform_labels"];

/// How much of a resource's price is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A part has no price, or one that was assumed.
    NotPriced,
    /// All but what depends on use.
    UsageDependent,
    /// All of it.
    Priced,
    /// It costs nothing by itself.
    Free,
}

/// What one resource instance costs a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceCost {
    /// Its address after the plan.
    pub address: String,
    /// Its address before, when a `moved` block applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_address: Option<String>,
    /// The resource in the code, whatever its instances.
    pub code_address: String,
    /// Its type.
    pub kind: String,
    /// What happens to it.
    pub operation: Operation,
    /// Where it is, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its price before.
    pub before: Vec<Component>,
    /// Its price after.
    pub after: Vec<Component>,
    /// What is newly spent, of what is priced.
    pub difference: Money,
    /// How much of its price is known.
    pub standing: Standing,
    /// The change may add more than `difference`.
    pub doubtful: bool,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a plan costs a month. Same plan and code, same estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// `USD`.
    pub currency: String,
    /// The price book.
    pub book: BookId,
    /// The oldest price that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_price: Option<String>,
    /// What is managed before, of what is priced.
    pub before: Money,
    /// What is managed afterwards, of what is priced.
    pub after: Money,
    /// What is newly spent. Not simply the difference of the two: what is imported or forgotten is billed all along.
    pub difference: Money,
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
}

/// Prices a plan. Prices of other regions stand in for missing ones only with `proxies`, and are never summed.
pub fn estimate(plan: &RedactedPlan, code: Option<Code<'_>>, context: &Context, proxies: bool) -> Estimate {
    let book = Book::embedded();
    let world = world(plan, code, context);
    let mut changes: Vec<&ResourceChange> =
        plan.plan().resource_changes.iter().filter(|change| !change.is_data()).collect();
    order(&mut changes);
    let mut estimate = Estimate {
        currency: "USD".to_owned(),
        book: book.id().clone(),
        oldest_price: None,
        before: Money::ZERO,
        after: Money::ZERO,
        difference: Money::ZERO,
        changed: 0,
        priced: 0,
        usage_dependent: 0,
        not_priced: 0,
        unchanged_not_priced: 0,
        resources: Vec::new(),
    };
    for change in changes {
        estimate.add(cost(&world, change, book, proxies), change);
    }
    estimate.resources.sort_by(|a, b| {
        let key = |it: &ResourceCost| (std::cmp::Reverse(it.difference.abs()), it.standing);
        key(a).cmp(&key(b)).then_with(|| a.address.cmp(&b.address))
    });
    estimate
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

    fn add(&mut self, cost: ResourceCost, change: &ResourceChange) {
        let sum = |components: &[Component]| components.iter().map(Component::counted).sum::<Money>();
        // What is imported was not managed before; what is forgotten is not managed afterwards.
        if !change.is_import() {
            self.before = self.before + sum(&cost.before);
        }
        if !matches!(cost.operation, Operation::Forget) {
            self.after = self.after + sum(&cost.after);
        }
        self.difference = self.difference + cost.difference;
        let dates = cost.before.iter().chain(&cost.after).filter(|it| it.monthly.is_some());
        let oldest = dates.filter_map(|component| component.as_of.clone()).min();
        self.oldest_price = self.oldest_price.take().into_iter().chain(oldest).min();
        if change.is_nothing() {
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
}

fn cost(world: &World<'_>, change: &ResourceChange, book: &Book, proxies: bool) -> ResourceCost {
    use Operation as O;
    let subject = Subject::of_change(world, change);
    let region = subject.region();
    let (kind, region_of) = (subject.kind, &region);
    let was = || {
        let (get, no) = (|name: &str| subject.before(name), |_: &str| false);
        types::components(&Item {
            kind,
            region: region_of,
            book,
            proxies,
            get: &get,
            omitted: &no,
            left_out: &no,
        })
    };
    let will = || {
        let get = |name: &str| subject.after(name);
        let omitted = |name: &str| subject.is_omitted(name);
        let left_out = |name: &str| subject.is_left_out(name);
        let (omitted, left_out) = (&omitted, &left_out);
        types::components(&Item { kind, region: region_of, book, proxies, get: &get, omitted, left_out })
    };
    let mut notes = Vec::new();
    let (before, after) = match subject.operation {
        O::Create => (Vec::new(), will()),
        O::Delete => (was(), Vec::new()),
        O::Update | O::Replace => (was(), will()),
        O::NoOp => (will(), will()),
        O::Forget => {
            notes.push("leaves management, cost continues".to_owned());
            (was(), was())
        }
        O::ForgetAndCreate => {
            notes.push("the old one leaves management, its cost continues".to_owned());
            (was(), will().into_iter().chain(was()).collect())
        }
        O::Read => (Vec::new(), vec![Component::free()]),
        O::Unknown => {
            (Vec::new(), vec![Component::not_priced("price", "this version does not know what will happen")])
        }
    };
    if change.is_import() {
        notes.push("imported, billed already".to_owned());
    }
    if let (Region::Likely(region), true) = (&region, after.iter().any(|it| it.monthly.is_some())) {
        notes.push(format!("region {} assumed", tfpilot_plan::code(region)));
    }
    let assumed = after.iter().filter_map(|component| match &component.status {
        Status::Assumed { input } => Some(format!("assumed: {input}")),
        _ => None,
    });
    notes.extend(assumed);
    notes.dedup();
    let sum = |components: &[Component]| components.iter().map(Component::counted).sum::<Money>();
    let tags_only = only_tags_change(change);
    let unaffected = tags_only || matches!(subject.operation, O::NoOp | O::Forget);
    let difference = if unaffected { Money::ZERO } else { sum(&after) - sum(&before) };
    if tags_only {
        notes.push("only its tags change".to_owned());
    }
    // That nothing is added is known, whatever the thing itself costs.
    let standing = match standing(if after.is_empty() { &before } else { &after }) {
        Standing::NotPriced if unaffected && !change.is_nothing() => Standing::Priced,
        standing => standing,
    };
    ResourceCost {
        address: change.address.clone(),
        previous_address: change.previous_address.clone().filter(|_| change.is_move()),
        code_address: subject.code_address(),
        kind: change.kind.clone(),
        operation: subject.operation,
        region: match &region {
            Region::Known(region) | Region::Likely(region) => Some(region.clone()),
            Region::Unknown(_) => None,
        },
        difference,
        standing,
        doubtful: !unaffected && after.iter().any(Component::is_doubtful),
        notes,
        before,
        after,
    }
}

fn standing(components: &[Component]) -> Standing {
    if components.iter().any(Component::is_doubtful) {
        Standing::NotPriced
    } else if components.iter().any(|it| it.status == Status::UsageDependent)
        && components.iter().all(|it| it.status != Status::Priced)
    {
        Standing::UsageDependent
    } else if components.iter().all(|it| it.status == Status::Free) {
        Standing::Free
    } else {
        Standing::Priced
    }
}

/// Whether an update changes nothing but labels.
fn only_tags_change(change: &ResourceChange) -> bool {
    if change.operation() != Operation::Update {
        return false;
    }
    let (Some(before), Some(after)) = (change.change.before.as_object(), change.change.after.as_object())
    else {
        return false;
    };
    let names = before.keys().chain(after.keys()).chain(
        change
            .change
            .after_unknown
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, mark)| crate::values::has_mark(mark))
            .map(|(name, _)| name),
    );
    let hidden = change.change.hidden_changes.iter().filter_map(|path| path.first()?.as_str());
    let unknown = |name: &str| change.change.after_unknown.get(name).is_some_and(crate::values::has_mark);
    names
        .map(String::as_str)
        .filter(|name| before.get(*name) != after.get(*name) || unknown(name))
        .chain(hidden)
        .all(|name| TAGS.contains(&name))
}
