//! Checks belong to commits: where several pull requests have one head, the worst of them is shown, and says whose it is.

use crate::surface::escape::{cut, plain, prose};
use crate::surface::words::and;
use crate::surface::{TEXT_LIMIT, fit};

use super::view::{CheckState, CheckView, TITLE_LIMIT};

/// One pull request with the checks that it would show alone.
#[derive(Debug, Clone)]
pub struct Alone {
    /// Its number.
    pub number: u64,
    /// The branch it goes into.
    pub base: String,
    /// Its checks.
    pub checks: Vec<CheckView>,
}

/// The worst check of each name; a single pull request's are shown as they are.
pub fn worst_checks(mut pulls: Vec<Alone>) -> Vec<CheckView> {
    pulls.sort_by_key(|pull| pull.number);
    match pulls.as_slice() {
        [] => Vec::new(),
        [only] => only.checks.clone(),
        [first, ..] => first.checks.iter().filter_map(|check| worst(&pulls, check.name)).collect(),
    }
}

fn worst(pulls: &[Alone], name: &str) -> Option<CheckView> {
    let of = |pull: &Alone| pull.checks.iter().find(|check| check.name == name).cloned();
    let all: Vec<(&Alone, CheckView)> = pulls.iter().filter_map(|pull| Some((pull, of(pull)?))).collect();
    // Of several that are as bad the first is taken, so that the same facts give the same bytes.
    let (pull, mut shown) = all.iter().rev().max_by_key(|(_, check)| badness(check.state)).cloned()?;
    let lines: Vec<String> = all
        .iter()
        .map(|(pull, check)| {
            format!("- #{} into {}: {}", pull.number, prose(&pull.base), prose(&check.title))
        })
        .collect();
    let numbers: Vec<String> = all.iter().map(|(pull, _)| format!("#{}", pull.number)).collect();
    let intro = format!("This commit is the head of {}; the worst counts.", and(&numbers));
    shown.title = cut(&plain(&format!("#{}: {}", pull.number, shown.title)), TITLE_LIMIT);
    shown.summary = fit::lines(&format!("{intro}\n\n{}\n\n{}", lines.join("\n"), shown.summary), TEXT_LIMIT);
    Some(shown)
}

/// What keeps a merge longer is worse.
fn badness(state: CheckState) -> u8 {
    match state {
        CheckState::Failure => 4,
        CheckState::ActionRequired => 3,
        CheckState::InProgress | CheckState::Queued => 2,
        CheckState::Neutral => 1,
        CheckState::Success => 0,
    }
}
