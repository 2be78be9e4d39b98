//! The table of risks: three columns, worst first.

use std::collections::{BTreeMap, HashMap};

use super::details::Details;
use super::{Level, code};
use crate::summary::cut;
use crate::{Operation, Reason, Risk, Row};

const HEADER: &str = "| Risk | Change | Why |\n|---|---|---|";

/// Differences told in the table itself.
const INLINE_CHANGES: usize = 3;

/// Phrases of one cell.
const MAX_PHRASES: usize = 6;

/// Characters kept for the line that counts what is not shown.
const NOTE_BYTES: usize = 400;

/// The lines of the table, each with the number of changes it stands for.
pub(super) struct Table {
    lines: Vec<Line>,
}

struct Line {
    risk: Risk,
    stands_for: usize,
    text: String,
}

/// Rows that are told in one line.
struct Family<'r> {
    last: &'r Row,
    stands_for: usize,
    why: String,
}

impl Table {
    /// None when it is sure to be longer than there is room for.
    pub(super) fn of(rows: &[Row], level: Level, room: usize) -> Option<Self> {
        let mut lines: Vec<Family<'_>> = Vec::new();
        let mut siblings: HashMap<(Risk, Operation, String, String), usize> = HashMap::new();
        let mut creates: BTreeMap<&str, usize> = BTreeMap::new();
        let mut left = room;
        for row in rows {
            if level.group_creates && row.risk == Risk::Create {
                *creates.entry(&row.kind).or_default() += 1;
                continue;
            }
            let why = why(row, level.details);
            if level.collapse_siblings {
                let key = (row.risk, row.operation, without_keys(&row.address), why.clone());
                // Lines are only appended, so an index stays good.
                if let Some(family) = siblings.get(&key).and_then(|at| lines.get_mut(*at)) {
                    (family.last, family.stands_for) = (row, family.stands_for + 1);
                    continue;
                }
                siblings.insert(key, lines.len());
            }
            left = left.checked_sub(row.risk.label().len() + verb(row).len() + why.len())?;
            lines.push(Family { last: row, stands_for: 1, why });
        }
        let mut lines: Vec<Line> = lines.into_iter().map(Family::line).collect();
        let grouped = creates.into_iter().map(|(kind, count)| Line {
            risk: Risk::Create,
            stands_for: count,
            text: format!("| {} | create {count} {} | |", Risk::Create.label(), code(kind)),
        });
        lines.extend(grouped);
        lines.sort_by_key(|line| line.risk);
        Some(Self { lines })
    }

    pub(super) fn markdown(&self) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let lines = self.lines.iter().map(|line| line.text.as_str());
        std::iter::once(HEADER).chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// As many lines as fit, worst first, and a count of the others above them.
    pub(super) fn markdown_within(&self, room: usize) -> String {
        let mut used = HEADER.len() + NOTE_BYTES;
        let mut shown = 0;
        for line in &self.lines {
            used += line.text.len() + 1;
            if used > room {
                break;
            }
            shown += 1;
        }
        let (kept, left) = self.lines.split_at(shown);
        if left.is_empty() {
            return self.markdown();
        }
        let mut missing: BTreeMap<Risk, usize> = BTreeMap::new();
        for line in left {
            *missing.entry(line.risk).or_default() += line.stands_for;
        }
        let total: usize = missing.values().sum();
        let by_risk: Vec<String> =
            missing.iter().map(|(risk, count)| format!("{count} {}", risk.label())).collect();
        let note = format!("{total} rows not shown: {}.", by_risk.join(", "));
        if kept.is_empty() {
            return note;
        }
        let lines = kept.iter().map(|line| line.text.as_str());
        format!("{note}\n\n{}", std::iter::once(HEADER).chain(lines).collect::<Vec<_>>().join("\n"))
    }
}

/// Our words, and what they are about in code font.
pub(super) fn phrase(reason: &Reason) -> String {
    match &reason.about {
        Some(about) => format!("{} {}", reason.text, code(about)),
        None => reason.text.clone(),
    }
}

/// What happens, in a word. An import or a move is a `no-op` to Terraform.
pub(super) fn verb(row: &Row) -> &'static str {
    match row.risk {
        Risk::Import => "import",
        Risk::Move => "move",
        _ => row.operation.word(),
    }
}

impl Family<'_> {
    fn line(self) -> Line {
        let Self { last: row, stands_for, why } = self;
        let (risk, verb) = (row.risk, verb(row));
        let what = match stands_for {
            1 => code(&row.address),
            count => format!("{count} × {}", code(&without_keys(&row.address))),
        };
        Line { risk, stands_for, text: format!("| {} | {verb} {what} | {why} |", risk.label()) }
    }
}

fn why(row: &Row, details: Details) -> String {
    let mut phrases: Vec<String> = row.why.iter().map(phrase).collect();
    // Of new things the table tells nothing else; of grave ones it tells whatever has to be cut.
    if row.risk.is_grave() || (row.risk != Risk::Create && details.shows(row.risk)) {
        let told = row.changes.iter().take(INLINE_CHANGES);
        phrases.extend(told.map(|change| super::details::difference(row.operation, change)));
    }
    let more = phrases.len().saturating_sub(MAX_PHRASES);
    phrases.truncate(MAX_PHRASES);
    if more > 0 {
        phrases.push(format!("{more} more"));
    }
    phrases.join("; ")
}

/// `module.a["x"].b.c[0]` → `module.a[…].b.c[…]`.
fn without_keys(address: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0u32, false, false);
    for character in address.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => {
                depth += 1;
                text.push_str("[…]");
            }
            ']' if !quoted => depth = depth.saturating_sub(1),
            c if depth == 0 && !quoted => text.push(c),
            _ => {}
        }
    }
    cut(&text, 400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_left_out_of_a_familys_address() {
        assert_eq!(without_keys(r#"module.a["x]\"y"].b.c[0]"#), "module.a[…].b.c[…]");
        assert_eq!(without_keys("a.b"), "a.b");
    }
}
