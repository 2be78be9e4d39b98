//! Operators and conversions between primitives, three-valued: an unknown operand decides nothing it cannot decide.

use super::{Fault, Outcome, Run, strict};
use crate::Value;
use crate::value::number_text;
use hcl_edit::expr::{BinaryOp, BinaryOperator, Conditional, Expression, UnaryOp, UnaryOperator};

impl Run<'_> {
    pub(super) fn conditional(&self, conditional: &Conditional) -> Outcome {
        if let Some(chosen) = self.choose(2) {
            return self.eval(if chosen == 0 { &conditional.true_expr } else { &conditional.false_expr });
        }
        match self.eval(&conditional.cond_expr)? {
            Value::Unknown => Ok(Value::Unknown),
            condition if boolean(&condition)? => self.branch(&conditional.true_expr, &conditional.false_expr),
            _ => self.branch(&conditional.false_expr, &conditional.true_expr),
        }
    }

    /// The branch taken. Both branches have one type: beside a text, a number is a text.
    fn branch(&self, taken: &Expression, other: &Expression) -> Outcome {
        let value = self.eval(taken)?;
        let beside_text = |run: &Self| matches!(run.eval(other), Ok(Value::String(_)));
        match text(&value) {
            Some(text) if !matches!(value, Value::String(_)) && beside_text(self) => Ok(Value::String(text)),
            _ => Ok(value),
        }
    }

    pub(super) fn unary(&self, operation: &UnaryOp) -> Outcome {
        let operand = self.eval(&operation.expr)?;
        if self.is_strict() && !strict::whole(&operand) {
            return Ok(Value::Unknown);
        }
        Ok(match (operation.operator.value(), operand) {
            (_, Value::Unknown) => Value::Unknown,
            (UnaryOperator::Not, operand) => Value::Bool(!boolean(&operand)?),
            (UnaryOperator::Neg, operand) => Value::from_f64(-number(&operand)?),
        })
    }

    pub(super) fn binary(&self, operation: &BinaryOp) -> Outcome {
        use BinaryOperator as Op;
        let operator = *operation.operator.value();
        let (left, right) = (self.eval(&operation.lhs_expr)?, self.eval(&operation.rhs_expr)?);
        if self.is_strict() {
            return Ok(exact(operator, &left, &right));
        }
        match operator {
            Op::And => return logical(&left, &right, false),
            Op::Or => return logical(&left, &right, true),
            Op::Eq => return Ok(equal(&left, &right).map_or(Value::Unknown, Value::Bool)),
            Op::NotEq => return Ok(equal(&left, &right).map_or(Value::Unknown, |equal| Value::Bool(!equal))),
            _ => {}
        }
        if left == Value::Unknown || right == Value::Unknown {
            return Ok(Value::Unknown);
        }
        let (left, right) = (number(&left)?, number(&right)?);
        Ok(match operator {
            Op::Plus => Value::from_f64(left + right),
            Op::Minus => Value::from_f64(left - right),
            Op::Mul => Value::from_f64(left * right),
            Op::Div | Op::Mod if right == 0.0 => return Err(Fault),
            Op::Div => Value::from_f64(left / right),
            Op::Mod => Value::from_f64(left % right),
            Op::Less => Value::Bool(left < right),
            Op::LessEq => Value::Bool(left <= right),
            Op::Greater => Value::Bool(left > right),
            Op::GreaterEq => Value::Bool(left >= right),
            Op::And | Op::Or | Op::Eq | Op::NotEq => Value::Unknown,
        })
    }
}

/// The operators whose value is exact, on whole numbers; of comparisons nothing is decided.
fn exact(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    let whole = strict::whole(left) && strict::whole(right);
    let (Ok(left), Ok(right), true) = (number(left), number(right), whole) else { return Value::Unknown };
    let value = match operator {
        BinaryOperator::Plus => left + right,
        BinaryOperator::Minus => left - right,
        BinaryOperator::Mul => left * right,
        _ => return Value::Unknown,
    };
    Some(Value::from_f64(value)).filter(strict::whole).unwrap_or(Value::Unknown)
}

/// `&&` and `||`: one operand of the deciding value decides.
fn logical(left: &Value, right: &Value, deciding: bool) -> Outcome {
    let known = |value: &Value| if *value == Value::Unknown { Ok(None) } else { boolean(value).map(Some) };
    Ok(match (known(left)?, known(right)?) {
        (Some(value), _) | (_, Some(value)) if value == deciding => Value::Bool(deciding),
        (Some(_), Some(_)) => Value::Bool(!deciding),
        _ => Value::Unknown,
    })
}

/// Whether two values are equal; none when an unknown part leaves it open.
pub(super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Unknown, _) | (_, Value::Unknown) => None,
        (Value::List(left), Value::List(right)) if left.len() == right.len() => {
            all(left.iter().zip(right).map(|(left, right)| equal(left, right)))
        }
        (Value::Object(left), Value::Object(right)) if left.keys().eq(right.keys()) => {
            all(left.values().zip(right.values()).map(|(left, right)| equal(left, right)))
        }
        (Value::Number(left), Value::Number(right)) => Some(left == right || left.as_f64() == right.as_f64()),
        _ => Some(left == right),
    }
}

fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    parts
        .try_fold(true, |so_far, part| match part {
            // One difference decides, whatever is unknown beside it: carried as an early exit.
            Some(false) => Err(Some(false)),
            None => Err(None),
            Some(true) => Ok(so_far),
        })
        .map_or_else(|early| early, Some)
}

/// A value as a bool, converted as Terraform converts.
pub(super) fn boolean(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(Fault),
    }
}

/// A value as a number, converted as Terraform converts.
pub(super) fn number(value: &Value) -> Result<f64, Fault> {
    match value {
        Value::Number(number) => number.as_f64().ok_or(Fault),
        Value::String(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or(Fault),
        _ => Err(Fault),
    }
}

/// A primitive as text; none for null, collections and unknowns.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Object(_) | Value::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_parts_leave_equality_open() {
        let list = |items: &[Value]| Value::List(items.to_vec());
        let (one, two) = (Value::from_f64(1.0), Value::from_f64(2.0));
        assert_eq!(equal(&list(&[one.clone(), Value::Unknown]), &list(&[one.clone(), two.clone()])), None);
        assert_eq!(
            equal(&list(std::slice::from_ref(&one)), &list(&[one.clone(), Value::Unknown])),
            Some(false)
        );
        assert_eq!(equal(&one, &two), Some(false));
        assert_eq!(equal(&Value::Null, &one), Some(false));
    }
}
