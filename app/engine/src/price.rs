//! What a plan costs, kept with it for those who look back. Nothing is decided by it: the gate has its judgement.

use serde::{Deserialize, Serialize};

/// A stack's price a month, as its plan was estimated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// `USD`.
    pub currency: String,
    /// What is managed before it, of what is priced: a decimal number.
    pub before: String,
    /// What is managed after it, likewise.
    pub after: String,
    /// What is newly spent, likewise.
    pub difference: String,
    /// Resources, changed or not, whose price is not or not wholly known.
    pub not_priced: u32,
}
