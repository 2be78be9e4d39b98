//! `docs/configuration.md` lists every setting and every key, and quotes what is really said.

use std::collections::BTreeSet;

use serde_json::Value;
use tfpilot_docs::{Page, files, markdown, read, root};

const PAGE: &str = "docs/configuration.md";
const BEGIN: &str = "<!-- settings: written by the test, UPDATE_DOCS=1 cargo test -p tfpilot-docs -->\n";
const END: &str = "\n<!-- settings end -->";

/// `Settings::table()`, which the app's own test holds equal to this snapshot.
const TABLE: &str = "app/src/config/settings/snapshots/tfpilot__config__settings__tests__each_field_names_its_variable_and_default.snap";

/// Every mistake in the app's test of the repository's file.
const MISTAKES: &str =
    "app/src/config/snapshots/tfpilot__config__repository__tests__every_mistake_is_named_with_its_place.snap";

/// What is said of incomplete settings.
const INCOMPLETE: &str = "app/src/config/settings/snapshots/tfpilot__config__settings__tests__everything_that_is_missing_or_wrong_is_said_at_once.snap";

fn page() -> Page {
    Page::read(PAGE).expect("is a page")
}

/// What stands behind a snapshot's head.
fn snapshot(path: &str) -> String {
    let text = read(path).expect("is a snapshot");
    text.splitn(3, "---\n").nth(2).expect("has a head").trim_end().to_owned()
}

#[test]
fn the_settings_are_those_of_the_server() {
    let table = snapshot(TABLE);
    let text = page().text;
    let (before, rest) = text.split_once(BEGIN).expect("where the table begins");
    let (written, after) = rest.split_once(END).expect("where the table ends");
    if written != table && std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join(PAGE), format!("{before}{BEGIN}{table}{END}{after}"))
            .expect("is writable");
        return;
    }
    assert!(written == table, "the settings of {PAGE} are old: UPDATE_DOCS=1 cargo test -p tfpilot-docs");
}

/// Every path of the schema, with `*` for the names of maps.
fn paths(schema: &Value, node: &Value, path: &str, found: &mut BTreeSet<String>) {
    let name = node.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
    let node = name.and_then(|name| schema.get("$defs")?.get(name)).unwrap_or(node);
    found.insert(path.to_owned());
    for choice in ["anyOf", "oneOf"].iter().filter_map(|key| node.get(key)?.as_array()).flatten() {
        paths(schema, choice, path, found);
    }
    for (name, property) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let dot = if path.is_empty() { "" } else { "." };
        paths(schema, property, &format!("{path}{dot}{name}"), found);
    }
    if let Some(values) = node.get("additionalProperties").filter(|values| values.get("$ref").is_some()) {
        paths(schema, values, &format!("{path}.*"), found);
    }
    if let Some(items) = node.get("items") {
        paths(schema, items, path, found);
    }
}

/// Those that lead to values and not to more keys.
fn leaves(schema: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    paths(schema, schema, "", &mut all);
    let inner =
        |path: &&String| path.is_empty() || all.iter().any(|other| other.starts_with(&format!("{path}.")));
    all.iter().filter(|path| !inner(path)).cloned().collect()
}

/// As the page writes it.
fn as_written(path: &str) -> String {
    let named = [("environments.*", "environments.NAME"), ("templates.*", "templates.NAME")];
    let path = named.iter().fold(path.to_owned(), |path, (from, to)| path.replace(from, to));
    let path = path.replace("providers.*", "providers.SOURCE");
    let path = path.replace("shipped.*", "shipped.ID");
    let steps: Vec<&str> = path.split('.').collect();
    match steps.as_slice() {
        ["roles", "admin" | "approver" | "developer" | "viewer", rest @ ..] => {
            format!("roles.ROLE.{}", rest.join("."))
        }
        ["environments", "NAME", "freeze", rest @ ..] => format!("freeze.{}", rest.join(".")),
        ["policies", "rules", _, rest @ ("enforcement" | "override"), more @ ..] => {
            let more: String = more.iter().map(|step| format!(".{step}")).collect();
            format!("policies.rules.RULE.{rest}{more}")
        }
        _ => path,
    }
}

#[test]
fn every_key_is_explained_and_no_other() {
    let schema: Value =
        serde_json::from_str(&read("docs/tfpilot.schema.json").expect("is there")).expect("is JSON");
    let keys: BTreeSet<String> = leaves(&schema).iter().map(|path| as_written(path)).collect();
    let page = page();
    let rows = page.table("key");
    let written: BTreeSet<String> =
        rows.iter().filter_map(|row| markdown::code(row.first()?)).map(str::to_owned).collect();
    assert_eq!(written, keys);
    assert!(keys.len() > 60, "{} keys", keys.len());
}

#[test]
fn messages_are_quoted_as_they_are_said() {
    let said = snapshot(MISTAKES) + "\n" + &snapshot(INCOMPLETE);
    let said: BTreeSet<&str> = said.lines().collect();
    let page = page();
    let is_message =
        |line: &&str| ["tfpilot.yml:", "settings.yml:", "TFPILOT_"].iter().any(|head| line.starts_with(head));
    let quoted: Vec<&str> = page.blocks().filter(is_message).collect();
    assert!(quoted.len() >= 10, "{quoted:?}");
    for line in quoted {
        assert!(said.contains(line), "nobody says: {line}");
    }
}

#[test]
fn refusals_are_named_as_they_are_said() {
    let sources = files(&root().join("app/src/surface"), ".rs");
    let sources: String = sources.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let page = page();
    let rows = page.table("what");
    assert!(rows.len() >= 12);
    for row in rows {
        let what = row.first().copied().unwrap_or_default();
        assert!(sources.contains(&format!("\"{what}")), "nobody says: {what}");
    }
}

#[test]
fn the_workflows_words_in_angle_brackets_are_explained() {
    let workflow = read("action/workflow.yml").expect("is there");
    let page = page();
    let spans: Vec<&str> = page.spans().into_iter().map(|(_, span)| span).collect();
    let words: BTreeSet<&str> =
        workflow.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(word, _)| word).collect();
    assert!(words.len() >= 5, "{words:?}");
    for word in words {
        assert!(spans.contains(&format!("<{word}>").as_str()), "{word}");
    }
}
