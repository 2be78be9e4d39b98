//! AWS's public price lists, as own prices: the offer file of one service in one region
//! (`https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<service>/current/<region>/index.json`) becomes the tables that
//! [`Prices`](super::Prices) reads. Who fetches the file is nobody's business here.
//!
//! Files have hundreds of MB: `file` reads them piece by piece and keeps what `product` knows how to sell.

mod file;
mod product;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufReader, Read};

use super::Money;
use super::prices::{COMPONENTS, INSTANCES};
use product::Sold;

/// Whose name the rows have as their source: a price of the list is not negotiated.
pub(super) const SOURCE: &str = "aws price list";

/// An offer file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PriceListError {
    /// No JSON, or none of this form.
    #[error("the price list cannot be read: {0}")]
    NotAPriceList(#[from] serde_json::Error),
    /// A service whose products nobody here knows.
    #[error(
        "price lists of {0} are not read; those of AmazonEC2, AmazonRDS, AmazonElastiCache and AmazonES are"
    )]
    UnknownOffer(String),
    /// Nothing in it could be used.
    #[error("the price list of {0} has no price that is used here")]
    Empty(String),
}

/// What was found in an offer file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceList {
    /// `AmazonRDS`.
    pub offer: String,
    /// When it was published, `2026-07-01`.
    pub published: String,
    /// Products in the file.
    pub products: u64,
    /// Things that had two prices which nothing told apart; left out.
    pub ambiguous: u64,
    rates: BTreeMap<Sold, Listed>,
}

/// The price of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Listed {
    At {
        usd: Money,
        as_of: String,
    },
    /// Two products have different ones.
    Ambiguous,
}

impl PriceList {
    /// Reads an offer file.
    pub fn read(reader: impl Read) -> Result<Self, PriceListError> {
        let mut list = Self::default();
        file::read(BufReader::new(reader), &mut list)?;
        list.ambiguous = u64::try_from(list.rates.values().filter(|it| **it == Listed::Ambiguous).count())
            .unwrap_or(u64::MAX);
        if !product::OFFERS.contains(&list.offer.as_str()) {
            let offer: String = list.offer.chars().take(40).collect();
            let offer = if offer.is_empty() { "an unnamed service".to_owned() } else { offer };
            return Err(PriceListError::UnknownOffer(offer));
        }
        if list.prices() == 0 {
            return Err(PriceListError::Empty(list.offer));
        }
        Ok(list)
    }

    /// How many prices were found.
    pub fn prices(&self) -> usize {
        self.rates.values().filter(|it| **it != Listed::Ambiguous).count()
    }

    /// The prices as the tables of a file of own prices, in an order of their own.
    pub fn csv(&self) -> String {
        let (mut components, mut instances) = (String::new(), String::new());
        for (sold, listed) in &self.rates {
            let Listed::At { usd, as_of } = listed else { continue };
            let _ = match sold {
                Sold::Component { kind, region, component, unit, of } => {
                    writeln!(components, "{kind},{region},{component},{unit},{usd},{of},,{SOURCE},{as_of}")
                }
                Sold::Instance { region, instance_type } => {
                    writeln!(instances, "{region},{instance_type},{usd},{SOURCE},{as_of}")
                }
            };
        }
        let mut text = format!("# {} of {}\n", self.offer, self.published);
        for (columns, rows) in [(COMPONENTS, components), (INSTANCES, instances)] {
            if !rows.is_empty() {
                let _ = write!(text, "{columns}\n{rows}");
            }
        }
        text
    }

    fn add(&mut self, sold: Sold, usd: Money, as_of: String) {
        let listed = match self.rates.remove(&sold) {
            None => Listed::At { usd, as_of },
            Some(Listed::At { usd: known, as_of }) if known == usd => Listed::At { usd, as_of },
            Some(_) => Listed::Ambiguous,
        };
        self.rates.insert(sold, listed);
    }
}
