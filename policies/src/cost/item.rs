//! One resource at one time, as prices ask for it: its arguments, its region, and rates from the book.

use std::collections::BTreeSet;

use tfpilot_hcl::Value;
use tfpilot_plan::code;

use super::rates::Rates;
use super::usage::Used;
use super::{Component, MONTH_HOURS, Quantity, Status};
use crate::region::Region;
use crate::values::{elements, member};

/// The arguments of a resource, before or after the plan.
pub(crate) trait Values {
    /// An argument's value.
    fn value(&self, name: &str) -> Value;

    /// Whether an argument is left to its default.
    fn is_omitted(&self, name: &str) -> bool;

    /// The same for blocks.
    fn is_left_out(&self, name: &str) -> bool;

    /// The arguments that the code sets in any of the blocks of a name, and how many blocks it writes; none where that is not
    /// told, as of dynamic blocks.
    fn written_in(&self, name: &str) -> Option<(usize, BTreeSet<String>)>;

    /// The type of the resource that an argument, or an argument of its first block, refers to.
    fn referred_kind(&self, path: &[&str]) -> Option<String>;

    /// Looks at the resource of one of the types that an argument, or an argument of its first block, refers to. False
    /// where none of the plan is meant, or it cannot be told which.
    fn referred(&self, path: &[&str], kinds: &[&str], look: &mut dyn FnMut(&str, &dyn Values)) -> bool;
}

/// A resource before or after the plan.
#[derive(Clone, Copy)]
pub(crate) struct Item<'i> {
    pub(crate) kind: &'i str,
    pub(crate) region: &'i Region,
    pub(crate) rates: Rates<'i>,
    /// What is used, as far as somebody said.
    pub(crate) used: Option<&'i Used>,
    /// Whether prices of other regions may stand in.
    pub(crate) proxies: bool,
    pub(crate) values: &'i dyn Values,
}

/// An argument as prices need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given<T> {
    /// Known.
    Known(T),
    /// Left to the provider's default.
    Default,
    /// Known only after apply, or secret.
    Unknown,
}

impl Item<'_> {
    pub(crate) fn text(&self, name: &str) -> Given<String> {
        self.given(name, |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn number(&self, name: &str) -> Given<u64> {
        self.given(name, number)
    }

    pub(crate) fn flag(&self, name: &str) -> Given<bool> {
        self.given(name, flag)
    }

    /// The blocks of a kind; none when they are not known.
    pub(crate) fn blocks(&self, name: &str) -> Option<Vec<Value>> {
        let value = self.values.value(name);
        if value == Value::Unknown && self.values.is_left_out(name) {
            return Some(Vec::new());
        }
        let blocks: Vec<Value> = elements(&value)?.into_iter().cloned().collect();
        Some(self.with_defaults(name, blocks))
    }

    /// Blocks in which what the code leaves out is null, so that it has its default, and not unknown.
    fn with_defaults(&self, name: &str, mut blocks: Vec<Value>) -> Vec<Value> {
        let is_open = |block: &Value| match block {
            Value::Object(members) => members.values().any(|it| *it == Value::Unknown),
            _ => false,
        };
        if !blocks.iter().any(is_open) {
            return blocks;
        }
        let Some((count, written)) = self.values.written_in(name) else { return blocks };
        if count != blocks.len() {
            return blocks;
        }
        for block in &mut blocks {
            let Value::Object(members) = block else { continue };
            for (name, value) in members.iter_mut() {
                if *value == Value::Unknown && !written.contains(name) {
                    *value = Value::Null;
                }
            }
        }
        blocks
    }

    /// The first block of a kind; null when there is none, unknown when that is not known.
    pub(crate) fn block(&self, name: &str) -> Value {
        match self.blocks(name) {
            Some(blocks) => blocks.into_iter().next().unwrap_or(Value::Null),
            None => Value::Unknown,
        }
    }

    /// Asks something of the resource of one of the types that an argument refers to.
    pub(crate) fn ask<T>(&self, path: &[&str], kinds: &[&str], ask: impl Fn(&Item<'_>) -> T) -> Option<T> {
        let mut answer = None;
        let found = self.values.referred(path, kinds, &mut |kind, values| {
            answer = Some(ask(&Item { kind, values, ..*self }));
        });
        answer.filter(|_| found)
    }

    /// One of something for the whole month, by the hour.
    pub(crate) fn hourly(&self, component: &str) -> Component {
        self.fixed(self.kind, component, MONTH_HOURS)
    }

    /// So many of something for the whole month, by the hour.
    pub(crate) fn hours_of(&self, component: &str, count: u64) -> Component {
        self.fixed(self.kind, component, Quantity::from(MONTH_HOURS).times(count))
    }

    /// A quantity of something at the region's price.
    pub(crate) fn fixed(&self, kind: &str, component: &str, quantity: impl Into<Quantity>) -> Component {
        self.fixed_as(kind, component, quantity, Status::Priced)
    }

    /// The same with a status of its own.
    pub(crate) fn fixed_as(
        &self,
        kind: &str,
        component: &str,
        quantity: impl Into<Quantity>,
        status: Status,
    ) -> Component {
        let region = match self.region {
            Region::Known(region) | Region::Likely(region) => region.as_str(),
            Region::Unknown(_) if self.rates.is_global(kind, component) => "",
            Region::Unknown(why) => return Component::not_priced(component, *why),
        };
        if let Some(rate) = self.rates.all(kind, component, region).first() {
            return Component::at(component, *rate, quantity, status);
        }
        match self.rates.book.elsewhere(kind, component) {
            Some((other, rate)) if self.proxies => {
                let status = Status::PricedProxy { region: other.to_owned() };
                Component::at(component, rate, quantity, status)
            }
            Some((other, rate)) => {
                let (price, unit) = (rate.usd, rate.unit);
                let reason = format!(
                    "no price for {}; {other} lists ${price} per {}",
                    code(region),
                    unit.trim_end_matches('s')
                );
                Component::not_priced(component, reason)
            }
            None => Component::not_priced(component, "not in the price book"),
        }
    }

    /// Something that is sold by class, of which the book knows some. `class` may come from the plan.
    pub(crate) fn of_class(
        &self,
        kind: &str,
        name: &str,
        class: &str,
        quantity: impl Into<Quantity>,
        status: Status,
    ) -> Component {
        if !self.rates.is_sold(kind, class) {
            return Component::not_priced(name, format!("no price for {}", code(class)));
        }
        let priced = self.fixed_as(kind, class, quantity, status);
        Component { name: format!("{name} ({class})"), ..priced }
    }

    /// Something paid by use.
    pub(crate) fn usage(&self, component: &str) -> Component {
        self.usage_of(self.kind, component)
    }

    /// Things paid by use.
    pub(crate) fn usages(&self, components: &[&str]) -> Vec<Component> {
        components.iter().map(|component| self.usage(component)).collect()
    }

    /// Something paid by use, at the rate of another type.
    pub(crate) fn usage_of(&self, kind: &str, component: &str) -> Component {
        let region = match self.region {
            Region::Known(region) | Region::Likely(region) => region.as_str(),
            Region::Unknown(_) => "",
        };
        let rates = self.rates.all(kind, component, region);
        let used = self.used.and_then(|used| used.take(component, rates.first().map(|rate| rate.unit)));
        Component::usage(component, &rates, used)
    }

    fn given<T>(&self, name: &str, read: impl Fn(&Value) -> Option<T>) -> Given<T> {
        match self.values.value(name) {
            Value::Unknown if self.values.is_omitted(name) => Given::Default,
            value => Given::of(&value, read),
        }
    }
}

impl<T> Given<T> {
    fn of(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Self {
        match value {
            Value::Null => Self::Default,
            value => read(value).map_or(Self::Unknown, Self::Known),
        }
    }

    /// The value, or the provider's default; none when it is not known.
    pub(crate) fn or(self, default: T) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Default => Some(default),
            Self::Unknown => None,
        }
    }

    /// The value, when it is known.
    pub(crate) fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Default | Self::Unknown => None,
        }
    }
}

/// A text in a block.
pub(crate) fn text_in(block: &Value, name: &str) -> Given<String> {
    Given::of(&member(block, name), |value| value.as_str().map(str::to_owned))
}

/// A number in a block.
pub(crate) fn number_in(block: &Value, name: &str) -> Given<u64> {
    Given::of(&member(block, name), number)
}

/// A switch in a block.
pub(crate) fn flag_in(block: &Value, name: &str) -> Given<bool> {
    Given::of(&member(block, name), flag)
}

/// The first block in a block; null when there is none.
pub(crate) fn block_in(block: &Value, name: &str) -> Value {
    let value = member(block, name);
    match elements(&value) {
        Some(blocks) => blocks.first().map_or(Value::Null, |first| (*first).clone()),
        None => Value::Unknown,
    }
}

/// A whole number; sizes are never anything else.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
