//! x
/// x
pub struct Settings;
