//! Paths of attributes as texts.

use serde_json::Value;

/// The attribute a path starts with.
pub(super) fn top(path: &[Value]) -> String {
    path.first().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// `["disk", 0, "size"]` → `disk[0].size`.
pub(super) fn path_text(path: &[Value]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Value::String(name) if text.is_empty() => text.push_str(name),
            Value::String(name) => text.push_str(&key_text(name)),
            step => text.push_str(&format!("[{step}]")),
        }
    }
    text
}

/// `.name`, or `["any key"]`.
pub(super) fn key_text(key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if plain { format!(".{key}") } else { format!("[{}]", Value::from(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_of_every_kind() {
        let path = [json!("tags"), json!("a.b/c"), json!(0), json!("x_y")];
        assert_eq!(path_text(&path), r#"tags["a.b/c"][0].x_y"#);
        assert_eq!((path_text(&[]), top(&[json!(3)])), (String::new(), String::new()));
    }
}
