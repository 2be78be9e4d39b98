//! `unlock [--stack DIR] [--force reason="…"]`: give a lock back; by force, one that somebody else holds.

use super::Target;
use super::arguments::Arguments;

/// Give a lock back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unlock {
    /// Which stacks.
    pub target: Target,
    /// The reason for taking it from somebody else.
    pub force: Option<String>,
}

impl Unlock {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        let force = if given.flag("force") { Some(given.reason()?) } else { None };
        Ok(Self { target: given.target()?, force })
    }
}
