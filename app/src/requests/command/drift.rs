//! `drift [reconcile|accept|ignore]`: look for drift, or say what shall become of one.

use super::Target;
use super::arguments::Arguments;
use crate::config::suggest::nearest;

/// Look for drift, or answer one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Which stacks.
    pub target: Target,
    /// What shall become of it; none looks for it.
    pub answer: Option<DriftAnswer>,
}

/// What shall become of a drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftAnswer {
    /// Bring the cloud back to the code.
    Reconcile,
    /// Bring the code to the cloud.
    Accept,
    /// Leave both.
    Ignore,
}

impl Drift {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        let target = given.target()?;
        let answer = given.word().map(|word| answer(&word)).transpose()?;
        Ok(Self { target, answer })
    }
}

fn answer(word: &str) -> Result<DriftAnswer, String> {
    match word.to_lowercase().as_str() {
        "reconcile" => Ok(DriftAnswer::Reconcile),
        "accept" => Ok(DriftAnswer::Accept),
        "ignore" => Ok(DriftAnswer::Ignore),
        other => Err(match nearest(other, ["reconcile", "accept", "ignore"]) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("{} is not known here", other.chars().take(40).collect::<String>()),
        }),
    }
}
