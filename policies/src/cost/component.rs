//! One part of a resource's price, and how much is known of it.

use serde::{Deserialize, Serialize};

use super::{Money, Quantity, Rate};

/// How a component came to its amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// By the list price of its region and a quantity of the plan. The only one that totals sum.
    Priced,
    /// By the price of another region.
    PricedProxy {
        /// Whose price it is.
        region: String,
    },
    /// By use, which no plan knows.
    UsageDependent,
    /// It costs nothing by itself.
    Free,
    /// There is no price.
    NotPriced {
        /// Why.
        reason: String,
    },
    /// By a quantity that is likely and not known.
    Assumed {
        /// What was assumed.
        input: String,
    },
}

/// One part of a resource's price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// What is paid.
    pub name: String,
    /// How much of it a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// Of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// For one unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Money>,
    /// Per month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly: Option<Money>,
    /// Date of the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Of a price that is not the list's: `negotiated`, `12 % off`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How much is known.
    #[serde(flatten)]
    pub status: Status,
}

impl Component {
    /// A quantity at a rate.
    pub(crate) fn at(
        name: impl Into<String>,
        rate: Rate<'_>,
        quantity: impl Into<Quantity>,
        status: Status,
    ) -> Self {
        let quantity = quantity.into();
        Self {
            name: name.into(),
            quantity: Some(quantity),
            unit: Some(rate.unit.to_owned()),
            rate: Some(rate.usd),
            monthly: Some(quantity.at(rate.usd)),
            as_of: day(rate),
            label: rate.label.shown(),
            status,
        }
    }

    /// Paid by use, at the first of the rates that there are for the region; with its price when the use is known.
    pub(crate) fn usage(name: impl Into<String>, rates: &[Rate<'_>], used: Option<Quantity>) -> Self {
        let rate = rates.first();
        Self {
            quantity: used,
            unit: rate.map(|rate| rate.unit.to_owned()),
            rate: rate.map(|rate| rate.usd),
            monthly: used.and_then(|used| in_tiers(rates, used)),
            as_of: rate.and_then(|rate| day(*rate)),
            label: rate.and_then(|rate| rate.label.shown()),
            ..Self::bare(name, Status::UsageDependent)
        }
    }

    /// Paid by use, without a price.
    pub(crate) fn unlisted(name: impl Into<String>) -> Self {
        Self::usage(name, &[], None)
    }

    /// Nothing to pay.
    pub(crate) fn free() -> Self {
        Self { monthly: Some(Money::ZERO), ..Self::bare("free", Status::Free) }
    }

    /// Something without a price.
    pub(crate) fn not_priced(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::bare(name, Status::NotPriced { reason: reason.into() })
    }

    /// What totals sum.
    pub(crate) fn counted(&self) -> Money {
        match self.status {
            Status::Priced => self.monthly.unwrap_or_default(),
            _ => Money::ZERO,
        }
    }

    /// What is paid by use, as far as somebody said how much that is.
    pub(crate) fn used(&self) -> Money {
        match self.status {
            Status::UsageDependent => self.monthly.unwrap_or_default(),
            _ => Money::ZERO,
        }
    }

    /// Whether what it costs is not certain, use apart.
    pub(crate) fn is_doubtful(&self) -> bool {
        matches!(self.status, Status::NotPriced { .. } | Status::Assumed { .. } | Status::PricedProxy { .. })
    }

    fn bare(name: impl Into<String>, status: Status) -> Self {
        let name = name.into();
        Self { name, quantity: None, unit: None, rate: None, monthly: None, as_of: None, label: None, status }
    }
}

/// The day of a price; one's own may have none.
fn day(rate: Rate<'_>) -> Option<String> {
    (!rate.as_of.is_empty()).then(|| rate.as_of.to_owned())
}

/// The price of so much, each tier at its own; none when it is more than has a price.
fn in_tiers(rates: &[Rate<'_>], used: Quantity) -> Option<Money> {
    let (mut sum, mut from) = (Money::ZERO, Quantity::ZERO);
    for rate in rates {
        let Some(end) = rate.up_to.filter(|end| *end < used) else {
            return Some(sum + used.beyond(from).at(rate.usd));
        };
        sum = sum + end.beyond(from).at(rate.usd);
        from = end;
    }
    None
}
