//! How much may be asked of TfPilot within an hour.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much may be asked for within an hour. What is more is answered with the time from which on it is read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Comments with commands or answers of one person. Default: 60.
    #[schemars(range(min = 1, max = 10000))]
    pub commands_per_hour: Option<u32>,
    /// Issues of one person that are read, edits included. Default: 30.
    #[schemars(range(min = 1, max = 10000))]
    pub requests_per_hour: Option<u32>,
    /// Issues of all people together that are read, edits included. Default: 300.
    #[schemars(range(min = 1, max = 100000))]
    pub all_requests_per_hour: Option<u32>,
}

impl Limits {
    /// Comments with commands or answers of one person.
    pub fn commands(&self) -> u32 {
        self.commands_per_hour.unwrap_or(60)
    }

    /// Issues of one person.
    pub fn requests(&self) -> u32 {
        self.requests_per_hour.unwrap_or(30)
    }

    /// Issues of all people together.
    pub fn all_requests(&self) -> u32 {
        self.all_requests_per_hour.unwrap_or(300)
    }
}
