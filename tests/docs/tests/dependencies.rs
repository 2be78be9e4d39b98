//! The dependency rules of `deny.toml` that need no network: bans, licences, sources. The project's CI asks cargo-deny
//! itself; this keeps every test run honest without it.

use std::process::Command;

use tfpilot_docs::{read, root};

/// The quoted words of a list in `deny.toml`, or of all lines that hold a key.
fn words(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#') && wanted(line));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned)).collect()
}

/// A package of the dependency tree.
struct Package {
    /// Name, version, and where it comes from when that is no registry.
    name: String,
    licence: String,
}

/// What is really built, with its features: the lock file alone knows more.
fn packages() -> Vec<Package> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--workspace", "--locked", "--prefix", "none", "--no-dedupe", "--format", "{p}\t{l}"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo tree is text");
    let lines: std::collections::BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let package = |line: &str| {
        let (name, licence) = line.split_once('\t')?;
        Some(Package { name: name.to_owned(), licence: licence.to_owned() })
    };
    lines.into_iter().filter_map(package).collect()
}

/// Whether a licence expression can be fulfilled with the allowed licences alone. `/` is an old way to write `OR`.
fn allowed(expression: &str, allow: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut place = 0;
    let holds = either(&tokens, &mut place, allow);
    holds && place == tokens.len()
}

fn either(tokens: &[&str], place: &mut usize, allow: &[String]) -> bool {
    let mut holds = both(tokens, place, allow);
    while tokens.get(*place) == Some(&"OR") {
        *place += 1;
        holds |= both(tokens, place, allow);
    }
    holds
}

fn both(tokens: &[&str], place: &mut usize, allow: &[String]) -> bool {
    let mut holds = one(tokens, place, allow);
    while tokens.get(*place) == Some(&"AND") {
        *place += 1;
        holds &= one(tokens, place, allow);
    }
    holds
}

fn one(tokens: &[&str], place: &mut usize, allow: &[String]) -> bool {
    let Some(token) = tokens.get(*place) else { return false };
    *place += 1;
    if *token == "(" {
        let holds = either(tokens, place, allow);
        *place += 1;
        return holds;
    }
    let mut licence = (*token).to_owned();
    if tokens.get(*place) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", tokens.get(*place + 1).unwrap_or(&""));
        *place += 2;
    }
    allow.contains(&licence)
}

#[test]
fn licence_expressions_are_read() {
    let allow = ["MIT".to_owned(), "ISC".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()];
    for good in
        ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-2.0", "(GPL-3.0 OR MIT) AND ISC", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(allowed(good, &allow), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "MIT ISC", "Apache-2.0"] {
        assert!(!allowed(bad, &allow), "{bad}");
    }
}

#[test]
fn every_dependency_keeps_the_rules() {
    let rules = read("deny.toml").expect("deny.toml");
    let allow = words(&rules, |line| line.starts_with("allow ="));
    let banned = words(&rules, |line| line.trim_start().starts_with("{ crate ="));
    assert!(allow.len() > 5 && banned.iter().any(|name| name == "ring"), "{allow:?} {banned:?}");
    let mut broken = Vec::new();
    let all = packages();
    assert!(all.len() > 200, "{} packages", all.len());
    for Package { name, licence } in all {
        let plain = name.split(' ').next().unwrap_or_default();
        if banned.iter().any(|banned| banned == plain) {
            broken.push(format!("{name} is banned"));
        }
        if !allowed(&licence, &allow) {
            broken.push(format!("{name} has the licence {licence:?}"));
        }
        // Behind a name stands a folder of ours, or the address of a Git repository.
        if name.contains("://") {
            broken.push(format!("{name} comes from a repository, not from a registry"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
