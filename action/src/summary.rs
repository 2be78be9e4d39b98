//! The step's summary: a row for each job. What a plan says is in the checks; here is only what this worker did.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use tfpilot_protocol::{Conclusion, Job, Operation};
use tfpilot_runner::client::ClientError;

/// The file GitHub shows.
#[derive(Debug)]
pub(crate) struct Summary {
    file: Option<PathBuf>,
    begun: Mutex<bool>,
}

impl Summary {
    /// Without a file nothing is written.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file, begun: Mutex::new(false) }
    }

    /// One job's row.
    pub(crate) fn add(&self, job: &Job, how: &str) {
        let Some(file) = &self.file else { return };
        let mut begun = self.begun.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut text = String::new();
        if !std::mem::replace(&mut *begun, true) {
            text.push_str("| Stack | Operation | Result |\n|---|---|---|\n");
        }
        let operation = match job.operation {
            Operation::Plan => "plan",
            Operation::Apply => "apply",
        };
        let _ = writeln!(text, "| {} | {operation} | {} |", cell(&job.stack), cell(how));
        let written = std::fs::File::options().append(true).create(true).open(file);
        // A summary that cannot be written takes nothing from the checks.
        let _ = written.and_then(|mut file| file.write_all(text.as_bytes()));
    }
}

/// How a job ended, in words.
pub(crate) fn outcome(end: &Result<Conclusion, ClientError>) -> String {
    match end {
        Ok(Conclusion::Planned(_)) => "planned; the checks show it".to_owned(),
        Ok(Conclusion::Applied(outcome)) => format!("applied, {} changed", outcome.changed),
        Ok(Conclusion::NotAdmitted { findings }) => match findings.first() {
            Some(first) => format!("not admitted: {}:{} {}", first.path, first.line, first.what),
            None => "not admitted".to_owned(),
        },
        Ok(Conclusion::Failed { cancelled: true, .. }) => "cancelled".to_owned(),
        Ok(Conclusion::Failed { stale: true, .. }) => "stale: the state has moved".to_owned(),
        Ok(Conclusion::Failed { diagnostics, .. }) => {
            format!("failed: {}", diagnostics.first().map_or("no reason given", |first| &first.summary))
        }
        Err(error) => format!("not reported: {error}"),
    }
}

/// Foreign text in a table: in code font, so that nothing in it is Markdown or a mention.
fn cell(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|char| match char {
            '`' => '\'',
            '|' => '/',
            char if char.is_control() => ' ',
            char => char,
        })
        .take(200)
        .collect();
    format!("`{}`", text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_in_its_cell() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let summary = Summary::new(Some(file.path().to_owned()));
        let job = crate::console::tests::job();
        summary.add(&job, "failed: `x` | @everyone <b>");
        summary.add(&job, "applied, 2 changed");
        insta::assert_snapshot!(std::fs::read_to_string(file.path()).unwrap(), @r"
        | Stack | Operation | Result |
        |---|---|---|
        | `live/dev/a/b ::error::x` | plan | `failed: 'x' / @everyone <b>` |
        | `live/dev/a/b ::error::x` | plan | `applied, 2 changed` |
        ");
    }
}
