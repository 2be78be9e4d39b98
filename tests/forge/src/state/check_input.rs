//! Owns: what may be asked of a check run, with GitHub's strict limits: what is too long is refused, not cut.

use jiff::Timestamp;
use serde::Deserialize;

use crate::rest::Reject;

use super::check::{Action, Annotation, Output};

/// The longest summary and text of an output, in characters.
const MAX_TEXT: usize = 65_535;
/// The longest title and name, in characters.
const MAX_TITLE: usize = 255;
/// The most annotations in one request.
const MAX_ANNOTATIONS: usize = 50;

/// A check run as asked for, on create and update alike.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CheckInput {
    pub(crate) name: Option<String>,
    pub(crate) head_sha: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) output: Option<Output>,
    pub(crate) actions: Option<Vec<Action>>,
}

impl CheckInput {
    /// Refuses what GitHub refuses.
    pub(crate) fn validate(&self) -> Result<(), Reject> {
        let bad = |field: &str, why: &str| Err(Reject::custom("CheckRun", field, why));
        let long = |text: &Option<String>, max: usize| text.as_ref().is_some_and(|t| t.chars().count() > max);
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) || long(&self.name, MAX_TITLE) {
            return bad("name", "name is too short or too long (maximum is 255 characters)");
        }
        let status = self.status.as_deref();
        if status.is_some_and(|s| !["queued", "in_progress", "completed", "waiting", "pending"].contains(&s))
        {
            return bad("status", "status is not included in the list");
        }
        const CONCLUSIONS: [&str; 7] =
            ["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"];
        if self.conclusion.as_deref().is_some_and(|c| !CONCLUSIONS.contains(&c)) {
            return bad("conclusion", "conclusion is not included in the list");
        }
        if status == Some("completed") && self.conclusion.is_none() {
            return bad("conclusion", "conclusion is required when status is completed");
        }
        if let Some(output) = &self.output {
            if output.title.as_deref().unwrap_or_default().is_empty() || output.summary.is_none() {
                return bad("output", "output requires title and summary");
            }
            if long(&output.title, MAX_TITLE) {
                return bad("title", "title is too long (maximum is 255 characters)");
            }
            if long(&output.summary, MAX_TEXT) {
                return bad("summary", "Only 65535 characters are allowed; summary is too long");
            }
            if long(&output.text, MAX_TEXT) {
                return bad("text", "Only 65535 characters are allowed; text is too long");
            }
            if output.annotations.len() > MAX_ANNOTATIONS {
                return bad("annotations", "annotations: no more than 50 per request");
            }
            output.annotations.iter().try_for_each(Annotation::validate)?;
        }
        for action in self.actions.iter().flatten() {
            let limits = [(&action.label, 20), (&action.description, 40), (&action.identifier, 20)];
            if limits.iter().any(|(text, max)| text.is_empty() || text.chars().count() > *max) {
                return bad(
                    "actions",
                    "label (20), description (40) or identifier (20) is empty or too long",
                );
            }
        }
        if self.actions.as_ref().is_some_and(|actions| actions.len() > 3) {
            return bad("actions", "no more than 3 actions are allowed");
        }
        Ok(())
    }
}

impl Annotation {
    fn validate(&self) -> Result<(), Reject> {
        let bad = |why: &str| Err(Reject::custom("CheckRun", "annotations", why));
        if !["notice", "warning", "failure"].contains(&self.annotation_level.as_str()) {
            return bad("annotation_level is not included in the list");
        }
        if self.start_line == 0 || self.end_line < self.start_line {
            return bad("start_line must be at least 1 and not after end_line");
        }
        if (self.start_column.is_some() || self.end_column.is_some()) && self.start_line != self.end_line {
            return bad("columns are only allowed when start_line and end_line are the same");
        }
        if self.message.is_empty() || self.message.len() > 64 * 1024 || self.path.is_empty() {
            return bad("message must be between 1 byte and 64 KB, path must be present");
        }
        if self.title.as_ref().is_some_and(|title| title.chars().count() > 255) {
            return bad("title is too long (maximum is 255 characters)");
        }
        Ok(())
    }
}
