//! `apply [--stack DIR] [confirm=ADDRESS]`: apply what was reviewed; destroying data is confirmed by address.

use super::Target;
use super::arguments::Arguments;

/// Apply what was reviewed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apply {
    /// Which stacks.
    pub target: Target,
    /// Addresses whose destruction is meant.
    pub confirmed: Vec<String>,
}

impl Apply {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        let mut confirmed = Vec::new();
        while let Some(addresses) = given.value("confirm") {
            confirmed.extend(addresses.split(',').map(|address| address.trim().to_owned()));
        }
        if confirmed.iter().any(String::is_empty) {
            return Err("confirm needs an address".to_owned());
        }
        Ok(Self { target: given.target()?, confirmed })
    }
}
