//! Whether nothing is marked in an item, told from its text: most resources have no secret, and reading one as values takes
//! longer than a look at its marks.
//!
//! What is said here errs on one side: of an item that is not quiet all is read.

use serde_json::value::RawValue;

use crate::document::Members;

/// Nothing is removed of a change.
pub(super) fn is_quiet_change(item: &Members<'_>) -> bool {
    let Some(change) = item.get("change") else { return true };
    let Some(change) = Members::of(change) else { return !change.starts_with('{') };
    [("before", "before_sensitive"), ("after", "after_sensitive")]
        .into_iter()
        .all(|(side, marks)| is_quiet(change.get(marks), change.get(side)))
}

/// Marks say of a value that nothing of it is sensitive.
pub(super) fn is_quiet(marks: Option<&str>, value: Option<&str>) -> bool {
    let (Some(marks), Some(value)) = (marks, value) else { return true };
    if matches!(marks, "null" | "false" | "{}" | "[]") || value == "null" {
        return true;
    }
    let both = |start: char| marks.starts_with(start) && value.starts_with(start);
    if both('{') {
        let (Some(marks), Some(value)) = (Members::of(marks), Members::of(value)) else { return false };
        marks.iter().all(|(name, mark)| is_quiet(Some(mark), value.get(name)))
    } else if both('[') {
        let items = |text| serde_json::from_str::<Vec<&RawValue>>(text).ok();
        let (Some(marks), Some(values)) = (items(marks), items(value)) else { return false };
        marks.iter().zip(values).all(|(mark, value)| is_quiet(Some(mark.get()), Some(value.get())))
    } else {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marks: &str, value: &str, expect: bool) {
        assert_eq!(is_quiet(Some(marks), Some(value)), expect, "{marks} of {value}");
    }

    #[test]
    fn only_what_removes_nothing_is_quiet() {
        check("{}", "3", true);
        check("true", "null", true);
        check("true", "3", false);
        check(r#"{"a": {}, "b": [ ]}"#, r#"{"a": {"x": 1}, "b": [2]}"#, true);
        check(r#"{"a": true}"#, r#"{"a": 1}"#, false);
        check(r#"{"a": true}"#, r#"{"b": 1}"#, true);
        check(r#"{"a": true}"#, r#"{"b": 1, "\u0061": 1}"#, false);
        check(r#"{"a": [{"b": true}]}"#, r#"{"a": [{"b": 1}]}"#, false);
        check(r#"{"a": [{"b": true}]}"#, r#"{"a": []}"#, true);
        // Marks of another shape than the value cannot be matched.
        check(r#"{"a": {"b": false}}"#, r#"{"a": "text"}"#, false);
        check(r#"[{}]"#, r#"{"a": 1}"#, false);
        check(r#""yes""#, r#"{"a": 1}"#, false);
    }
}
