//! What becomes reachable by anybody through a change, or may, as its address range is not known yet.
//!
//! A finding of the default policies says more; this decides the place in the table and the number of approvals.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::doors;
use super::rules;
use super::statements;
use super::why::Reason;
use crate::configuration::ExpressionNames;
use crate::{Operation, ResourceChange, is_redacted};

/// What is open after the change and was not before.
pub(super) fn newly_exposed(change: &ResourceChange, arguments: Option<&ExpressionNames<'_>>) -> Vec<Reason> {
    let kind = change.kind.as_str();
    match change.operation() {
        Operation::Delete if doors::is_guard(kind) => {
            return vec![Reason::plain("the block on public access is removed")];
        }
        Operation::Create | Operation::Update | Operation::Replace | Operation::ForgetAndCreate => {}
        _ => return Vec::new(),
    }
    let before = Openings::of(kind, &change.change.before, &Value::Null, None);
    let after = Openings::of(kind, &change.change.after, &change.change.after_unknown, arguments);
    after.difference(&before).map(|(text, about)| Reason::about(text, about.clone())).collect()
}

/// An opening: our words, and where it is.
type Opening = (&'static str, String);

struct Openings {
    /// Address ranges say who may come.
    sources: bool,
    /// `internal = false` means reachable from the internet.
    balancer: bool,
    found: BTreeSet<Opening>,
}

impl Openings {
    fn of(
        kind: &str,
        object: &Value,
        unknown: &Value,
        arguments: Option<&ExpressionNames<'_>>,
    ) -> BTreeSet<Opening> {
        let Some(map) = object.as_object() else { return BTreeSet::new() };
        let mut openings = Self {
            sources: !doors::is_outbound(kind, map),
            balancer: matches!(kind, "aws_lb" | "aws_alb" | "aws_elb"),
            found: BTreeSet::new(),
        };
        for (name, value) in map {
            openings.argument(map, name, value, unknown.get(name).unwrap_or(&Value::Null));
        }
        openings.unknown_arguments(map, unknown, arguments);
        openings.found
    }

    fn argument(&mut self, owner: &Map<String, Value>, name: &str, value: &Value, unknown: &Value) {
        let source = self.sources && doors::is_source(name);
        match value {
            _ if name == "egress" => {}
            Value::Object(map) => self.block(map, unknown),
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.argument(owner, name, item, unknown.get(at).unwrap_or(&Value::Null));
                }
            }
            Value::Null if source && *unknown == Value::Bool(true) => self.maybe_open(owner, name),
            value
                if is_redacted(value)
                    && (source || self.sources && name == "ingress" || doors::is_watched(name)) =>
            {
                self.maybe_open(owner, name);
            }
            Value::String(text) if source && doors::is_everywhere(text) => {
                self.found.insert(("open to everybody:", format!("{} from {text}", about(owner, name))));
            }
            Value::String(text) if text.starts_with('{') => {
                let statements =
                    statements::of(text).into_iter().flatten().filter(|statement| statement.open);
                self.found.extend(statements.map(|statement| ("open to everybody:", statement.text)));
            }
            Value::String(text) if doors::is_word(name, text) => {
                self.found.insert(("public:", format!("{name} = {text}")));
            }
            Value::Bool(on)
                if doors::is_switch(name, *on) || (self.balancer && name == "internal" && !on) =>
            {
                self.found.insert(("public:", format!("{name} = {on}")));
            }
            _ => {}
        }
    }

    /// A nested block; its unknown arguments are absent from the value.
    fn block(&mut self, map: &Map<String, Value>, unknown: &Value) {
        for (name, value) in map {
            self.argument(map, name, value, unknown.get(name).unwrap_or(&Value::Null));
        }
        for (name, mark) in unknown.as_object().into_iter().flatten() {
            if self.sources && *mark == Value::Bool(true) && doors::is_source(name) {
                self.maybe_open(map, name);
            }
        }
    }

    /// Arguments that are unknown as a whole count only if the code sets them: one the code leaves out is
    /// unknown too, as the provider fills it in.
    fn unknown_arguments(
        &mut self,
        map: &Map<String, Value>,
        unknown: &Value,
        arguments: Option<&ExpressionNames<'_>>,
    ) {
        for (name, mark) in unknown.as_object().into_iter().flatten() {
            let set = arguments.is_none_or(|arguments| arguments.contains(name.as_str()));
            let source = self.sources && (doors::is_source(name) || name == "ingress");
            let switch = doors::is_any_switch(name);
            if set && *mark == Value::Bool(true) && (source || switch) {
                self.maybe_open(map, name);
            }
        }
    }

    fn maybe_open(&mut self, owner: &Map<String, Value>, name: &str) {
        self.found.insert(("may be open, not known yet:", about(owner, name)));
    }
}

fn about(owner: &Map<String, Value>, name: &str) -> String {
    let ports = ["from_port", "to_port", "protocol", "ip_protocol"];
    if ports.iter().any(|port| owner.contains_key(*port)) {
        let rule = Value::Object(owner.clone());
        return rules::what(&rule, &Value::Null);
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `change`: before, after, after_unknown.
    #[track_caller]
    fn check(kind: &str, change: [Value; 3], arguments: &[&str], expect: &[&str]) {
        let [before, after, unknown] = change;
        let action = if before.is_null() { "create" } else { "update" };
        let change = json!({"type": kind, "change":
            {"actions": [action], "before": before, "after": after, "after_unknown": unknown}});
        let arguments = arguments.iter().map(|name| (*name).into()).collect();
        let found = newly_exposed(&serde_json::from_value(change).expect("a change"), Some(&arguments));
        assert_eq!(found.iter().map(Reason::to_string).collect::<Vec<_>>(), expect);
    }

    fn rule(port: u16, from: &str) -> Value {
        json!({"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": [from]})
    }

    #[test]
    fn only_what_is_new_counts() {
        let open = json!({"ingress": [rule(443, "0.0.0.0/0")], "egress": [rule(0, "0.0.0.0/0")]});
        let more = json!({"ingress": [rule(22, "::/0"), rule(443, "0.0.0.0/0")]});
        let set = ["ingress", "egress"];
        check(
            "aws_security_group",
            [json!(null), open.clone(), json!({})],
            &set,
            &["open to everybody: tcp 443 from 0.0.0.0/0"],
        );
        check("aws_security_group", [open.clone(), open.clone(), json!({})], &set, &[]);
        check("aws_security_group", [open, more, json!({})], &set, &["open to everybody: tcp 22 from ::/0"]);
    }

    #[test]
    fn an_unknown_range_may_be_open() {
        let none = json!(null);
        check(
            "aws_security_group",
            [none.clone(), json!({"name": "x"}), json!({"ingress": true})],
            &["name"],
            &[],
        );
        check(
            "aws_security_group",
            [none.clone(), json!({"name": "x"}), json!({"ingress": true})],
            &["ingress"],
            &["may be open, not known yet: ingress"],
        );
        let blocks = json!({"ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 1}]});
        check(
            "aws_security_group",
            [none.clone(), blocks, json!({"ingress": [{"cidr_blocks": true}]})],
            &["name"],
            &["may be open, not known yet: tcp 1"],
        );
        for (name, value) in [
            ("ingress", "redacted:list"),
            ("acl", "redacted:string"),
            ("publicly_accessible", "redacted:bool"),
        ] {
            let about = format!("may be open, not known yet: {name}");
            check("aws_x", [none.clone(), json!({ name: value }), json!({})], &[], &[&about]);
        }
        let hidden = json!({"ingress": [rule(1, "redacted:string")]});
        check(
            "aws_security_group",
            [none.clone(), hidden, json!({})],
            &["ingress"],
            &["may be open, not known yet: tcp 1"],
        );
        check("aws_subnet", [none, json!({}), json!({"cidr_block": true})], &["cidr_block"], &[]);
    }

    #[test]
    fn outbound_ranges_expose_nothing() {
        let none = json!(null);
        check(
            "aws_route",
            [none.clone(), json!({"destination_cidr_block": "0.0.0.0/0"}), json!({})],
            &[],
            &[],
        );
        check(
            "aws_security_group_rule",
            [none.clone(), json!({"type": "egress", "cidr_blocks": ["0.0.0.0/0"]}), json!({})],
            &[],
            &[],
        );
        check(
            "aws_security_group_rule",
            [none, json!({"type": "ingress", "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}), json!({})],
            &[],
            &["open to everybody: all traffic from 0.0.0.0/0"],
        );
    }

    #[test]
    fn switches_words_and_policies() {
        let off = json!({"publicly_accessible": false});
        check(
            "aws_db_instance",
            [off, json!({"publicly_accessible": true}), json!({})],
            &[],
            &["public: publicly_accessible = true"],
        );
        check(
            "aws_s3_bucket_acl",
            [json!(null), json!({"acl": "public-read"}), json!({})],
            &[],
            &["public: acl = public-read"],
        );
        check(
            "aws_lb",
            [json!(null), json!({"internal": false}), json!({})],
            &[],
            &["public: internal = false"],
        );
        let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}}"#;
        check(
            "aws_s3_bucket_policy",
            [json!(null), json!({"policy": policy}), json!({})],
            &[],
            &["open to everybody: Allow s3:GetObject for *"],
        );
    }

    #[test]
    fn taking_a_guard_away_exposes() {
        let change = json!({"type": "aws_s3_bucket_public_access_block", "change": {"actions": ["delete"], "before": {}}});
        assert_eq!(newly_exposed(&serde_json::from_value(change).expect("a change"), None).len(), 1);
    }
}
