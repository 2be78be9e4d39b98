//! Ways in and out: gateways, load balancers, addresses, endpoints.

use crate::cost::{Component, Item, MONTH_HOURS, Status};
use crate::values::elements;

pub(super) fn nat_gateway(item: &Item<'_>) -> Vec<Component> {
    vec![item.fixed(item.kind, "gateway", MONTH_HOURS), item.usage("data processed")]
}

pub(super) fn load_balancer(item: &Item<'_>) -> Vec<Component> {
    // `aws_alb` is the older name of the same resource.
    let kind = "aws_lb";
    match item.text("load_balancer_type").or("application".to_owned()).as_deref() {
        Some(word @ ("application" | "network")) => {
            let capacity = format!("{word} capacity");
            let as_lb = Item { kind, ..*item };
            vec![item.fixed(kind, word, MONTH_HOURS), as_lb.usage(&capacity)]
        }
        Some(_) => {
            vec![Component::not_priced("load balancer", "only application and network ones are listed")]
        }
        None => vec![Component::not_priced("load balancer", "its type is known only after apply")],
    }
}

pub(super) fn classic_load_balancer(item: &Item<'_>) -> Vec<Component> {
    vec![item.fixed(item.kind, "classic", MONTH_HOURS), item.usage("data processed")]
}

/// Billed whether it is used or not.
pub(super) fn address(item: &Item<'_>) -> Vec<Component> {
    vec![item.fixed(item.kind, "address", MONTH_HOURS)]
}

pub(super) fn endpoint(item: &Item<'_>) -> Vec<Component> {
    match item.text("vpc_endpoint_type").or("Gateway".to_owned()).as_deref() {
        Some("Gateway") => vec![Component::free()],
        Some("Interface") => {
            let subnets = (item.get)("subnet_ids");
            let count = elements(&subnets).map(|all| u64::try_from(all.len()).unwrap_or(u64::MAX));
            let hours = |zones: u64| MONTH_HOURS.saturating_mul(zones);
            let priced = match count {
                Some(zones) if zones > 0 => item.fixed(item.kind, "interface", hours(zones)),
                _ => {
                    let input = "one zone; its subnets are known only after apply".to_owned();
                    item.fixed_as(item.kind, "interface", hours(1), Status::Assumed { input })
                }
            };
            vec![priced, item.usage("data processed")]
        }
        Some("GatewayLoadBalancer") => vec![item.fixed(item.kind, "gateway load balancer", MONTH_HOURS)],
        Some(_) => vec![Component::not_priced("endpoint", "its type is not in the price book")],
        None => vec![Component::not_priced("endpoint", "its type is known only after apply")],
    }
}
