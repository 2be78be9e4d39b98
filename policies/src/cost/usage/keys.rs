//! Which key of a usage file is how much of which component. The keys are infracost's.

use std::collections::BTreeMap;

use super::Values;
use super::table::{KEYS, Keys};
use crate::cost::{Item, MONTH_HOURS, Quantity};

/// Seconds of a month.
const MONTH_SECONDS: u64 = MONTH_HOURS * 3_600;

/// Types of which a resource may use what it does not name.
pub(super) const SELLS_MANY: [&str; 2] = ["aws_cloudfront_distribution", "aws_s3_bucket"];

/// What a key is.
#[derive(Clone, Copy)]
pub(super) enum To {
    /// So much of one of these components a month, whichever the resource has.
    Part(&'static [&'static str]),
    /// So much all the time, paid by the hour.
    Hourly(&'static str),
    /// So many a second.
    PerSecond(&'static str),
    /// So many, each billed as several when it is larger than a chunk: the key of the size, and the chunk.
    Chunks(&'static [&'static str], &'static str, u64),
    /// What the arguments and other keys make of it.
    Made(fn(&Item<'_>, &Values) -> Option<(&'static str, Quantity)>),
    /// Part of another key's meaning, or something that is not priced here.
    Nothing,
}

/// Keys that infracost knows of many types, and that are not about use: nothing here is priced by them.
const COMMON: [&str; 5] = [
    "monthly_hrs",
    "operating_system",
    "reserved_instance_payment_option",
    "reserved_instance_term",
    "reserved_instance_type",
];

/// The keys of a type; none for types that are not priced here, or by nothing that is used.
pub(super) fn of_kind(kind: &str) -> Option<impl Iterator<Item = &'static str>> {
    keys(kind).map(|keys| keys.iter().map(|(key, _)| *key).chain(COMMON))
}

fn keys(kind: &str) -> Option<Keys> {
    KEYS.iter().find(|(it, _)| *it == kind).map(|(_, keys)| *keys)
}

/// Keys whose values are words.
pub(super) fn is_text(key: &str) -> bool {
    const TEXTS: [&str; 9] = [
        "api_throughput_limit",
        "appautoscaling_target",
        "architecture",
        "endpoint_type",
        "instance_tier",
        "operating_system",
        "reserved_instance_payment_option",
        "reserved_instance_term",
        "reserved_instance_type",
    ];
    TEXTS.contains(&key)
}

/// How much of each component the values of a resource come to.
pub(super) fn quantities(item: &Item<'_>, values: &Values) -> BTreeMap<String, Quantity> {
    let (mut all, mut made) = (BTreeMap::<String, Quantity>::new(), BTreeMap::new());
    let mut add = |component: &str, quantity: Quantity| {
        let sum = all.entry(component.to_owned()).or_default();
        *sum = sum.and(quantity);
    };
    for (key, value) in values {
        let to = keys(item.kind).and_then(|keys| keys.iter().find(|(it, _)| it == key)).map(|(_, to)| *to);
        match to.unwrap_or(To::Nothing) {
            To::Part(components) => components.iter().for_each(|component| add(component, *value)),
            To::Hourly(component) => add(component, value.times(MONTH_HOURS)),
            To::PerSecond(component) => add(component, value.times(MONTH_SECONDS)),
            To::Chunks(components, size, chunk) => {
                let each = values.get(size).map_or(1, |size| size.chunks(chunk));
                components.iter().for_each(|component| add(component, value.times(each)));
            }
            // Several keys may lead to one quantity.
            To::Made(make) => {
                if let Some((component, quantity)) = make(item, values) {
                    made.insert(component.to_owned(), quantity);
                }
            }
            To::Nothing => {}
        }
    }
    all.extend(made);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::coverage;

    #[test]
    fn keys_are_those_of_types_that_have_a_price() {
        let priced = coverage().priced;
        for (kind, keys) in KEYS {
            assert!(priced.contains(kind), "{kind}");
            let mut names: Vec<_> = keys.iter().map(|(key, _)| key).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), keys.len(), "{kind} has a key twice");
        }
    }

    #[test]
    fn a_key_leads_to_components_that_are_in_the_book() {
        let book = crate::cost::Book::embedded();
        // Prices of other types: balancers, and what is a newer name.
        let elsewhere = ["aws_alb", "aws_lb", "aws_elasticache_replication_group", "aws_instance"];
        for (kind, keys) in KEYS.iter().filter(|(kind, _)| !elsewhere.contains(kind)) {
            for (key, to) in *keys {
                let components: &[&str] = match to {
                    To::Part(components) | To::Chunks(components, ..) => components,
                    To::Hourly(component) | To::PerSecond(component) => std::slice::from_ref(component),
                    To::Made(_) | To::Nothing => continue,
                };
                for component in components {
                    assert!(book.elsewhere(kind, component).is_some(), "{kind} {key}: {component}");
                }
            }
        }
    }
}
