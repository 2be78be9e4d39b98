//! How much of the world the price book knows.

use super::{Book, types};

/// The resource types that an estimate can say something of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Types with a price of their own, by use or by the month. Not every class and region of them is in the book.
    pub priced: Vec<&'static str>,
    /// Types, and patterns of types, that cost nothing by themselves.
    pub free: Vec<&'static str>,
}

/// What the embedded book covers, for those who compare it with others.
pub fn coverage() -> Coverage {
    let priced = types::PRICED.iter().map(|(kind, _)| *kind).collect();
    Coverage { priced, free: Book::embedded().free().collect() }
}
