//! Rego policies as users of conftest write them: `deny`, `violation` and `warn` in files that are not changed for TfPilot.
//!
//! [`answer`] reads a file, or asks its rules of a plan. Both are done in a child process, as what Rego's interpreter meets may
//! take all memory and time or end the process; starting one is the app's. [`arrange`] says, of files that were read, which rules
//! are asked with which libraries and input; [`judge`] makes findings of the answers. Where the interpreter and OPA differ, OPA
//! is followed (`negation`) or the policy fails: a deny never goes missing.

mod arrange;
mod ask;
mod data;
mod fault;
mod found;
mod heads;
mod judge;
mod names;
mod negation;
mod open;
mod reading;
mod shape;
mod walk;

pub use arrange::{Arranged, Files, Library, Named, Policy, Unasked, arrange};
pub use data::data;
pub use fault::Fault;
pub use found::{Answered, Found};
pub(crate) use judge::PLAN;
pub use judge::{Asked, Judging, judge};
pub use names::{Kind, stem};
pub use reading::{Module, Rule, Version};
pub use shape::Shape;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The extension of the files, without the dot.
pub const EXTENSION: &str = "rego";

/// The package whose rules are asked unless the settings name others.
pub const PACKAGE: &str = "main";

/// Changes when files are read otherwise, so that what was read before is read again.
pub const READER: u32 = 1;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its path, for messages.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// What a child process is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What is in a file?
    Read(Source),
    /// What do rules find?
    Ask(Box<Asking>),
}

/// Rules of one file, asked of one plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asking {
    /// The file whose rules are asked.
    pub policy: Source,
    /// Files that it may use.
    pub libraries: Vec<Library>,
    /// Its package, such as `main`.
    pub package: String,
    /// The rules.
    pub rules: Vec<String>,
    /// The form in which it reads the plan.
    pub shape: Shape,
    /// The redacted plan.
    pub plan: Json,
    /// What `data` holds beside packages.
    pub data: Json,
}

/// What a child process says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The file.
    Read(Result<Module, Fault>),
    /// What each rule found.
    Asked(Result<Vec<Answered>, Fault>),
}

/// Answers a question. This may abort, panic, or not end: it belongs into a process of its own.
pub fn answer(question: &Question) -> Answer {
    match question {
        Question::Read(source) => Answer::Read(reading::read(source)),
        Question::Ask(asking) => Answer::Asked(ask::ask(asking)),
    }
}
