//! `admission/data-source`: data sources run at plan, so only types that merely read are admitted. `external` and `http`,
//! the usual ways out, have names of their own.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;

/// The rule's name.
pub const NAME: &str = "data-source";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for (_, block) in subject.named("data") {
        let kind = block.labels.first().map_or("", String::as_str);
        if subject.allow.data_source(kind) {
            continue;
        }
        let (rule, why) = match kind {
            "external" => ("external-data", "it runs a program at plan"),
            "http" => ("http-data", "it sends requests to any address at plan"),
            "aws_lambda_invocation" | "aws_ecs_task_execution" => {
                (NAME, "it runs something in the cloud at every plan")
            }
            kind if kind.ends_with("_auth")
                || kind.ends_with("_authorization_token")
                || kind.ends_with("_credentials") =>
            {
                (NAME, "it hands out a credential")
            }
            _ => (NAME, "it is not on the list of data sources that only read"),
        };
        let next = "remove it, or ask an admin to list it under `admission.data_sources`";
        findings.add(&block.place, Say { rule, what: format!("the data source {}", code(kind)), why, next });
    }
}
