//! Facts in, texts out: checks, sticky comments, labels, and every sentence said to people. Pure.
//!
//! What is shown follows from the facts alone, so that the same facts give the same bytes and whatever was deleted
//! or went stale heals by being rendered again. Posting is the worker's.

mod call;
mod checks;
mod commit;
mod delay;
mod escape;
mod fit;
mod issue;
mod labels;
pub mod learned;
mod offer;
pub mod onboarding;
mod overridden;
mod pull;
mod pull_text;
mod refusal;
mod tally;
#[cfg(test)]
mod tests;

mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use tfpilot_engine::{Facts, StackPath};

pub use call::{call_marker, call_slot, render_call, why_text};
pub use checks::{
    Alone, Annotation, AnnotationLevel, CHECK_NAMES, CheckButton, CheckState, CheckView, group_checks,
    worst_checks,
};
pub use commit::{commit_message, renewal_message};
pub(crate) use escape::paragraph;
pub use escape::{code, prose};
pub use labels::{LABELS, Label};
pub use pull_text::{TEMPLATE_LIMIT, TemplateProblem, check_pull_template, pull_body};
pub use refusal::{RefusalText, sentence};

/// Longest text we post, in bytes: GitHub takes 65,535 characters of a check and 65,536 of a comment.
pub const TEXT_LIMIT: usize = 60_000;

/// What the texts are made from.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// Title of the request's module, such as `S3 bucket`.
    pub module_title: &'a str,
    /// Rendered details of each stack's plan (Markdown, foreign text in it escaped), where there is a plan.
    pub details: &'a BTreeMap<StackPath, String>,
    /// Rendered policy reports of the plans (Markdown, foreign text in it escaped).
    pub policy_texts: &'a BTreeMap<StackPath, String>,
    /// Rendered cost estimates of the plans (Markdown, foreign text in it escaped).
    pub cost_texts: &'a BTreeMap<StackPath, String>,
    /// The address below which GitHub shows the repository's workflow runs; none where nothing is linked.
    pub runs_url: Option<&'a str>,
    /// What is wrong with the configuration on the default branch, where an older one is in force.
    pub config_problem: Option<&'a str>,
    /// What is to be repaired in the configuration in force, or in a module of the repository's own.
    pub config_advice: Option<&'a str>,
    /// The time, for what depends on age.
    pub now: Timestamp,
}

/// No texts of plans.
static NO_TEXTS: BTreeMap<StackPath, String> = BTreeMap::new();

impl<'a> Scene<'a> {
    /// A scene for texts that show no details of plans.
    fn of(facts: &'a Facts, now: Timestamp) -> Self {
        Self {
            facts,
            module_title: "",
            details: &NO_TEXTS,
            policy_texts: &NO_TEXTS,
            cost_texts: &NO_TEXTS,
            runs_url: None,
            config_problem: None,
            config_advice: None,
            now,
        }
    }
}

/// Everything a change shows on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// Checks of the pull request's head.
    pub checks: Vec<CheckView>,
    /// Sticky comments by issue or pull request number.
    pub stickies: Vec<Sticky>,
    /// The label of the issue and of the pull request.
    pub label: Option<Label>,
}

/// A comment that is edited in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sticky {
    /// Issue or pull request number.
    pub number: u64,
    /// Markdown, marker included.
    pub body: String,
    /// True once there is news worth a mail: until then only an existing comment is edited.
    pub post: bool,
}

/// Renders everything a change shows.
pub fn render(scene: &Scene<'_>) -> Surface {
    let stickies = [issue::render_sticky(scene), pull::render_sticky(scene)];
    Surface {
        checks: checks::render(scene),
        stickies: stickies.into_iter().flatten().collect(),
        label: labels::choose(scene),
    }
}

/// Marks our sticky comment in its body, so that it is found again when its id was lost.
pub const STICKY_MARKER: &str = "<!-- tfpilot:sticky -->";
