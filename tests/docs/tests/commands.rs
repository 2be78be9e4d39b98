//! `docs/commands.md` lists the commands that are served, and `docs/checks.md` titles that are really shown.

use std::collections::{BTreeMap, BTreeSet};

use tfpilot_docs::{Page, markdown, read};

/// The commands that the app's texts may offer: those it serves.
fn served() -> BTreeSet<String> {
    let source = read("app/src/surface/offer.rs").expect("is there");
    let (_, rest) = source.split_once("const SERVED: [&str; ").expect("a list of served commands");
    let (_, list) = rest.split_once('=').expect("has a value");
    let (list, _) = list.split_once(';').expect("has an end");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn first_cells(page: &Page, heading: &str) -> Vec<String> {
    let rows = page.table(heading);
    rows.iter().filter_map(|row| markdown::code(row.first()?)).map(str::to_owned).collect()
}

#[test]
fn every_served_command_is_listed_with_an_example_and_no_other() {
    let page = Page::read("docs/commands.md").expect("is a page");
    let listed: BTreeSet<String> = first_cells(&page, "command").into_iter().collect();
    assert_eq!(listed, served());
    let lines = page.blocks().filter_map(|line| line.strip_prefix("/tfpilot "));
    let shown: BTreeSet<String> =
        lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert_eq!(shown, served(), "commands with an example");
}

#[test]
fn every_served_command_is_parsed() {
    let parser = read("app/src/requests/command/mod.rs").expect("is there");
    for command in served() {
        assert!(parser.contains(&format!("(\"{command}\", \"/tfpilot {command}")), "{command}");
    }
}

#[test]
fn the_roles_named_are_roles() {
    let page = Page::read("docs/commands.md").expect("is a page");
    let roles = ["viewer", "developer", "approver", "admin", "everybody"];
    for row in page.table("command") {
        let who = row.get(1).copied().unwrap_or_default();
        assert!(roles.iter().any(|role| who.starts_with(role)), "{row:?}");
    }
}

/// The role that each command takes, as the engine has it.
fn needs() -> BTreeMap<String, String> {
    let source = read("app/engine/src/people.rs").expect("is there");
    let (_, rest) = source.split_once("pub const NEEDS: ").expect("the table");
    let (table, _) = rest.split_once("];").expect("has an end");
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split_once("\", Role::"));
    rows.map(|(command, role)| {
        let role = role.trim_end_matches("),").to_lowercase();
        (command.to_owned(), if role == "none" { "everybody".to_owned() } else { role })
    })
    .collect()
}

#[test]
fn roles_are_listed_as_the_engine_asks_for_them() {
    let needs = needs();
    assert_eq!(needs.keys().cloned().collect::<BTreeSet<_>>(), served());
    let roles = Page::read("docs/roles.md").expect("is a page");
    let listed: BTreeMap<String, String> = roles
        .table("command")
        .iter()
        .filter_map(|row| Some((markdown::code(row.first()?)?.to_owned(), (*row.get(1)?).to_owned())))
        .collect();
    assert_eq!(listed, needs);
    let commands = Page::read("docs/commands.md").expect("is a page");
    for row in commands.table("command") {
        let command = row.first().and_then(|cell| markdown::code(cell)).expect("a command");
        let who = row.get(1).copied().unwrap_or_default();
        assert!(who.starts_with(needs[command].as_str()), "{command}: {who}");
    }
}

#[test]
fn the_checks_are_the_four() {
    let page = Page::read("docs/checks.md").expect("is a page");
    let source = read("app/src/surface/checks/mod.rs").expect("is there");
    let (_, rest) = source.split_once("CHECK_NAMES: [&str; 4] = [").expect("the names");
    let (names, _) = rest.split_once(']').expect("has an end");
    let names: Vec<String> = names.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(first_cells(&page, "check"), names);
}

#[test]
fn titles_are_quoted_as_the_tests_of_the_surface_see_them() {
    let page = Page::read("docs/checks.md").expect("is a page");
    let tests = ["titles", "group"].map(|name| format!("app/src/surface/tests/{name}.rs"));
    let seen: String = tests.iter().map(|path| read(path).expect("is there").replace("\\\"", "\"")).collect();
    let titles = first_cells(&page, "title, for example");
    assert!(titles.len() > 25, "{} titles", titles.len());
    for title in titles {
        assert!(seen.contains(&title), "no test sees: {title}");
        assert!(title.chars().count() <= 60, "{title}");
    }
}
