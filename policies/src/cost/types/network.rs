//! Ways in and out: gateways, load balancers, addresses, endpoints, private connections.

use tfpilot_hcl::Value;

use crate::cost::item::Given;
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
            vec![item.fixed(kind, word, MONTH_HOURS), item.usage_of(kind, &capacity)]
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
            let subnets = item.values.value("subnet_ids");
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
        Some("GatewayLoadBalancer") => {
            vec![item.hourly("gateway load balancer"), item.usage("gateway load balancer data processed")]
        }
        Some(_) => vec![Component::not_priced("endpoint", "its type is not in the price book")],
        None => vec![Component::not_priced("endpoint", "its type is known only after apply")],
    }
}

/// A connection to a network elsewhere, which may end at a transit gateway.
pub(super) fn vpn(item: &Item<'_>) -> Vec<Component> {
    let mut components = vec![item.hourly("connection")];
    let gateway = "transit_gateway_id";
    match item.values.value(gateway) {
        // What is known only after apply and refers to something is given.
        Value::Unknown if item.values.is_omitted(gateway) => {}
        Value::Null => {}
        Value::String(id) if id.is_empty() => {}
        _ => {
            components.push(item.hourly("transit gateway attachment"));
            components.push(item.usage("data processed"));
        }
    }
    components
}

/// A line to a data centre, sold by its speed.
pub(super) fn line(item: &Item<'_>) -> Vec<Component> {
    match item.text("bandwidth") {
        Given::Known(speed) => {
            vec![item.of_class(item.kind, "port", &speed, MONTH_HOURS, Status::Priced)]
        }
        _ => vec![Component::not_priced("port", "its speed is known only after apply")],
    }
}

/// A line's way into networks: paid when it ends at a transit gateway.
pub(super) fn line_association(item: &Item<'_>) -> Vec<Component> {
    match item.values.referred_kind(&["associated_gateway_id"]).as_deref() {
        Some("aws_vpn_gateway") => return vec![Component::free()],
        Some("aws_ec2_transit_gateway") => {}
        _ => match item.text("associated_gateway_type").known().as_deref() {
            Some("virtualPrivateGateway") => return vec![Component::free()],
            Some("transitGateway") => {}
            _ => return vec![Component::not_priced("attachment", "which kind of gateway is not known")],
        },
    }
    vec![item.hourly("attachment"), item.usage("data processed")]
}

/// A firewall has an endpoint in each of its subnets.
pub(super) fn firewall(item: &Item<'_>) -> Vec<Component> {
    let endpoints = match item.blocks("subnet_mapping") {
        Some(subnets) => item.hours_of("endpoint", u64::try_from(subnets.len()).unwrap_or(u64::MAX)),
        None => Component::not_priced("endpoint", "its subnets are known only after apply"),
    };
    vec![endpoints, item.usage("data processed")]
}

/// Two network interfaces or more, one for each address.
pub(super) fn resolver(item: &Item<'_>) -> Vec<Component> {
    let interfaces = match item.blocks("ip_address") {
        Some(addresses) => {
            item.hours_of("network interface", u64::try_from(addresses.len()).unwrap_or(u64::MAX))
        }
        None => Component::not_priced("network interface", "its addresses are known only after apply"),
    };
    vec![interfaces, item.usage("queries")]
}
