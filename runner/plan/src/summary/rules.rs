//! Rules of a security group as texts, so that they are compared as rules and not by their place in a list.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::is_redacted;

/// One text per protocol, ports and peer; none when the value is no list of rules.
pub(super) fn texts(direction: &str, rules: &Value, unknown: &Value) -> Option<BTreeSet<String>> {
    let preposition = if direction == "egress" { "to" } else { "from" };
    let mut texts = BTreeSet::new();
    for (at, rule) in rules.as_array()?.iter().enumerate() {
        if !rule.is_object() {
            return None;
        }
        let unknown = unknown.get(at).unwrap_or(&Value::Null);
        let what = what(rule, unknown);
        for peer in peers(rule, unknown) {
            texts.insert(format!("{what} {preposition} {peer}"));
        }
    }
    Some(texts)
}

/// `tcp 443`, `udp 1000-2000`, `all traffic`.
pub(super) fn what(rule: &Value, unknown: &Value) -> String {
    let part = |names: [&str; 2]| {
        let name = names.into_iter().find(|name| rule.get(name).is_some() || is_unknown(unknown, name))?;
        Some(scalar(rule.get(name), is_unknown(unknown, name)))
    };
    let protocol = part(["protocol", "ip_protocol"]).unwrap_or_else(|| "any protocol".to_owned());
    if protocol == "-1" || protocol == "all" {
        return "all traffic".to_owned();
    }
    match (part(["from_port", "from_port"]), part(["to_port", "to_port"])) {
        (Some(from), Some(to)) if from == to && from == protocol => protocol,
        (Some(from), Some(to)) if from == to => format!("{protocol} {from}"),
        (Some(from), Some(to)) => format!("{protocol} {from}-{to}"),
        _ => protocol,
    }
}

fn peers(rule: &Value, unknown: &Value) -> Vec<String> {
    let mut peers = Vec::new();
    for name in ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"] {
        if is_unknown(unknown, name) {
            peers.push("(known after apply)".to_owned());
        }
        match rule.get(name) {
            Some(Value::Array(items)) => {
                let elements = unknown.get(name);
                peers.extend(items.iter().enumerate().map(|(at, item)| {
                    scalar(Some(item), elements.and_then(|all| all.get(at)) == Some(&Value::Bool(true)))
                }));
            }
            Some(value) if is_redacted(value) => peers.push("(sensitive)".to_owned()),
            _ => {}
        }
    }
    if rule.get("self") == Some(&Value::Bool(true)) {
        peers.push("itself".to_owned());
    }
    if peers.is_empty() {
        peers.push("nobody".to_owned());
    }
    peers
}

fn is_unknown(unknown: &Value, name: &str) -> bool {
    *unknown == Value::Bool(true) || unknown.get(name) == Some(&Value::Bool(true))
}

fn scalar(value: Option<&Value>, unknown: bool) -> String {
    match value {
        _ if unknown => "(known after apply)".to_owned(),
        Some(value) if is_redacted(value) => "(sensitive)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "(not set)".to_owned(),
        Some(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(rules: Value, unknown: Value, expect: &[&str]) {
        let texts = texts("ingress", &rules, &unknown).expect("rules");
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), expect);
    }

    #[test]
    fn one_text_per_peer_whatever_the_order() {
        let a = json!({"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"]});
        let b = json!({"protocol": "-1", "from_port": 0, "to_port": 0, "self": true, "security_groups": ["sg-1"]});
        let expect = [
            "all traffic from itself",
            "all traffic from sg-1",
            "tcp 443 from 0.0.0.0/0",
            "tcp 443 from 10.0.0.0/8",
        ];
        check(json!([a, b]), Value::Null, &expect);
        check(json!([b, a]), Value::Null, &expect);
    }

    #[test]
    fn what_is_not_known_is_said() {
        check(
            json!([{"from_port": 1, "to_port": 9}]),
            json!([{"cidr_blocks": true, "protocol": true}]),
            &["(known after apply) 1-9 from (known after apply)"],
        );
        check(
            json!([{"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_blocks": [null]}]),
            json!([{"cidr_blocks": [true]}]),
            &["tcp 1 from (known after apply)"],
        );
        check(
            json!([{"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_blocks": "redacted:list"}]),
            Value::Null,
            &["tcp 1 from (sensitive)"],
        );
    }

    #[test]
    fn anything_else_is_no_list_of_rules() {
        assert_eq!(texts("ingress", &json!("x"), &Value::Null), None);
        assert_eq!(texts("ingress", &json!([1]), &Value::Null), None);
    }
}
