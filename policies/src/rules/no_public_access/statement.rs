//! Whether a statement of a policy lets anybody in, in three values.

use std::collections::BTreeMap;

use tfpilot_hcl::Value;

use crate::Truth;

/// Keys of conditions that bind a statement to somebody's identity or network. In lower case, as AWS ignores case.
const BINDING: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
];

/// Keys whose conditions anybody can meet.
const LOOSE: &[&str] = &[
    "aws:currenttime",
    "aws:epochtime",
    "aws:referer",
    "aws:securetransport",
    "aws:useragent",
    "s3:tlsversion",
];

/// Whether a document lets anybody in: one of its statements does.
pub(super) fn is_open(document: &Value) -> Truth {
    let Value::Object(document) = document else {
        return if *document == Value::Null { Truth::False } else { Truth::Unknown };
    };
    match find(document, "Statement") {
        Some(Value::List(statements)) => Truth::any(statements.iter().map(statement)),
        Some(one) => statement(one),
        None => Truth::False,
    }
}

fn statement(value: &Value) -> Truth {
    let Value::Object(members) = value else {
        return if *value == Value::Null { Truth::False } else { Truth::Unknown };
    };
    let allows = match find(members, "Effect") {
        Some(Value::String(effect)) => (effect.eq_ignore_ascii_case("allow")).into(),
        Some(Value::Unknown) => Truth::Unknown,
        _ => Truth::False,
    };
    let anybody = find(members, "Principal").map_or(Truth::False, principal);
    // All but somebody is nearly everybody.
    let all_but = Truth::from(find(members, "NotPrincipal").is_some());
    let bound = find(members, "Condition").map_or(Truth::False, condition);
    allows.and(anybody.or(all_but)).and(!bound)
}

fn principal(value: &Value) -> Truth {
    match value {
        Value::String(text) => (text.trim() == "*").into(),
        Value::List(items) => Truth::any(items.iter().map(principal)),
        Value::Object(entries) => Truth::any(entries.values().map(principal)),
        Value::Unknown => Truth::Unknown,
        _ => Truth::False,
    }
}

/// Whether conditions bind to somebody: one that does is enough, as all must hold.
fn condition(value: &Value) -> Truth {
    match value {
        Value::Null => Truth::False,
        Value::Object(tests) => Truth::any(tests.iter().map(|(operator, keys)| test(operator, keys))),
        Value::List(blocks) => Truth::any(blocks.iter().map(condition)),
        _ => Truth::Unknown,
    }
}

fn test(operator: &str, keys: &Value) -> Truth {
    let Value::Object(keys) = keys else { return Truth::Unknown };
    let operator = operator.to_ascii_lowercase();
    // These hold also when the key is absent or another; they exclude, they do not bind.
    let excludes = operator.contains("not") || operator == "null" || operator.starts_with("forallvalues:");
    let excludes = excludes || operator.ends_with("ifexists");
    Truth::any(keys.iter().map(|(key, values)| {
        let key = key.to_ascii_lowercase();
        if excludes || LOOSE.contains(&key.as_str()) {
            Truth::False
        } else if BINDING.contains(&key.as_str()) || key.starts_with("aws:principaltag/") {
            narrows(values)
        } else {
            Truth::Unknown
        }
    }))
}

/// Whether none of a condition's values stands for everybody.
fn narrows(values: &Value) -> Truth {
    match values {
        Value::String(text) => {
            let all =
                text.trim_matches(['*', '?']).is_empty() || text.starts_with("arn:*") || text == "arn:aws:*";
            (!all && !["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1"].contains(&text.as_str())).into()
        }
        Value::List(items) if items.is_empty() => Truth::Unknown,
        Value::List(items) => Truth::all(items.iter().map(narrows)),
        _ => Truth::Unknown,
    }
}

/// A member whatever the case of its name, as AWS reads it.
fn find<'v>(members: &'v BTreeMap<String, Value>, name: &str) -> Option<&'v Value> {
    members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(statement: serde_json::Value, expect: Truth) {
        let document = json!({ "Statement": statement });
        assert_eq!(is_open(&Value::from(&document)), expect, "{document}");
    }

    #[test]
    fn anybody_without_a_binding_condition() {
        check(json!({"Effect": "Allow", "Principal": "*"}), Truth::True);
        check(json!([{"Effect": "Allow", "Principal": {"AWS": ["arn", "*"]}, "Condition": {}}]), Truth::True);
        check(json!({"Effect": "Allow", "NotPrincipal": {"AWS": "arn"}}), Truth::True);
        check(json!({"effect": "allow", "principal": "*"}), Truth::True);
        check(json!({"Effect": "Deny", "Principal": "*"}), Truth::False);
        check(json!({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}), Truth::False);
        check(json!([]), Truth::False);
    }

    #[test]
    fn conditions_bind_or_do_not() {
        let with = |condition: serde_json::Value| json!({"Effect": "Allow", "Principal": "*", "Condition": condition});
        check(with(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})), Truth::False);
        check(with(json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})), Truth::True);
        check(with(json!({"Bool": {"aws:SecureTransport": "true"}})), Truth::True);
        check(with(json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})), Truth::True);
        check(with(json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"]}})), Truth::True);
        check(with(json!({"ArnLike": {"aws:SourceArn": "*"}})), Truth::True);
        check(with(json!({"StringEquals": {"s3:ExistingObjectTag/public": "yes"}})), Truth::Unknown);
    }
}
