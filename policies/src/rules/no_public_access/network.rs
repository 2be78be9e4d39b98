//! Address ranges that let everybody in.

use tfpilot_hcl::Value;
use tfpilot_plan::code;

use super::known_as;
use crate::Truth;
use crate::finding::{Answer, Remark};
use crate::subject::Subject;
use crate::values::{elements, member};

/// Ranges in security groups' own blocks and in rules.
const SOURCES: [&str; 4] = ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"];

/// Shortest prefix of an IPv4 range that is not taken for everybody: no private range is wider than 10.0.0.0/8.
const V4_PREFIX: u8 = 8;

/// Shortest prefix of an IPv6 range that is not taken for everybody: the private range is fc00::/7.
const V6_PREFIX: u8 = 7;

/// What a rule of a security group says.
struct Opening<'v> {
    argument: &'static str,
    rule: &'v Value,
}

pub(super) fn ask(subject: &Subject<'_, '_>, allowed: &[u16]) -> Option<Answer> {
    match subject.kind {
        "aws_security_group" | "aws_default_security_group" => Some(group(subject, allowed)),
        "aws_security_group_rule" => match subject.after("type") {
            Value::String(direction) if direction == "egress" => None,
            _ => Some(single(subject, allowed)),
        },
        "aws_vpc_security_group_ingress_rule" => Some(single(subject, allowed)),
        "aws_ec2_managed_prefix_list" => Some(ranges(subject, "entry", &["cidr"])),
        "aws_ec2_managed_prefix_list_entry" => Some(ranges(subject, "", &["cidr"])),
        "aws_redshift_security_group" | "aws_db_security_group" => {
            Some(ranges(subject, "ingress", &["cidr"]))
        }
        "google_compute_firewall" => match subject.after("direction") {
            Value::String(direction) if direction == "EGRESS" => None,
            _ => Some(ranges(subject, "", &["source_ranges"])),
        },
        "azurerm_network_security_rule" => {
            let out = subject.after("direction") == Value::String("Outbound".to_owned());
            let deny = subject.after("access") == Value::String("Deny".to_owned());
            let sources = ["source_address_prefix", "source_address_prefixes"];
            (!out && !deny).then(|| ranges(subject, "", &sources))
        }
        _ => None,
    }
}

/// Rules inside a group.
fn group(subject: &Subject<'_, '_>, allowed: &[u16]) -> Answer {
    let value = subject.after("ingress");
    match elements(&value) {
        Some(rules) => {
            let openings = rules.into_iter().map(|rule| Opening { argument: "ingress", rule });
            Answer {
                remarks: openings.filter_map(|opening| remark(&opening, allowed)).collect(),
                ..Answer::default()
            }
        }
        // Rules that lie elsewhere are judged there.
        None if subject.is_left_out("ingress")
            || !subject.is_set("ingress") && subject.written().is_none() =>
        {
            Answer::passed()
        }
        None => Answer::one(unknown("ingress", "the rules are not known before apply")),
    }
}

/// A rule that is a resource of its own.
fn single(subject: &Subject<'_, '_>, allowed: &[u16]) -> Answer {
    let names = SOURCES.into_iter().chain(["from_port", "to_port", "protocol", "ip_protocol"]);
    let members = names
        .filter(|name| subject.has(name))
        // What the code leaves out is computed only in name.
        .map(|name| (name, subject.after(name)))
        .filter(|(name, value)| *value != Value::Unknown || !subject.is_omitted(name));
    let rule = Value::Object(members.map(|(name, value)| (name.to_owned(), value)).collect());
    let argument = SOURCES.into_iter().find(|name| subject.is_set(name)).unwrap_or("cidr_blocks");
    Answer {
        remarks: remark(&Opening { argument, rule: &rule }, allowed).into_iter().collect(),
        ..Answer::default()
    }
}

fn remark(opening: &Opening<'_>, allowed: &[u16]) -> Option<Remark> {
    let sources = SOURCES.into_iter().map(|name| member(opening.rule, name));
    let open: Vec<(Truth, String)> = sources.map(|source| everybody(&source)).collect();
    let reach = Truth::any(open.iter().map(|(truth, _)| *truth));
    let exposed = reach.and(!ports_allowed(opening.rule, allowed));
    let from = open.iter().find(|(truth, _)| *truth == reach).map_or("", |(_, text)| text.as_str());
    let what = traffic(opening.rule);
    let remark = match exposed {
        Truth::True => Remark::violated(
            opening.argument,
            format!("{what} is open to everybody from {from}"),
            "name the addresses that need it, or the port in `allowed_ports`",
        ),
        Truth::Unknown => {
            unknown(opening.argument, &format!("{what} may be open to everybody: not known before apply"))
        }
        Truth::False => return None,
    };
    Some(remark.known_as(known_as::ids_of_ports(opening.rule)))
}

/// Plain lists of ranges.
fn ranges(subject: &Subject<'_, '_>, block: &str, arguments: &[&'static str]) -> Answer {
    let mut values: Vec<(&'static str, Value)> = Vec::new();
    if block.is_empty() {
        let given = arguments.iter().filter(|name| subject.has(name) && !subject.is_omitted(name));
        values.extend(given.map(|name| (*name, subject.after(name))));
    } else {
        let value = subject.after(block);
        match elements(&value) {
            Some(blocks) => {
                for block in blocks {
                    values.extend(arguments.iter().map(|name| (*name, member(block, name))));
                }
            }
            None if subject.is_left_out(block) => {}
            None => values.extend(arguments.iter().map(|name| (*name, Value::Unknown))),
        }
    }
    let remarks = values.into_iter().filter_map(|(name, value)| match everybody(&value) {
        (Truth::True, text) => Some(Remark::violated(
            name,
            format!("open to everybody from {text}"),
            "name the addresses that need it",
        )),
        (Truth::Unknown, _) => Some(unknown(name, "who may come is not known before apply")),
        (Truth::False, _) => None,
    });
    Answer { remarks: remarks.collect(), ..Answer::default() }
}

fn unknown(argument: &str, message: &str) -> Remark {
    Remark::unknown(argument, message, "write the addresses in the code")
}

/// Whether a range, or one of a list, is so wide that everybody is in it.
fn everybody(value: &Value) -> (Truth, String) {
    match value {
        Value::Null => (Truth::False, String::new()),
        Value::String(text) => (is_everybody(text), code(text)),
        Value::List(items) => {
            let each = items.iter().map(everybody);
            each.fold((Truth::False, String::new()), |all, one| if one.0 > all.0 { one } else { all })
        }
        _ => (Truth::Unknown, String::new()),
    }
}

fn is_everybody(range: &str) -> Truth {
    if ["*", "Internet", "Any"].iter().any(|word| word.eq_ignore_ascii_case(range.trim())) {
        return Truth::True;
    }
    let Some((address, prefix)) = range.trim().split_once('/') else { return Truth::False };
    let least = if address.contains(':') { V6_PREFIX } else { V4_PREFIX };
    // A prefix that is no number is no range, and Terraform will say so; till then it is not understood.
    prefix.parse::<u8>().map_or(Truth::Unknown, |prefix| (prefix < least).into())
}

/// Whether all ports of a rule are among those that may be open.
fn ports_allowed(rule: &Value, allowed: &[u16]) -> Truth {
    if allowed.is_empty() {
        return Truth::False;
    }
    let protocol = match (member(rule, "protocol"), member(rule, "ip_protocol")) {
        (Value::Null, other) | (other, _) => other,
    };
    match protocol {
        Value::String(text) if !["tcp", "udp", "6", "17"].contains(&text.to_ascii_lowercase().as_str()) => {
            return Truth::False;
        }
        Value::String(_) => {}
        Value::Null => return Truth::False,
        _ => return Truth::Unknown,
    }
    let port = |name: &str| match member(rule, name) {
        Value::Number(number) => number.as_u64().map(Some).ok_or(Truth::False),
        Value::Unknown => Ok(None),
        _ => Err(Truth::False),
    };
    match (port("from_port"), port("to_port")) {
        (Ok(Some(from)), Ok(Some(to))) => {
            let count = u64::try_from(allowed.len()).unwrap_or(u64::MAX);
            let fine = from <= to
                && to - from < count
                && (from..=to).all(|port| allowed.iter().any(|it| u64::from(*it) == port));
            fine.into()
        }
        (Err(truth), _) | (_, Err(truth)) => truth,
        _ => Truth::Unknown,
    }
}

/// `tcp 22`, for people.
fn traffic(rule: &Value) -> String {
    let text = |name: &str| match member(rule, name) {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let protocol = text("protocol").or_else(|| text("ip_protocol"));
    match (protocol.as_deref(), text("from_port"), text("to_port")) {
        (Some("-1" | "all"), ..) => "all traffic".to_owned(),
        (Some(protocol), Some(from), Some(to)) if from == to => code(&format!("{protocol} {from}")),
        (Some(protocol), Some(from), Some(to)) => code(&format!("{protocol} {from}-{to}")),
        (Some(protocol), ..) => code(protocol),
        _ => "it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn wide_ranges_are_everybody() {
        for (range, expect) in [
            ("0.0.0.0/0", Truth::True),
            ("0.0.0.0/1", Truth::True),
            ("64.0.0.0/2", Truth::True),
            ("::/0", Truth::True),
            ("2000::/3", Truth::True),
            ("0.0.0.0/00", Truth::True),
            ("10.0.0.0/8", Truth::False),
            ("fc00::/7", Truth::False),
            ("203.0.113.4/32", Truth::False),
            ("0.0.0.0/x", Truth::Unknown),
            ("*", Truth::True),
        ] {
            assert_eq!(is_everybody(range), expect, "{range}");
        }
    }

    #[track_caller]
    fn check(rule: serde_json::Value, allowed: &[u16], expect: Option<Truth>) {
        let opening = Opening { argument: "ingress", rule: &Value::from(&rule) };
        assert_eq!(remark(&opening, allowed).map(|remark| remark.truth), expect);
    }

    #[test]
    fn ports_may_be_allowed() {
        let rule = |from: u16, to: u16| json!({"protocol": "tcp", "from_port": from, "to_port": to, "cidr_blocks": ["0.0.0.0/0"]});
        check(rule(443, 443), &[], Some(Truth::False));
        check(rule(443, 443), &[80, 443], None);
        check(rule(80, 81), &[80, 443], Some(Truth::False));
        check(rule(0, 65535), &[80, 443], Some(Truth::False));
        check(json!({"protocol": "-1", "cidr_blocks": ["::/0"]}), &[443], Some(Truth::False));
    }
}
