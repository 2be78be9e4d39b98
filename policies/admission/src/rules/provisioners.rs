//! `admission/provisioner`: provisioners run programs on the runner, in `resource` and in `removed`.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;

/// The rule's name.
pub const NAME: &str = "provisioner";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for (_, block) in
        subject.blocks().filter(|(_, block)| matches!(block.kind.as_str(), "resource" | "removed"))
    {
        let nested = block.body.blocks.iter().filter(|nested| {
            let dynamic =
                nested.kind == "dynamic" && nested.labels.iter().any(|label| label == "provisioner");
            matches!(nested.kind.as_str(), "provisioner" | "connection") || dynamic
        });
        for nested in nested {
            let what = [nested.kind.as_str()].into_iter().chain(nested.labels.iter().map(String::as_str));
            findings.add(
                &nested.place,
                Say {
                    rule: NAME,
                    what: code(&what.collect::<Vec<_>>().join(" ")),
                    why: "it runs a program on the runner, or logs in to another machine",
                    next: "remove it",
                },
            );
        }
    }
}
