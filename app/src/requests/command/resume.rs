//! `resume [accept] reason="…"`: go on after an unknown outcome, or accept what exists without its code. It means the
//! whole change.

use super::arguments::Arguments;

/// Go on after an unknown outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// Accept that the default branch lacks what exists.
    pub accept: bool,
    /// Why it is safe; that one is missing is the engine's to say.
    pub reason: Option<String>,
}

impl Resume {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        let reason = given.value("reason");
        let accept = match given.word() {
            Some(word) if word.eq_ignore_ascii_case("accept") => true,
            Some(word) => {
                return Err(format!("{} is not known here", word.chars().take(40).collect::<String>()));
            }
            None => false,
        };
        Ok(Self { accept, reason })
    }
}
