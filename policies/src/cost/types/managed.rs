//! Services that run something for somebody: keys, directories, parameters, audits, builds, workflows, transfers.

use tfpilot_hcl::Value;

use crate::cost::item::Given;
use crate::cost::{Component, Item, MONTH_HOURS, Status};
use crate::values::elements;

/// Domain controllers of a directory that nobody sizes.
const CONTROLLERS: u64 = 2;

/// A key; what is asked of asymmetric ones costs more.
pub(super) fn key(item: &Item<'_>) -> Vec<Component> {
    let spec = match item.text("customer_master_key_spec") {
        Given::Default => item.text("key_spec"),
        given => given,
    };
    let asymmetric = match spec {
        Given::Known(spec) => !spec.starts_with("SYMMETRIC") && !spec.starts_with("HMAC"),
        _ => false,
    };
    vec![
        item.fixed(item.kind, "key", 1),
        item.usage(if asymmetric { "asymmetric requests" } else { "requests" }),
    ]
}

/// A private certificate authority.
pub(super) fn authority(item: &Item<'_>) -> Vec<Component> {
    match item.text("usage_mode").or("GENERAL_PURPOSE".to_owned()).as_deref() {
        Some("GENERAL_PURPOSE") => vec![item.fixed(item.kind, "authority", 1), item.usage("certificates")],
        Some("SHORT_LIVED_CERTIFICATE") => {
            vec![item.fixed(item.kind, "short-lived authority", 1), item.usage("short-lived certificates")]
        }
        _ => vec![Component::not_priced("authority", "its mode is known only after apply")],
    }
}

/// A certificate: free, unless a private authority issues it.
pub(super) fn certificate(item: &Item<'_>) -> Vec<Component> {
    let authority = "certificate_authority_arn";
    match item.values.value(authority) {
        Value::Null => vec![Component::free()],
        Value::String(arn) if arn.is_empty() => vec![Component::free()],
        Value::Unknown if item.values.is_omitted(authority) => vec![Component::free()],
        _ => vec![item.usage("private certificate")],
    }
}

/// A directory of Microsoft's kind, by its controllers.
pub(super) fn directory(item: &Item<'_>) -> Vec<Component> {
    match item.text("type").or("SimpleAD".to_owned()).as_deref() {
        Some("MicrosoftAD") => {}
        Some(_) => {
            return vec![Component::not_priced("directory", "only Microsoft's kind is in the price book")];
        }
        None => return vec![Component::not_priced("directory", "its kind is known only after apply")],
    }
    let edition = item.text("edition").or("Enterprise".to_owned());
    let count = item.number("desired_number_of_domain_controllers").or(CONTROLLERS);
    match (edition, count) {
        (Some(edition), Some(count)) => {
            let class = format!("microsoftad {}", edition.to_ascii_lowercase());
            let hours = super::nodes::hours(count);
            vec![item.of_class(item.kind, "controllers", &class, hours, Status::Priced)]
        }
        _ => vec![Component::not_priced("controllers", "edition and number are known only after apply")],
    }
}

/// A parameter: free, unless it is an advanced one.
pub(super) fn parameter(item: &Item<'_>) -> Vec<Component> {
    match item.text("tier").or("Standard".to_owned()).as_deref() {
        Some("Standard") => vec![Component::free()],
        Some("Advanced") => vec![item.fixed(item.kind, "advanced parameter", 1), item.usage("requests")],
        Some(_) => vec![Component::not_priced("parameter", "which tier it will have is not known")],
        None => vec![Component::not_priced("parameter", "its tier is known only after apply")],
    }
}

/// A trail. The first copy of a region's management events is free.
pub(super) fn trail(item: &Item<'_>) -> Vec<Component> {
    let mut components = item.usages(&["further management events", "data events"]);
    if item.blocks("insight_selector").is_some_and(|blocks| !blocks.is_empty()) {
        components.push(item.usage("insight events"));
    }
    components
}

/// Builds, by the minute of a machine.
pub(super) fn build(item: &Item<'_>) -> Vec<Component> {
    let environment = item.block("environment");
    let text = |name: &str| crate::cost::item::text_in(&environment, name).known();
    let (Some(system), Some(size)) = (text("type"), text("compute_type")) else {
        return vec![Component::not_priced("minutes", "its machine is known only after apply")];
    };
    let system = match system.as_str() {
        "LINUX_CONTAINER" => "linux",
        "WINDOWS_SERVER_2019_CONTAINER" => "windows",
        _ => "other",
    };
    let size = size.trim_start_matches("BUILD_").to_ascii_lowercase().replace('_', ".");
    let minutes = item.usage(&format!("{system} {size}"));
    vec![Component { name: "minutes".to_owned(), ..minutes }]
}

/// A workflow: by its steps, or by requests and time.
pub(super) fn workflow(item: &Item<'_>) -> Vec<Component> {
    match item.text("type").or("STANDARD".to_owned()).as_deref() {
        Some("STANDARD") => vec![item.usage("transitions")],
        Some("EXPRESS") => item.usages(&["requests", "duration"]),
        _ => vec![Component::not_priced("workflow", "its type is known only after apply")],
    }
}

/// A server that takes files, by the protocols it speaks.
pub(super) fn transfer(item: &Item<'_>) -> Vec<Component> {
    let value = item.values.value("protocols");
    let omitted = value == Value::Unknown && item.values.is_omitted("protocols");
    let count = match elements(&value) {
        // Left to itself it speaks one.
        Some(all) => Some(u64::try_from(all.len()).unwrap_or(u64::MAX).max(1)),
        None if omitted => Some(1),
        None => None,
    };
    let sells_messages = elements(&value).is_some_and(|all| all.iter().any(|it| it.as_str() == Some("AS2")));
    let protocols = match count {
        _ if sells_messages => Component::not_priced("protocol", "AS2 is not in the price book"),
        Some(count) => item.hours_of("protocol", count),
        None => Component::not_priced("protocol", "its protocols are known only after apply"),
    };
    vec![protocols, item.usage("data uploaded"), item.usage("data downloaded")]
}

/// A managed Airflow: an environment of a size; workers beyond the first by use.
pub(super) fn airflow(item: &Item<'_>) -> Vec<Component> {
    let Some(class) = item.text("environment_class").or("mw1.small".to_owned()) else {
        return vec![Component::not_priced("environment", "its class is known only after apply")];
    };
    let class = class.to_ascii_lowercase();
    let size = class.strip_prefix("mw1.").unwrap_or(&class);
    let sold = format!("environment {size}");
    let environment = item.of_class(item.kind, "environment", &sold, MONTH_HOURS, Status::Priced);
    let workers = item.usage(&format!("further workers {size}"));
    let workers = Component { name: "further workers".to_owned(), ..workers };
    vec![environment, workers, item.usage("meta database")]
}
