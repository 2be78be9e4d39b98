//! A stack as files: the managed block in its `main.tf`, the vendored modules, and the lock file when it is known.
//!
//! The same draft gives the same bytes, already in the form of `terraform fmt`. `draft` says what is rendered and
//! refuses what must not be, `stack` decides what the HCL says (`calls` and their `names`, what is `alike`, `requirements` of modules),
//! `write` how it is written, `block` keeps it apart from what people write around it (`edit`), `written` reads what stands in it. Committing the files belongs to the app.

mod alike;
mod block;
mod calls;
mod draft;
mod edit;
mod names;
mod requirements;
mod stack;
mod vendor;
mod write;
mod written;

use crate::inputs::InputProblem;

pub use alike::Alike;
pub use draft::{AwsProvider, Backend, Endpoints, Environment, S3Backend, StackDraft, StateLock};
pub use edit::{EditError, HandEdits, edit_stack, empty_stack, is_emptied};
pub use names::call_names;
pub use vendor::{SUM_FILE, VENDOR_ROOT, VendorProblem, vendor_path, verify_vendored};
pub use written::{WrittenCall, edited_calls};

/// A file to commit, its path relative to the repository's root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RenderedFile {
    /// Path with `/`.
    pub path: String,
    /// The whole content.
    pub content: String,
}

/// Why a draft is not rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Inputs do not fit the module.
    #[error("{} of the inputs of {module} do not fit, first: {}", problems.len(), first(problems))]
    Inputs {
        /// Id of the module.
        module: String,
        /// Each of them.
        problems: Vec<InputProblem>,
    },
    /// The module does not say how what exists becomes its own.
    #[error("{module} cannot take in what exists already")]
    Import {
        /// Id of the module.
        module: String,
    },
    /// A name that ends in paths or HCL names has the wrong form.
    #[error("{what} {value:?} is not allowed: use {allowed}")]
    Name {
        /// What it names.
        what: &'static str,
        /// The name.
        value: String,
        /// What would be right.
        allowed: &'static str,
    },
    /// The stack's folder could leave the repository or hide in it.
    #[error("stack directory {directory:?} is not allowed: {why}")]
    Directory {
        /// The folder.
        directory: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The environment's backend would lose or share a state.
    #[error("backend of environment {environment}: {why}")]
    Backend {
        /// Name of the environment.
        environment: String,
        /// What is wrong with it.
        why: String,
    },
    /// The environment's provider settings contradict each other.
    #[error("provider settings of environment {environment}: {why}")]
    Provider {
        /// Name of the environment.
        environment: String,
        /// What is wrong with them.
        why: &'static str,
    },
    /// Modules that want different versions of one provider.
    #[error(
        "provider `{provider}` has one version in a stack, but {first} and {second}: ask for them in two requests"
    )]
    Providers {
        /// The provider's local name.
        provider: String,
        /// What the one module wants.
        first: String,
        /// What another wants.
        second: String,
    },
    /// There is nothing to render.
    #[error("request {request} asks for nothing: name a module")]
    Nothing {
        /// Number of the request.
        request: u64,
    },
    /// The lock file is not one.
    #[error("the lock file of {directory} is not rendered: {why}")]
    LockFile {
        /// The stack's folder.
        directory: String,
        /// What is wrong with it.
        why: String,
    },
}

fn first(problems: &[InputProblem]) -> String {
    problems.first().map_or_else(String::new, |problem| format!("{}: {}", problem.what, problem.why))
}

/// All files of a new stack: its `main.tf`, the vendored modules, and the lock file when the draft has one; by path.
pub fn render_stack(draft: &StackDraft<'_>) -> Result<Vec<RenderedFile>, RenderError> {
    let block = stack::render(draft)?;
    let mut files =
        vec![RenderedFile { path: format!("{}/main.tf", draft.directory), content: block.text() }];
    if let Some(lock) = draft.checked_lock_file()? {
        files.push(RenderedFile {
            path: format!("{}/.terraform.lock.hcl", draft.directory),
            content: lock.to_owned(),
        });
    }
    files.extend(requirements::modules(draft).into_iter().flat_map(vendor::files));
    files.sort();
    Ok(files)
}
