//! zizmor, a program of others that knows how workflows are attacked, finds nothing in ours or in the one that we ship.

use std::path::Path;
use std::process::Command;

use tfpilot_docs::{read, root};

/// What the shipped workflow leaves to its reader, as somebody would fill it in.
const FILLED: [(&str, &str); 5] = [
    ("<action>", "acme/tfpilot/action@0123456789abcdef0123456789abcdef01234567"),
    ("<app-url>", "https://tfpilot.acme.example"),
    ("<plan-role>", "arn:aws:iam::111122223333:role/tfpilot-plan"),
    ("<apply-role>", "arn:aws:iam::111122223333:role/tfpilot-apply"),
    ("<region>", "eu-central-1"),
];

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("can be made");
    std::fs::write(path, text).expect("can be written");
}

#[test]
fn nothing_is_found_in_the_workflows_and_the_action() {
    // The set-up says where it could not be had; where `CI` is set it must be there.
    let Some(zizmor) = std::env::var_os("TFPILOT_ZIZMOR") else {
        assert!(std::env::var_os("CI").is_none(), "zizmor is missing");
        return;
    };
    let dir = tempfile::tempdir().expect("a folder");
    let shipped = read("action/workflow.yml").expect("is there");
    let filled = FILLED.iter().fold(shipped, |text, (word, value)| text.replace(word, value));
    write(&dir.path().join(".github/workflows/tfpilot.yml"), &filled);
    write(&dir.path().join("action.yml"), &read("action/action.yml").expect("is there"));
    for path in tfpilot_docs::files(&root().join(".github"), ".yml") {
        let inside = path.strip_prefix(root()).expect("in the checkout");
        write(&dir.path().join(inside), &std::fs::read_to_string(&path).expect("is text"));
    }
    let run = |dir: &Path| {
        Command::new(&zizmor).args(["--offline", "--no-progress"]).arg(dir).output().expect("runs")
    };
    let audited = run(dir.path());
    assert!(audited.status.success(), "{}", String::from_utf8_lossy(&audited.stdout));

    // It does find what is wrong: a title in a script.
    let wrong = filled.replace(
        "      - uses: acme/tfpilot",
        "      - run: echo ${{ github.event.issue.title }}\n      - uses: acme/tfpilot",
    );
    assert_ne!(wrong, filled);
    write(&dir.path().join(".github/workflows/tfpilot.yml"), &wrong);
    let audited = run(dir.path());
    let found = String::from_utf8_lossy(&audited.stdout).into_owned();
    assert!(!audited.status.success() && found.contains("template-injection"), "{found}");
}
