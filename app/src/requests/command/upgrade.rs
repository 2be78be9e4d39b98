//! `upgrade NAME [ENVIRONMENT]`: the catalog's version of what a request made.

use super::arguments::Arguments;

/// Use the catalog's version of a module where a stack has an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The name of the thing.
    pub name: String,
    /// Where it is; there may be others of the name elsewhere.
    pub environment: Option<String>,
}

impl Upgrade {
    pub(super) fn parse(given: &mut Arguments) -> Result<Self, String> {
        let name = given.word().or_else(|| given.value("name")).ok_or("it needs the name of a thing")?;
        let environment = given.word().or_else(|| given.option(&["env", "environment"]));
        Ok(Self { name, environment: environment.or_else(|| given.value("environment")) })
    }
}
