//! One resource's price before and after the plan, and what the change adds.

use serde::{Deserialize, Serialize};
use tfpilot_plan::{ChangeHead, Operation, ResourceChange};

use super::rates::Rates;
use super::referred::{At, Places};
use super::usage::Used;
use super::{Book, Component, Item, Money, Options, Status, Suggestion, suggestions, types};
use crate::address::{code_address, module_names};
use crate::region::Region;
use crate::subject::{Subject, World};
use crate::values::has_mark;

/// Arguments that never change a price.
const TAGS: &[&str] = &["tags", "tags_all", "labels", "effective_labels", "terraform_labels"];

/// Types that change with what they refer to, though nothing of themselves changes.
const FOLLOWS: &[&str] = &["aws_autoscaling_group", "aws_ecs_service", "aws_eks_node_group"];

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

/// Prices one change, and says what would cost less.
pub(super) fn cost(
    world: &World<'_>,
    places: &Places,
    change: &ResourceChange,
    options: &Options<'_>,
) -> (ResourceCost, Vec<Suggestion>) {
    use Operation as O;
    let subject = Subject::of_change(world, change);
    let region = subject.region();
    let rates = Rates { book: Book::embedded(), prices: options.prices };
    let at = |before: bool| At { places, subject: &subject, before };
    let (then, later) = (at(true), at(false));
    let item = |before: bool| {
        let (kind, proxies) = (subject.kind, options.proxies);
        let values: &At<'_, '_, '_> = if before { &then } else { &later };
        Item { kind, region: &region, rates, proxies, used: None, values }
    };
    let price = |before: bool| {
        let item = item(before);
        match options.usage {
            Some(usage) => with_usage(&item, &Used::of(usage, &item, &change.address)),
            None => types::components(&item),
        }
    };
    let (was, will) = (|| price(true), || price(false));
    let mut notes = Vec::new();
    let (before, after) = match subject.operation {
        O::Create => (Vec::new(), will()),
        O::Delete => (was(), Vec::new()),
        O::Update | O::Replace => (was(), will()),
        O::NoOp if FOLLOWS.contains(&subject.kind) => (was(), will()),
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
    if let (Region::Likely(region), true) = (&region, after.iter().any(is_bought)) {
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
    let follows = subject.operation == O::NoOp && sum(&after) != sum(&before);
    if follows {
        notes.push("follows what it refers to, as its instances are replaced".to_owned());
    }
    let unaffected = tags_only || (matches!(subject.operation, O::NoOp | O::Forget) && !follows);
    let difference = if unaffected { Money::ZERO } else { sum(&after) - sum(&before) };
    if tags_only {
        notes.push("only its tags change".to_owned());
    }
    // That nothing is added is known, whatever the thing itself costs.
    let standing = match standing(if after.is_empty() { &before } else { &after }) {
        Standing::NotPriced if unaffected && !change.is_nothing() => Standing::Priced,
        standing => standing,
    };
    let is_made = matches!(subject.operation, O::Create | O::Update | O::Replace) && !tags_only;
    let suggestions = if is_made && suggestions::is_looked_at(subject.kind) {
        suggestions::of(&item(false), &change.address, &after)
    } else {
        Vec::new()
    };
    let cost = ResourceCost {
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
    };
    (cost, suggestions)
}

/// The components with what is used of them, and what is used besides.
fn with_usage(item: &Item<'_>, used: &Used) -> Vec<Component> {
    let item = Item { used: Some(used), ..*item };
    let mut components = types::components(&item);
    components.extend(used.others(item.kind).iter().map(|component| item.usage(component)));
    components
}

/// How much is known of a price that is made of these.
pub(super) fn standing(components: &[Component]) -> Standing {
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

/// A change of what costs nothing by itself, without a look at what it is; none where it is not known what will happen.
pub(super) fn free(change: &ChangeHead) -> Option<ResourceCost> {
    use Operation as O;
    let free = || vec![Component::free()];
    let (before, after) = match change.operation() {
        O::Create | O::Read => (Vec::new(), free()),
        O::Delete => (free(), Vec::new()),
        O::Update | O::Replace | O::NoOp | O::Forget | O::ForgetAndCreate => (free(), free()),
        O::Unknown => return None,
    };
    let modules = module_names(change.module_address.as_deref().unwrap_or_default());
    Some(ResourceCost {
        address: change.address.clone(),
        previous_address: change.previous_address.clone().filter(|_| change.is_move()),
        code_address: code_address(&modules, &change.mode, &change.kind, &change.name),
        kind: change.kind.clone(),
        operation: change.operation(),
        region: None,
        before,
        after,
        difference: Money::ZERO,
        standing: Standing::Free,
        doubtful: false,
        notes: Vec::new(),
    })
}

fn is_bought(component: &Component) -> bool {
    component.monthly.is_some() && component.status != Status::Free
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
            .filter(|(_, mark)| has_mark(mark))
            .map(|(name, _)| name),
    );
    let hidden = change.change.hidden_changes.iter().filter_map(|path| path.first()?.as_str());
    let unknown = |name: &str| change.change.after_unknown.get(name).is_some_and(has_mark);
    names
        .map(String::as_str)
        .filter(|name| before.get(*name) != after.get(*name) || unknown(name))
        .chain(hidden)
        .all(|name| TAGS.contains(&name))
}
