//! What may be asked for and how it is written down: the catalog of Terraform modules, stacks rendered from it, and
//! the issue forms that ask for it.
//!
//! Pure: values in, values and texts out. Reading HCL belongs to `tfpilot-hcl`, understanding people's words and
//! committing files to the app.

pub mod catalog;
pub mod forms;
pub mod inputs;
pub mod lists;
pub mod preconditions;
pub mod render;

pub use catalog::{Catalog, Module};
pub use inputs::{InputProblem, Inputs};
pub use render::{RenderError, RenderedFile, StackDraft, edit_stack, render_stack};
