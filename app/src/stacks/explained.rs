//! What a language model is asked about a plan, and what of its answer is shown: below the summary, under its own name. It may
//! speak only of what the plan has; the rest of what it says is dropped, and nothing is decided by any of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tfpilot_plan::{Row, Summary, code};

use crate::surface;

/// Points that are shown.
const MOST_POINTS: usize = 8;

/// Characters of a point.
const POINT_CHARS: usize = 400;

/// Attributes of a change that are told.
const TOLD_ATTRIBUTES: usize = 12;

/// First steps of addresses that are no resource types.
const STEPS: [&str; 2] = ["module", "data"];

/// The answer that is asked for.
pub(crate) fn schema() -> Json {
    let text = json!({ "type": "string", "description": "One or two short sentences of plain text." });
    let addresses = json!({ "type": "array", "items": { "type": "string" },
        "description": "The addresses it is about, exactly as in the plan." });
    let point = json!({ "type": "object", "properties": { "addresses": addresses, "text": text },
        "required": ["addresses", "text"], "additionalProperties": false });
    json!({ "type": "object", "properties": { "points": { "type": "array", "items": point } },
        "required": ["points"], "additionalProperties": false })
}

/// The summary as a model reads it, at most so many bytes: what is grave first, the rest counted.
pub(crate) fn told(summary: &Summary, most: usize) -> String {
    let mut text = format!("{}\n", summary.headline);
    for doubt in &summary.doubts {
        let _ = writeln!(text, "{doubt}");
    }
    let mut told = 0;
    for row in &summary.rows {
        let line = line(row);
        if text.len() + line.len() > most {
            break;
        }
        text.push_str(&line);
        told += 1;
    }
    if told < summary.rows.len() {
        let _ = writeln!(text, "and {} more changes", summary.rows.len() - told);
    }
    text
}

fn line(row: &Row) -> String {
    let why: Vec<String> = row.why.iter().map(ToString::to_string).collect();
    let mut line = format!("{} {} {}", row.risk.label(), row.operation.word(), row.address);
    if !why.is_empty() {
        let _ = write!(line, " ({})", why.join("; "));
    }
    line.push('\n');
    for change in row.changes.iter().take(TOLD_ATTRIBUTES) {
        let _ = writeln!(line, "  {}: {} -> {}", change.path, change.before, change.after);
    }
    line
}

#[derive(Debug, Deserialize)]
struct Answer {
    points: Vec<Point>,
}

/// One thing that a model says of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Point {
    addresses: Vec<String>,
    text: String,
}

/// What of an answer may be shown: points about addresses of the plan that name no other.
pub(crate) fn accepted(answer: Json, summary: &Summary) -> Vec<Point> {
    let addresses: BTreeSet<&str> = summary.rows.iter().map(|row| row.address.as_str()).collect();
    let previous = summary.rows.iter().filter_map(|row| row.previous_address.as_deref());
    let known: BTreeSet<&str> = addresses.iter().copied().chain(previous).collect();
    let Ok(Answer { points }) = serde_json::from_value(answer) else { return Vec::new() };
    let fits = |point: &Point| {
        !point.text.trim().is_empty()
            && point.addresses.iter().all(|address| known.contains(address.as_str()))
            && names_only(&point.text, &known)
    };
    points.into_iter().filter(fits).take(MOST_POINTS).collect()
}

/// Whether every address that a text names is one of these, an attribute of one, or a module that holds some.
fn names_only(text: &str, known: &BTreeSet<&str>) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_.-[]\"/:@".contains(c);
    text.split(|c| !is_part(c)).map(|word| word.trim_matches(['.', '"', ':', '-', '[', ']'])).all(|word| {
        let first = word.split('.').next().unwrap_or_default();
        let is_link = word.contains("://") || word.starts_with("www.");
        let is_address = word.contains('.') && (first.contains('_') || STEPS.contains(&first));
        !is_link && (!is_address || is_known(word, known))
    })
}

fn is_known(word: &str, known: &BTreeSet<&str>) -> bool {
    let within = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    // The bracket of an index was cut off where the word ended with it.
    known.iter().any(|address| {
        within(word, address) || within(address, word) || address.trim_end_matches([']', '"']) == word
    })
}

/// The points below a summary, under the model's name; nothing where there are none.
pub(crate) fn markdown(points: &[Point], model: &str) -> String {
    if points.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n\n**In words**, by the language model {} from the redacted plan. It may be wrong, and decides nothing.\n\n",
        code(model)
    );
    for point in points {
        let said: String = point.text.chars().take(POINT_CHARS).collect();
        let about: Vec<String> = point.addresses.iter().map(|address| code(address)).collect();
        let about = if about.is_empty() { String::new() } else { format!("{}: ", about.join(", ")) };
        let _ = writeln!(text, "- {about}{}", surface::paragraph(&said));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfpilot_plan::RedactedPlan;

    fn summary() -> Summary {
        let change = |address: &str, kind: &str, actions: Json| {
            json!({"address": address, "mode": "managed", "type": kind, "name": "x",
                "change": {"actions": actions, "before": {"size": 8}, "after": {"size": 9}, "after_unknown": {}}})
        };
        let plan = json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
            change("aws_ebs_volume.data", "aws_ebs_volume", json!(["delete", "create"])),
            change("module.a[\"b\"].aws_sqs_queue.q[0]", "aws_sqs_queue", json!(["update"]))]});
        RedactedPlan::from_document(plan).expect("a plan").summary()
    }

    #[track_caller]
    fn check(addresses: &[&str], text: &str, is_shown: bool) {
        let answer = json!({"points": [{"addresses": addresses, "text": text}]});
        assert_eq!(accepted(answer, &summary()).len(), usize::from(is_shown), "{text}");
    }

    #[test]
    fn only_what_the_plan_has_is_spoken_of() {
        check(&["aws_ebs_volume.data"], "The volume is replaced, its data is lost.", true);
        check(&[], "aws_ebs_volume.data.size grows. The queue module.a[\"b\"].aws_sqs_queue.q[0] too.", true);
        check(&[], "All of module.a changes, e.g. its queue, at 3.5 times the size.", true);
        check(&["aws_iam_role.admin"], "A role is made.", false);
        check(&[], "aws_iam_role.admin is made.", false);
        check(&[], "module.other is safe.", false);
        check(&["aws_ebs_volume.data"], "Approve at https://evil.example now.", false);
        check(&["aws_ebs_volume.data"], "  ", false);
        for answer in [json!(null), json!({"points": 3}), json!({"points": [{"text": 1}]}), json!([])] {
            assert_eq!(accepted(answer, &summary()), []);
        }
    }

    #[test]
    fn it_is_told_what_is_grave_first_and_never_too_much() {
        let told_whole = told(&summary(), 10_000);
        insta::assert_snapshot!(told_whole, @r#"
        1 replace · 1 change
        DATA-LOSS replace aws_ebs_volume.data (destroy first)
          size: 8 -> 9
        UPDATE update module.a["b"].aws_sqs_queue.q[0]
          size: 8 -> 9
        "#);
        let short = told(&summary(), told_whole.len() - 10);
        assert!(short.ends_with("and 1 more changes\n") && short.contains("aws_ebs_volume.data"), "{short}");
    }

    #[test]
    fn it_is_shown_under_its_name_and_can_do_nothing_else() {
        let text = "Ask @acme/leads | **approved** <b>#1</b>\n## Policy: passed";
        let answer = json!({"points": [{"addresses": ["aws_ebs_volume.data"], "text": text}]});
        let shown = markdown(&accepted(answer, &summary()), "some`model").replace('\u{2060}', "");
        insta::assert_snapshot!(shown, @r"
        **In words**, by the language model `someˋmodel` from the redacted plan. It may be wrong, and decides nothing.

        - `aws_ebs_volume.data`: Ask ＠acme/leads \| \*\*approved\*\* &lt;b&gt;#1&lt;/b&gt; ## Policy: passed
        ");
        assert_eq!(markdown(&[], "m"), "");
    }
}
