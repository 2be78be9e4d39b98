//! The pull request that proposes words which corrected requests taught.

use tfpilot_engine::Person;
use tfpilot_modules::Catalog;

use super::call::mention;
use super::escape::{code, plain, prose};
use crate::requests::eval::learned::{Evidence, Learned, Means};

/// What its branch begins with.
pub const BRANCH: &str = "tfpilot/learned-words";

/// Its title, and that of its commit.
pub const TITLE: &str = "chore: learn words from requests";

/// Requests that are shown for each word.
const SHOWN: usize = 5;

/// Its text: each word, what it would mean, and what it was learned from.
pub fn body(learned: &[Learned], catalog: &Catalog, asked_by: &Person) -> String {
    let row = |one: &Learned| {
        let means = match &one.means {
            Means::Module(id) => {
                let title = catalog.find(id).map(|module| format!(" ({})", prose(&module.title)));
                format!("{}{}", code(id), title.unwrap_or_default())
            }
            Means::Environment(name) => format!("the environment {}", code(name)),
        };
        let shown: Vec<String> = one.requests.iter().take(SHOWN).map(evidence).collect();
        let more = match one.requests.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!("<br>and {more} more"),
        };
        format!("| {} | {means} | {}{more} |", code(&one.word), shown.join("<br>"))
    };
    let rows: Vec<String> = learned.iter().map(row).collect();
    format!(
        "Words that people here use and the catalog does not know, learned from requests that were corrected and merged. \
         Asked for by {}.\n\n\
         | word | would mean | learned from |\n|---|---|---|\n{}\n\n\
         For each, these requests agree, no other one says otherwise, and with it they are read as they were meant. \
         Nothing of it counts before this is merged.\n\n\
         Not all of it wanted? Take the word out of `.github/tfpilot.yml` on this branch. Nothing of it? Close this; the \
         same is not proposed again.\n",
        mention(asked_by),
        rows.join("\n")
    )
}

/// "#41: We need a mailbox called orders-in".
fn evidence(evidence: &Evidence) -> String {
    let number = evidence.id.rsplit_once('#').and_then(|(_, number)| number.parse::<u64>().ok());
    let id = number.map_or_else(|| prose(&evidence.id), |number| format!("#{number}"));
    format!("{id}: {}", prose(&plain(&evidence.quote)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pull_request_shows_each_word_with_its_requests() {
        let evidence = |number: u32, quote: &str| Evidence {
            id: format!("acme/infra#{number}"),
            quote: quote.to_owned(),
        };
        let of = |word: &str, means, requests| Learned { word: word.to_owned(), means, requests };
        let learned = [
            of(
                "mailbox",
                Means::Module("aws/sqs-queue".to_owned()),
                vec![
                    evidence(41, "We need a mailbox called orders-in"),
                    evidence(57, "a mailbox | <b>for</b> @all, see #3"),
                ],
            ),
            of(
                "playground",
                Means::Environment("dev".to_owned()),
                (1..9).map(|it| evidence(it, "in the playground")).collect(),
            ),
        ];
        let carol = Person { id: 3, login: "carol".to_owned() };
        insta::assert_snapshot!(body(&learned, &Catalog::shipped(), &carol));
    }
}
