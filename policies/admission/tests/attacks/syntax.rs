//! What is hidden in syntax, names and the tree.

use crate::{admission, main_tf, refused, shown, tree};
use tfpilot_admission::{AllowList, Mode, Tree, TreePath, judge};

#[test]
fn json_and_overrides_hide_nothing() {
    // `//` is a comment beside arguments only, and a default is text where other strings are templates.
    refused(
        &[(
            "x.tf.json",
            "{\"locals\": {\"//\": \"note\",\n\"a\": {\"//\": \"${file(\\\"/etc/passwd\\\")}\"}}}",
        )],
        &["file-path x.tf.json:2"],
    );
    refused(
        &[(
            "x.tf.json",
            "{\"variable\": {\"p\": {\n\"default\": \"%{ for x in [1, 2] }a/%{ endfor }../../x\"}}}",
        )],
        &["unreadable x.tf.json:2"],
    );
    refused(
        &[
            ("main.tf", "variable \"p\" {\n  default = \"main.tf\"\n}\nlocals {\n  a = file(var.p)\n}\n"),
            (".hidden.auto.tfvars", "p = \"/proc/self/environ\"\n"),
        ],
        &["file-path main.tf:5"],
    );
    refused(
        &[("x.tf.json", "{\"provider\": {\"aws\": {\n\"shared_config_files\": [\"c\"]}}}")],
        &["shared-config-files x.tf.json:2"],
    );
    refused(
        &[(
            "x.tf.json",
            "{\"provider\": {\"aws\": [{},\n{\"alias\": \"b\",\n\"shared_config_files\": [\"c\"]}]}}",
        )],
        &["shared-config-files x.tf.json:3"],
    );
    refused(&[("x.tf.json", "{\"locals\": {\"a\": 1,\n\"a\": 2}}")], &["unreadable x.tf.json:2"]);
    refused(&[("x.tf.json", "{\"locals\": {\n\"${file(1)}\": 2}}")], &["unreadable x.tf.json:2"]);
    refused(&[("x.tf.json", "{\"locals\": {\"a\": {\n\"k${1}\": 2}}}")], &["unreadable x.tf.json:2"]);
    refused(
        &[("x.tf.json", "{\"locals\": {\n\"a\": \"${file(\\\"/etc/passwd\\\")}\"}}")],
        &["file-path x.tf.json:2"],
    );
    refused(
        &[("x.tf.json", "{\"module\": {\"m\": {\n\"source\": \"https://evil/x.zip\"}}}")],
        &["module-source x.tf.json:2"],
    );
    refused(
        &[("override.tf", "provider \"aws\" {\n  shared_config_files = [\"c\"]\n}\n")],
        &["shared-config-files override.tf:2"],
    );
    refused(
        &[
            ("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"),
            ("live/dev/x/m/main.tf", ""),
            ("m_override.tf", "module \"m\" {\n  source = \"https://evil/x.zip\"\n}\n"),
        ],
        &["module-source m_override.tf:2"],
    );
    refused(
        &[("x_override.tf.json", "{\"terraform\": {\"backend\": {\"http\": {}}}}")],
        &["backend x_override.tf.json:1"],
    );
}

#[test]
fn links_and_terraforms_own_files_are_not_committed() {
    let with = |path: &str, mode: Mode| {
        let mut tree = tree(&[("main.tf", "")]);
        tree.insert_loaded(TreePath::parse(path).unwrap(), mode, "b", *b"/etc/passwd");
        shown(&admission(&tree))
    };
    assert_eq!(with("live/dev/x/evil.tf", Mode::Symlink), ["admission/symlink live/dev/x/evil.tf:1"]);
    assert_eq!(
        with("live/dev/x/data/evil.txt", Mode::Symlink),
        ["admission/symlink live/dev/x/data/evil.txt:1"]
    );
    assert_eq!(with("live/dev/x/sub", Mode::Submodule), ["admission/submodule live/dev/x/sub:1"]);
    assert_eq!(
        with("live/dev/x/.terraform/modules/modules.json", Mode::File),
        ["admission/committed-terraform live/dev/x/.terraform:1"]
    );
    assert_eq!(
        with("live/dev/x/terraform.d/plugins/p", Mode::Executable),
        ["admission/committed-terraform live/dev/x/terraform.d:1"]
    );
    assert_eq!(
        with("live/dev/x/.terraformrc", Mode::File),
        ["admission/cli-config live/dev/x/.terraformrc:1"]
    );
    assert_eq!(
        with("live/dev/x/terraform.rc", Mode::File),
        ["admission/cli-config live/dev/x/terraform.rc:1"]
    );
    assert_eq!(
        with("live/dev/x/\u{202e}ft.live", Mode::Symlink),
        ["admission/symlink live/dev/x/\\u{202e}ft.live:1"]
    );
    assert_eq!(
        with("docs/link", Mode::Symlink),
        Vec::<String>::new(),
        "links elsewhere are nobody's business"
    );
    let mut through = Tree::new();
    through.insert(TreePath::parse("live").unwrap(), Mode::Symlink, "b");
    assert_eq!(
        shown(&admission(&through)),
        [
            "admission/symlink live:1",
            "admission/local-state live/dev/x:1",
            "admission/unreadable live/dev/x:1"
        ]
    );
}

#[test]
fn names_are_bytes() {
    let mut tree = tree(&[]);
    let path = TreePath::parse(b"live/dev/x/\xff.tf").unwrap();
    tree.insert_loaded(path, Mode::File, "b", *b"locals {\n  a = file(\"/etc/passwd\")\n}\n");
    assert_eq!(shown(&admission(&tree)), ["admission/file-path live/dev/x/\\xff.tf:2"]);
}

#[test]
fn what_cannot_be_read_in_one_way_only_is_not_admitted() {
    for (text, expected) in [
        ("locals {{", "unreadable main.tf:1"),
        ("locals {\n  a = 1\rprovider \"aws\" {}\n}\n", "unreadable main.tf:2"),
        ("locals {\n  a = \"\0\"\n}\n", "unreadable main.tf:2"),
        // Terraform ends the heredoc at the first marker, behind a no-break space, and runs the next line.
        (
            "locals {\n  a = <<EOT\n\u{a0}EOT\n  b = file(\"/etc/passwd\")\n  c = <<EOT\nEOT\n}\n",
            "unreadable main.tf:2",
        ),
        ("list \"aws_x\" \"y\" {}\n", "unknown-block main.tf:1"),
        ("a = 1\n", "unknown-block main.tf:1"),
        ("terraform {\n  experiments = []\n}\n", "unknown-block main.tf:2"),
        ("terraform {\n  provider_meta \"aws\" {}\n}\n", "unknown-block main.tf:2"),
    ] {
        main_tf(text, &[expected]);
    }
    let deep = format!("locals {{\n  a = {}1{}\n}}\n", "[".repeat(10_000), "]".repeat(10_000));
    main_tf(&deep, &["unreadable main.tf:2"]);
    let large = " ".repeat(1024 * 1024 + 1);
    main_tf(&large, &["unreadable main.tf:1"]);
    refused(&[("x.auto.tfvars", "a = {{")], &["unreadable x.auto.tfvars:1"]);
    assert_eq!(
        shown(&judge(&Tree::new(), "../x", &AllowList::default()).unwrap()),
        ["admission/unreadable ../x:1"]
    );
    let empty = judge(&Tree::new(), "x", &AllowList::default()).unwrap();
    assert_eq!(shown(&empty), ["admission/local-state x:1", "admission/unreadable x:1"]);
}

#[test]
fn a_refusal_says_what_why_and_what_next() {
    let admission = admission(&tree(&[(
        "main.tf",
        "provider \"aws\" {\n  shared_config_files = [\"c\"]\n}\nlocals {\n  a = file(\"/proc/self/environ\")\n}\nmodule \"m\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\n",
    )]));
    let text: Vec<_> = admission.findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    Not admitted: live/dev/x/main.tf:2 `shared_config_files`: a shared config file can name a `credential_process`, a program that runs at plan; remove it
    Not admitted: live/dev/x/main.tf:5 `file: /proc/self/environ`: it lies outside of the repository; read files of the repository only
    Not admitted: live/dev/x/main.tf:8 `registry.terraform.io/terraform-aws-modules/vpc/aws`: a registry can serve other code for the same version; call it by `git::https://…?ref=COMMIT`, or ask an admin to list it under `admission.registry_modules`
    ");
}
