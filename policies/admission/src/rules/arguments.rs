//! Judging what a provider, a backend or a remote state is given: by name first, by value where the value matters.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use tfpilot_hcl::{Expression, Instance, Place, Value, certain};

/// What is given arguments.
#[derive(Clone, Copy)]
pub(super) enum Given {
    Provider,
    Backend,
}

/// One argument.
pub(super) struct Argument<'a> {
    /// With the blocks it stands in: `assume_role.role_arn`.
    pub(super) name: &'a str,
    pub(super) value: &'a Expression,
    pub(super) place: Place,
}

/// Judges an argument against the names that are admitted.
pub(super) fn judge(
    subject: &Subject<'_>,
    instance: &Instance,
    given: Given,
    allowed: &[&str],
    argument: &Argument<'_>,
    findings: &mut Findings,
) {
    let Argument { name, value, place } = argument;
    let first = name.split('.').next().unwrap_or(name);
    if first == "dynamic" {
        return computed(place, "dynamic", findings);
    }
    let listed = allowed.contains(name)
        || name.split_once('.').is_some_and(|(block, _)| allowed.contains(&format!("{block}.*").as_str()));
    if !listed {
        let (rule, why) = refused(first, given);
        let next = "remove it";
        return findings.add(place, Say { rule, what: code(first), why, next });
    }
    if let Some(name) = subject.computed(instance, value) {
        return computed(place, &name, findings);
    }
    if is_endpoint(name) {
        endpoint(subject, instance, value, place, findings);
    }
}

fn computed(place: &Place, name: &str, findings: &mut Findings) {
    findings.add(
        place,
        Say {
            rule: "computed-argument",
            what: code(name),
            why: "what a provider or backend is told must be literal or from variables",
            next: "write it as a literal or a variable",
        },
    );
}

/// Arguments that name an address; their values must be on the list.
fn is_endpoint(name: &str) -> bool {
    name == "endpoints"
        || name.starts_with("endpoints.")
        || name == "endpoint"
        || name.ends_with("_endpoint")
            && !name.starts_with("use_")
            && name != "s3_us_east_1_regional_endpoint"
}

fn endpoint(
    subject: &Subject<'_>,
    instance: &Instance,
    value: &Expression,
    place: &Place,
    findings: &mut Findings,
) {
    let value = certain(value, &instance.scope(&instance.roots, subject.files()), &[]);
    if !addresses(&value)
        .is_some_and(|addresses| addresses.iter().all(|address| subject.allow.endpoint(address)))
    {
        let (rule, why) = refused("endpoints", Given::Provider);
        findings.add(
            place,
            Say {
                rule,
                what: code("endpoints"),
                why,
                next: "remove it, or ask an admin to list the address under `admission.endpoints`",
            },
        );
    }
}

/// Every address in a value; none when one is unknown or no text.
fn addresses(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(address) => Some(vec![address]),
        Value::Null => Some(Vec::new()),
        Value::Object(entries) => Some(entries.values().map(addresses).collect::<Option<Vec<_>>>()?.concat()),
        _ => None,
    }
}

/// The rule and the reason for an argument that is not listed.
fn refused(name: &str, given: Given) -> (&'static str, &'static str) {
    match name {
        "shared_config_files" | "shared_config_file" => (
            "shared-config-files",
            "a shared config file can name a `credential_process`, a program that runs at plan",
        ),
        "shared_credentials_files" | "shared_credentials_file" => (
            "shared-credentials-files",
            "a shared credentials file can name a `credential_process`, a program that runs at plan",
        ),
        "profile" => ("profile", "a profile takes its settings from files of the runner"),
        "assume_role_with_web_identity" | "web_identity_token" | "web_identity_token_file" => {
            ("web-identity", "it sends a token of the runner to an address of its choice")
        }
        "access_key" | "secret_key" | "token" => {
            ("static-credentials", "credentials do not belong into code; TfPilot's are keyless")
        }
        "endpoints" | "endpoint" => {
            ("custom-endpoint", "credentials and tokens would be sent to that address")
        }
        name if name.ends_with("_endpoint") => {
            ("custom-endpoint", "credentials and tokens would be sent to that address")
        }
        "http_proxy"
        | "https_proxy"
        | "no_proxy"
        | "custom_ca_bundle"
        | "insecure"
        | "ec2_metadata_service_endpoint_mode" => {
            ("proxy", "it lets another machine read or answer what is sent to the cloud")
        }
        _ => match given {
            Given::Provider => ("provider-argument", "it is not on the list of provider arguments"),
            Given::Backend => ("backend-argument", "it is not on the list of backend arguments"),
        },
    }
}
