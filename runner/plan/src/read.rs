//! Bytes to JSON, within limits. What the JSON means is `model`'s concern.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use crate::PlanError;

/// Bytes of one document. A plan of 3,000 resources has about 30 MB.
pub const MAX_PLAN_BYTES: usize = 128 << 20;

/// Levels of nesting. Every module level costs three, so about thirty modules deep.
pub const MAX_DEPTH: usize = 120;

/// Checks the length of a document and that it is text. Errors name line and column and quote nothing, as the content may
/// be secret.
pub(crate) fn text_of<'a>(what: &'static str, bytes: &'a [u8]) -> Result<&'a str, PlanError> {
    if bytes.len() > MAX_PLAN_BYTES {
        return Err(PlanError::TooLarge { what, bytes: bytes.len(), limit: MAX_PLAN_BYTES });
    }
    std::str::from_utf8(bytes).map_err(|_| damage(what, bytes))
}

/// What is wrong with a document that could not be read: looked for by reading all of it and keeping nothing, whatever
/// part of it the error was met in.
pub(crate) fn damage(what: &'static str, bytes: &[u8]) -> PlanError {
    match serde_json::from_slice::<Checked>(bytes) {
        Err(error) => syntax(what, &error),
        // Readable after all: then only its depth can be what was refused.
        Ok(_) => PlanError::TooDeep { what, limit: MAX_DEPTH },
    }
}

/// Refuses what recursion over the document could not survive.
pub(crate) fn check_depth(what: &'static str, levels: usize) -> Result<(), PlanError> {
    if levels > MAX_DEPTH { Err(PlanError::TooDeep { what, limit: MAX_DEPTH }) } else { Ok(()) }
}

/// Levels of nesting of a value, itself included.
pub(crate) fn depth(value: &Value) -> usize {
    let mut open = vec![(value, 1usize)];
    let mut deepest = 1;
    while let Some((value, depth)) = open.pop() {
        deepest = deepest.max(depth);
        let is_nested = |value: &&Value| matches!(value, Value::Array(_) | Value::Object(_));
        match value {
            Value::Array(items) if !items.is_empty() => {
                deepest = deepest.max(depth + 1);
                open.extend(items.iter().filter(is_nested).map(|item| (item, depth + 1)));
            }
            Value::Object(map) if !map.is_empty() => {
                deepest = deepest.max(depth + 1);
                open.extend(map.values().filter(is_nested).map(|item| (item, depth + 1)));
            }
            _ => {}
        }
    }
    deepest
}

/// JSON that is read as strictly as a value is, and not kept.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<Self, Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self, E> {
        Ok(self)
    }
}

pub(crate) fn syntax(what: &'static str, error: &serde_json::Error) -> PlanError {
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
    use crate::{RedactedPlan, Redactor, redact};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let error = redact(text.as_bytes(), None, &Redactor::default()).expect_err("not JSON").to_string();
        assert_eq!(error, expect);
        assert_eq!(RedactedPlan::parse(text.as_bytes()).expect_err("not JSON").to_string(), expect);
    }

    #[test]
    fn syntax_errors_name_the_place() {
        check("{\n  \"a\": tru }", "the plan is not JSON, line 2, column 11: expected ident");
        check("{\"a\":", "the plan is not JSON, line 1, column 5: it ends too early");
        check("{} x", "the plan is not JSON, line 1, column 4: trailing characters");
        // What only the reading of an item finds.
        for text in [
            "{\"resource_changes\": [\n{\"a\": \"\\ud800\"}]}",
            "{\"format_version\": \"1.2\", \"resource_changes\": [\n{\"a\": 1e999}]}",
            "{\"resource_changes\": [{\"a\": \"\\ud800\"}],\n 3}",
        ] {
            let error = serde_json::from_str::<Value>(text).expect_err("not JSON");
            check(text, &syntax("plan", &error).to_string());
        }
    }

    #[test]
    fn depth_is_limited_wherever_it_is() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for (before, around, after) in [("{\"x\":", 1, "}"), ("{\"resource_changes\":[", 2, "]}")] {
            let text = |depth: usize| format!("{before}{}{after}", nested(depth));
            let fits = text(MAX_DEPTH - around);
            for error in [
                redact(fits.as_bytes(), None, &Redactor::default()).expect_err("no version"),
                RedactedPlan::parse(fits.as_bytes()).expect_err("no version"),
            ] {
                assert!(!matches!(error, PlanError::TooDeep { .. }), "{error}");
            }
            for depth in [MAX_DEPTH + 1 - around, 200, 100_000] {
                for error in [
                    redact(text(depth).as_bytes(), None, &Redactor::default()).expect_err("too deep"),
                    RedactedPlan::parse(text(depth).as_bytes()).expect_err("too deep"),
                ] {
                    assert!(matches!(error, PlanError::TooDeep { .. }), "{error}");
                }
            }
        }
        let mut value = Value::Null;
        for _ in 0..MAX_DEPTH {
            value = Value::Array(vec![value]);
        }
        assert!(matches!(RedactedPlan::from_document(value), Err(PlanError::TooDeep { .. })));
    }
}
