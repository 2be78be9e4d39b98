//! `admission/remote-state`: `terraform_remote_state` opens a backend from inside the code, so its `config` is judged like
//! one.

use super::arguments::{self, Given};
use super::backend;
use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use tfpilot_hcl::{Block, Expression, Instance, ObjectKey, certain};

/// The rule's name.
pub const NAME: &str = "remote-state";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for instance in &subject.graph.instances {
        for (_, block) in instance.module.blocks() {
            let nested = block.body.named("data");
            for data in std::iter::once(block).chain(nested) {
                if data.kind == "data"
                    && data.labels.first().is_some_and(|kind| kind == "terraform_remote_state")
                {
                    remote_state(subject, instance, data, findings);
                }
            }
        }
    }
}

fn remote_state(subject: &Subject<'_>, instance: &Instance, block: &Block, findings: &mut Findings) {
    let scope = instance.scope(&instance.roots, subject.files());
    let kind = block.body.get("backend").map(|kind| certain(&kind.value, &scope, &[]));
    let Some(kind) = kind.as_ref().and_then(|kind| kind.as_str()) else {
        return findings
            .add(&block.place, say("backend", "it is missing or computed", "write it as plain text"));
    };
    let Some(allowed) = subject.allow.backend(kind) else {
        return findings
            .add(&block.place, say(kind, "it is not on the list of backends", "read the state from `s3`"));
    };
    let Some(config) = block.body.get("config") else { return };
    let Expression::Object(members) = &config.value else {
        return findings
            .add(&config.place, say("config", "it is computed", "write it as `{ … }` in this place"));
    };
    for (key, value) in members {
        let name = match key {
            ObjectKey::Ident(key) => key.value().to_string(),
            ObjectKey::Expression(Expression::String(key)) => key.value().clone(),
            ObjectKey::Expression(_) => {
                findings.add(
                    &config.place,
                    say("config", "one of its keys is computed", "write the key as plain text"),
                );
                continue;
            }
        };
        if kind == "local" && !(name == "path" && backend::keeps(&certain(value.expr(), &scope, &[]))) {
            let why = "a local state must be an absolute path that the runner keeps";
            findings.add(&config.place, say(&name, why, "read the state from `s3`"));
            continue;
        }
        for argument in backend::arguments_of(&name, value.expr(), &config.place) {
            arguments::judge(subject, instance, Given::Backend, &allowed, &argument.borrow(), findings);
        }
    }
}

fn say(what: &str, why: &'static str, next: &'static str) -> Say<'static> {
    Say { rule: NAME, what: code(what), why, next }
}
