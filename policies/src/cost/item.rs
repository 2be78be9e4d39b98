//! One resource at one time, as prices ask for it: its arguments, its region, and rates from the book.

use tfpilot_hcl::Value;

use super::{Book, Component, Status};
use crate::region::Region;

/// A resource before or after the plan.
pub(crate) struct Item<'i> {
    pub(crate) kind: &'i str,
    pub(crate) region: &'i Region,
    pub(crate) book: &'i Book,
    /// Whether prices of other regions may stand in.
    pub(crate) proxies: bool,
    /// An argument's value.
    pub(crate) get: &'i dyn Fn(&str) -> Value,
    /// Whether an argument is left to its default.
    pub(crate) omitted: &'i dyn Fn(&str) -> bool,
    /// The same for blocks.
    pub(crate) left_out: &'i dyn Fn(&str) -> bool,
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
        self.given(name, &(self.get)(name), |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn number(&self, name: &str) -> Given<u64> {
        self.given(name, &(self.get)(name), number)
    }

    pub(crate) fn flag(&self, name: &str) -> Given<bool> {
        self.given(name, &(self.get)(name), |value| match value {
            Value::Bool(on) => Some(*on),
            _ => None,
        })
    }

    /// The blocks of a kind; none when they are not known.
    pub(crate) fn blocks(&self, name: &str) -> Option<Vec<Value>> {
        let value = (self.get)(name);
        if value == Value::Unknown && (self.left_out)(name) {
            return Some(Vec::new());
        }
        crate::values::elements(&value).map(|blocks| blocks.into_iter().cloned().collect())
    }

    /// A quantity of something at the region's price.
    pub(crate) fn fixed(&self, kind: &str, component: &str, quantity: u64) -> Component {
        self.fixed_as(kind, component, quantity, Status::Priced)
    }

    /// The same with a status of its own.
    pub(crate) fn fixed_as(&self, kind: &str, component: &str, quantity: u64, status: Status) -> Component {
        let region = match self.region {
            Region::Known(region) | Region::Likely(region) => region.as_str(),
            Region::Unknown(_) if self.book.is_global(kind, component) => "",
            Region::Unknown(why) => return Component::not_priced(component, *why),
        };
        if let Some(rate) = self.book.rate(kind, component, region) {
            return Component::at(component, rate, quantity, status);
        }
        match self.book.elsewhere(kind, component) {
            Some((other, rate)) if self.proxies => {
                let status = Status::PricedProxy { region: other.to_owned() };
                Component::at(component, rate, quantity, status)
            }
            Some((other, rate)) => {
                let (price, unit) = (rate.usd, rate.unit);
                let reason = format!(
                    "no price for {region}; {other} lists ${price} per {}",
                    unit.trim_end_matches('s')
                );
                Component::not_priced(component, reason)
            }
            None => Component::not_priced(component, "not in the price book"),
        }
    }

    /// Something paid by use.
    pub(crate) fn usage(&self, component: &str) -> Component {
        let rate = match self.region {
            Region::Known(region) | Region::Likely(region) => self.book.rate(self.kind, component, region),
            Region::Unknown(_) => self.book.rate(self.kind, component, ""),
        };
        Component::usage(component, rate)
    }

    fn given<T>(&self, name: &str, value: &Value, read: impl Fn(&Value) -> Option<T>) -> Given<T> {
        match value {
            Value::Null => Given::Default,
            Value::Unknown if (self.omitted)(name) => Given::Default,
            value => read(value).map_or(Given::Unknown, Given::Known),
        }
    }
}

impl<T> Given<T> {
    /// The value, or the provider's default; none when it is not known.
    pub(crate) fn or(self, default: T) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Default => Some(default),
            Self::Unknown => None,
        }
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
