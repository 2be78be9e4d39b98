//! What an estimate is made with besides the plan.

use super::{Prices, Usage};

/// How to price. The default is by the book alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// Prices of other regions stand in for missing ones, and are never summed.
    pub proxies: bool,
    /// What is expected to be used.
    pub usage: Option<&'o Usage>,
    /// Prices that were negotiated.
    pub prices: Option<&'o Prices>,
}
