//! Reading an offer file piece by piece: products first, then the on-demand prices of those that are sold here. Everything
//! else is skipped without being kept.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::product::{Product, Sold};
use super::{PriceList, PriceListError};
use crate::cost::Money;

/// Products that are kept, at most; the largest files have some thousands of use.
const MAX_KEPT: usize = 200_000;

/// What is kept of the products, by SKU: what it is, and how many of the list's units are one of ours.
type Kept = HashMap<String, (Sold, u64)>;

pub(super) fn read(reader: impl Read, list: &mut PriceList) -> Result<(), PriceListError> {
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    deserializer.deserialize_map(File { list })?;
    deserializer.end()?;
    Ok(())
}

/// The whole file.
struct File<'l> {
    list: &'l mut PriceList,
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an offer file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut kept: Option<Kept> = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "offerCode" => self.list.offer = map.next_value()?,
                "publicationDate" => self.list.published = day(&map.next_value::<String>()?),
                "products" => {
                    let mut products = Kept::new();
                    map.next_value_seed(Products { list: self.list, kept: &mut products })?;
                    kept = Some(products);
                }
                "terms" => match &kept {
                    Some(kept) => map.next_value_seed(Terms { list: self.list, kept })?,
                    None => return Err(A::Error::custom("its terms come before its products")),
                },
                _ => {
                    let IgnoredAny = map.next_value()?;
                }
            }
        }
        Ok(())
    }
}

/// `products`, by SKU.
struct Products<'l> {
    list: &'l mut PriceList,
    kept: &'l mut Kept,
}

impl<'de> DeserializeSeed<'de> for Products<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Products<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("products by SKU")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((sku, product)) = map.next_entry::<String, Product>()? {
            self.list.products = self.list.products.saturating_add(1);
            if let Some(sold) = product.sold() {
                self.kept.insert(sku, sold);
            }
            if self.kept.len() > MAX_KEPT {
                return Err(A::Error::custom("it has more products than are read"));
            }
        }
        Ok(())
    }
}

/// `terms`, of which only `OnDemand` is read.
struct Terms<'l> {
    list: &'l mut PriceList,
    kept: &'l Kept,
}

impl<'de> DeserializeSeed<'de> for Terms<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Terms<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by kind")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(kind) = map.next_key::<String>()? {
            if kind == "OnDemand" {
                map.next_value_seed(OnDemand { list: self.list, kept: self.kept })?;
            } else {
                let IgnoredAny = map.next_value()?;
            }
        }
        Ok(())
    }
}

/// `OnDemand`, by SKU.
struct OnDemand<'l> {
    list: &'l mut PriceList,
    kept: &'l Kept,
}

impl<'de> DeserializeSeed<'de> for OnDemand<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OnDemand<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("on-demand terms by SKU")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(sku) = map.next_key::<String>()? {
            let Some((sold, units)) = self.kept.get(&sku) else {
                let IgnoredAny = map.next_value()?;
                continue;
            };
            let terms = map.next_value::<HashMap<String, Term>>()?;
            if let Some((usd, as_of)) = only_price(&terms) {
                let as_of = if as_of.is_empty() { self.list.published.clone() } else { as_of };
                self.list.add(sold.clone(), usd.of_parts(1, i128::from(*units)), as_of);
            }
        }
        Ok(())
    }
}

/// What is said of one product.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    #[serde(default)]
    effective_date: String,
    #[serde(default)]
    price_dimensions: HashMap<String, Dimension>,
}

/// One price of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    #[serde(default)]
    price_per_unit: HashMap<String, String>,
}

/// The price in dollars of what has one; of tiers, none is taken for all.
fn only_price(terms: &HashMap<String, Term>) -> Option<(Money, String)> {
    let mut dimensions =
        terms.values().flat_map(|term| term.price_dimensions.values().map(move |it| (term, it)));
    let (term, dimension) = dimensions.next()?;
    if dimensions.next().is_some() {
        return None;
    }
    let usd = Money::read(dimension.price_per_unit.get("USD")?)?;
    (usd > Money::ZERO).then(|| (usd, day(&term.effective_date)))
}

/// The day of a time; nothing where there is none.
fn day(time: &str) -> String {
    let day = time.get(..10).unwrap_or_default();
    if day.parse::<jiff::civil::Date>().is_ok() { day.to_owned() } else { String::new() }
}
