//! Numbers as people read them: medians, percentiles, and the table. Knows nothing of what is measured.

use std::fmt::Write;

/// What was measured so far, in the order of measuring.
#[derive(Debug, Default)]
pub(crate) struct Report {
    notes: Vec<String>,
    rows: Vec<Row>,
}

/// One line of the table.
#[derive(Debug, Clone)]
struct Row {
    what: String,
    measured: String,
    against: String,
    ratio: String,
    goal: String,
}

impl Report {
    /// Something that holds for the whole table.
    pub(crate) fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    /// The title of the rows that follow.
    pub(crate) fn section(&mut self, title: &str) {
        self.row(&format!("**{title}**"), "", "", "");
    }

    /// A number with nothing to compare it with.
    pub(crate) fn number(&mut self, what: &str, measured: &str) {
        self.row(what, measured, "", "");
    }

    /// A number beside what it is compared with.
    pub(crate) fn row(&mut self, what: &str, measured: &str, against: &str, ratio: &str) {
        let [what, measured, against, ratio] = [what, measured, against, ratio].map(str::to_owned);
        self.rows.push(Row { what, measured, against, ratio, goal: String::new() });
    }

    /// A share of what is compared with, and the most it should be.
    pub(crate) fn goal(&mut self, what: &str, measured: &str, against: &str, share: f64, most: f64) {
        self.row(what, measured, against, &percent(share));
        let verdict = if share < most { "met" } else { "MISSED" };
        if let Some(row) = self.rows.last_mut() {
            row.goal = format!("< {:.0} %: {verdict}", most * 100.0);
        }
    }

    /// A number beside what is wanted of it, in words.
    pub(crate) fn wanted(&mut self, what: &str, measured: &str, goal: &str) {
        self.row(what, measured, "", "");
        if let Some(row) = self.rows.last_mut() {
            goal.clone_into(&mut row.goal);
        }
    }

    /// The whole report as Markdown, its columns aligned.
    pub(crate) fn render(&self) -> String {
        let head = ["what", "median", "against", "ratio", "goal"].map(str::to_owned);
        let body =
            self.rows.iter().cloned().map(|row| [row.what, row.measured, row.against, row.ratio, row.goal]);
        let all: Vec<[String; 5]> = std::iter::once(head).chain(body).collect();
        let mut widths = [0_usize; 5];
        for cells in &all {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        if self.rows.is_empty() {
            return text;
        }
        text.push('\n');
        for (index, cells) in all.iter().enumerate() {
            for (width, cell) in widths.iter().zip(cells) {
                let _ = write!(text, "| {cell:<width$} ");
            }
            text.push_str("|\n");
            if index == 0 {
                widths.iter().for_each(|width| text.push_str(&format!("|{}", "-".repeat(width + 2))));
                text.push_str("|\n");
            }
        }
        text
    }
}

/// The value that as many lie below as above; of none, zero.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// The value below which this share of all lies, by the nearest rank; of none, zero.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// A quotient; against nothing, not a number.
pub(crate) fn ratio(value: f64, of: f64) -> f64 {
    if of > 0.0 { value / of } else { f64::NAN }
}

/// Median with the smallest and largest in brackets, in seconds or milliseconds.
pub(crate) fn spread(seconds: &[f64]) -> String {
    let (least, most) = (percentile(seconds, 0.0), percentile(seconds, 1.0));
    format!("{} ({} to {})", time(median(seconds)), time(least), time(most))
}

/// A time given in seconds.
pub(crate) fn time(seconds: f64) -> String {
    if seconds.abs() >= 1.0 { format!("{seconds:.2} s") } else { format!("{:.1} ms", seconds * 1000.0) }
}

/// A share of one as percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A quotient as people say it.
pub(crate) fn times(ratio: f64) -> String {
    format!("{ratio:.2} times")
}

/// A number of things.
pub(crate) fn count(number: f64) -> String {
    format!("{number:.0}")
}

/// A size in bytes.
pub(crate) fn size(bytes: f64) -> String {
    match bytes {
        bytes if bytes >= 1024.0 * 1024.0 => format!("{:.1} MiB", bytes / 1024.0 / 1024.0),
        bytes if bytes >= 1024.0 => format!("{:.1} KiB", bytes / 1024.0),
        bytes => format!("{bytes:.0} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_the_nearest_rank() {
        let values = [4.0, 1.0, 3.0, 2.0, 5.0];
        assert_eq!((median(&values), percentile(&values, 0.99), percentile(&values, 0.0)), (3.0, 5.0, 1.0));
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn a_missed_goal_is_said() {
        let mut report = Report::default();
        report.note("a machine");
        report.section("speed");
        report.goal("own share", "1.2 s", "1.0 s", 0.2, 0.1);
        report.goal("own share", "1.05 s", "1.0 s", 0.05, 0.1);
        insta::assert_snapshot!(report.render(), @r"
        a machine

        | what      | median | against | ratio  | goal           |
        |-----------|--------|---------|--------|----------------|
        | **speed** |        |         |        |                |
        | own share | 1.2 s  | 1.0 s   | 20.0 % | < 10 %: MISSED |
        | own share | 1.05 s | 1.0 s   | 5.0 %  | < 10 %: met    |
        ");
    }
}
