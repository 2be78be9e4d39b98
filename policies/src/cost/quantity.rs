//! How much of something a month: exact to a thousandth of a millionth, so that a quarter of a vCPU for a month is no guess.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Money;

/// Decimals that are kept.
const DECIMALS: usize = 9;

/// One whole.
const ONE: i128 = 1_000_000_000;

/// A number of units, not negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i128);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a decimal number; what is finer than the smallest unit is cut off. None for what is no number, or negative.
    pub fn parse(text: &str) -> Option<Self> {
        decimal(text, DECIMALS).map(Self)
    }

    /// A part of a whole, such as 512 of 1024; of nothing it is nothing.
    #[must_use]
    pub fn ratio(part: u64, whole: u64) -> Self {
        Self((i128::from(part) * ONE).checked_div(i128::from(whole)).unwrap_or_default())
    }

    /// So many times as much.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(count)))
    }

    /// As many as fit into a unit of so many.
    #[must_use]
    pub fn per(self, unit: u64) -> Self {
        Self(self.0.checked_div(i128::from(unit)).unwrap_or_default())
    }

    /// The product of two.
    #[must_use]
    pub fn by(self, other: Self) -> Self {
        Self(self.0.checked_mul(other.0).map_or(i128::MAX, |product| product / ONE))
    }

    /// As much as both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// How many chunks of a size it takes to hold it, one at least.
    pub fn chunks(self, size: u64) -> u64 {
        let size = i128::from(size.max(1)) * ONE;
        u64::try_from(self.0.saturating_add(size - 1) / size).unwrap_or(u64::MAX).max(1)
    }

    /// What is beyond another quantity; nothing when that is more.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// A price less so many percent.
    pub(crate) fn off(self, usd: Money) -> Money {
        let whole = 100 * ONE;
        usd.of_parts((whole - self.0).max(0), whole)
    }

    /// The price of so much at a price for one.
    pub(crate) fn at(self, usd: Money) -> Money {
        usd.of_parts(self.0, ONE)
    }
}

/// Reads a decimal number, with or without exponent, as so many of its last kept decimal; what is finer is cut off.
pub(super) fn decimal(text: &str, decimals: usize) -> Option<i128> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || !(-30..=20).contains(&exponent) {
        return None;
    }
    // Moves the point, then cuts.
    let point = i32::try_from(whole.len() + decimals).ok()? + exponent;
    let (joined, places) = (format!("{whole}{fraction}"), usize::try_from(point).unwrap_or(0));
    if places > 36 {
        return None;
    }
    let kept = joined.get(..places.min(joined.len()))?;
    let text = format!("{kept:0<places$}");
    if text.is_empty() { Some(0) } else { text.parse().ok() }
}

impl From<u64> for Quantity {
    fn from(count: u64) -> Self {
        Self(i128::from(count).saturating_mul(ONE))
    }
}

impl fmt::Display for Quantity {
    /// The decimal without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:0>DECIMALS$}", self.0 % ONE);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / ONE),
            kept => write!(f, "{}.{kept}", self.0 / ONE),
        }
    }
}

impl Serialize for Quantity {
    /// A whole number as such, as it was always stored; a fraction as a decimal number; what no number of JSON keeps exactly as a
    /// text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.to_string();
        let kept = |number: &f64| Self::parse(&serde_json::Value::from(*number).to_string()) == Some(*self);
        match (u64::try_from(self.0 / ONE), text.parse::<f64>().ok().filter(kept)) {
            (Ok(whole), _) if self.0 % ONE == 0 => serializer.serialize_u64(whole),
            (_, Some(number)) => serializer.serialize_f64(number),
            _ => serializer.serialize_str(&text),
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            number => number.to_string(),
        };
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no quantity")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_and_shown_exactly() {
        for (text, expect) in [
            ("0", "0"),
            ("182.5", "182.5"),
            ("0.0000000005", "0"),
            ("1e3", "1000"),
            ("2.5e-3", "0.0025"),
            ("1.25e2", "125"),
            ("5e-20", "0"),
        ] {
            assert_eq!(Quantity::parse(text).map(|it| it.to_string()).as_deref(), Some(expect), "{text}");
        }
        for text in ["", "-1", "1,5", ".5", "1e99", "0x1", "NaN", "٣", "99999999999999999999999999999"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_quarter_of_a_month_costs_a_quarter() {
        let usd = Money::parse("0.04048").expect("an amount");
        assert_eq!(Quantity::ratio(256, 1024).times(730).at(usd).to_string(), "7.3876");
        assert_eq!(Quantity::from(3).at(usd), usd.times(3));
        assert!(Quantity::from(u64::MAX).by(Quantity::from(u64::MAX)).at(usd) > Money::ZERO);
        assert_eq!((Quantity::ratio(1, 0), Quantity::from(5).per(0)), (Quantity::ZERO, Quantity::ZERO));
    }

    #[test]
    fn stored_quantities_are_read_back() {
        let json = |quantity: Quantity| serde_json::to_string(&quantity).expect("a number");
        assert_eq!(
            (json(Quantity::from(730)).as_str(), json(Quantity::ratio(1, 4)).as_str()),
            ("730", "0.25")
        );
        for quantity in [Quantity::from(730), Quantity::ratio(1, 3), Quantity::from(u64::MAX)] {
            assert_eq!(serde_json::from_str::<Quantity>(&json(quantity)).expect("a quantity"), quantity);
        }
        assert!(serde_json::from_str::<Quantity>("-1").is_err());
    }
}
