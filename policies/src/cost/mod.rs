//! What a plan costs a month, by list prices and without guessing.
//!
//! [`estimate`] prices every resource before and after the plan from the embedded price book ([`Book`]); [`judge_limit`]
//! holds the difference against a limit, in three values. Totals sum what is priced; what is not is counted and named.
//! Prices that somebody negotiated, taxes, data transfer and usage are nobody's here.

mod book;
mod component;
mod coverage;
mod estimate;
pub mod infracost;
mod item;
mod limit;
mod markdown;
mod money;
mod options;
pub mod pricelist;
mod prices;
mod quantity;
mod rates;
mod referred;
mod resource;
mod suggestions;
mod types;
mod usage;

pub use book::{Book, BookId, PriceKind, Rate};
pub use component::{Component, Status};
pub use coverage::{Coverage, coverage};
pub use estimate::{Estimate, estimate, estimate_with};
pub(crate) use item::{Item, Values};
pub use limit::{CostVerdict, Limit, judge_limit};
pub use money::{Money, NotMoney};
pub use options::Options;
pub use prices::{Label, Prices, PricesError};
pub use quantity::Quantity;
pub use resource::{ResourceCost, Standing};
pub use suggestions::Suggestion;
pub use usage::{Usage, UsageError};

/// Hours of a month, as the field counts them.
pub const MONTH_HOURS: u64 = 730;
