//! A simulation in words, and as data.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::turn::Turn;
use super::world::World;
use crate::web::judged::StatusShape;

/// Where a change stood when it was last told.
type Told<'t> = (&'t Option<StatusShape>, &'t BTreeMap<&'static str, String>);

/// Turn after turn, then everything that was assumed. Where a change stands is told when that is new.
pub(super) fn text(turns: &[Turn], world: &World) -> String {
    let (mut text, mut told) = (String::new(), BTreeMap::new());
    for turn in turns {
        text.push_str(&head(turn));
        if let Some(change) = &turn.change {
            let now: Told<'_> = (&turn.status, &turn.checks);
            text.push_str(&body(turn, told.insert(change.as_str(), now)));
        }
    }
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\nAssumed, as no delivery says it:");
    for note in &world.notes {
        let _ = writeln!(text, "- {}", printable(note));
    }
    if world.notes.is_empty() {
        let _ = writeln!(text, "- nothing");
    }
    let _ = writeln!(text, "Nothing was done, and nobody was asked.");
    text
}

/// "issues opened by alice (deliveries.jsonl:4)", and in the same line why nothing comes of it.
fn head(turn: &Turn) -> String {
    let action = turn.action.as_deref().map(|action| format!(" {action}")).unwrap_or_default();
    let by = turn.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let news = !turn.records.is_empty() || !turn.effects.is_empty();
    let nothing = match &turn.nothing {
        Some(why) => format!(": nothing, {why}"),
        None if news => String::new(),
        None => ": nothing new".to_owned(),
    };
    printable(&format!("{}{action}{by} ({}){nothing}", turn.event, turn.place)) + "\n"
}

fn body(turn: &Turn, before: Option<Told<'_>>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    if !turn.records.is_empty() {
        let _ = writeln!(text, "  decided: {}", turn.records.join(", "));
    }
    for effect in &turn.effects {
        let _ = writeln!(text, "  would {}", printable(&effect.text));
    }
    if let Some(status) = turn.status.as_ref().filter(|_| before.map(|told| told.0) != Some(&turn.status)) {
        let waits = status.waits_for.as_ref().map(|gate| format!(" for {gate}")).unwrap_or_default();
        let _ = writeln!(text, "  then: {}{waits}", status.status);
    }
    for (name, title) in &turn.checks {
        if before.and_then(|told| told.1.get(name)) != Some(title) {
            let _ = writeln!(text, "    {name}: {}", printable(title));
        }
    }
    text
}

/// Foreign text as one line that no terminal obeys.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The same for programs.
pub(super) fn object(turns: &[Turn], world: &World) -> Value {
    json!({ "deliveries": turns, "assumed": world.notes })
}
