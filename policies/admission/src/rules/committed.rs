//! `admission/committed-terraform`, `admission/cli-config`: files that steer Terraform itself: its work directory with
//! modules and providers, its plugin directory, its own configuration.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use std::collections::BTreeSet;
use tfpilot_hcl::{Place, TreePath};

/// The rule's name for work and plugin directories.
pub const DIRECTORY: &str = "committed-terraform";
/// The rule's name for configuration of the command line.
pub const CONFIG: &str = "cli-config";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    // After `init` the work directory is Terraform's own.
    let own = subject.manifest.and(subject.stack.directory.join(".terraform"));
    let mut seen = BTreeSet::<TreePath>::new();
    let directories =
        subject.modules().map(|(_, module)| &module.directory).chain([&subject.stack.directory]);
    for directory in directories {
        for (path, _) in subject.tree.below(directory) {
            if own.as_ref().is_some_and(|own| path.is_within(own)) {
                continue;
            }
            let mut at = TreePath::root();
            for part in path.parts() {
                let Some(next) = at.join(part) else { break };
                at = next;
                if let Some(rule) = steers(part)
                    && at.is_within(directory)
                    && seen.insert(at.clone())
                {
                    refuse(rule, &at, findings);
                }
            }
        }
    }
}

/// The rule that refuses a file or directory of this name.
fn steers(name: &[u8]) -> Option<&'static str> {
    match name {
        b".terraform" | b"terraform.d" | b".terraform.d" => Some(DIRECTORY),
        b".terraformrc" | b"terraform.rc" | b".tofurc" | b"tofu.rc" => Some(CONFIG),
        name if name.ends_with(b".tfrc") || name.ends_with(b".tfrc.json") => Some(CONFIG),
        _ => None,
    }
}

fn refuse(rule: &'static str, path: &TreePath, findings: &mut Findings) {
    let why = match rule {
        DIRECTORY => "Terraform takes modules, providers and settings from there",
        _ => "it decides where Terraform gets providers and credentials",
    };
    let say = Say { rule, what: code(&path.to_string()), why, next: "remove it from the repository" };
    findings.add(&Place::start(path.to_string()), say);
}
