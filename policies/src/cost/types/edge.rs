//! What stands between the world and an application: APIs, CDN, firewalls for the web, names, accelerators.

use tfpilot_hcl::Value;

use crate::cost::item::{Given, block_in, text_in};
use crate::cost::{Component, Item, Status};
use crate::values::{elements, member};

/// Rules of AWS that are paid by the month besides.
const DEAR_RULES: [&str; 3] =
    ["AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"];

/// A stage of a REST API costs its cache.
pub(super) fn stage(item: &Item<'_>) -> Vec<Component> {
    match item.flag("cache_cluster_enabled").or(false) {
        Some(false) => return vec![Component::free()],
        Some(true) => {}
        None => return vec![Component::not_priced("cache", "known only after apply")],
    }
    match item.text("cache_cluster_size") {
        Given::Known(size) => {
            let class = format!("cache {size} GB");
            let hours = crate::cost::MONTH_HOURS;
            vec![item.of_class(item.kind, "cache", &class, hours, Status::Priced)]
        }
        _ => vec![Component::not_priced("cache", "its size is known only after apply")],
    }
}

/// An HTTP or WebSocket API.
pub(super) fn api(item: &Item<'_>) -> Vec<Component> {
    match item.text("protocol_type").known().as_deref() {
        Some("HTTP") => vec![item.usage("requests")],
        Some("WEBSOCKET") => item.usages(&["messages", "connection duration"]),
        _ => vec![Component::not_priced("requests", "its protocol is known only after apply")],
    }
}

/// A distribution is paid by use; the areas nearest to most are shown.
pub(super) fn distribution(item: &Item<'_>) -> Vec<Component> {
    let mut components = item.usages(&[
        "data transfer us",
        "https requests us",
        "data transfer europe",
        "https requests europe",
    ]);
    components.push(item.usage("invalidations"));
    let certificate = item.block("viewer_certificate");
    let dedicated = "dedicated ip certificate";
    match text_in(&certificate, "ssl_support_method") {
        Given::Known(method) if method == "vip" => components.push(item.fixed(item.kind, dedicated, 1)),
        Given::Known(_) | Given::Default => {}
        Given::Unknown => components.push(Component::not_priced(dedicated, "known only after apply")),
    }
    components
}

/// A web ACL of the older kind.
pub(super) fn classic_acl(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![item.fixed(item.kind, "web acl", 1)];
    components.push(match item.blocks("rules") {
        Some(rules) => item.fixed(item.kind, "rules", u64::try_from(rules.len()).unwrap_or(u64::MAX)),
        None => Component::not_priced("rules", "known only after apply"),
    });
    components.push(item.usage("requests"));
    components
}

/// A web ACL; each rule or group of AWS in it counts as one.
pub(super) fn acl(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![item.fixed(item.kind, "web acl", 1)];
    match item.blocks("rule") {
        Some(rules) => {
            components.push(item.fixed(item.kind, "rules", u64::try_from(rules.len()).unwrap_or(u64::MAX)));
            components.extend(rules.iter().filter_map(dear));
        }
        None => components.push(Component::not_priced("rules", "known only after apply")),
    }
    components.push(item.usage("requests"));
    components
}

/// What a rule costs beyond being one.
fn dear(rule: &Value) -> Option<Component> {
    let statement = block_in(rule, "statement");
    let has = |name: &str| {
        let blocks = member(&statement, name);
        elements(&blocks).is_none_or(|blocks| !blocks.is_empty())
    };
    if has("rule_group_reference_statement") {
        return Some(Component::not_priced("rules of a group", "a group's own rules are not counted"));
    }
    if !has("managed_rule_group_statement") {
        return None;
    }
    let group = block_in(&statement, "managed_rule_group_statement");
    match (text_in(&group, "vendor_name"), text_in(&group, "name")) {
        (Given::Known(vendor), Given::Known(name))
            if vendor == "AWS" && !DEAR_RULES.contains(&name.as_str()) =>
        {
            None
        }
        _ => Some(Component::not_priced(
            "managed rules",
            "rules that are sold besides are not in the price book",
        )),
    }
}

/// A record's queries, at the price of how it is answered.
pub(super) fn record(item: &Item<'_>) -> Vec<Component> {
    let has = |name: &str| item.blocks(name).is_some_and(|blocks| !blocks.is_empty());
    let queries = if has("latency_routing_policy") {
        "latency queries"
    } else if has("geolocation_routing_policy") || has("geoproximity_routing_policy") {
        "geo queries"
    } else {
        "queries"
    };
    vec![item.usage(queries)]
}

/// A health check. Where its endpoint is, AWS knows and the plan does not: it is assumed to be the dearer.
pub(super) fn health_check(item: &Item<'_>) -> Vec<Component> {
    let Given::Known(kind) = item.text("type") else {
        return vec![Component::not_priced("check", "its type is known only after apply")];
    };
    if !["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"].contains(&kind.as_str()) {
        return vec![Component::not_priced("check", "only checks of endpoints are in the price book")];
    }
    let (Some(interval), Some(latency)) =
        (item.number("request_interval").or(30), item.flag("measure_latency").or(false))
    else {
        return vec![Component::not_priced("check", "its options are known only after apply")];
    };
    let features = [kind.starts_with("HTTPS"), kind.ends_with("STR_MATCH"), interval == 10, latency];
    let features = u64::try_from(features.iter().filter(|on| **on).count()).unwrap_or(u64::MAX);
    let assumed = || Status::Assumed { input: "an endpoint outside of AWS".to_owned() };
    let mut components = vec![item.fixed_as(item.kind, "check outside of aws", 1, assumed())];
    if features > 0 {
        components.push(item.fixed_as(item.kind, "feature outside of aws", features, assumed()));
    }
    components
}
