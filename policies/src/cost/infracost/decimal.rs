//! Decimals as infracost writes them: texts, numbers, fractions, or null.

use serde_json::Value as Json;

use super::{InfracostError, unrecognised};
use crate::cost::{Money, Quantity};

/// An amount; none where it is null or absent.
pub(super) fn money(json: &Json, name: &str) -> Result<Option<Money>, InfracostError> {
    read(json, name, |text| match text.split_once('/') {
        Some((part, whole)) => fraction(part, whole),
        None => Money::read(text),
    })
}

/// A quantity; none where it is null, absent, or negative.
pub(super) fn quantity(json: &Json, name: &str) -> Result<Option<Quantity>, InfracostError> {
    read(json, name, |text| match text.split_once('/') {
        Some((part, whole)) => fraction(part, whole).and_then(|it| Quantity::parse(&it.to_string())),
        None if text.starts_with('-') => Some(Quantity::ZERO),
        None => Quantity::parse(text),
    })
}

fn read<T>(json: &Json, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, InfracostError> {
    let text = match json.get(name) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => number.to_string(),
        Some(_) => return Err(unrecognised(&format!("{name} is no decimal"))),
    };
    match read(&text) {
        Some(value) => Ok(Some(value)),
        None => Err(unrecognised(&format!("{name} is no decimal"))),
    }
}

/// `3/4`, as rational numbers are written.
fn fraction(part: &str, whole: &str) -> Option<Money> {
    let (sign, digits) = part.strip_prefix('-').map_or((1, part), |digits| (-1, digits));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(digits) || !plain(whole) {
        return None;
    }
    let (part, whole): (i128, i128) = (digits.parse().ok()?, whole.parse().ok()?);
    (whole > 0).then(|| Money::read("1").map(|one| one.of_parts(sign * part, whole)))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn decimals_are_texts_numbers_fractions_or_null() {
        let of = |value: Json| money(&json!({ "x": value }), "x").map(|it| it.map(|it| it.to_string()));
        assert_eq!(of(json!("0.006849315068493150")), Ok(Some("0.006849315068".to_owned())));
        assert_eq!(of(json!(12.5)), Ok(Some("12.50".to_owned())));
        assert_eq!(of(json!(1e-7)), Ok(Some("0.0000001".to_owned())));
        assert_eq!(of(json!("-3")), Ok(Some("-3.00".to_owned())));
        assert_eq!(of(json!("3/4")), Ok(Some("0.75".to_owned())));
        assert_eq!(of(json!(null)), Ok(None));
        for wrong in [json!(""), json!("3/0"), json!("a/4"), json!("NaN"), json!(true), json!([1])] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
        assert_eq!(quantity(&json!({"x": "1/2"}), "x"), Ok(Quantity::parse("0.5")));
    }
}
