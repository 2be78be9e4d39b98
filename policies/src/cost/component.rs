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
    /// How much is known.
    #[serde(flatten)]
    pub status: Status,
}

impl Component {
    /// A quantity at a rate.
    pub(crate) fn at(
        name: impl Into<String>,
        rate: Rate,
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
            as_of: Some(rate.as_of.to_owned()),
            status,
        }
    }

    /// Paid by use, at a rate if there is one for the region.
    pub(crate) fn usage(name: impl Into<String>, rate: Option<Rate>) -> Self {
        Self {
            unit: rate.map(|rate| rate.unit.to_owned()),
            rate: rate.map(|rate| rate.usd),
            as_of: rate.map(|rate| rate.as_of.to_owned()),
            ..Self::bare(name, Status::UsageDependent)
        }
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

    /// Whether what it costs is not certain, use apart.
    pub(crate) fn is_doubtful(&self) -> bool {
        matches!(self.status, Status::NotPriced { .. } | Status::Assumed { .. } | Status::PricedProxy { .. })
    }

    fn bare(name: impl Into<String>, status: Status) -> Self {
        let name = name.into();
        Self { name, quantity: None, unit: None, rate: None, monthly: None, as_of: None, status }
    }
}
