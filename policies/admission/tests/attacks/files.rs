//! What is read: paths, templates, uploads; and values shown one way and meant another.

use crate::{STACK, admission, main_tf, refused, shown, tree};
use tfpilot_admission::{AllowList, Stack, TreePath, judge_stack};

#[test]
fn files_are_read_inside_the_repository_only() {
    for (call, expected) in [
        ("file(\"/proc/self/environ\")", "file-path main.tf:2"),
        ("core::file(\"/proc/self/environ\")", "file-path main.tf:2"),
        ("filebase64(\"../../../../../proc/self/environ\")", "file-path main.tf:2"),
        ("filesha512(\"/etc/passwd\")", "file-path main.tf:2"),
        ("fileexists(\"/etc/passwd\")", "file-path main.tf:2"),
        ("file(pathexpand(\"~/.aws/credentials\"))", "file-path main.tf:2"),
        ("file(join(\"/\", [\"\", \"proc\", \"self\", \"environ\"]))", "file-path main.tf:2"),
        ("file(data.aws_region.r.name)", "file-path main.tf:2"),
        ("file([\"/etc/passwd\"]...)", "file-path main.tf:2"),
        ("file(\"../../../.git/config\")", "file-path main.tf:2"),
        ("file(\"none.txt\")", "file-path main.tf:2"),
        ("[for f in [\"/etc/passwd\"] : file(f)]", "file-path main.tf:2"),
        ("[for f in var.files : file(f)]", "file-path main.tf:2"),
        ("\"${file(\"/etc/passwd\")}\"", "file-path main.tf:2"),
        ("true ? \"a\" : file(\"/etc/passwd\")", "file-path main.tf:2"),
        ("fileset(\"/etc\", \"*\")", "file-path main.tf:2"),
        ("fileset(path.module, \"../../../../etc/*\")", "fileset-pattern main.tf:2"),
        ("fileset(path.module, var.p)", "fileset-pattern main.tf:2"),
        ("templatefile(\"/etc/passwd\", {})", "file-path main.tf:2"),
        ("templatestring(data.aws_s3_object.o.body, {})", "file-path main.tf:2"),
        ("exec(\"id\")", "unknown-function main.tf:2"),
        ("provider::evil::run(\"id\")", "unknown-function main.tf:2"),
    ] {
        main_tf(&format!("locals {{\n  a = {call}\n}}\n"), &[expected]);
    }
}

#[test]
fn a_path_is_judged_with_every_value_it_can_take() {
    // The default is harmless, the file of values is not.
    let files = [
        ("main.tf", "variable \"p\" {\n  default = \"main.tf\"\n}\nlocals {\n  a = file(var.p)\n}\n"),
        ("z.auto.tfvars", "p = \"/proc/self/environ\"\n"),
    ];
    refused(&files, &["file-path main.tf:5"]);
    let files = [files[0], ("live/dev/x/prod.tfvars", "p = \"/proc/self/environ\"\n")];
    let mut stack = Stack::new(STACK).unwrap();
    assert!(admission(&tree(&files)).is_admitted());
    stack.var_files = vec![TreePath::parse("live/dev/x/prod.tfvars").unwrap()];
    let admission = judge_stack(&tree(&files), &stack, &AllowList::default()).unwrap();
    assert_eq!(shown(&admission), ["admission/file-path live/dev/x/main.tf:5"]);
    // A module's path depends on its callers.
    refused(
        &[
            (
                "main.tf",
                "module \"good\" {\n  source = \"./m\"\n  p = \"main.tf\"\n}\nmodule \"bad\" {\n  source = \"./m\"\n  p = \"/etc/passwd\"\n}\n",
            ),
            ("live/dev/x/m/main.tf", "variable \"p\" {}\nlocals {\n  a = file(var.p)\n}\n"),
        ],
        &["file-path m/main.tf:3"],
    );
    // A resource is judged for every key.
    main_tf(
        "resource \"aws_s3_object\" \"o\" {\n  for_each = toset([\"main.tf\", \"/etc/passwd\"])\n  bucket = \"b\"\n  key = each.key\n  source = each.key\n}\n",
        &["upload-path main.tf:5"],
    );
}

#[test]
fn nothing_is_decided_that_terraform_could_decide_otherwise() {
    for path in [
        "0.1 + 0.2 == 0.3 ? \"/etc/passwd\" : \"main.tf\"",
        "try(trimspace(\"main.tf\", 1), \"/etc/passwd\")",
        "try(toset([\"main.tf\"])[0], \"/etc/passwd\")",
        "can(toset([\"a\"])[0]) ? \"main.tf\" : \"/etc/passwd\"",
        "[\"main.tf\", \"/etc/passwd\"][9007199254740993 - 9007199254740992]",
        "{ a = \"main.tf\", b = \"/etc/passwd\" }[toset([1]) == [1] ? \"a\" : \"b\"]",
        "element([\"main.tf\", \"/etc/passwd\"], length(toset([0.1 + 0.2, 0.3])))",
        "jsondecode(\"{\\\"a\\\": \\\"main.tf\\\", \\\"a\\\": \\\"/etc/passwd\\\"}\").a",
        "\"%{ for x in toset([1, 1.0]) }d/%{ endfor }../main.tf\"",
        "\"%{ for x in fileset(path.module, \"**\") }d/%{ endfor }../main.tf\"",
        "join(\"/\", concat([for x in [\"d\"] : x if 0.1 + 0.2 == 0.3], [\"..\", \"main.tf\"]))",
    ] {
        main_tf(&format!("locals {{\n  a = file({path})\n}}\n"), &["file-path main.tf:2"]);
    }
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let source = format!(
        "0.1 + 0.2 == 0.3 ? \"https://evil.example/x.zip\" : \"git::https://github.com/acme/net?ref={sha}\""
    );
    main_tf(&format!("module \"m\" {{\n  source = {source}\n}}\n"), &["module-source main.tf:2"]);
    let source = "0.1 + 0.2 == 0.3 ? \"evil/aws\" : \"hashicorp/aws\"";
    main_tf(
        &format!("terraform {{\n  required_providers {{\n    aws = {{ source = {source} }}\n  }}\n}}\n"),
        &["provider-source main.tf:3"],
    );
}

#[test]
fn what_is_merged_or_hidden_is_judged_as_it_will_be() {
    // The loop comes from one file, the path from the other.
    let object =
        "resource \"aws_s3_object\" \"o\" {\n  for_each = toset([\"main.tf\"])\n  source = each.key\n}\n";
    let over = "resource \"aws_s3_object\" \"o\" {\n  for_each = toset([\"/etc/passwd\"])\n}\n";
    refused(&[("main.tf", object), ("x_override.tf", over)], &["upload-path main.tf:3"]);
    // An iterator may be called like any other name.
    let hidden = |iterator: &str, path: &str| {
        format!(
            "variable \"value\" {{\n  default = \"main.tf\"\n}}\nresource \"aws_x\" \"o\" {{\n  for_each = toset([\"main.tf\"])\n  \
            dynamic \"d\" {{\n    for_each = [\"/etc/passwd\"]\n    iterator = {iterator}\n    content {{\n      a = file({path})\n    }}\n  }}\n}}\n"
        )
    };
    main_tf(&hidden("each", "each.value"), &["file-path main.tf:10"]);
    main_tf(&hidden("var", "var.value"), &["file-path main.tf:10"]);
    main_tf(&hidden("it", "it.value"), &["file-path main.tf:10"]);
    let outer = "resource \"aws_x\" \"o\" {\n  for_each = toset([\"/etc/passwd\"])\n  dynamic \"d\" {\n    iterator = each\n    \
        for_each = [file(each.value)]\n    content {}\n  }\n}\n";
    main_tf(outer, &["file-path main.tf:5"]);
}

#[test]
fn a_template_is_code() {
    let call = ("main.tf", "locals {\n  a = templatefile(\"t.tpl\", { p = \"/etc/passwd\" })\n}\n");
    refused(&[call, ("live/dev/x/t.tpl", "${file(\"/proc/self/environ\")}")], &["file-path main.tf:2"]);
    refused(&[call, ("live/dev/x/t.tpl", "%{ if true }${file(p)}%{ endif }")], &["file-path main.tf:2"]);
    refused(&[call, ("live/dev/x/t.tpl", "${timestamp()}")], &["clock main.tf:2"]);
    refused(&[call, ("live/dev/x/t.tpl", "${exec(1)}")], &["unknown-function main.tf:2"]);
    refused(&[call, ("live/dev/x/t.tpl", "${")], &["unreadable t.tpl:1"]);
    main_tf(
        "locals {\n  t = \"$${file(\\\"/etc/passwd\\\")}\"\n  a = templatestring(local.t, {})\n}\n",
        &["file-path main.tf:3"],
    );
}

#[test]
fn uploads_are_paths_too() {
    for (kind, argument) in [
        ("aws_s3_object", "source"),
        ("aws_s3_bucket_object", "source"),
        ("aws_lambda_function", "filename"),
        ("aws_lambda_layer_version", "filename"),
        ("aws_synthetics_canary", "zip_file"),
    ] {
        main_tf(
            &format!("resource \"{kind}\" \"o\" {{\n  {argument} = \"/proc/self/environ\"\n}}\n"),
            &["upload-path main.tf:2"],
        );
    }
    main_tf(
        "resource \"aws_s3_object\" \"o\" {\n  source = data.aws_region.r.name\n}\n",
        &["upload-path main.tf:2"],
    );
}
