//! Whose the changed files of a pull request are, by `CODEOWNERS` as the base branch has it: what the pull request itself
//! writes there counts for later ones.

use std::collections::BTreeMap;

use tfpilot_engine::{Owned, Owners, OwnersProblem};
use tfpilot_hcl::{Missing, Mode, Tree, TreePath};

use super::code_owners::{CodeOwners, LIMIT, PLACES};

/// Lines of the file under which changed files may fall; more are not told apart.
const LINES: usize = 500;

/// Problems that are told.
const PROBLEMS: usize = 20;

/// Asks the base's tree.
pub(super) fn owners<'p>(
    base: &Tree,
    changed: impl IntoIterator<Item = &'p TreePath>,
) -> Result<Owners, Missing> {
    let at = |place: &&str| {
        let path = TreePath::parse(place).ok()?;
        let entry = base.entry(&path)?;
        Some((path, entry))
    };
    let Some((path, entry)) = PLACES.iter().find_map(at) else { return Ok(Owners::default()) };
    let unreadable = |why: &str| Owners {
        file: Some(path.to_string()),
        unreadable: Some(format!("{path} {why}")),
        ..Owners::default()
    };
    if !matches!(entry.mode, Mode::File | Mode::Executable) {
        return Ok(unreadable("is no plain file"));
    }
    let Some(content) = entry.content() else { return Err(Missing { paths: [path].into() }) };
    if content.len() > LIMIT {
        return Ok(unreadable("is larger than 3 MB"));
    }
    let Ok(text) = std::str::from_utf8(content) else { return Ok(unreadable("is no text in UTF-8")) };
    let read = CodeOwners::parse(text);
    let owned = owned(&read, changed.into_iter().map(ToString::to_string));
    if owned.len() > LINES {
        return Ok(unreadable("has more than 500 lines for what changes"));
    }
    let problems = read.problems.into_iter().take(PROBLEMS);
    Ok(Owners {
        file: Some(path.to_string()),
        unreadable: None,
        problems: problems.map(|(line, what)| OwnersProblem { line, what }).collect(),
        owned,
    })
}

/// Files by the line under which they fall, where that names somebody.
fn owned(read: &CodeOwners, paths: impl Iterator<Item = String>) -> Vec<Owned> {
    let mut by_line: BTreeMap<u32, Owned> = BTreeMap::new();
    for path in paths {
        let Some(rule) = read.of(&path).filter(|rule| !rule.owners.is_empty()) else { continue };
        let owned = by_line.entry(rule.line).or_insert_with(|| Owned {
            pattern: rule.pattern.clone(),
            line: rule.line,
            owners: rule.owners.clone(),
            file: path,
            files: 0,
        });
        owned.files = owned.files.saturating_add(1);
    }
    by_line.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::new();
        for (path, text) in files {
            tree.insert_loaded(TreePath::parse(path).unwrap(), Mode::File, "b", text.as_bytes());
        }
        tree
    }

    fn paths(of: &[&str]) -> Vec<TreePath> {
        of.iter().map(|path| TreePath::parse(path).unwrap()).collect()
    }

    #[test]
    fn the_first_of_the_three_places_counts() {
        let changed = paths(&["live/prod/db/main.tf", "live/prod/db/more.tf", "README.md"]);
        let all = [
            ("docs/CODEOWNERS", "* @d"),
            ("CODEOWNERS", "* @r"),
            (".github/CODEOWNERS", "* @g\n[x] @y\n/live/ @acme/dba @carol\nREADME.md\n"),
        ];
        let found = owners(&tree(&all), &changed).unwrap();
        assert_eq!(found.file.as_deref(), Some(".github/CODEOWNERS"));
        assert_eq!(found.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
        let told: Vec<_> =
            found.owned.iter().map(|it| (it.pattern.as_str(), it.files, it.owners.len())).collect();
        assert_eq!(told, [("/live/", 2, 2)], "what belongs to nobody is left out");
        let found = owners(&tree(&all[..2]), &changed).unwrap();
        assert_eq!(found.file.as_deref(), Some("CODEOWNERS"));
        assert_eq!(owners(&tree(&[]), &changed).unwrap(), Owners::default());
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let mut link = Tree::new();
        link.insert_loaded(TreePath::parse("CODEOWNERS").unwrap(), Mode::Symlink, "b", &b"x"[..]);
        let large = " ".repeat(LIMIT + 1);
        for (tree, why) in
            [(link, "is no plain file"), (tree(&[("CODEOWNERS", &large)]), "is larger than 3 MB")]
        {
            let found = owners(&tree, &paths(&["a"])).unwrap();
            assert_eq!(found.unreadable, Some(format!("CODEOWNERS {why}")));
        }
        let mut unread = Tree::new();
        unread.insert(TreePath::parse("CODEOWNERS").unwrap(), Mode::File, "b");
        assert!(owners(&unread, &paths(&["a"])).is_err(), "it is loaded first");
    }
}
