//! Recorded deliveries: files in two shapes, read in the order in which GitHub sent them.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A delivery that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recorded {
    /// GitHub's name for it; the same twice has one effect.
    pub(super) guid: Option<String>,
    /// The event's name.
    pub(super) event: String,
    pub(super) payload: Value,
    /// When GitHub sent it, where that is known.
    pub(super) at: Option<Timestamp>,
    /// File and place in it, from 1.
    pub(super) place: String,
}

/// A delivery as GitHub's API gives it, or in short.
#[derive(Deserialize)]
struct Shape {
    guid: Option<String>,
    event: String,
    delivered_at: Option<Timestamp>,
    payload: Option<Value>,
    request: Option<Request>,
}

#[derive(Deserialize)]
struct Request {
    payload: Option<Value>,
}

/// Reads all of them. Those without a time keep their place behind the one before.
///
/// # Errors
/// When a file cannot be read, or holds what is no delivery.
pub(super) fn read(places: &[PathBuf]) -> anyhow::Result<Vec<Recorded>> {
    let mut all = Vec::new();
    for place in places {
        for file in files(place)? {
            let text =
                std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            all.extend(parse(&text, &file.display().to_string())?);
        }
    }
    let mut last = None;
    let mut timed: Vec<(Option<Timestamp>, Recorded)> = all
        .into_iter()
        .map(|one| {
            last = one.at.or(last);
            (last, one)
        })
        .collect();
    timed.sort_by_key(|(at, _)| *at);
    Ok(timed.into_iter().map(|(_, one)| one).collect())
}

/// A file itself, or the recordings of a directory by name.
fn files(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !place.is_dir() {
        return Ok(vec![place.to_path_buf()]);
    }
    let entries = std::fs::read_dir(place).with_context(|| format!("reading {}", place.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    let is_recording = |path: &PathBuf| path.extension().is_some_and(|end| end == "json" || end == "jsonl");
    let mut found: Vec<PathBuf> = paths.into_iter().filter(is_recording).collect();
    found.sort();
    if found.is_empty() {
        bail!("{} holds no *.json and no *.jsonl", place.display());
    }
    Ok(found)
}

fn parse(text: &str, file: &str) -> anyhow::Result<Vec<Recorded>> {
    let values: Vec<Value> = match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list,
        Ok(one) => vec![one],
        // Not one value: a value a line.
        Err(whole) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str);
            let lines: Result<Vec<Value>, _> = lines.collect();
            lines.map_err(|_| whole).with_context(|| file.to_owned())?
        }
    };
    let numbered = values.into_iter().enumerate();
    numbered.map(|(index, value)| delivery(value, format!("{file}:{}", index + 1))).collect()
}

fn delivery(value: Value, place: String) -> anyhow::Result<Recorded> {
    let shape: Shape = serde_json::from_value(value)
        .with_context(|| format!("{place} is no recorded delivery (an object with `event` and a payload)"))?;
    let Shape { guid, event, delivered_at: at, payload, request } = shape;
    let payload = payload.or_else(|| request?.payload).with_context(|| {
        format!("{place} holds no payload: GitHub's list of deliveries has none, ask for each by its id")
    })?;
    Ok(Recorded { guid, event, payload, at, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_read_alone_in_lists_and_by_lines() {
        let full = r#"{"id":1,"guid":"a","delivered_at":"2026-07-20T14:00:00Z","event":"issues","request":{"headers":{},"payload":{"x":1}}}"#;
        let short = r#"{"event":"push","payload":{}}"#;
        for text in [format!("[{full},{short}]"), format!("{full}\n{short}\n")] {
            let found = parse(&text, "f").expect("deliveries");
            let said: Vec<(&str, &str)> =
                found.iter().map(|one| (one.event.as_str(), one.place.as_str())).collect();
            assert_eq!(said, [("issues", "f:1"), ("push", "f:2")]);
            assert_eq!((found[0].guid.as_deref(), found[0].at.is_some()), (Some("a"), true));
        }
        assert_eq!(parse(full, "f").expect("one").len(), 1);
    }

    #[test]
    fn what_is_no_delivery_is_named_with_its_place() {
        let refused = |text: &str| parse(text, "f").map(|_| ()).map_err(|error| format!("{error:#}"));
        let listed = r#"[{"event":"push","payload":{}},{"event":"issues","guid":"b"}]"#;
        assert!(refused(listed).is_err_and(|why| why.starts_with("f:2 holds no payload")));
        assert!(
            refused("{\"action\":\"opened\"}").is_err_and(|why| why.contains("f:1 is no recorded delivery"))
        );
        assert!(refused("nonsense").is_err_and(|why| why.starts_with("f: expected")));
    }

    #[test]
    fn they_are_played_in_the_order_in_which_they_were_sent() {
        let dir = tempfile::tempdir().expect("a directory");
        let at = |second: u32| {
            format!(
                "{{\"event\":\"e{second}\",\"payload\":{{}},\"delivered_at\":\"2026-07-20T14:00:0{second}Z\"}}"
            )
        };
        std::fs::write(
            dir.path().join("a.json"),
            format!("[{}, {{\"event\":\"after\",\"payload\":{{}}}}]", at(5)),
        )
        .expect("a file");
        std::fs::write(dir.path().join("b.jsonl"), at(3)).expect("a file");
        std::fs::write(dir.path().join("c.txt"), "no recording").expect("a file");
        let found = read(&[dir.path().to_path_buf()]).expect("deliveries");
        let events: Vec<&str> = found.iter().map(|one| one.event.as_str()).collect();
        assert_eq!(events, ["e3", "e5", "after"]);
        let empty = tempfile::tempdir().expect("a directory");
        assert!(read(&[empty.path().to_path_buf()]).is_err());
    }
}
