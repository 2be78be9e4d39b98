//! What providers, backends and remote states are told.

use crate::{STACK, main_tf, refused, tree};
use tfpilot_admission::{AllowList, judge};

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
