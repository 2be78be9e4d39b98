//! Functions on numbers.

use super::super::{Fault, Outcome, operators};
use super::{list, number, string, whole};
use crate::Value;

/// Longest `range` that is written out; Terraform's own limit.
const RANGE_CAP: usize = 1024;

pub(super) fn apply(name: &str, args: &[Value]) -> Option<Outcome> {
    let one = |function: fn(f64) -> f64| number(args, 0).map(|value| Value::from_f64(function(value)));
    Some(match name {
        "abs" => one(f64::abs),
        "floor" => one(f64::floor),
        "ceil" => one(f64::ceil),
        "min" => fold(args, f64::min),
        "max" => fold(args, f64::max),
        "sum" => list(args, 0).and_then(|items| fold(items, |left, right| left + right)),
        "parseint" => parseint(args),
        "range" => range(args),
        _ => return None,
    })
}

fn fold(values: &[Value], function: fn(f64, f64) -> f64) -> Outcome {
    let numbers = values.iter().map(operators::number).collect::<Result<Vec<_>, _>>()?;
    numbers.into_iter().reduce(function).map(Value::from_f64).ok_or(Fault)
}

fn parseint(args: &[Value]) -> Outcome {
    let (text, base) = (string(args, 0)?, whole(args, 1)?);
    // From 37 on, Terraform tells upper case from lower case.
    let base = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)).ok_or(Fault)?;
    if base > 36 {
        return Ok(Value::Unknown);
    }
    match i64::from_str_radix(&text, base) {
        Ok(value) => Ok(Value::Number(value.into())),
        Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => Ok(Value::Unknown),
        Err(_) => Err(Fault),
    }
}

fn range(args: &[Value]) -> Outcome {
    let (start, end, step) = match args.len() {
        1 => (0.0, number(args, 0)?, 1.0),
        2 => (number(args, 0)?, number(args, 1)?, 1.0),
        3 => (number(args, 0)?, number(args, 1)?, number(args, 2)?),
        _ => return Err(Fault),
    };
    // Counting down without a step, and steps that lead nowhere, are left to Terraform.
    if step <= 0.0 || end < start {
        return Ok(Value::Unknown);
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while next < end {
        if numbers.len() >= RANGE_CAP {
            return Ok(Value::Unknown);
        }
        numbers.push(Value::from_f64(next));
        next += step;
    }
    Ok(Value::List(numbers))
}
