//! `import ADDRESS ID`: take an existing resource into the state of a stack.

use super::Target;
use super::arguments::Arguments;

/// Take an existing resource into the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Which stack.
    pub target: Target,
    /// Its address in the code.
    pub address: String,
    /// Its id in the cloud.
    pub id: String,
}

impl Import {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        // Before the target: an id such as an ARN holds colons and slashes.
        let address = given.word().ok_or("it needs the address of a resource")?;
        let id = given.word().or_else(|| given.value("id")).ok_or("it needs the id in the cloud")?;
        Ok(Self { target: given.target()?, address, id })
    }
}
