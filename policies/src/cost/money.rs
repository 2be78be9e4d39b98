//! Amounts of US dollars, exact: a millionth of a millionth is the smallest unit, so that no price of the book is rounded.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Decimals that are kept.
const DECIMALS: usize = 12;

/// Digits before the point of an amount that somebody writes.
const WHOLE_DIGITS: usize = 18;

/// The same of the largest sum that there is.
const SUM_DIGITS: usize = 27;

/// More than any amount that somebody writes.
const OUT_OF_RANGE: u128 = 10_u128.pow(18) * 1_000_000_000_000;

/// One dollar.
const DOLLAR: i128 = 1_000_000_000_000;

/// One cent.
const CENT: i128 = DOLLAR / 100;

/// From here on, titles leave out the cents.
const WHOLE_FROM: i128 = 100 * DOLLAR;

/// An amount. Sums that leave its range stay at its end; no plan of this world comes near.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

/// A text or number that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an amount: write a decimal number such as 12.50")]
pub struct NotMoney(String);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a decimal number.
    pub fn parse(text: &str) -> Result<Self, NotMoney> {
        Self::parse_up_to(WHOLE_DIGITS, text)
    }

    fn parse_up_to(whole_digits: usize, text: &str) -> Result<Self, NotMoney> {
        let refuse = || NotMoney(text.chars().take(40).collect());
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let lengths = (1..=whole_digits).contains(&whole.len()) && fraction.len() <= DECIMALS;
        if !plain(whole) || !plain(fraction) || !lengths || digits.ends_with('.') {
            return Err(refuse());
        }
        // What is out of its range is refused here.
        format!("{sign}{whole}{fraction:0<DECIMALS$}").parse::<i128>().map(Self).map_err(|_| refuse())
    }

    /// Reads a decimal number as other programs write it: with an exponent, or finer than our unit.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let read = super::quantity::decimal(digits, DECIMALS).map(|units| Self(sign * units));
        read.filter(|it| it.0.unsigned_abs() < OUT_OF_RANGE)
    }

    /// From a number of dollars, as configuration files write limits.
    pub fn from_dollars(dollars: f64) -> Result<Self, NotMoney> {
        let text = dollars.to_string();
        // What is finer than our unit is finer than any price.
        let kept = text.split_once('.').map_or(text.as_str(), |(whole, fraction)| {
            let end = whole.len() + 1 + fraction.len().min(DECIMALS);
            text.get(..end).unwrap_or(whole)
        });
        Self::parse(kept).map_err(|_| NotMoney(text.clone()))
    }

    /// The amount as a number of dollars, for comparisons that need no cent.
    #[expect(clippy::cast_precision_loss, reason = "a limit is compared, nothing is summed")]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / DOLLAR as f64
    }

    /// So many times this amount.
    #[must_use]
    pub fn times(self, quantity: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(quantity)))
    }

    /// So many parts of this amount, each one of `whole`; half a unit is rounded away from zero.
    #[must_use]
    pub(crate) fn of_parts(self, parts: i128, whole: i128) -> Self {
        match self.0.checked_mul(parts) {
            Some(product) => Self(round(product, whole)),
            None => Self((self.0 / whole).saturating_mul(parts)),
        }
    }

    /// Whether it is nothing at all.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The amount without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// `$12.10`, to the cent.
    pub fn shown(self) -> String {
        let cents = round(self.0, CENT);
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        format!("{sign}${}.{:02}", cents / 100, cents % 100)
    }

    /// `+$12.10`, as a difference is written.
    pub fn signed(self) -> String {
        let text = self.shown();
        if text.starts_with('-') { text } else { format!("+{text}") }
    }

    /// `+$612`: in a title, without cents where they do not matter. Rounded away from zero, so that an amount above a limit
    /// never looks like the limit.
    pub fn short(self) -> String {
        if self.0.saturating_abs() < WHOLE_FROM {
            return self.signed();
        }
        let up = (self.0.unsigned_abs()).div_ceil(DOLLAR.unsigned_abs());
        format!("{}${up}", if self.0 < 0 { "-" } else { "+" })
    }

    /// `$500` or `$0.50`, as a limit is written.
    pub fn limit(self) -> String {
        let text = self.shown();
        text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
    }
}

/// Half away from zero.
fn round(units: i128, unit: i128) -> i128 {
    let half = if units < 0 { -unit / 2 } else { unit / 2 };
    units.saturating_add(half) / unit
}

impl fmt::Display for Money {
    /// The exact decimal, at least two decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.0.unsigned_abs();
        let dollar = DOLLAR.unsigned_abs();
        let fraction = format!("{:0>DECIMALS$}", units % dollar);
        let kept = fraction.trim_end_matches('0');
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{kept:0<2}", units / dollar)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_up_to(SUM_DIGITS, &text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).expect("an amount")
    }

    #[test]
    fn amounts_are_exact() {
        let price = money("0.0000000309");
        assert_eq!(price.times(10_000_000_000).to_string(), "309.00");
        assert_eq!((0..10).map(|_| money("0.1")).sum::<Money>(), money("1"));
        assert_eq!((money("1.5") - money("2")).to_string(), "-0.50");
    }

    #[test]
    fn people_read_cents() {
        for (amount, shown, signed, short) in [
            ("0", "$0.00", "+$0.00", "+$0.00"),
            ("16.425", "$16.43", "+$16.43", "+$16.43"),
            ("-3", "-$3.00", "-$3.00", "-$3.00"),
            ("611.2", "$611.20", "+$611.20", "+$612"),
            ("-0.001", "$0.00", "+$0.00", "+$0.00"),
        ] {
            let amount = money(amount);
            assert_eq!((amount.shown().as_str(), amount.signed().as_str()), (shown, signed));
            assert_eq!(amount.short(), short);
        }
        assert_eq!((money("500").limit(), money("0.5").limit()), ("$500".to_owned(), "$0.50".to_owned()));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "1.", ".5", "1e5", "--1", "+1", "1,5", "0.0000000000001", "9999999999999999999"]
        {
            assert!(Money::parse(text).is_err(), "{text}");
        }
        assert_eq!(Money::from_dollars(500.0), Ok(money("500")));
        assert_eq!(Money::from_dollars(0.1 + 0.2), Ok(money("0.3")));
        assert!(Money::from_dollars(f64::NAN).is_err() && Money::from_dollars(f64::INFINITY).is_err());
    }

    #[test]
    fn no_sum_overflows() {
        let most = Money(i128::MAX);
        assert_eq!(most + most, most);
        assert_eq!(most.times(u64::MAX), most);
        assert!(!(-most).shown().is_empty() && !Money(i128::MIN).short().is_empty());
        for amount in [most, -most, Money(i128::MIN)] {
            let text = serde_json::to_string(&amount).expect("plain data");
            assert_eq!(serde_json::from_str::<Money>(&text).expect("its own form"), amount);
        }
        assert_eq!(Money::read("18446744073709551616"), None);
    }
}
