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
pub mod references;
pub mod render;
pub mod upgrade;
pub mod wiring;

pub use catalog::{Catalog, Module};
pub use inputs::{InputProblem, Inputs};
pub use references::Reference;
pub use render::{RenderError, RenderedFile, StackDraft, call_names, edit_stack, render_stack};
pub use upgrade::{Difference, differences};
pub use wiring::{Call, CallAddress, check_references};
