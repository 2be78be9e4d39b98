//! Directories on disk: links are seen and never followed, downloaded modules are judged like one's own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tfpilot_admission::disk::{DiskError, admit, admit_downloaded};
use tfpilot_admission::{Admission, AllowList, Stack};

const BACKEND: &str = "terraform {\n  backend \"s3\" {}\n}\n";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file lies in a directory"))
        .expect("the directory can be made");
    fs::write(path, text).expect("the file can be written");
}

fn shown(admission: &Admission) -> Vec<String> {
    admission
        .findings
        .iter()
        .map(|finding| format!("{} {}:{}", finding.rule, finding.path, finding.line))
        .collect()
}

#[test]
fn a_directory_is_judged_with_what_it_reaches() {
    let root = tempfile::tempdir().unwrap();
    write(
        root.path(),
        "live/x/main.tf",
        &format!(
            "{BACKEND}module \"m\" {{\n  source = \"../../m\"\n}}\nlocals {{\n  t = templatefile(\"t.tpl\", {{}})\n}}\n"
        ),
    );
    write(root.path(), "live/x/t.tpl", "${file(\"/etc/passwd\")}");
    write(root.path(), "m/main.tf", "locals {\n  a = file(\"/proc/self/environ\")\n}\n");
    write(root.path(), ".git/config", "x");
    let admission = admit(root.path(), "live/x", &AllowList::default()).unwrap();
    assert_eq!(
        shown(&admission),
        ["admission/file-path live/x/main.tf:8", "admission/file-path m/main.tf:2"]
    );
}

#[test]
fn links_are_not_followed() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "live/x/main.tf", &format!("{BACKEND}locals {{\n  a = file(\"link.txt\")\n}}\n"));
    symlink("/etc/passwd", root.path().join("live/x/link.txt")).unwrap();
    symlink("/", root.path().join("live/x/root")).unwrap();
    let admission = admit(root.path(), "live/x", &AllowList::default()).unwrap();
    assert_eq!(
        shown(&admission),
        [
            "admission/symlink live/x/link.txt:1",
            "admission/file-path live/x/main.tf:5",
            "admission/symlink live/x/root:1"
        ]
    );
}

#[test]
fn devices_and_pipes_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(root.path().join("socket.tf")).unwrap();
    assert!(matches!(admit(root.path(), "", &AllowList::default()), Err(DiskError::Special(_))));
    assert!(matches!(admit(root.path(), "../x", &AllowList::default()), Err(DiskError::NotInside(_))));
}

#[test]
fn a_large_file_is_refused_and_not_read() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "main.tf", BACKEND);
    let large = fs::File::create(root.path().join("large.tf")).unwrap();
    large.set_len(1 << 40).unwrap();
    let admission = admit(root.path(), "", &AllowList::default()).unwrap();
    assert_eq!(shown(&admission), ["admission/unreadable large.tf:1"]);
}

#[test]
fn downloaded_modules_are_judged() {
    let root = tempfile::tempdir().unwrap();
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let call = format!(
        "{BACKEND}module \"net\" {{\n  source = \"git::https://github.com/acme/net?ref={sha}\"\n}}\n"
    );
    write(root.path(), "live/x/main.tf", &call);
    let stack = Stack::new("live/x").unwrap();
    let allow = AllowList::default();
    // Before `init` the address is judged, after it the code.
    assert!(admit(root.path(), "live/x", &allow).unwrap().is_admitted());
    let undownloaded = admit_downloaded(root.path(), &stack, &allow).unwrap();
    assert_eq!(shown(&undownloaded), ["admission/module-source live/x/main.tf:5"]);
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"net","Source":"x","Dir":".terraform/modules/net/vpc"},
        {"Key":"net.sub","Source":"./sub","Dir":".terraform/modules/net/vpc/sub"}]}"#;
    write(root.path(), "live/x/.terraform/modules/modules.json", manifest);
    write(root.path(), "live/x/.terraform/providers/aws", "large");
    write(
        root.path(),
        "live/x/.terraform/modules/net/vpc/main.tf",
        "module \"sub\" {\n  source = \"./sub\"\n}\nlocals {\n  p = file(\"${path.module}/p.json\")\n}\n",
    );
    write(root.path(), "live/x/.terraform/modules/net/vpc/p.json", "{}");
    write(
        root.path(),
        "live/x/.terraform/modules/net/vpc/sub/main.tf",
        "\nresource \"null_resource\" \"n\" {}\n",
    );
    let admission = admit_downloaded(root.path(), &stack, &allow).unwrap();
    assert_eq!(
        shown(&admission),
        ["admission/provider-source live/x/.terraform/modules/net/vpc/sub/main.tf:2"]
    );
}

#[test]
fn a_manifest_cannot_lead_out() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "main.tf", BACKEND);
    for manifest in [
        "{",
        "{}",
        r#"{"Modules":[{"Key":"a"}]}"#,
        r#"{"Modules":[{"Key":"a","Dir":"../../etc"}]}"#,
        r#"{"Modules":[{"Key":"a","Dir":"/etc"}]}"#,
    ] {
        write(root.path(), ".terraform/modules/modules.json", manifest);
        let admission = admit_downloaded(root.path(), &Stack::default(), &AllowList::default()).unwrap();
        assert_eq!(
            shown(&admission),
            ["admission/unreadable .terraform/modules/modules.json:1"],
            "{manifest}"
        );
    }
}
