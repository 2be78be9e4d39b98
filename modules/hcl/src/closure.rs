//! A stack's closure: every file its plan depends on, by path, mode and blob. The inputs digest is taken over it.
//!
//! What cannot be told exactly is contained in full, so two equal closures give equal plans as far as files go.

use crate::reads::{Target, Use, reads};
use crate::source::names;
use crate::tree::Child;
use crate::{Diagnostic, Graph, Missing, Mode, Place, Stack, Tree, TreePath};
use std::collections::{BTreeMap, BTreeSet};

/// One file of a closure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Its path in the repository.
    pub path: TreePath,
    /// Its mode.
    pub mode: Mode,
    /// The id of its blob.
    pub blob: String,
}

/// Every file that a stack's plan depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// The files, in the order of their paths' bytes.
    pub members: Vec<Member>,
    /// What could not be read; the closure is then wider than needed, or admission refuses the stack.
    pub unreadable: Vec<Diagnostic>,
    /// Directories of modules: a file added to one changes the plan.
    directories: BTreeSet<TreePath>,
    /// Directories of which everything counts.
    whole: BTreeSet<TreePath>,
    /// Paths that are looked at though nothing is there.
    absent: BTreeSet<TreePath>,
}

impl Closure {
    /// Whether a path belongs to the closure, or would if it existed: changing, adding or removing it can change the plan.
    pub fn covers(&self, path: &TreePath) -> bool {
        let beside = |directory: &TreePath| path.parent().as_ref() == Some(directory) && counts(path.name());
        self.members.binary_search_by(|member| member.path.cmp(path)).is_ok()
            || self.directories.iter().any(beside)
            || self.whole.iter().any(|directory| path.is_within(directory))
            || self.absent.contains(path)
    }
}

/// Whether a file in a module's directory counts although nothing reads it: all but prose, since tools read files of
/// their own choice (`.tfbackend`, `.terraform-version`).
fn counts(name: &[u8]) -> bool {
    !name.ends_with(b".md") && name != b"LICENSE" && name != b".gitignore"
}

/// The closure of a stack.
pub fn closure(tree: &Tree, stack: &Stack) -> Result<Closure, Missing> {
    let graph = Graph::load(tree, stack, None)?;
    let found = reads(tree, &graph)?;
    let mut members = BTreeMap::new();
    let mut add = |path: &TreePath| {
        if let Some(entry) = tree.entry(path).filter(|entry| entry.mode != Mode::Tree) {
            members.insert(
                path.clone(),
                Member { path: path.clone(), mode: entry.mode, blob: entry.blob.clone() },
            );
        }
    };
    let directories: BTreeSet<_> =
        graph.instances.iter().map(|instance| instance.module.directory.clone()).collect();
    for directory in &directories {
        for (name, child) in tree.list(directory) {
            // Tests are not loaded by plan and apply.
            if matches!(child, Child::Entry(_))
                && counts(name)
                && names::kind(name) != Some(names::Kind::Test)
            {
                add(&directory.child(name));
            }
        }
        // A link or submodule on the way decides what the path means.
        tree.detour(directory).iter().for_each(|(at, _)| add(at));
    }
    stack.var_files.iter().for_each(&mut add);
    let (mut whole, mut absent) = (BTreeSet::new(), BTreeSet::new());
    for read in &found.reads {
        match (&read.target, &read.usage) {
            (Target::Path(directory), Use::Listing(_)) => {
                whole.insert(directory.clone());
            }
            (Target::Path(path), _) if tree.entry(path).is_some() => add(path),
            (Target::Path(path), _) => {
                tree.detour(path).iter().for_each(|(at, _)| add(at));
                absent.insert(path.clone());
            }
            (Target::Unknown, _) => {
                // It could read anything nearby: take the module and the stack in full.
                whole.insert(read.module.clone());
                whole.insert(stack.directory.clone());
            }
            (Target::Outside(_) | Target::Text, _) => {}
        }
    }
    for directory in &whole {
        tree.below(directory).for_each(|(path, _)| add(path));
    }
    let mut unreadable = graph.unreadable.clone();
    unreadable.extend(found.unreadable);
    if graph.fuel.is_empty() {
        let what = "the stack's code takes too long to follow";
        unreadable.push(Diagnostic::new(Place::start(stack.directory.to_string()), what, "split the stack"));
    }
    Ok(Closure { members: members.into_values().collect(), unreadable, directories, whole, absent })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tree;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    fn repository() -> Tree {
        tree(&[
            (
                "live/x/main.tf",
                "module \"net\" {\n  source = \"../../modules/net\"\n}\nlocals {\n  a = file(\"${path.module}/policy/a.json\")\n\
                b = fileexists(\"maybe.json\")\n  c = templatefile(\"../../shared/t.tpl\", { name = \"n\" })\n}\n",
            ),
            ("live/x/terraform.tfvars", "x = 1\n"),
            ("live/x/prod.tfvars", "x = 2\n"),
            ("live/x/.terraform.lock.hcl", "# lock\n"),
            ("live/x/README.md", "# prose\n"),
            ("live/x/a.tftest.hcl", ""),
            ("live/x/policy/a.json", "{}"),
            ("live/x/policy/b.json", "{}"),
            ("live/y/main.tf", ""),
            (
                "modules/net/main.tf",
                "locals {\n  all = [for f in fileset(path.module, \"rules/*.json\") : file(\"${path.module}/${f}\")]\n}\n",
            ),
            ("modules/net/rules/r.json", "{}"),
            ("modules/other/main.tf", ""),
            ("shared/t.tpl", "${file(\"../../shared/inner.txt\")} ${name}"),
            ("shared/inner.txt", "x"),
        ])
    }

    #[test]
    fn a_closure_holds_what_the_plan_depends_on() {
        let closure = closure(&repository(), &Stack::new("live/x").unwrap()).unwrap();
        let shown: Vec<_> =
            closure.members.iter().map(|member| format!("{} {}", member.mode.octal(), member.path)).collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        100644 live/x/.terraform.lock.hcl
        100644 live/x/main.tf
        100644 live/x/policy/a.json
        100644 live/x/prod.tfvars
        100644 live/x/terraform.tfvars
        100644 modules/net/main.tf
        100644 modules/net/rules/r.json
        100644 shared/inner.txt
        100644 shared/t.tpl
        "#);
        assert_eq!(closure.unreadable, []);
    }

    #[test]
    fn what_would_change_the_plan_is_covered() {
        let closure = closure(&repository(), &Stack::new("live/x").unwrap()).unwrap();
        for (text, expected) in [
            ("live/x/new.tf", true),
            ("live/x/maybe.json", true),
            ("live/x/policy/a.json", true),
            ("live/x/policy/b.json", false),
            ("live/x/README.md", false),
            ("live/y/main.tf", false),
            ("modules/net/rules/new.json", true),
            ("modules/other/main.tf", false),
            ("shared/inner.txt", true),
        ] {
            assert_eq!(closure.covers(&path(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_contained_in_full() {
        let tree = tree(&[
            (
                "live/x/main.tf",
                "locals {\n  a = file(\"${path.module}/policy/${data.aws_region.r.name}.json\")\n}\n",
            ),
            ("live/x/policy/deep/a.json", "{}"),
        ]);
        let closure = closure(&tree, &Stack::new("live/x").unwrap()).unwrap();
        assert!(closure.covers(&path("live/x/policy/deep/a.json")));
    }
}
