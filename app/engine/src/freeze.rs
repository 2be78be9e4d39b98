//! Freeze windows: stretches of time in which nothing is applied. They come as plain instants: calendars, time zones and
//! weeks are the configuration's affair.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EnvironmentName, Overriders};

/// A stretch of time in which nothing is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// How people call it.
    pub name: String,
    /// Why nothing is applied then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// From this moment on.
    pub from: Timestamp,
    /// Up to this moment, itself left out.
    pub until: Timestamp,
    /// Name of the time zone in which people read these moments, such as `Europe/Berlin`.
    pub zone: String,
    /// Who may let a change pass beside admins.
    #[serde(default)]
    pub overriders: Overriders,
}

impl Freeze {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// A window that holds, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce<'f> {
    /// The window.
    pub freeze: &'f Freeze,
    /// The environment it is for; none where it is for all of them.
    pub environment: Option<&'f EnvironmentName>,
}
