//! What fits into a text, and what is said of the rest: a cut stands on top, never hidden at the end.

use super::words::count;

/// Bytes kept for the line that counts what is not shown.
const NOTE: usize = 40;

/// A table of as many rows as fit into `budget` bytes.
pub(super) fn table(header: &[&str], rows: &[String], budget: usize) -> String {
    let head = format!("| {} |\n|{}\n", header.join(" | "), "---|".repeat(header.len()));
    let mut used = head.len() + NOTE;
    let shown = rows.iter().take_while(|row| {
        used += row.len() + 1;
        used <= budget
    });
    let shown: Vec<&str> = shown.map(String::as_str).collect();
    let hidden = rows.len() - shown.len();
    let note = if hidden == 0 { String::new() } else { format!("{} not shown.\n\n", rows_of(hidden)) };
    if shown.is_empty() {
        return note;
    }
    format!("{note}{head}{}\n", shown.join("\n"))
}

/// A row of cells that are Markdown already.
pub(super) fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// As many leading lines of Markdown as fit into `budget` bytes. Nothing folded or fenced is cut in two.
pub(super) fn lines(text: &str, budget: usize) -> String {
    if text.len() <= budget {
        return text.to_owned();
    }
    let room = budget.saturating_sub(NOTE);
    let (mut end, mut safe, mut depth, mut fenced) = (0, 0, 0_u32, false);
    for line in text.split_inclusive('\n') {
        end += line.len();
        if end > room {
            break;
        }
        let start = line.trim_start();
        if start.starts_with("```") {
            fenced = !fenced;
        } else if start.starts_with("<details") {
            depth += 1;
        } else if start.starts_with("</details") {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 && !fenced {
            safe = end;
        }
    }
    let (shown, rest) = text.split_at_checked(safe).unwrap_or(("", text));
    let hidden = rest.lines().filter(|line| !line.trim().is_empty()).count();
    format!("{} not shown.\n\n{}", count(hidden, "line"), shown.trim_end())
}

fn rows_of(number: usize) -> String {
    count(number, "row")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_on_top() {
        let rows: Vec<String> = (0..9).map(|n| row(&[&format!("r{n}"), "v"])).collect();
        assert_eq!(table(&["A", "B"], &rows[..1], 99), "| A | B |\n|---|---|\n| r0 | v |\n");
        assert_eq!(
            table(&["A", "B"], &rows, 90),
            "7 rows not shown.\n\n| A | B |\n|---|---|\n| r0 | v |\n| r1 | v |\n"
        );
        assert_eq!(table(&["A", "B"], &rows, 10), "9 rows not shown.\n\n");
    }

    #[test]
    fn nothing_folded_is_cut_in_two() {
        let folded = format!("one\n<details><summary>s</summary>\n{}</details>\n", "x\n".repeat(50));
        assert_eq!(lines(&folded, 80), "52 lines not shown.\n\none");
        let fenced = format!("one\n```text\n{}```\n", "x\n".repeat(50));
        assert_eq!(lines(&fenced, 80), "52 lines not shown.\n\none");
        assert_eq!(lines("short", 80), "short");
    }
}
