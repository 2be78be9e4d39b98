//! What stands folded below the table: differences of attributes, outputs, drift.

use super::code;
use crate::{AttributeChange, Operation, Risk, Row, Shown, Summary};

/// Differences shown of one change.
const PER_ROW: usize = 12;

/// Outputs or drifted resources shown.
const PER_LIST: usize = 20;

/// Whose details are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Details {
    /// Everyone's.
    All,
    /// All but those of new things.
    WithoutCreate,
    /// Data loss, exposure and rights.
    GraveOnly,
    /// Nobody's.
    None,
}

impl Details {
    pub(super) fn shows(self, risk: Risk) -> bool {
        match self {
            Self::All => true,
            Self::WithoutCreate => risk != Risk::Create,
            Self::GraveOnly => risk.is_grave(),
            Self::None => false,
        }
    }
}

/// None when it is longer than there is room for.
pub(super) fn markdown(summary: &Summary, details: Details, room: usize) -> Option<String> {
    let mut parts = Vec::new();
    let with_changes: Vec<&Row> = summary.rows.iter().filter(|row| !row.changes.is_empty()).collect();
    let rows: Vec<&Row> = with_changes.iter().copied().filter(|row| details.shows(row.risk)).collect();
    if !rows.is_empty() {
        let title = match with_changes.len() - rows.len() {
            0 => format!("Attributes of {}", counted(rows.len(), "change")),
            hidden => format!("Attributes of {}, {hidden} not shown", counted(rows.len(), "change")),
        };
        let mut left = room;
        let mut texts = Vec::new();
        for row in rows {
            let text = of_row(row);
            left = left.checked_sub(text.len())?;
            texts.push(text);
        }
        parts.push(folded(&title, &texts.join("\n\n")));
    } else if !with_changes.is_empty() {
        parts.push(format!("Attributes of {} not shown.", counted(with_changes.len(), "change")));
    }
    if details != Details::None {
        parts.extend(outputs(summary));
        parts.extend(drift(summary));
    }
    Some(parts.join("\n\n"))
}

/// `path: before → after`, `path: value added`, `path: value removed`; of something new just `path: value`.
pub(super) fn difference(operation: Operation, change: &AttributeChange) -> String {
    let sides = match operation {
        Operation::Create => code(&change.after.to_string()),
        _ => sides(&change.before, &change.after),
    };
    format!("{}: {sides}", code(&change.path))
}

fn sides(before: &Shown, after: &Shown) -> String {
    let text = |side: &Shown| code(&side.to_string());
    match (before, after) {
        (Shown::Absent, after) => format!("{} added", text(after)),
        (before, Shown::Absent) => format!("{} removed", text(before)),
        (before, after) => format!("{} → {}", text(before), text(after)),
    }
}

fn of_row(row: &Row) -> String {
    let mut lines = vec![format!("{} {}", super::table::verb(row), code(&row.address)), String::new()];
    for change in row.changes.iter().take(PER_ROW) {
        let forced = if change.forced { " (forces replacement)" } else { "" };
        lines.push(format!("- {}{forced}", difference(row.operation, change)));
    }
    if row.changes.len() > PER_ROW {
        lines.push(format!("- {} more", row.changes.len() - PER_ROW));
    }
    lines.join("\n")
}

fn outputs(summary: &Summary) -> Option<String> {
    let rows = summary
        .outputs
        .iter()
        .map(|output| format!("- {}: {}", code(&output.name), sides(&output.before, &output.after)));
    list(rows, "output")
}

fn drift(summary: &Summary) -> Option<String> {
    let rows = summary.drift.iter().map(|row| {
        let paths: Vec<String> =
            row.changes.iter().take(PER_ROW).map(|change| difference(row.operation, change)).collect();
        let what = if paths.is_empty() { row.operation.word().to_owned() } else { paths.join("; ") };
        let relevant = if row.relevant { ", used by this plan" } else { "" };
        format!("- {}: {what}{relevant}", code(&row.address))
    });
    list(rows, "resource changed outside Terraform")
}

fn list(lines: impl ExactSizeIterator<Item = String>, what: &str) -> Option<String> {
    let total = lines.len();
    if total == 0 {
        return None;
    }
    let mut lines: Vec<String> = lines.take(PER_LIST).collect();
    if total > PER_LIST {
        lines.push(format!("- {} more", total - PER_LIST));
    }
    Some(folded(&counted(total, what), &lines.join("\n")))
}

/// `1 output`, `2 outputs`, `2 resources changed outside Terraform`.
fn counted(count: usize, what: &str) -> String {
    let (noun, rest) =
        what.split_once(' ').map_or((what, String::new()), |(noun, rest)| (noun, format!(" {rest}")));
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}{rest}")
}

/// The blank lines make GitHub read Markdown inside.
fn folded(title: &str, body: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{body}\n\n</details>")
}
