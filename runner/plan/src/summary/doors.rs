//! Which arguments open something to everybody: address ranges, switches, words; and what holds doors shut.

use serde_json::{Map, Value};

/// Arguments that say who may connect.
const SOURCE_ARGUMENTS: &[&str] = &[
    "authorized_networks",
    "ip_rules",
    "source_address_prefix",
    "source_address_prefixes",
    "source_ranges",
    "whitelisted_ips",
];

/// Switches and the position that opens.
const SWITCHES: &[(&str, bool)] = &[
    ("allow_blob_public_access", true),
    ("allow_nested_items_to_be_public", true),
    ("associate_public_ip_address", true),
    ("block_public_acls", false),
    ("block_public_policy", false),
    ("endpoint_public_access", true),
    ("ignore_public_acls", false),
    ("map_public_ip_on_launch", true),
    ("public_network_access_enabled", true),
    ("publicly_accessible", true),
    ("restrict_public_buckets", false),
];

/// Words that open, by argument.
const WORDS: &[(&str, &[&str])] = &[
    ("acl", &["public-read", "public-read-write", "authenticated-read", "website"]),
    ("authorization_type", &["NONE"]),
    ("entity", &["allUsers", "allAuthenticatedUsers"]),
    ("member", &["allUsers", "allAuthenticatedUsers"]),
    ("members", &["allUsers", "allAuthenticatedUsers"]),
    ("principal", &["*"]),
];

/// Resources that hold a door shut: without them it opens.
const GUARDS: &[&str] = &["aws_s3_account_public_access_block", "aws_s3_bucket_public_access_block"];

/// Resources whose address ranges say where traffic goes or which addresses they have, not who may come.
const NOT_SOURCES: &[&str] = &[
    "aws_default_route_table",
    "aws_default_subnet",
    "aws_route",
    "aws_route_table",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_security_group_egress_rule",
    "azurerm_route",
    "azurerm_subnet",
    "azurerm_virtual_network",
    "google_compute_route",
    "google_compute_subnetwork",
];

/// It says who may connect.
pub(super) fn is_source(name: &str) -> bool {
    (name.contains("cidr") && !name.starts_with("destination")) || SOURCE_ARGUMENTS.contains(&name)
}

/// The whole world.
pub(super) fn is_everywhere(text: &str) -> bool {
    // Two halves are the whole.
    let halves = ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"];
    matches!(text, "0.0.0.0/0" | "::/0" | "*" | "Internet" | "Any") || halves.contains(&text)
}

/// A word that opens.
pub(super) fn is_word(name: &str, text: &str) -> bool {
    WORDS.iter().any(|(argument, words)| *argument == name && words.contains(&text))
}

/// Its address ranges do not say who may come.
pub(super) fn is_outbound(kind: &str, map: &Map<String, Value>) -> bool {
    let text = |name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default();
    NOT_SOURCES.contains(&kind)
        || (kind == "aws_security_group_rule" && text("type") == "egress")
        || (kind == "aws_network_acl_rule" && map.get("egress") == Some(&Value::Bool(true)))
        || (kind == "google_compute_firewall" && text("direction") == "EGRESS")
        || (kind == "azurerm_network_security_rule" && text("direction") == "Outbound")
        || (kind.starts_with("azurerm_network_security") && text("access") == "Deny")
}

/// A switch and the position that opens.
pub(super) fn is_switch(name: &str, on: bool) -> bool {
    SWITCHES.contains(&(name, on))
}

/// A switch, in whatever position.
pub(super) fn is_any_switch(name: &str) -> bool {
    SWITCHES.iter().any(|(switch, _)| *switch == name)
}

/// An argument whose value decides; hidden, it may be open.
pub(super) fn is_watched(name: &str) -> bool {
    is_any_switch(name) || WORDS.iter().any(|(argument, _)| *argument == name)
}

/// Its removal opens what it held shut.
pub(super) fn is_guard(kind: &str) -> bool {
    GUARDS.contains(&kind)
}
