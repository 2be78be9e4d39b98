//! Which Terraform code may run at all: the static gate before any Terraform process starts.
//!
//! Code under review can run programs already at `init` and `plan`: through provider arguments, data sources, templates and
//! paths. So everything is admitted by allow-list; the rest is a [`Finding`], and what cannot be read is not admitted.
//! One file per rule under [`rules`]. Reading HCL belongs to tfpilot-hcl; who may override a finding, to the engine.

mod allow;
mod closed;
pub mod disk;
mod finding;
pub mod rules;
mod subject;

pub use allow::{AllowList, ProviderRule};
pub use finding::{Admission, Finding};
pub use tfpilot_hcl::{Missing, Mode, Stack, Tree, TreePath, secrets};

use finding::Findings;
use subject::Subject;
use tfpilot_hcl::{Diagnostic, Manifest, Place};

/// Judges the stack in a directory of the tree, as it was committed.
pub fn judge(tree: &Tree, stack: &str, allow: &AllowList) -> Result<Admission, Missing> {
    match Stack::new(stack) {
        Ok(stack) => judge_stack(tree, &stack, allow),
        Err(error) => Ok(Admission::refused(rules::unreadable::NAME, Place::start(stack), error.to_string())),
    }
}

/// The same for a stack that is given files of values.
pub fn judge_stack(tree: &Tree, stack: &Stack, allow: &AllowList) -> Result<Admission, Missing> {
    run(tree, stack, allow, None)
}

/// Judges a stack again after `terraform init`, with the modules that were downloaded to `.terraform/modules`. The tree holds
/// them and their manifest beside the checkout ([`disk::read_downloaded`]).
pub fn judge_downloaded(tree: &Tree, stack: &Stack, allow: &AllowList) -> Result<Admission, Missing> {
    let Some(path) = stack.directory.join(".terraform/modules/modules.json") else {
        return run(tree, stack, allow, Some(&Manifest::default()));
    };
    let manifest = match tree.entry(&path) {
        // Without modules, Terraform writes no manifest.
        None => Ok(Manifest::default()),
        Some(entry) if !entry.mode.is_file() => Err("it is not a file".to_owned()),
        Some(entry) => match entry.content() {
            Some(content) => Manifest::parse(content, stack),
            None => return Err(Missing { paths: [path].into() }),
        },
    };
    match manifest {
        Ok(manifest) => run(tree, stack, allow, Some(&manifest)),
        Err(why) => {
            let what = format!("the manifest of downloaded modules cannot be read: {why}");
            Ok(Admission::refused(rules::unreadable::NAME, Place::start(path.to_string()), what))
        }
    }
}

fn run(
    tree: &Tree,
    stack: &Stack,
    allow: &AllowList,
    manifest: Option<&Manifest>,
) -> Result<Admission, Missing> {
    let subject = Subject::load(tree, stack, allow, manifest)?;
    let mut findings = Findings::default();
    for rule in rules::ALL {
        rule(&subject, &mut findings);
    }
    // Only now: every rule may have spent the last of it.
    rules::unreadable::exhausted(&subject, &mut findings);
    Ok(findings.into_admission())
}

impl Admission {
    fn refused(rule: &str, place: Place, what: String) -> Self {
        let mut findings = Findings::default();
        findings.unreadable(rule, &Diagnostic::new(place, what, "name a directory of the repository"));
        findings.into_admission()
    }
}
