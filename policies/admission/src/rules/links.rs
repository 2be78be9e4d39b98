//! `admission/symlink`, `admission/submodule`: a link shows one file to the reader and another to Terraform; what lies in
//! another repository was not read at all.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use std::collections::BTreeSet;
use tfpilot_hcl::{Mode, Place, TreePath};

/// The rule's name for links.
pub const SYMLINK: &str = "symlink";
/// The rule's name for submodules.
pub const SUBMODULE: &str = "submodule";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    let mut found = BTreeSet::<(TreePath, Mode)>::new();
    let directories = subject.modules().map(|(_, module)| &module.directory);
    for directory in directories.chain(subject.stack.var_files.iter()).chain([&subject.stack.directory]) {
        found.extend(subject.tree.detour(directory));
        let below = subject.tree.below(directory);
        found.extend(below.map(|(path, entry)| (path.clone(), entry.mode)));
    }
    for (path, mode) in found {
        let (rule, why, next) = match mode {
            Mode::Symlink => (SYMLINK, "it can point outside of the repository", "commit the file itself"),
            Mode::Submodule => {
                (SUBMODULE, "its files are not part of this repository", "call it as a module, by commit")
            }
            Mode::File | Mode::Executable | Mode::Tree => continue,
        };
        let kind = if mode == Mode::Symlink { "the symbolic link" } else { "the submodule" };
        findings.add(
            &Place::start(path.to_string()),
            Say { rule, what: format!("{kind} {}", code(&path.to_string())), why, next },
        );
    }
}
