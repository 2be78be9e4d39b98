//! Attacks, each refused by the right rule in the right file and line. One attack per entry; the rest of each stack is
//! ordinary.

mod arguments;
mod files;
mod programs;
mod syntax;

use tfpilot_admission::{Admission, AllowList, Mode, Tree, TreePath, judge};

const STACK: &str = "live/dev/x";

/// A stack with a backend, and the files of the attack: `main.tf` lies in the stack, other paths are the repository's.
fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    let backend = (
        "live/dev/x/backend.tf",
        "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key    = \"k\"\n  }\n}\n",
    );
    let place = |path: &str| if path.contains('/') { path.to_owned() } else { format!("{STACK}/{path}") };
    for (path, text) in [backend].iter().chain(files) {
        let path = TreePath::parse(place(path)).expect("the test's path is inside");
        tree.insert_loaded(path, Mode::File, "b", text.as_bytes());
    }
    tree
}

fn admission(tree: &Tree) -> Admission {
    judge(tree, STACK, &AllowList::default()).expect("all is loaded")
}

fn shown(admission: &Admission) -> Vec<String> {
    admission
        .findings
        .iter()
        .map(|finding| format!("{} {}:{}", finding.rule, finding.path, finding.line))
        .collect()
}

/// The attack is refused by exactly these rules, at these places.
#[track_caller]
fn refused(files: &[(&str, &str)], expected: &[&str]) {
    let admission = admission(&tree(files));
    let short: Vec<_> = shown(&admission)
        .iter()
        .map(|line| line.replace("admission/", "").replace("live/dev/x/", ""))
        .collect();
    assert_eq!(short, expected, "{:#?}", admission.findings);
}

/// The same for an attack in the stack's `main.tf`.
#[track_caller]
fn main_tf(text: &str, expected: &[&str]) {
    refused(&[("main.tf", text)], expected);
}
