//! Switches and words that open something to everybody.

use tfpilot_hcl::Value;

use crate::Truth;
use crate::finding::{Answer, Remark};
use crate::subject::Subject;
use crate::values::{elements, member, shown};

/// Switches of any type that have them: argument, the position that opens, the position when nothing is written.
const SWITCHES: &[(&str, bool, bool)] = &[
    ("publicly_accessible", true, false),
    ("allow_blob_public_access", true, false),
    ("allow_nested_items_to_be_public", true, true),
];

/// Canned ACLs that let others in.
const PUBLIC_ACLS: &[&str] = &["authenticated-read", "public-read", "public-read-write", "website"];

/// Groups of S3 that stand for everybody.
const EVERYBODY: &[&str] = &["/groups/global/AllUsers", "/groups/global/AuthenticatedUsers"];

/// Members of Google Cloud that stand for everybody.
const ALL_USERS: &[&str] = &["allAuthenticatedUsers", "allUsers"];

pub(super) fn ask(subject: &Subject<'_, '_>) -> Option<Answer> {
    let mut found: Vec<Answer> = SWITCHES
        .iter()
        .filter(|(argument, ..)| subject.has(argument))
        .map(|(argument, open, default)| switch(subject, argument, *open, *default))
        .collect();
    match subject.kind {
        "aws_s3_bucket" | "aws_s3_bucket_acl" | "aws_s3_object" => found.push(acl(subject)),
        "aws_lambda_function_url" => {
            found.push(word(subject, "authorization_type", &["NONE"], "write `AWS_IAM`"));
        }
        "aws_lambda_permission" => found.push(lambda(subject)),
        "aws_ami_launch_permission" => found.push(word(subject, "group", &["all"], "name the accounts")),
        "aws_db_snapshot" | "aws_db_cluster_snapshot" | "aws_db_snapshot_copy" => {
            found.push(word(subject, "shared_accounts", &["all"], "name the accounts"));
        }
        "aws_eks_cluster" => found.push(eks(subject)),
        kind if kind.starts_with("google_") => {
            for argument in ["member", "members", "entity"] {
                if subject.has(argument) {
                    found.push(word(subject, argument, ALL_USERS, "name the members"));
                }
            }
        }
        _ => {}
    }
    let mut found = found.into_iter();
    let first = found.next()?;
    Some(found.fold(first, |mut all, more| {
        all.remarks.extend(more.remarks);
        all
    }))
}

fn switch(subject: &Subject<'_, '_>, argument: &str, open: bool, default: bool) -> Answer {
    let hint = format!("write `{argument} = {}`", !open);
    let position = match subject.after(argument) {
        Value::Null => Some(default),
        Value::Bool(on) => Some(on),
        Value::Unknown if subject.is_omitted(argument) => Some(default),
        _ => None,
    };
    match position {
        Some(on) if on == open => {
            Answer::one(Remark::violated(argument, format!("`{argument}` is {on}"), hint))
        }
        Some(_) => Answer::passed(),
        None => {
            Answer::one(Remark::unknown(argument, format!("`{argument}` is not known before apply"), hint))
        }
    }
}

/// An argument, or one of its elements, that is a word which opens.
fn word(subject: &Subject<'_, '_>, argument: &str, words: &[&str], hint: &str) -> Answer {
    let value = subject.after(argument);
    if value == Value::Unknown && subject.is_omitted(argument) {
        return Answer::passed();
    }
    let truth = match elements(&value) {
        Some(items) => Truth::any(items.into_iter().map(|item| is_word(item, words))),
        None => Truth::Unknown,
    };
    say(truth, argument, &value, hint)
}

fn is_word(value: &Value, words: &[&str]) -> Truth {
    match value {
        Value::String(text) => words.contains(&text.as_str()).into(),
        Value::Unknown => Truth::Unknown,
        _ => Truth::False,
    }
}

fn say(truth: Truth, argument: &str, value: &Value, hint: &str) -> Answer {
    match truth {
        Truth::False => Answer::passed(),
        Truth::True => {
            Answer::one(Remark::violated(argument, format!("`{argument}` is {}", shown(value)), hint))
        }
        Truth::Unknown => {
            Answer::one(Remark::unknown(argument, format!("`{argument}` is not known before apply"), hint))
        }
    }
}

fn acl(subject: &Subject<'_, '_>) -> Answer {
    let hint = "write no ACL, or `private`";
    let mut answer = match subject.after("acl") {
        // Computed when it is left out: then it is private.
        Value::Unknown if subject.is_omitted("acl") => Answer::passed(),
        value => say(is_word(&value, PUBLIC_ACLS), "acl", &value, hint),
    };
    let policy = subject.after("access_control_policy");
    let own = subject.after("grant");
    let mut grants: Vec<Value> = Vec::new();
    for (argument, value) in [("access_control_policy", &policy), ("grant", &own)] {
        match elements(value) {
            Some(items) if argument == "grant" => grants.extend(items.into_iter().cloned()),
            Some(items) => {
                for item in items {
                    let inner = member(item, "grant");
                    grants.extend(elements(&inner).unwrap_or_default().into_iter().cloned());
                }
            }
            None if subject.is_set(argument) => {
                answer.remarks.push(Remark::unknown(argument, "whom it grants access is not known", hint));
            }
            None => {}
        }
    }
    let public = |grant: &Value| {
        let grantee = member(grant, "grantee");
        let uris = match elements(&grantee) {
            Some(grantees) if !grantees.is_empty() => {
                grantees.into_iter().map(|it| member(it, "uri")).collect()
            }
            _ => vec![member(grant, "uri")],
        };
        uris.iter().any(|uri| uri.as_str().is_some_and(|uri| EVERYBODY.iter().any(|it| uri.ends_with(it))))
    };
    if grants.iter().any(public) {
        answer.remarks.push(Remark::violated("grant", "it grants access to everybody", hint));
    }
    answer
}

/// Anybody may call the function, unless the permission is bound to a source.
fn lambda(subject: &Subject<'_, '_>) -> Answer {
    let bindings = ["source_arn", "source_account", "principal_org_id"].into_iter();
    let bound = Truth::any(bindings.map(|name| match subject.after(name) {
        Value::String(text) => (text != "*").into(),
        Value::Unknown if !subject.is_omitted(name) => Truth::Unknown,
        _ => Truth::False,
    }));
    let principal = subject.after("principal");
    let open = is_word(&principal, &["*"]).and(!bound);
    say(open, "principal", &principal, "name the principal, or its `source_arn`")
}

/// The API server of a cluster.
fn eks(subject: &Subject<'_, '_>) -> Answer {
    let config = subject.after("vpc_config");
    let Some(blocks) = elements(&config) else {
        let hint = "write `endpoint_public_access = false`";
        return Answer::one(Remark::unknown("vpc_config", "who reaches the API server is not known", hint));
    };
    let open = blocks.into_iter().map(|block| {
        let public = match member(block, "endpoint_public_access") {
            Value::Bool(on) => on.into(),
            // Public unless it is said otherwise.
            Value::Null => Truth::True,
            _ => Truth::Unknown,
        };
        let cidrs = match member(block, "public_access_cidrs") {
            Value::Null => Truth::True,
            cidrs => match elements(&cidrs) {
                Some(items) if items.is_empty() => Truth::True,
                Some(items) => Truth::any(items.into_iter().map(|it| is_word(it, &["0.0.0.0/0", "::/0"]))),
                // Computed when it is left out: then it is everybody.
                None => Truth::Unknown,
            },
        };
        public.and(cidrs)
    });
    let hint = "write `endpoint_public_access = false`, or narrow `public_access_cidrs`";
    match Truth::any(open) {
        Truth::False => Answer::passed(),
        Truth::True => {
            Answer::one(Remark::violated("vpc_config", "the API server is open to everybody", hint))
        }
        Truth::Unknown => {
            Answer::one(Remark::unknown("vpc_config", "who reaches the API server is not known", hint))
        }
    }
}
