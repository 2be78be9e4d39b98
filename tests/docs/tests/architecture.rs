//! `docs/architecture.md` lists what there is: crates and their dependencies, commands, gates, lanes, views, invariants.

use std::collections::{BTreeMap, BTreeSet};

use tfpilot_docs::{Page, files, markdown, read, root, rust};

fn page() -> Page {
    Page::read("docs/architecture.md").expect("is a page")
}

/// The code span or word of each row's first cell.
fn first_cells(heading: &str) -> Vec<String> {
    let page = page();
    let cells = page.table(heading).into_iter().filter_map(|row| row.first().copied());
    cells.map(|cell| markdown::code(cell).unwrap_or(cell).to_owned()).collect()
}

/// Ours among `[dependencies]`, without the prefix.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| name.starts_with("tfpilot"))
        .map(|name| name.strip_prefix("tfpilot-").unwrap_or(name).to_owned())
        .collect()
}

#[test]
fn the_map_is_that_of_the_workspace() {
    let workspace = read("Cargo.toml").expect("is there");
    let members: BTreeSet<&str> = workspace
        .lines()
        .skip_while(|line| !line.starts_with("members"))
        .skip(1)
        .take_while(|line| *line != "]")
        .map(|line| line.trim().trim_matches([',', '"']))
        .collect();
    let page = page();
    let rows: BTreeMap<&str, Vec<&str>> = page
        .table("folder")
        .into_iter()
        .filter(|row| row.len() == 4)
        .map(|row| (markdown::code(row[0]).expect("a folder"), row))
        .collect();
    assert_eq!(rows.keys().copied().collect::<BTreeSet<_>>(), members);
    for (folder, row) in rows {
        let manifest = read(&format!("{folder}/Cargo.toml")).expect("is a crate");
        let name = markdown::code(row[1]).expect("a name");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{folder} is not {name}");
        let written: BTreeSet<String> = row[3].split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(written, dependencies(&manifest), "what {folder} uses");
    }
}

#[test]
fn every_command_finds_its_own_earlier_effect() {
    let source = read("app/engine/src/command.rs").expect("is there");
    assert_eq!(first_cells("command"), rust::variants(&source, "Command"));
    for row in page().table("command") {
        let proven = row[3].contains(".rs)") || row[3].contains("not yet proven by a test");
        assert!(row[2].contains(".rs)") && proven, "{row:?}");
    }
}

#[test]
fn every_gate_is_listed_in_its_order() {
    let source = read("app/engine/src/gate/mod.rs").expect("is there");
    let gates: Vec<String> =
        rust::variants(&source, "GateName").iter().map(|name| name.to_ascii_lowercase()).collect();
    assert_eq!(first_cells("gate"), gates);
    for gate in gates {
        assert!(root().join(format!("app/engine/src/gate/{gate}.rs")).exists(), "{gate}");
    }
}

#[test]
fn lanes_and_views_are_those_of_the_store() {
    let source = read("app/src/store/mod.rs").expect("is there");
    assert_eq!(first_cells("lane"), rust::variants(&source, "Lane"));
    assert_eq!(first_cells("view"), rust::variants(&source, "View"));
}

#[test]
fn every_invariant_says_how_it_is_proven() {
    let page = page();
    let (_, text) = page.text.split_once("## Invariants").expect("a section");
    let invariants: Vec<&str> = text.split("\n").fold(Vec::new(), |mut starts, line| {
        if line.split_once(". **").is_some_and(|(number, _)| number.parse::<u32>().is_ok()) {
            starts.push(line);
        }
        starts
    });
    assert_eq!(invariants.len(), 12);
    for (index, start) in invariants.iter().enumerate() {
        assert!(start.starts_with(&format!("{}. **N", index + 1)) || start.contains("never"), "{start}");
        let body = text.split_once(start).map_or("", |(_, rest)| rest);
        let body =
            body.split("\n").take_while(|line| line.is_empty() || line.starts_with(' ')).collect::<String>();
        assert!(body.contains("Test") || body.contains("not yet proven by a test"), "{start}");
    }
}

#[test]
fn no_gate_is_decided_outside_the_engine() {
    let mut looked_at = 0;
    for folder in ["app/src", "runner", "action", "policies", "modules"] {
        for path in files(&root().join(folder), ".rs") {
            let source = std::fs::read_to_string(&path).expect("is there");
            // To make a verdict is to decide; only the engine does. Reading one needs none of these.
            for maker in ["Verdict::open(", "Verdict::closed(", "Verdict::waiting(", " Verdict {"] {
                let made = source.lines().any(|line| line.contains(maker) && !line.contains("enum "));
                assert!(!made, "{} makes a verdict of a gate: {maker}", path.display());
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 300, "{looked_at} files");
}
