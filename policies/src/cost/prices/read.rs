//! Reading a file of prices: tables, each below the line that names its columns. Empty lines and those that begin with `#` are
//! let be.

use sha2::{Digest, Sha256};
use tfpilot_plan::code;

use super::{Discount, OwnRate, Prices, PricesError};
use crate::cost::{Money, PriceKind, Quantity};

/// Largest file that is read, in bytes; what [`crate::cost::pricelist`] writes of a region fits many times.
const FILE_CAP: usize = 32 << 20;

/// Wrong lines that are told, at most.
const MAX_ERRORS: usize = 50;

/// Columns of own prices of components, as in `prices/components.csv`.
pub(in crate::cost) const COMPONENTS: &str =
    "resource_type,region,component,unit,usd,kind,up_to,source,as_of";

/// Columns of own prices of instances, as in `prices/ec2.csv`.
pub(in crate::cost) const INSTANCES: &str = "region,instance_type,usd_per_hour,source,as_of";

/// Columns of discounts.
const DISCOUNTS: &str = "provider,service,resource_type,region,percent";

#[derive(Clone, Copy)]
enum Table {
    Components,
    Instances,
    Discounts,
}

pub(super) fn read(text: &str) -> Result<Prices, Vec<PricesError>> {
    if text.len() > FILE_CAP {
        let what = format!("the file has {} bytes, more than the {FILE_CAP} that are read", text.len());
        return Err(vec![PricesError { line: 1, what, hint: "leave out what is not used".to_owned() }]);
    }
    let mut prices = Prices { digest: hex::encode(Sha256::digest(text.as_bytes())), ..Prices::default() };
    let (mut errors, mut table) = (Vec::new(), None);
    for (at, written) in text.lines().enumerate() {
        let (line, written) = (at + 1, written.trim());
        if written.is_empty() || written.starts_with('#') {
            continue;
        }
        match written {
            COMPONENTS => table = Some(Table::Components),
            INSTANCES => table = Some(Table::Instances),
            DISCOUNTS => table = Some(Table::Discounts),
            _ => {
                let row = Row { line, cells: written.split(',').map(str::trim).collect() };
                if let Err(error) = prices.add(table, &row) {
                    errors.push(error);
                }
            }
        }
        if errors.len() >= MAX_ERRORS {
            break;
        }
    }
    for rates in prices.components.values_mut() {
        rates.sort_by_key(|rate| (rate.up_to.is_none(), rate.up_to, rate.line));
    }
    if errors.is_empty() { Ok(prices) } else { Err(errors) }
}

struct Row<'t> {
    line: usize,
    cells: Vec<&'t str>,
}

impl Prices {
    fn add(&mut self, table: Option<Table>, row: &Row<'_>) -> Result<(), PricesError> {
        match (table, row.cells.as_slice()) {
            (Some(Table::Components), [kind, region, component, unit, usd, of, up_to, source, as_of]) => {
                let rate = OwnRate {
                    line: row.line,
                    usd: row.amount(usd)?,
                    unit: row.word("unit", unit)?.to_owned(),
                    kind: match *of {
                        "fixed" => PriceKind::Fixed,
                        "usage" => PriceKind::Usage,
                        other => {
                            return Err(row.refuse(format!("kind {}", code(other)), "write fixed or usage"));
                        }
                    },
                    up_to: match *up_to {
                        "" => None,
                        text => Some(row.quantity("up_to", text)?),
                    },
                    source: (*source).to_owned(),
                    as_of: row.date(as_of)?.to_owned(),
                };
                let (kind, component) = (row.word("resource_type", kind)?, row.word("component", component)?);
                let key = (kind.to_owned(), component.to_owned(), row.word("region", region)?.to_owned());
                let rates = self.components.entry(key).or_default();
                // The first of two that say the same wins.
                if rates.iter().all(|it| it.up_to != rate.up_to) {
                    rates.push(rate);
                }
                self.sold.insert((kind.to_owned(), component.to_owned()));
                Ok(())
            }
            (Some(Table::Instances), [region, instance_type, usd, source, as_of]) => {
                let rate = OwnRate {
                    line: row.line,
                    usd: row.amount(usd)?,
                    unit: "hours".to_owned(),
                    kind: PriceKind::Fixed,
                    up_to: None,
                    source: (*source).to_owned(),
                    as_of: row.date(as_of)?.to_owned(),
                };
                let key = (
                    row.word("region", region)?.to_owned(),
                    row.word("instance_type", instance_type)?.to_owned(),
                );
                self.instances.entry(key).or_insert(rate);
                Ok(())
            }
            (Some(Table::Discounts), [provider, service, kind, region, percent]) => {
                let number = row.quantity("percent", percent)?;
                if number > Quantity::from(100) {
                    return Err(
                        row.refuse(format!("{} percent", code(percent)), "write a number from 0 to 100")
                    );
                }
                let word = |name: &str, text: &str| row.word(name, text).map(str::to_owned);
                self.discounts.push(Discount {
                    line: row.line,
                    provider: word("provider", provider)?,
                    service: word("service", service)?,
                    kind: word("resource_type", kind)?,
                    region: word("region", region)?,
                    percent: number,
                });
                Ok(())
            }
            (None, _) => {
                let hint =
                    format!("begin with a line of columns: {COMPONENTS}, or {INSTANCES}, or {DISCOUNTS}");
                Err(row.refuse("no columns are named above it".to_owned(), &hint))
            }
            (Some(table), cells) => {
                let columns = match table {
                    Table::Components => COMPONENTS,
                    Table::Instances => INSTANCES,
                    Table::Discounts => DISCOUNTS,
                };
                let what = format!("{} cells for {} columns", cells.len(), columns.split(',').count());
                Err(row.refuse(what, &format!("write {columns}")))
            }
        }
    }
}

impl Row<'_> {
    fn amount(&self, text: &str) -> Result<Money, PricesError> {
        match Money::parse(text) {
            Ok(usd) if usd >= Money::ZERO => Ok(usd),
            _ => Err(self.refuse(format!("{} is no price", code(text)), "write dollars, such as 0.0416")),
        }
    }

    fn quantity(&self, name: &str, text: &str) -> Result<Quantity, PricesError> {
        Quantity::parse(text).ok_or_else(|| {
            self.refuse(format!("{name} {} is no number", code(text)), "write a number, such as 12.5")
        })
    }

    fn word<'t>(&self, name: &str, text: &'t str) -> Result<&'t str, PricesError> {
        if text.is_empty() {
            return Err(
                self.refuse(format!("{name} is empty"), "write what it is for; in discounts * is anything")
            );
        }
        Ok(text)
    }

    /// A day, or nothing.
    fn date<'t>(&self, text: &'t str) -> Result<&'t str, PricesError> {
        if text.is_empty() || text.parse::<jiff::civil::Date>().is_ok() {
            return Ok(text);
        }
        Err(self.refuse(format!("{} is no day", code(text)), "write a day such as 2026-07-01, or nothing"))
    }

    fn refuse(&self, what: String, hint: &str) -> PricesError {
        PricesError { line: self.line, what, hint: hint.to_owned() }
    }
}
