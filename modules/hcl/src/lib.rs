//! Terraform's configuration language as TfPilot reads it: HCL with places, closed evaluation, variables, the module
//! graph and a stack's closure.
//!
//! Pure: texts and Git trees in, values and [`Diagnostic`]s out. Whether what was read may run is decided by the
//! admission crate; rendering and editing belong to the modules crate.

mod diagnostic;
pub mod eval;
pub mod source;
mod text;
mod types;
mod value;
pub mod variables;

pub use diagnostic::{Diagnostic, Place};
pub use eval::{Scope, evaluate};
pub use source::{Attribute, Block, Body, File};
pub use types::{Field, Type};
pub use value::{Value, literal};
pub use variables::{Interface, Output, Validation, Variable};

/// What the syntax tree is made of; callers walk expressions with these types.
pub use hcl_edit::expr::Expression;
