//! What a check run is to GitHub, with GitHub's limits kept in one place.

use tfpilot_engine::CommitSha;

use crate::surface::escape::{cut, plain};
use crate::surface::{TEXT_LIMIT, fit};

/// Longest title, in characters.
pub(super) const TITLE_LIMIT: usize = 60;

/// Longest label of a button, and longest identifier, in characters.
const LABEL_LIMIT: usize = 20;

/// Longest description of a button, in characters.
const DESCRIPTION_LIMIT: usize = 40;

/// Most buttons.
const BUTTONS: usize = 3;

/// One check run as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// One of [`super::CHECK_NAMES`].
    pub name: &'static str,
    /// The commit it belongs to.
    pub head: CommitSha,
    /// Change, gate and plan: by it buttons find their way back.
    pub external_id: String,
    /// Queued, running or concluded.
    pub state: CheckState,
    /// At most 60 characters.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Markdown; may be empty.
    pub text: String,
    /// On lines of HCL.
    pub annotations: Vec<Annotation>,
    /// At most three.
    pub buttons: Vec<CheckButton>,
}

/// GitHub's `status` and `conclusion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// Waits for people or for another check.
    Queued,
    /// At work.
    InProgress,
    /// Passed.
    Success,
    /// Neither.
    Neutral,
    /// Broken.
    Failure,
    /// A person must act.
    ActionRequired,
}

/// A note on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// File.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// How bad.
    pub level: AnnotationLevel,
    /// Title.
    pub title: String,
    /// Text.
    pub message: String,
}

/// GitHub's annotation levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationLevel {
    /// For information.
    Notice,
    /// Advisory.
    Warning,
    /// Broken.
    Failure,
}

/// A button on a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckButton {
    /// At most 20 characters.
    pub label: String,
    /// At most 40.
    pub description: String,
    /// At most 20; what comes back when it is pressed.
    pub identifier: &'static str,
}

/// A check run in the making.
pub(super) struct Draft {
    pub(super) name: &'static str,
    state: CheckState,
    title: String,
    summary: String,
    text: String,
    annotations: Vec<Annotation>,
    buttons: Vec<CheckButton>,
}

impl Draft {
    /// The title may hold foreign text as it is: titles are not rendered.
    pub(super) fn new(name: &'static str, state: CheckState, title: &str) -> Self {
        let (title, summary, text) = (cut(&plain(title), TITLE_LIMIT), String::new(), String::new());
        Self { name, state, title, summary, text, annotations: Vec::new(), buttons: Vec::new() }
    }

    /// Markdown under the title.
    pub(super) fn summary(mut self, summary: &str) -> Self {
        self.summary = fit::lines(summary, TEXT_LIMIT);
        self
    }

    /// Markdown under the summary.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.text = fit::lines(text, TEXT_LIMIT);
        self
    }

    pub(super) fn annotations(mut self, annotations: Vec<Annotation>) -> Self {
        self.annotations = annotations;
        self
    }

    pub(super) fn button(mut self, label: &str, description: &str, identifier: &'static str) -> Self {
        if self.buttons.len() < BUTTONS {
            let (label, description) = (cut(label, LABEL_LIMIT), cut(&plain(description), DESCRIPTION_LIMIT));
            self.buttons.push(CheckButton { label, description, identifier });
        }
        self
    }

    pub(super) fn finish(self, head: &CommitSha, external_id: String) -> CheckView {
        CheckView {
            name: self.name,
            head: head.clone(),
            external_id,
            state: self.state,
            title: self.title,
            summary: self.summary,
            text: self.text,
            annotations: self.annotations,
            buttons: self.buttons,
        }
    }
}
