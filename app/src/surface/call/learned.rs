//! What came of looking for words in corrected requests.

use tfpilot_engine::Learned;

use crate::surface::escape::{block, code, sentence};
use crate::surface::words;

/// Words that are named in the answer; the pull request has all of them.
const NAMED: usize = 5;

/// Lines that are shown where people have to add them.
const LINES: usize = 60;

/// "proposed: `mailbox` in #12. Next: review and merge it."
pub(super) fn answer(to: &str, outcome: &Learned) -> String {
    match outcome {
        Learned::Nothing { requests: 0 } => format!(
            "{to} nothing to learn: no request was corrected and merged yet. An answer, or `/tfpilot set`, is a correction."
        ),
        Learned::Nothing { requests } => format!(
            "{to} nothing to learn: of {} no two have a new word for the same thing.",
            words::count(*requests, "corrected request")
        ),
        Learned::Proposed { pull, words } => format!(
            "{to} proposed in #{pull}: {}. Next: review and merge it; nothing of it counts before.",
            named(words)
        ),
        Learned::Declined { pull, words } => format!(
            "{to} nothing new: {} {} proposed in #{pull}, which was closed. Next: reopen it, if it shall count after all.",
            named(words),
            if words.len() == 1 { "was" } else { "were" }
        ),
        Learned::ByHand { why, lines } => format!(
            "{to} **not proposed**: {}. Next: add these lines to `.github/tfpilot.yml`, in a pull request.\n\n{}",
            sentence(why),
            block(lines, LINES)
        ),
        Learned::Failed { why } => {
            format!("{to} **not proposed**: {}. Next: `/tfpilot learn` again.", sentence(why))
        }
    }
}

fn named(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| code(word)).collect();
    words::some(&words, NAMED)
}
