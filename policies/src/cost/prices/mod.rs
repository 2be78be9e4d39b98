//! Prices that somebody negotiated: own prices, and discounts on those of the book. A file of tables; the first line that
//! matches wins. [`read`] reads it.

mod read;

pub(super) use read::{COMPONENTS, INSTANCES};

use std::collections::{BTreeMap, BTreeSet};

use super::{Money, PriceKind, Quantity, Rate};
use crate::address::glob;

/// The region of what has one price for the whole world.
const GLOBAL: &str = "global";

/// Where instances are looked for by discounts.
const INSTANCE: &str = "aws_instance";

/// Services by what their types begin with, the longer first; the others are called like the word behind the provider.
const SERVICES: &[(&str, &str)] = &[
    ("aws_instance", "ec2"),
    ("aws_ebs_", "ec2"),
    ("aws_eip", "ec2"),
    ("aws_autoscaling_", "ec2"),
    ("aws_db_", "rds"),
    ("aws_lb", "elb"),
    ("aws_alb", "elb"),
    ("aws_nat_gateway", "vpc"),
    ("aws_vpn_", "vpc"),
    ("aws_ec2_transit_gateway", "vpc"),
    ("aws_ec2_client_vpn", "vpc"),
    ("aws_elasticsearch_", "opensearch"),
    ("aws_kinesisanalytics", "kinesis"),
    ("aws_apigatewayv2_", "apigateway"),
    ("aws_api_gateway_", "apigateway"),
    ("aws_secretsmanager_", "secretsmanager"),
];

/// Own prices and discounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    /// SHA-256 of the text.
    digest: String,
    /// By type, component and region.
    components: BTreeMap<(String, String, String), Vec<OwnRate>>,
    /// Types and components that have a price somewhere.
    sold: BTreeSet<(String, String)>,
    /// By region and instance type.
    instances: BTreeMap<(String, String), OwnRate>,
    discounts: Vec<Discount>,
}

/// A price of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OwnRate {
    line: usize,
    usd: Money,
    unit: String,
    kind: PriceKind,
    up_to: Option<Quantity>,
    source: String,
    as_of: String,
}

/// A part of the list price that is not paid.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Discount {
    line: usize,
    provider: String,
    service: String,
    kind: String,
    region: String,
    percent: Quantity,
}

/// Something in a file of prices that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}; {hint}")]
pub struct PricesError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to write.
    pub hint: String,
}

/// Where an own price comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Label {
    /// The list's price.
    #[default]
    Listed,
    /// A price of one's own.
    Negotiated,
    /// The list's price less so many percent.
    Off(Quantity),
}

impl Label {
    /// `negotiated`, `12 % off`; none for the list's price.
    pub fn shown(self) -> Option<String> {
        match self {
            Self::Listed => None,
            Self::Negotiated => Some("negotiated".to_owned()),
            Self::Off(percent) => Some(format!("{percent} % off")),
        }
    }
}

/// What there is for one thing.
pub(super) enum Own<'p> {
    /// Own prices, by how much they are for.
    Price(Vec<Rate<'p>>),
    /// Percent off the list's price.
    Discount(Quantity),
    /// Nothing.
    Nothing,
}

impl Prices {
    /// Reads a file of prices; every line that cannot be used is told, and then there are none.
    pub fn read(text: &str) -> Result<Self, Vec<PricesError>> {
        read::read(text)
    }

    /// SHA-256 of the file, so that an estimate can say what it was made with.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn own(&self, kind: &str, component: &str, region: &str, is_listed: bool) -> Own<'_> {
        let key = |region: &str| (kind.to_owned(), component.to_owned(), region.to_owned());
        let own = self.components.get(&key(region)).or_else(|| self.components.get(&key(GLOBAL)));
        self.first(own.map(Vec::as_slice).unwrap_or_default(), kind, region, is_listed)
    }

    pub(super) fn own_instance(&self, region: &str, instance_type: &str, is_listed: bool) -> Own<'_> {
        let own = self.instances.get(&(region.to_owned(), instance_type.to_owned()));
        self.first(own.map(std::slice::from_ref).unwrap_or_default(), INSTANCE, region, is_listed)
    }

    pub(super) fn is_sold(&self, kind: &str, component: &str) -> bool {
        self.sold.contains(&(kind.to_owned(), component.to_owned()))
    }

    /// The first line that matches.
    fn first<'p>(&self, own: &'p [OwnRate], kind: &str, region: &str, is_listed: bool) -> Own<'p> {
        let line = own.iter().map(|rate| rate.line).min();
        // A newer list is a list: discounts are on its prices.
        let newer = own.first().is_some_and(OwnRate::is_listed);
        let discount = self.discounts.iter().find(|it| (is_listed || newer) && it.is_for(kind, region));
        match (line, discount) {
            (Some(_), discount) if newer => {
                let rates = own.iter().map(OwnRate::rate);
                Own::Price(match discount {
                    Some(discount) => rates.map(|rate| rate.less(discount.percent)).collect(),
                    None => rates.collect(),
                })
            }
            (Some(line), Some(discount)) if discount.line < line => Own::Discount(discount.percent),
            (Some(_), _) => Own::Price(own.iter().map(OwnRate::rate).collect()),
            (None, Some(discount)) => Own::Discount(discount.percent),
            (None, None) => Own::Nothing,
        }
    }
}

impl OwnRate {
    /// Whether it is of a newer price list, not negotiated.
    fn is_listed(&self) -> bool {
        self.source == super::pricelist::SOURCE
    }

    fn rate(&self) -> Rate<'_> {
        Rate {
            usd: self.usd,
            unit: &self.unit,
            kind: self.kind,
            up_to: self.up_to,
            source: &self.source,
            as_of: &self.as_of,
            label: if self.is_listed() { Label::Listed } else { Label::Negotiated },
        }
    }
}

impl Discount {
    fn is_for(&self, kind: &str, region: &str) -> bool {
        let (provider, service) = service(kind);
        glob(&self.provider, provider)
            && glob(&self.service, service)
            && glob(&self.kind, kind)
            && glob(&self.region, region)
    }
}

/// Provider and service of a type.
fn service(kind: &str) -> (&str, &str) {
    let (provider, rest) = kind.split_once('_').unwrap_or((kind, ""));
    let known = SERVICES.iter().find(|(prefix, _)| kind.starts_with(prefix));
    (provider, known.map_or_else(|| rest.split('_').next().unwrap_or_default(), |(_, service)| *service))
}
