//! `docs/operations.md` and `docs/security.md` speak of what there is: metrics, commands, flags, variables, log messages,
//! exported fields, lines of the doctor.

use std::collections::BTreeSet;

use tfpilot_docs::{Page, files, markdown, read, root};

fn operations() -> Page {
    Page::read("docs/operations.md").expect("is a page")
}

/// All sources below a folder, as one text.
fn sources(folder: &str) -> String {
    files(&root().join(folder), ".rs").iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

fn first_cells(page: &Page, heading: &str) -> BTreeSet<String> {
    let rows = page.table(heading);
    rows.iter().filter_map(|row| markdown::code(row.first()?)).map(str::to_owned).collect()
}

/// The first text behind each of these calls.
fn named_in_calls(source: &str, calls: &[&str]) -> BTreeSet<String> {
    let behind = |call: &&str| source.split(*call).skip(1).map(str::to_owned).collect::<Vec<_>>();
    let names = calls.iter().flat_map(behind);
    names.filter_map(|rest| rest.split('"').nth(1).map(str::to_owned)).collect()
}

#[test]
fn every_metric_is_listed_and_no_other() {
    let source = read("app/src/metrics/report.rs").expect("is there");
    let (_, text) = source.split_once("fn text(&self)").expect("where they are written");
    let calls = [" counter(", "text.one(", "text.metric(", "self.budget_text("];
    // The function that writes gauges per installation passes its own name on.
    let (before, rest) = text.split_once("fn budget_text(").expect("gauges per installation");
    let (_, after) = rest.split_once("fn github_text(").expect("the rest");
    let written = named_in_calls(&format!("{before}{after}"), &calls);
    let written: BTreeSet<String> = written.iter().map(|name| format!("tfpilot_{name}")).collect();
    assert!(written.len() > 30, "{written:?}");
    assert_eq!(first_cells(&operations(), "metric"), written);
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[test]
fn commands_and_flags_are_those_of_the_command_line() {
    let cli = sources("app/src/cli");
    for path in ["docs/operations.md", "docs/security.md", "docs/configuration.md", "README.md"] {
        let page = Page::read(path).expect("is a page");
        let spans = page.spans().into_iter().map(|(_, span)| span.to_owned());
        let commands = spans.chain(page.blocks().map(str::to_owned));
        for command in commands.filter(|text| text.starts_with("tfpilot ")) {
            let words: Vec<&str> = command.split_whitespace().skip(1).collect();
            let word = words.first().copied().unwrap_or_default();
            let variant: String = word.split('-').map(capital).collect();
            let is_command = ["(", ","].iter().any(|end| cli.contains(&format!("    {variant}{end}")));
            assert!(is_command, "{path}: {command}");
            for flag in words.iter().filter_map(|word| word.trim_matches(['[', ']']).strip_prefix("--")) {
                let flag = flag.split('=').next().unwrap_or_default();
                let field = flag.replace('-', "_");
                let known =
                    cli.contains(&format!("long = \"{flag}\"")) || cli.contains(&format!("    {field}: "));
                assert!(known, "{path}: --{flag} of {command}");
            }
        }
    }
}

#[test]
fn the_flags_of_why_are_listed() {
    let listed: BTreeSet<String> = operations()
        .table("flag")
        .iter()
        .flat_map(|row| row.first().map_or("", |cell| *cell).split('`').skip(1).step_by(2))
        .filter_map(|span| span.split(' ').next().map(str::to_owned))
        .collect();
    let expected = ["change", "repository", "as", "role", "team", "permission", "store", "json"];
    assert_eq!(listed, expected.iter().map(|name| format!("--{name}")).collect());
}

#[test]
fn variables_exist() {
    let configuration = read("docs/configuration.md").expect("is a page");
    for path in ["docs/operations.md", "docs/security.md"] {
        let page = Page::read(path).expect("is a page");
        let words = page.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned);
        let variables: BTreeSet<String> = words.filter(|word| word.starts_with("TFPILOT_")).collect();
        for variable in variables {
            let name = variable.strip_suffix("_FILE").unwrap_or(&variable);
            assert!(configuration.contains(&format!("`{name}`")), "{path}: {variable}");
        }
    }
}

#[test]
fn messages_to_watch_are_logged() {
    let app = sources("app/src");
    let messages = first_cells(&operations(), "message");
    assert!(messages.len() >= 6);
    for message in messages {
        assert!(app.contains(&format!("\"{message}\"")), "nobody logs: {message}");
    }
}

#[test]
fn exported_fields_are_those_of_the_export() {
    let source = read("app/src/cli/audit/copy.rs").expect("is there");
    let (_, rest) = source.split_once("const FIELDS: [&str; 10] =").expect("the fields");
    let (list, _) = rest.split_once(';').expect("their end");
    let fields: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(first_cells(&operations(), "field"), fields);
}

#[test]
fn what_an_administrator_must_set_is_looked_at_by_the_doctor() {
    let doctor = sources("app/src/cli/doctor");
    let page = Page::read("docs/security.md").expect("is a page");
    let rows = page.table("what");
    assert!(rows.len() > 12, "{} rows", rows.len());
    for row in &rows {
        let lines = row.get(2).copied().unwrap_or_default();
        for line in lines.split('`').skip(1).step_by(2) {
            let said = [format!("\"{line}\""), format!("}} {line}"), format!("{{about}} {line}")];
            assert!(said.iter().any(|text| doctor.contains(text.as_str())), "no line of the doctor: {line}");
        }
    }
}
