//! Failures inside the sled store: the ones that stick, told from a refusal of one call.
//!
//! After the first I/O error or damaged row nothing more is tried: sled's state in memory and on disk may
//! differ by then, and each further write could make it worse.

use std::sync::OnceLock;

use crate::store::StoreError;

/// What to do about damage; part of every message about it.
pub(super) const RESTORE: &str = "stop TfPilot, move the store's directory away and restore the last backup into an empty one; without a backup start empty: everything still open on GitHub is read and planned again";

/// Why one step did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Only this call: somebody else wrote first.
    Conflict(String),
    /// Only this call: it asks for what cannot be kept.
    Refused(String),
    /// Sticks: what is on disk cannot be trusted.
    Damaged(String),
    /// Sticks: the disk or sled failed.
    Failed(String),
}

impl Fault {
    pub(super) fn damaged(what: &str) -> Self {
        Self::Damaged(format!("{what}; {RESTORE}"))
    }

    pub(super) fn failed(doing: &str, error: &dyn std::fmt::Display) -> Self {
        Self::Failed(format!("{doing}: {error}; check the disk's space and health, then start TfPilot again"))
    }

    /// Whether the whole store stops with it.
    pub(super) fn sticks(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::Failed(_))
    }
}

impl From<::sled::Error> for Fault {
    fn from(error: ::sled::Error) -> Self {
        match error {
            ::sled::Error::Corruption { .. } | ::sled::Error::ReportableBug(_) => {
                Self::damaged(&error.to_string())
            }
            other => Self::failed("the embedded database", &other),
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Conflict(what) => Self::Conflict(what),
            Fault::Refused(what) => Self::Refused(what),
            Fault::Damaged(what) => Self::Damaged(what),
            Fault::Failed(what) => Self::Failed(what),
        }
    }
}

/// The first failure that sticks, shared by all threads of a store.
#[derive(Debug, Default)]
pub(super) struct Health(OnceLock<Fault>);

impl Health {
    /// Remembers `fault` when it is of the kind that sticks; the first one stays.
    pub(super) fn note(&self, fault: &Fault) {
        if fault.sticks() {
            // Losing the race means that an earlier failure is already remembered.
            let _later = self.0.set(fault.clone());
        }
    }

    /// The failure that stopped the store, if one did.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match self.0.get() {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }
}

/// The text of a panic that was caught.
pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "an unknown failure".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_that_sticks_stays_and_refusals_never_do() {
        let health = Health::default();
        health.note(&Fault::Conflict("stream".into()));
        health.note(&Fault::Refused("key".into()));
        assert_eq!(health.check(), Ok(()));
        let first = Fault::failed("writing", &"no space left");
        health.note(&first);
        health.note(&Fault::damaged("later"));
        assert_eq!(health.check(), Err(first));
    }
}
