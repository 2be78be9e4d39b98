//! Permissions as GitHub names them in a refusal (`checks=write`), compared with what an installation has.

use super::Granted;
use crate::github::needs::{Level, PERMISSIONS};
use crate::github::{Failure, GitHubError};

/// What GitHub answers to an app without the permission, and to one that may never do such a thing.
const WORDS: &str = "Resource not accessible by integration";

/// True for a refusal that may be for want of a permission.
pub(crate) fn is_lack(error: &GitHubError) -> bool {
    matches!(&error.failure, Failure::Forbidden { message, .. } if message.contains(WORDS))
}

/// Of what GitHub accepts (alternatives divided by semicolons, each of several permissions divided by commas), what the
/// installation lacks, as `checks: write`; none where one alternative is granted whole. Named is the level that the app
/// asks for, which is what an owner can accept, though this step may need less.
pub(super) fn missing(accepted: &str, granted: &Granted) -> Option<String> {
    let alternatives = accepted.split(';').map(|one| {
        let needed = one.split(',').filter_map(|pair| pair.trim().split_once('='));
        let lacking = needed.filter(|(name, level)| !is_granted(&format!("{name}: {level}"), granted));
        let written = lacking.map(|(name, level)| format!("{name}: {}", asked_for(name).unwrap_or(level)));
        written.collect::<Vec<String>>()
    });
    let least = alternatives.min_by_key(Vec::len)?;
    (!least.is_empty()).then(|| least.join(", "))
}

/// Whether the installation has all of this, as [`missing`] writes it.
pub(super) fn is_granted(written: &str, granted: &Granted) -> bool {
    written
        .split(", ")
        .filter_map(|one| one.split_once(": "))
        .all(|(name, level)| granted.get(name).is_some_and(|given| rank(given) >= rank(level)))
}

fn asked_for(name: &str) -> Option<&'static str> {
    PERMISSIONS.iter().find(|(known, _)| *known == name).map(|(_, level)| level.as_str())
}

fn rank(level: &str) -> u8 {
    Level::parse(level).map_or(0, |level| 1 + level as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accepted: &str, granted: &[(&str, &str)], expect: Option<&str>) {
        let granted: Granted =
            granted.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect();
        let found = missing(accepted, &granted);
        assert_eq!(found.as_deref(), expect);
        if let Some(found) = found {
            assert!(!is_granted(&found, &granted), "{found}");
        }
    }

    #[test]
    fn what_lacks_is_named_as_owners_see_it() {
        check("checks=write", &[("checks", "write")], None);
        check("checks=write", &[("checks", "read")], Some("checks: write"));
        check("checks=write", &[], Some("checks: write"));
        check("issues=read", &[("issues", "write")], None);
        check("contents=read", &[], Some("contents: write"));
        // One of several is enough, and the one that is nearest is named.
        check("issues=write; pull_requests=write", &[("pull_requests", "write")], None);
        check("contents=write,workflows=write; checks=write", &[], Some("checks: write"));
        check("contents=write,workflows=write", &[("contents", "write")], Some("workflows: write"));
        check("contents=write,workflows=write", &[], Some("contents: write, workflows: write"));
        check("", &[], None);
    }
}
