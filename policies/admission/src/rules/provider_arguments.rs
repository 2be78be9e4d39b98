//! `admission/provider-argument` and its relatives with names of their own (`admission/shared-config-files`, …): what a
//! `provider` block may say. Arguments can run programs, read files and send tokens away already at plan.

use super::arguments::{self, Argument, Given};
use super::providers;
use crate::finding::Findings;
use crate::subject::{Subject, attributes};
use tfpilot_hcl::source::Syntax;

/// The rule's name for arguments without a name of their own.
pub const NAME: &str = "provider-argument";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for instance in &subject.graph.instances {
        let sources = providers::sources(&instance.module);
        for (file, block) in instance.module.blocks() {
            let ("provider", [name]) = (block.kind.as_str(), block.labels.as_slice()) else { continue };
            if !subject.graph.fuel.spend(1) {
                return;
            }
            let source = sources.get(name).cloned().unwrap_or_else(|| providers::default_source(name));
            // A provider that is not listed is refused by its source.
            let allowed = subject.allow.provider(&source).unwrap_or_default();
            for (name, attribute) in attributes(&block.body, file.syntax == Syntax::Json, &allowed) {
                let argument =
                    Argument { name: &name, value: &attribute.value, place: attribute.place.clone() };
                arguments::judge(subject, instance, Given::Provider, &allowed, &argument, findings);
            }
        }
    }
}
