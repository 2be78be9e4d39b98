//! How policies and cost judged one plan, as far as gates and texts need it.

use serde::{Deserialize, Serialize};

/// A judgement of one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it comes to.
    pub standing: Standing,
    /// The check's title where there is only this plan, at most 60 characters.
    pub title: String,
    /// Questions answered with yes.
    #[serde(default)]
    pub passed: u32,
    /// Advice.
    #[serde(default)]
    pub advice: u32,
    /// What is wrong, worst first; the whole list is stored beside the plan.
    #[serde(default)]
    pub findings: Vec<JudgedFinding>,
}

/// What a judgement comes to, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing to say.
    Passed,
    /// Advice; the apply goes on.
    Advice,
    /// Somebody with the right may override it.
    OverrideNeeded,
    /// It blocks.
    Blocked,
}

/// One finding of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedFinding {
    /// The rule's id.
    pub rule: String,
    /// What it comes to.
    pub standing: Standing,
    /// The resource.
    pub address: String,
    /// What is wrong; Markdown in which foreign text is in code font.
    pub message: String,
    /// What to write.
    pub hint: String,
    /// File, where it is known.
    pub path: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
}
