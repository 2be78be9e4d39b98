//! The embedded price book: facts with source and date, from `policies/prices/`. How a resource's price is put together from
//! them belongs to [`super::types`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Label, Money, Quantity};

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
pub struct Rate<'r> {
    /// For one unit.
    pub usd: Money,
    /// `hours`, `GB-months`.
    pub unit: &'r str,
    /// Whether the quantity is known from the plan.
    pub kind: PriceKind,
    /// How much a month is sold at this price; what is beyond has the next one. None: all.
    pub up_to: Option<Quantity>,
    /// Id of the row's source.
    pub source: &'r str,
    /// The last day on which the source is known to have changed it, `2021-05-19`.
    pub as_of: &'r str,
    /// Whether it is the list's price.
    pub label: Label,
}

impl Rate<'_> {
    /// The price less so many percent.
    #[must_use]
    pub(crate) fn less(self, percent: Quantity) -> Self {
        Self { usd: percent.off(self.usd), label: Label::Off(percent), ..self }
    }
}

/// The rates of one component in each region, the regions in order, the rates by how much they are for.
type Regions = BTreeMap<&'static str, Vec<Rate<'static>>>;

/// Prices by what they are for.
#[derive(Debug)]
pub struct Book {
    id: BookId,
    /// By type and component.
    components: HashMap<&'static str, HashMap<&'static str, Regions>>,
    /// By region and instance type.
    instances: HashMap<&'static str, HashMap<&'static str, Rate<'static>>>,
    free: BTreeSet<&'static str>,
    /// Patterns of types that are free.
    free_patterns: Vec<&'static str>,
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

    /// The rate of a component in a region; of several, that of the first unit.
    pub fn rate(&'static self, kind: &str, component: &str, region: &str) -> Option<Rate<'static>> {
        self.rates(kind, component, region).first().copied()
    }

    /// All rates of a component in a region, by how much they are for.
    pub fn rates(&'static self, kind: &str, component: &str, region: &str) -> &'static [Rate<'static>] {
        let regions = self.regions(kind, component);
        let rates = regions.and_then(|regions| regions.get(GLOBAL).or_else(|| regions.get(region)));
        rates.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the component has one price for the whole world.
    pub(crate) fn is_global(&self, kind: &str, component: &str) -> bool {
        self.regions(kind, component).is_some_and(|regions| regions.contains_key(GLOBAL))
    }

    /// A region and rate where the component has a price, if it has one anywhere.
    pub(crate) fn elsewhere(&self, kind: &str, component: &str) -> Option<(&'static str, Rate<'static>)> {
        let (region, rates) = self.regions(kind, component)?.first_key_value()?;
        Some((region, *rates.first()?))
    }

    /// The hourly rate of a Linux instance.
    pub fn instance(&self, region: &str, instance_type: &str) -> Option<Rate<'static>> {
        self.instances.get(region)?.get(instance_type).copied()
    }

    /// Whether a type costs nothing by itself.
    pub fn is_free(&self, kind: &str) -> bool {
        self.free.contains(kind)
            || self.free_patterns.iter().any(|pattern| crate::address::glob(pattern, kind))
    }

    /// The types that cost nothing by themselves, patterns among them.
    pub fn free(&self) -> impl Iterator<Item = &'static str> {
        self.free.iter().chain(&self.free_patterns).copied()
    }

    fn regions(&self, kind: &str, component: &str) -> Option<&Regions> {
        self.components.get(kind)?.get(component)
    }

    fn read() -> Self {
        let mut components: HashMap<_, HashMap<_, Regions>> = HashMap::new();
        for line in COMPONENTS.lines().skip(1) {
            // A row that cannot be read prices nothing; a test reads them all.
            let Some((kind, component, region, rate)) = component(line) else { continue };
            let regions = components.entry(kind).or_default().entry(component).or_default();
            regions.entry(region).or_default().push(rate);
        }
        for rates in components.values_mut().flat_map(HashMap::values_mut).flat_map(BTreeMap::values_mut) {
            rates.sort_by_key(|rate| (rate.up_to.is_none(), rate.up_to));
        }
        let mut instances: HashMap<_, HashMap<_, Rate<'static>>> = HashMap::new();
        for line in EC2.lines().skip(1) {
            let mut cells = line.split(',');
            let [Some(region), Some(instance_type), Some(usd), Some(source), Some(as_of), None] =
                std::array::from_fn(|_| cells.next())
            else {
                continue;
            };
            let Ok(usd) = Money::parse(usd) else { continue };
            let rate = Rate {
                usd,
                unit: "hours",
                kind: PriceKind::Fixed,
                up_to: None,
                source,
                as_of,
                label: Label::Listed,
            };
            instances.entry(region).or_default().insert(instance_type, rate);
        }
        let (free_patterns, free) = crate::lines(FREE).partition(|kind| kind.contains('*'));
        let free: Vec<&str> = free;
        Self { id: id(), components, instances, free: free.into_iter().collect(), free_patterns }
    }
}

/// Type, component, region and rate of a row.
fn component(line: &'static str) -> Option<(&'static str, &'static str, &'static str, Rate<'static>)> {
    let cells: Vec<&str> = line.split(',').collect();
    let [kind, region, component, unit, usd, of, up_to, source, as_of] = cells.as_slice() else {
        return None;
    };
    let up_to = if up_to.is_empty() { None } else { Some(Quantity::parse(up_to)?) };
    let of = if *of == "usage" { PriceKind::Usage } else { PriceKind::Fixed };
    let usd = Money::parse(usd).ok()?;
    Some((kind, component, region, Rate { usd, unit, kind: of, up_to, source, as_of, label: Label::Listed }))
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
        let components =
            book.components.values().flat_map(HashMap::values).flat_map(BTreeMap::values).flatten();
        let instances = book.instances.values().flat_map(HashMap::values);
        assert_eq!(components.clone().count(), COMPONENTS.lines().count() - 1);
        assert_eq!(instances.clone().count(), EC2.lines().count() - 1);
        let sources: Vec<&str> = SOURCES.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        for rate in components.chain(instances) {
            assert!(sources.contains(&rate.source), "{}", rate.source);
            assert!(rate.as_of.parse::<jiff::civil::Date>().is_ok(), "{}", rate.as_of);
            assert!(rate.usd > Money::ZERO);
        }
    }

    #[test]
    fn only_the_last_tier_may_be_without_an_end() {
        for regions in Book::embedded().components.values().flat_map(HashMap::values) {
            for rates in regions.values() {
                let bounds: Vec<_> = rates.iter().map(|rate| rate.up_to).collect();
                let (_, tiers) = bounds.split_last().expect("there is a rate");
                assert!(tiers.iter().all(Option::is_some), "{rates:?}");
                let ends: Vec<_> = bounds.iter().flatten().collect();
                assert!(ends.windows(2).all(|two| two[0] < two[1]), "{rates:?}");
            }
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
