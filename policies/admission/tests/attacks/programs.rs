//! What runs: providers, data sources, provisioners, modules; and what would be computed again.

use crate::{main_tf, refused};

#[test]
fn only_listed_providers_run() {
    main_tf(
        "terraform {\n  required_providers {\n    aws = { source = \"evil/aws\" }\n  }\n}\n",
        &["provider-source main.tf:3"],
    );
    main_tf(
        "terraform {\n  required_providers {\n    aws = {\n      source = \"evil.example/hashicorp/aws\"\n    }\n  }\n}\n",
        &["provider-source main.tf:3"],
    );
    main_tf("resource \"null_resource\" \"n\" {}\n", &["provider-source main.tf:1"]);
    main_tf("provider \"local\" {}\n", &["provider-source main.tf:1"]);
    main_tf("resource \"aws_s3_bucket\" \"b\" {\n  provider = evil.x\n}\n", &["provider-source main.tf:1"]);
    refused(
        &[
            ("main.tf", "module \"m\" {\n  source = \"../../../modules/m\"\n}\n"),
            ("modules/m/main.tf", "\nresource \"evil_x\" \"n\" {}\n"),
        ],
        &["provider-source modules/m/main.tf:2"],
    );
}

#[test]
fn data_sources_only_read() {
    main_tf(
        "data \"external\" \"e\" {\n  program = [\"sh\"]\n}\n",
        &["external-data main.tf:1", "provider-source main.tf:1"],
    );
    main_tf(
        "data \"http\" \"h\" {\n  url = \"https://evil\"\n}\n",
        &["http-data main.tf:1", "provider-source main.tf:1"],
    );
    main_tf(
        "data \"aws_lambda_invocation\" \"l\" {\n  function_name = \"f\"\n  input = \"{}\"\n}\n",
        &["data-source main.tf:1"],
    );
    main_tf("data \"aws_ecs_task_execution\" \"l\" {}\n", &["data-source main.tf:1"]);
    main_tf("data \"aws_eks_cluster_auth\" \"l\" {}\n", &["data-source main.tf:1"]);
    main_tf("check \"c\" {\n  data \"aws_lambda_invocation\" \"l\" {}\n}\n", &["data-source main.tf:2"]);
}

#[test]
fn nothing_runs_on_the_runner() {
    main_tf(
        "resource \"aws_s3_bucket\" \"b\" {\n  provisioner \"local-exec\" {\n    command = \"id\"\n  }\n}\n",
        &["provisioner main.tf:2"],
    );
    main_tf(
        "resource \"terraform_data\" \"b\" {\n  connection {\n    host = \"h\"\n  }\n}\n",
        &["provisioner main.tf:2"],
    );
    main_tf(
        "removed {\n  from = aws_s3_bucket.b\n  provisioner \"local-exec\" {\n    when = destroy\n    command = \"id\"\n  }\n}\n",
        &["provisioner main.tf:3"],
    );
    refused(
        &[(
            "x.tf.json",
            "{\"resource\": {\"terraform_data\": {\"t\": {\n\"provisioner\": [{\"local-exec\": {\"command\": \"id\"}}]}}}}",
        )],
        &["provisioner x.tf.json:2"],
    );
}

#[test]
fn modules_are_local_or_pinned() {
    let sha = "0123456789abcdef0123456789abcdef01234567";
    for (source, expected) in [
        ("\"git::https://github.com/acme/net.git?ref=main\"", "module-pin main.tf:2"),
        ("\"git::https://github.com/acme/net.git?ref=v1.0.0\"", "module-pin main.tf:2"),
        ("\"git::https://github.com/acme/net.git\"", "module-pin main.tf:2"),
        ("\"terraform-aws-modules/vpc/aws\"", "module-pin main.tf:2"),
        ("\"https://evil.example/net.zip\"", "module-source main.tf:2"),
        ("\"s3::https://s3.amazonaws.com/b/net.zip\"", "module-source main.tf:2"),
        ("\"/opt/modules/net\"", "module-source main.tf:2"),
        ("\"../../../..\"", "module-source main.tf:2"),
        ("\"../../../../../etc\"", "module-source main.tf:2"),
        ("\"./none\"", "module-source main.tf:2"),
        ("var.source", "module-source main.tf:2"),
        (&format!("\"git::https://user:pw@github.com/acme/net?ref={sha}\""), "module-source main.tf:2"),
        (&format!("\"git::https://github.com/acme/net?ref={sha}&depth=1\""), "module-source main.tf:2"),
        (&format!("\"git::https://github.com/acme/net?sshkey=x&ref={sha}\""), "module-source main.tf:2"),
        (&format!("\"git::https://github.com/acme/net?ref={sha}&ref=main\""), "module-source main.tf:2"),
        (&format!("\"git::file:///etc/x?ref={sha}\""), "module-source main.tf:2"),
        (&format!("\"git::ext::sh -c id?ref={sha}\""), "module-source main.tf:2"),
        (&format!("\"git::https://github.com/acme/net//../../x?ref={sha}\""), "module-source main.tf:2"),
        (&format!("\"git::https://-oProxyCommand=id/x?ref={sha}\""), "module-source main.tf:2"),
        (&format!("\"git::ssh://-oProxyCommand=id@h/x?ref={sha}\""), "module-source main.tf:2"),
    ] {
        main_tf(&format!("module \"m\" {{\n  source = {source}\n}}\n"), &[expected]);
    }
}

#[test]
fn what_is_computed_again_at_apply_cannot_be_bound() {
    main_tf(
        "resource \"aws_db_instance\" \"d\" {\n  password_wo = var.p\n  password_wo_version = 1\n}\n",
        &["write-only main.tf:2"],
    );
    main_tf("variable \"p\" {\n  type = string\n  ephemeral = true\n}\n", &["ephemeral-value main.tf:3"]);
    main_tf("output \"p\" {\n  value = 1\n  ephemeral = true\n}\n", &["ephemeral-value main.tf:3"]);
    main_tf("ephemeral \"aws_lambda_invocation\" \"l\" {}\n", &["ephemeral-resource main.tf:1"]);
    main_tf("ephemeral \"aws_eks_cluster_auth\" \"l\" {}\n", &["ephemeral-resource main.tf:1"]);
    for clock in ["timestamp()", "uuid()", "bcrypt(\"x\")", "core::uuid()"] {
        main_tf(&format!("locals {{\n  a = {clock}\n}}\n"), &["clock main.tf:2"]);
    }
}

#[test]
fn nested_modules_are_judged() {
    refused(
        &[
            ("main.tf", "module \"a\" {\n  source = \"../../../modules/a\"\n}\n"),
            ("modules/a/main.tf", "module \"b\" {\n  source = \"./b\"\n}\n"),
            ("modules/a/b/main.tf", "locals {\n  x = file(\"/etc/passwd\")\n}\n"),
        ],
        &["file-path modules/a/b/main.tf:2"],
    );
    refused(
        &[
            ("main.tf", "module \"a\" {\n  source = \"../../../modules/a\"\n}\n"),
            ("modules/a/main.tf", "module \"b\" {\n  source = \"../../..\"\n}\n"),
        ],
        &["module-source modules/a/main.tf:2"],
    );
}
