//! The summary as Markdown, within a budget of bytes. Same summary, same bytes.
//!
//! All foreign text goes through [`code`]. What does not fit is shed in a fixed order ([`LEVELS`]); the
//! headline, the caller's lines and the grave rows go last, and what was shed is counted.

mod details;
mod escape;
mod table;

pub use escape::{code, plain};

use crate::Summary;
use crate::summary::{MAX_VALUE_CHARS, cut};
use details::Details;
use table::Table;

/// Bytes of one text. GitHub refuses check-run summaries and comments somewhere above 65,535 characters.
pub const MARKDOWN_BUDGET: usize = 60_000;

/// Characters of a check run's title that are sure to be seen.
const TITLE_CHARS: usize = 60;

/// Conditions or doubts listed in full.
const LISTED: usize = 10;

/// How much is left out, from nothing to all but rows.
#[derive(Debug, Clone, Copy)]
struct Level {
    details: Details,
    collapse_siblings: bool,
    group_creates: bool,
}

/// The shedding order.
const LEVELS: [Level; 6] = [
    Level { details: Details::All, collapse_siblings: false, group_creates: false },
    Level { details: Details::WithoutCreate, collapse_siblings: false, group_creates: false },
    Level { details: Details::GraveOnly, collapse_siblings: false, group_creates: false },
    Level { details: Details::GraveOnly, collapse_siblings: true, group_creates: false },
    Level { details: Details::GraveOnly, collapse_siblings: true, group_creates: true },
    Level { details: Details::None, collapse_siblings: true, group_creates: true },
];

impl Summary {
    /// The summary as Markdown of at most `budget` bytes. `lines` stand under the headline and are never shed;
    /// they are the caller's own words on cost and policy, already escaped.
    pub fn markdown(&self, lines: &[String], budget: usize) -> String {
        let head = self.head(lines);
        for level in LEVELS {
            if let Some(text) = self.at(level, &head, budget) {
                return text;
            }
        }
        let room = budget.saturating_sub(head.len() + 2);
        let least = Level { details: Details::None, collapse_siblings: true, group_creates: true };
        let table = Table::of(&self.rows, least, usize::MAX).map(|table| table.markdown_within(room));
        let text = join(&[&head, &table.unwrap_or_default()]);
        if text.len() <= budget {
            return text;
        }
        text.get(..text.floor_char_boundary(budget)).unwrap_or_default().to_owned()
    }

    /// All that a level shows, when it fits. Of a large plan most of it does not, and is not written out.
    fn at(&self, level: Level, head: &String, budget: usize) -> Option<String> {
        let room = budget.checked_sub(head.len())?;
        let table = Table::of(&self.rows, level, room)?.markdown();
        let details = details::markdown(self, level.details, room.checked_sub(table.len())?)?;
        let text = join(&[head, &table, &details]);
        (text.len() <= budget).then_some(text)
    }

    /// A check run's title: `4 create in live/dev/acme-invoices`, `No changes`. At most 60 characters, what
    /// happens first.
    pub fn short_title(&self, stack: &str) -> String {
        if self.no_changes() {
            return self.headline.clone();
        }
        let headline = cut(&self.headline, TITLE_CHARS);
        let room = TITLE_CHARS.saturating_sub(headline.chars().count() + " in ".len());
        let stack = escape::plain(stack);
        let length = stack.chars().count();
        match stack.rsplit('/').next() {
            _ if !stack.is_empty() && length <= room => format!("{headline} in {stack}"),
            // The end of a path says more than its start.
            Some(name) if !name.is_empty() && name.chars().count() + 2 <= room => {
                format!("{headline} in …/{name}")
            }
            _ => headline,
        }
    }

    fn head(&self, lines: &[String]) -> String {
        let mut head = vec![format!("**{}**", self.headline)];
        head.extend(lines.iter().cloned());
        if self.counts.replace > 0 {
            let (add, change, destroy) = self.counts.as_terraform_counts();
            head.push(format!(
                "Terraform counts a replacement twice: {add} to add, {change} to change, {destroy} to destroy."
            ));
        }
        let doubts = self.doubts.iter().map(|doubt| format!("- **Not complete**: {}", table::phrase(doubt)));
        let checks = self.checks.iter().map(|check| {
            let message =
                check.messages.first().map(|message| format!(": {}", code(message))).unwrap_or_default();
            format!("- **Check {}**: {}{message}", check_word(&check.status), code(&check.address))
        });
        let mut list = listed(doubts, self.doubts.len(), "doubts");
        list.extend(listed(checks, self.checks.len(), "checks"));
        if !list.is_empty() {
            head.push(list.join("\n"));
        }
        if self.default_tags_changed > 0 {
            let resources = if self.default_tags_changed == 1 { "resource" } else { "resources" };
            head.push(format!("Default tags change on {} {resources}.", self.default_tags_changed));
        }
        head.join("\n\n")
    }
}

fn check_word(status: &str) -> &'static str {
    if status == "error" { "could not be evaluated" } else { "failed" }
}

fn listed(items: impl Iterator<Item = String>, total: usize, what: &str) -> Vec<String> {
    let mut lines: Vec<String> = items.take(LISTED).collect();
    if total > LISTED {
        lines.push(format!("- {} more {what}", total - LISTED));
    }
    lines
}

fn join(parts: &[&String]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}
