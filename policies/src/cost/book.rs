//! The embedded price book: facts with source and date, from `policies/prices/`. How a resource's price is put together from
//! them belongs to [`super::types`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Money;

const COMPONENTS: &str = include_str!("../../prices/components.csv");
const EC2: &str = include_str!("../../prices/ec2.csv");
const FREE: &str = include_str!("../../prices/free.txt");
const SOURCES: &str = include_str!("../../prices/sources.csv");
const VERSION: &str = include_str!("../../prices/VERSION");

/// The region of services that are in none.
const GLOBAL: &str = "global";

/// Which book an estimate was made with, so that it can be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookId {
    /// Its version.
    pub version: String,
    /// SHA-256 of its files.
    pub sha256: String,
}

/// Whether a quantity is known from the plan or depends on use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PriceKind {
    /// Counted.
    Fixed,
    /// Shown, not counted.
    Usage,
}

/// The price of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// For one unit.
    pub usd: Money,
    /// `hours`, `GB-months`.
    pub unit: &'static str,
    /// Whether the quantity is known from the plan.
    pub kind: PriceKind,
    /// Id of the row's source.
    pub source: &'static str,
    /// The last day on which the source is known to have changed it, `2021-05-19`.
    pub as_of: &'static str,
}

/// Prices by what they are for.
#[derive(Debug)]
pub struct Book {
    id: BookId,
    /// Type, component, region.
    components: BTreeMap<(&'static str, &'static str, &'static str), Rate>,
    /// Region, instance type.
    instances: BTreeMap<(&'static str, &'static str), Rate>,
    free: Vec<&'static str>,
}

impl Book {
    /// The book of this version.
    pub fn embedded() -> &'static Self {
        static BOOK: OnceLock<Book> = OnceLock::new();
        BOOK.get_or_init(Self::read)
    }

    /// Its version and digest.
    pub fn id(&self) -> &BookId {
        &self.id
    }

    /// The rate of a component in a region.
    pub fn rate(&self, kind: &str, component: &str, region: &str) -> Option<Rate> {
        self.component(kind, component, GLOBAL).or_else(|| self.component(kind, component, region))
    }

    /// Whether the component has one price for the whole world.
    pub(crate) fn is_global(&self, kind: &str, component: &str) -> bool {
        self.component(kind, component, GLOBAL).is_some()
    }

    fn component(&self, kind: &str, component: &str, region: &str) -> Option<Rate> {
        self.components.get(&(kind, component, region)).copied()
    }

    /// A region and rate where the component has a price, if it has one anywhere.
    pub(crate) fn elsewhere(&self, kind: &str, component: &str) -> Option<(&'static str, Rate)> {
        let mut rates = self.components.iter().filter(|((of, name, _), _)| *of == kind && *name == component);
        rates.next().map(|((_, _, region), rate)| (*region, *rate))
    }

    /// The hourly rate of a Linux instance.
    pub fn instance(&self, region: &str, instance_type: &str) -> Option<Rate> {
        self.instances.get(&(region, instance_type)).copied()
    }

    /// Whether a type costs nothing by itself.
    pub fn is_free(&self, kind: &str) -> bool {
        self.free.iter().any(|pattern| crate::address::glob(pattern, kind))
    }

    fn read() -> Self {
        let mut components = BTreeMap::new();
        for line in COMPONENTS.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [kind, region, component, unit, usd, of, source, as_of] = cells.as_slice() else { continue };
            // A row that cannot be read prices nothing; a test reads them all.
            let Ok(usd) = Money::parse(usd) else { continue };
            let of = if *of == "usage" { PriceKind::Usage } else { PriceKind::Fixed };
            components.insert((*kind, *component, *region), Rate { usd, unit, kind: of, source, as_of });
        }
        let mut instances = BTreeMap::new();
        for line in EC2.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [region, instance_type, usd, source, as_of] = cells.as_slice() else { continue };
            let Ok(usd) = Money::parse(usd) else { continue };
            let rate = Rate { usd, unit: "hours", kind: PriceKind::Fixed, source, as_of };
            instances.insert((*region, *instance_type), rate);
        }
        Self { id: id(), components, instances, free: crate::lines(FREE).collect() }
    }
}

fn id() -> BookId {
    let mut hash = Sha256::new();
    for file in [COMPONENTS, EC2, FREE, SOURCES] {
        hash.update(file.len().to_be_bytes());
        hash.update(file.as_bytes());
    }
    let version = VERSION.split_whitespace().next().unwrap_or_default().to_owned();
    BookId { version, sha256: hex::encode(hash.finalize()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_names_a_source() {
        let book = Book::embedded();
        assert_eq!(book.components.len(), COMPONENTS.lines().count() - 1);
        assert_eq!(book.instances.len(), EC2.lines().count() - 1);
        let sources: Vec<&str> = SOURCES.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        for rate in book.components.values().chain(book.instances.values()) {
            assert!(sources.contains(&rate.source), "{}", rate.source);
            assert!(rate.as_of.parse::<jiff::civil::Date>().is_ok(), "{}", rate.as_of);
            assert!(rate.usd > Money::ZERO);
        }
    }

    #[test]
    fn another_book_has_another_version() {
        let id = Book::embedded().id();
        assert_eq!(
            VERSION.trim(),
            format!("{} {}", id.version, id.sha256),
            "raise the version in prices/VERSION"
        );
    }

    #[test]
    fn prices_of_one_region_are_not_used_for_another() {
        let book = Book::embedded();
        assert!(book.rate("aws_kms_key", "key", "us-east-1").is_some());
        assert!(book.rate("aws_kms_key", "key", "eu-central-1").is_none());
        assert!(book.rate("aws_route53_zone", "zone", "eu-central-1").is_some());
        assert_eq!(book.instance("us-east-1", "t3.medium").expect("it is listed").usd.to_string(), "0.0416");
        assert!(book.is_free("aws_iam_role") && !book.is_free("aws_instance"));
    }
}
