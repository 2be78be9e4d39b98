//! Bytes to JSON, within limits. What the JSON means is `model`'s concern.

use serde_json::Value;
use serde_json::error::Category;

use crate::PlanError;

/// Bytes of one document. A plan of 3,000 resources has about 30 MB.
pub const MAX_PLAN_BYTES: usize = 128 << 20;

/// Levels of nesting. Every module level costs three, so about thirty modules deep.
pub const MAX_DEPTH: usize = 120;

/// Reads one document. Errors name line and column and quote nothing, as the content may be secret.
pub(crate) fn parse_json(what: &'static str, bytes: &[u8]) -> Result<Value, PlanError> {
    if bytes.len() > MAX_PLAN_BYTES {
        return Err(PlanError::TooLarge { what, bytes: bytes.len(), limit: MAX_PLAN_BYTES });
    }
    // serde_json itself stops at 128 levels.
    let value: Value = serde_json::from_slice(bytes).map_err(|error| syntax(what, &error))?;
    check_depth(what, &value)?;
    Ok(value)
}

/// Refuses what recursion over the document could not survive.
pub(crate) fn check_depth(what: &'static str, value: &Value) -> Result<(), PlanError> {
    let mut open = vec![(value, 1usize)];
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(PlanError::TooDeep { what, limit: MAX_DEPTH });
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(map) => open.extend(map.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

fn syntax(what: &'static str, error: &serde_json::Error) -> PlanError {
    let text = error.to_string();
    if text.starts_with("recursion limit exceeded") {
        return PlanError::TooDeep { what, limit: MAX_DEPTH };
    }
    let reason = match error.classify() {
        Category::Eof => "it ends too early".to_owned(),
        _ => text.split(" at line ").next().unwrap_or_default().to_owned(),
    };
    PlanError::Syntax { what, line: error.line(), column: error.column(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_errors_name_the_place() {
        let error = parse_json("plan", b"{\n  \"a\": tru }").expect_err("not JSON").to_string();
        assert_eq!(error, "the plan is not JSON, line 2, column 11: expected ident");
        let error = parse_json("plan", b"{\"a\":").expect_err("not JSON").to_string();
        assert_eq!(error, "the plan is not JSON, line 1, column 5: it ends too early");
    }

    #[test]
    fn depth_is_limited_whether_parsed_or_built() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse_json("plan", nested(MAX_DEPTH).as_bytes()).is_ok());
        for depth in [MAX_DEPTH + 1, 100_000] {
            let error = parse_json("plan", nested(depth).as_bytes()).expect_err("too deep");
            assert!(matches!(error, PlanError::TooDeep { .. }), "{error}");
        }
        let mut value = Value::Null;
        for _ in 0..MAX_DEPTH {
            value = Value::Array(vec![value]);
        }
        assert!(matches!(check_depth("plan", &value), Err(PlanError::TooDeep { .. })));
    }
}
