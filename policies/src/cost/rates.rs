//! Where a price comes from: somebody's own prices first, then the book's, less what was negotiated.

use std::borrow::Cow;

use super::prices::Own;
use super::{Book, Prices, Rate};

/// The prices of one estimate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates<'r> {
    pub(crate) book: &'static Book,
    pub(crate) prices: Option<&'r Prices>,
}

impl<'r> Rates<'r> {
    /// The rates of a component in a region, by how much they are for.
    pub(crate) fn all(&self, kind: &str, component: &str, region: &str) -> Cow<'r, [Rate<'r>]> {
        let listed: &'static [Rate<'static>] = self.book.rates(kind, component, region);
        let Some(prices) = self.prices else { return Cow::Borrowed(listed) };
        match prices.own(kind, component, region, !listed.is_empty()) {
            Own::Price(rates) => Cow::Owned(rates),
            Own::Discount(percent) => Cow::Owned(listed.iter().map(|rate| rate.less(percent)).collect()),
            Own::Nothing => Cow::Borrowed(listed),
        }
    }

    /// Whether the component has one price for the whole world.
    pub(crate) fn is_global(&self, kind: &str, component: &str) -> bool {
        self.book.is_global(kind, component)
    }

    /// Whether something of this name is sold anywhere.
    pub(crate) fn is_sold(&self, kind: &str, component: &str) -> bool {
        self.book.elsewhere(kind, component).is_some()
            || self.prices.is_some_and(|prices| prices.is_sold(kind, component))
    }

    /// The hourly rate of a Linux instance.
    pub(crate) fn instance(&self, region: &str, instance_type: &str) -> Option<Rate<'r>> {
        let listed: Option<Rate<'r>> = self.book.instance(region, instance_type);
        let Some(prices) = self.prices else { return listed };
        match prices.own_instance(region, instance_type, listed.is_some()) {
            Own::Price(rates) => rates.first().copied(),
            Own::Discount(percent) => listed.map(|rate| rate.less(percent)),
            Own::Nothing => listed,
        }
    }
}
