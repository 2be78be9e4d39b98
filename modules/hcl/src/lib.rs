//! Terraform's configuration language as TfPilot reads it: HCL with places, closed evaluation, variables, the module
//! graph and a stack's closure.
//!
//! Pure: texts and Git trees in, values and [`Diagnostic`]s out. Whether what was read may run is decided by the
//! admission crate; rendering and editing belong to the modules crate.

mod address;
mod closure;
mod diagnostic;
pub mod eval;
mod glob;
mod graph;
mod instance;
mod module;
mod path;
pub mod reads;
mod secrets;
pub mod source;
mod stack;
mod text;
mod tree;
mod types;
mod value;
pub mod variables;
pub mod walk;

pub use address::{Address, Git};
pub use closure::{Closure, Member, closure};
pub use diagnostic::{Diagnostic, Place};
pub use eval::{Files, Fuel, Scope, certain, evaluate, evaluate_bound, possible};
pub use graph::{Graph, Unresolved, resolve};
pub use instance::Instance;
pub use module::{Call, Module, SIZE_CAP};
pub use path::{NotInside, TreePath};
pub use secrets::secrets;
pub use source::{Attribute, Block, Body, File};
pub use stack::{Manifest, Stack};
pub use tree::{Child, Entry, Missing, Mode, Tree};
pub use types::{Field, Type};
pub use value::{Value, literal};
pub use variables::{Interface, Output, Validation, Variable};

/// What the syntax tree is made of; callers walk expressions with these types.
pub use hcl_edit::expr::{Expression, ObjectKey, ObjectValue, TraversalOperator};

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of loaded files.
    pub(crate) fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::new();
        for (path, text) in files {
            let path = TreePath::parse(path).expect("the test's path is inside");
            tree.insert_loaded(path, Mode::File, format!("blob of {} bytes", text.len()), text.as_bytes());
        }
        tree
    }
}
