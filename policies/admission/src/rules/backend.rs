//! `admission/backend`, `admission/backend-argument`, `admission/local-state`: where the state lies. A backend is code that
//! runs at `init`, with credentials; and a state in the work directory is lost with the runner.

use super::arguments::{self, Argument, Given};
use crate::finding::{Findings, Say, code};
use crate::subject::{Subject, attributes};
use tfpilot_hcl::source::Syntax;
use tfpilot_hcl::{Block, File, Instance, Place, Value, certain};

/// The rule's name for a backend that is not listed.
pub const NAME: &str = "backend";
/// The rule's name for a state that would be lost.
pub const LOCAL: &str = "local-state";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    // Backends of called modules are ignored by Terraform.
    let Some(root) = subject.graph.instances.first() else { return };
    let mut found = false;
    for (file, settings) in root.module.blocks().filter(|(_, block)| block.kind == "terraform") {
        for cloud in settings.body.named("cloud") {
            found = true;
            refuse("cloud", &cloud.place, findings);
        }
        for block in settings.body.named("backend") {
            found = true;
            backend(subject, root, file, block, findings);
        }
    }
    if !found {
        let place = subject.place_of(&subject.stack.directory);
        findings.add(&place, local("no backend"));
    }
}

fn backend(subject: &Subject<'_>, root: &Instance, file: &File, block: &Block, findings: &mut Findings) {
    let kind = block.labels.first().map_or("", String::as_str);
    let Some(allowed) = subject.allow.backend(kind) else {
        return match kind {
            "local" => findings.add(&block.place, local(&code("local"))),
            _ => refuse(kind, &block.place, findings),
        };
    };
    for (name, attribute) in attributes(&block.body, file.syntax == Syntax::Json, &allowed) {
        // `endpoints = { s3 = … }` and `assume_role = { … }` are objects with the names below.
        for argument in arguments_of(&name, &attribute.value, &attribute.place) {
            arguments::judge(subject, root, Given::Backend, &allowed, &argument.borrow(), findings);
        }
    }
    if kind == "local" {
        let path = block
            .body
            .get("path")
            .map(|path| certain(&path.value, &root.scope(&root.roots, subject.files()), &[]));
        let directory = block.body.get("workspace_dir");
        if !path.is_some_and(|path| keeps(&path)) || directory.is_some() {
            findings.add(&block.place, local(&code("local")));
        }
    }
}

/// An argument of a backend that may be an object.
pub(super) struct Owned<'a> {
    name: String,
    value: &'a tfpilot_hcl::Expression,
    place: Place,
}

impl Owned<'_> {
    pub(super) fn borrow(&self) -> Argument<'_> {
        Argument { name: &self.name, value: self.value, place: self.place.clone() }
    }
}

/// An argument, or its members when it is an object that other names could hide in.
pub(super) fn arguments_of<'a>(
    name: &str,
    value: &'a tfpilot_hcl::Expression,
    place: &Place,
) -> Vec<Owned<'a>> {
    match value {
        tfpilot_hcl::Expression::Object(object)
            if matches!(name, "assume_role" | "endpoints" | "assume_role_with_web_identity") =>
        {
            let member = |(key, value): (&tfpilot_hcl::ObjectKey, &'a tfpilot_hcl::ObjectValue)| {
                let key = match key {
                    tfpilot_hcl::ObjectKey::Ident(key) => key.value().to_string(),
                    tfpilot_hcl::ObjectKey::Expression(expr) => {
                        expr.as_str().unwrap_or("(computed)").to_owned()
                    }
                };
                Owned { name: format!("{name}.{key}"), value: value.expr(), place: place.clone() }
            };
            object.iter().map(member).collect()
        }
        _ => vec![Owned { name: name.to_owned(), value, place: place.clone() }],
    }
}

/// Whether a local path outlives the run: absolute, without steps upwards, not one of the kernel's.
pub(super) fn keeps(path: &Value) -> bool {
    path.as_str().is_some_and(|path| {
        let mut parts = path.split('/').skip(1);
        path.starts_with('/')
            && !path.split('/').any(|part| part == "..")
            && !parts.next().is_some_and(|first| matches!(first, "" | "." | "proc" | "sys" | "dev"))
    })
}

fn local(what: &str) -> Say<'static> {
    Say {
        rule: LOCAL,
        what: what.to_owned(),
        why: "a state in the work directory is lost with the runner, and everything is created again",
        next: "write a backend such as `s3`",
    }
}

fn refuse(kind: &str, place: &Place, findings: &mut Findings) {
    findings.add(
        place,
        Say {
            rule: NAME,
            what: format!("the backend {}", code(kind)),
            why: "it is not on the list of backends",
            next: "use `s3`, or ask an admin to list it under `admission.backends`",
        },
    );
}
