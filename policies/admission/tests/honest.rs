//! Ordinary code that people write every day, admitted without a finding.

use tfpilot_admission::{AllowList, Mode, ProviderRule, Tree, TreePath, judge};

const BACKEND: &str = r#"
terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = "5.100.0"
      configuration_aliases = [aws.us]
    }
  }
  backend "s3" {
    bucket       = "acme-state"
    key          = "live/dev/x.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
    assume_role  = { role_arn = "arn:aws:iam::111122223333:role/state" }
  }
}
"#;

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in [("live/dev/x/terraform.tf", BACKEND)].iter().chain(files) {
        let path = TreePath::parse(path).expect("the test's path is inside");
        tree.insert_loaded(path, Mode::File, "b", text.as_bytes());
    }
    tree
}

#[track_caller]
fn admitted(files: &[(&str, &str)]) {
    let admission = judge(&tree(files), "live/dev/x", &AllowList::default()).expect("all is loaded");
    assert!(admission.is_admitted(), "{:#?}", admission.findings);
}

#[track_caller]
fn main_tf(text: &str) {
    admitted(&[("live/dev/x/main.tf", text)]);
}

#[test]
fn providers_with_aliases_tags_and_roles() {
    main_tf(
        r#"
variable "region" {
  type    = string
  default = "eu-west-1"
}
variable "account" { type = string }
locals {
  tags = merge({ team = "billing" }, { env = "dev" })
}
provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
  assume_role {
    role_arn     = "arn:aws:iam::${var.account}:role/plan"
    session_name = "tfpilot"
  }
}
provider "aws" {
  alias                       = "us"
  region                      = "us-east-1"
  allowed_account_ids         = [var.account]
  skip_credentials_validation = true
  ignore_tags {
    keys = ["seen"]
  }
}
"#,
    );
}

#[test]
fn resources_with_loops_and_dynamic_blocks() {
    main_tf(
        r#"
variable "rules" {
  type = map(object({
    port  = number
    cidrs = optional(list(string), ["10.0.0.0/8"])
  }))
  default = {}
  validation {
    condition     = alltrue([for rule in values(var.rules) : rule.port > 0])
    error_message = "Ports above zero."
  }
}
resource "aws_security_group" "web" {
  for_each    = var.rules
  name_prefix = "${each.key}-"
  dynamic "ingress" {
    for_each = each.value.cidrs
    content {
      from_port   = each.value.port
      to_port     = each.value.port
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [tags["seen"]]
    precondition {
      condition     = length(var.rules) < 10
      error_message = "Too many."
    }
  }
}
resource "aws_instance" "app" {
  count         = 2
  provider      = aws.us
  ami           = data.aws_ami.linux.id
  instance_type = "t3.micro"
  user_data     = <<-EOT
    #!/bin/sh
    echo "${count.index}" > /etc/app
  EOT
}
data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
}
output "ids" {
  value     = aws_instance.app[*].id
  sensitive = false
}
"#,
    );
}

#[test]
fn common_data_sources_and_remote_state() {
    main_tf(
        r#"
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "p" {}
data "aws_availability_zones" "all" { state = "available" }
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::b/*"]
  }
}
data "aws_ssm_parameter" "p" { name = "/x" }
data "aws_secretsmanager_secret_version" "s" { secret_id = "x" }
data "terraform_remote_state" "net" {
  backend   = "s3"
  workspace = terraform.workspace
  config = {
    bucket = "acme-state"
    key    = "live/dev/net.tfstate"
    region = "eu-west-1"
  }
}
resource "terraform_data" "t" {
  input = data.terraform_remote_state.net.outputs.vpc
}
"#,
    );
}

#[test]
fn moved_import_removed_and_check() {
    main_tf(
        r#"
moved {
  from = aws_s3_bucket.a
  to   = aws_s3_bucket.b
}
import {
  to = aws_s3_bucket.b
  id = "acme"
}
removed {
  from = aws_s3_bucket.old
  lifecycle {
    destroy = false
  }
}
resource "aws_s3_bucket" "b" {
  bucket = "acme"
}
check "reachable" {
  data "aws_s3_bucket" "b" {
    bucket = "acme"
  }
  assert {
    condition     = data.aws_s3_bucket.b.region == "eu-west-1"
    error_message = "Elsewhere."
  }
}
"#,
    );
}

#[test]
fn modules_local_and_pinned() {
    admitted(&[
        (
            "live/dev/x/main.tf",
            r#"
module "bucket" {
  source = "../../../modules/aws/bucket/1.2.0"
  name   = "acme"
  tags   = { team = "billing" }
  providers = { aws = aws.us }
}
module "net" {
  source = "git::https://github.com/acme/net.git//vpc?ref=0123456789abcdef0123456789abcdef01234567"
}
module "short" {
  source = "github.com/acme/net?ref=0123456789abcdef0123456789abcdef01234567"
}
module "ssh" {
  source = "git::ssh://git@github.com/acme/net.git?ref=0123456789abcdef0123456789abcdef01234567"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
"#,
        ),
        (
            "modules/aws/bucket/1.2.0/main.tf",
            r#"
variable "name" { type = string }
variable "tags" {
  type    = map(string)
  default = {}
}
resource "aws_s3_bucket" "this" {
  bucket = var.name
  tags   = var.tags
}
module "log" {
  source = "./log"
}
"#,
        ),
        ("modules/aws/bucket/1.2.0/log/main.tf", "resource \"aws_cloudwatch_log_group\" \"l\" {}\n"),
    ]);
}

#[test]
fn files_of_the_repository() {
    admitted(&[
        (
            "live/dev/x/main.tf",
            r#"
variable "name" { default = "app" }
locals {
  policy    = file("${path.module}/policy/${var.name}.json")
  shared    = filesha256("../../../shared/x.txt")
  all       = { for f in fileset(path.module, "policy/*.json") : f => jsondecode(file("${path.module}/${f}")) }
  maybe     = fileexists("${path.module}/local.json") ? "yes" : "no"
  rendered  = templatefile("${path.module}/t.tpl", { names = ["a", "b"], file = "x" })
}
resource "aws_iam_policy" "p" {
  for_each = fileset("${path.module}/policy", "*.json")
  policy   = file("${path.module}/policy/${each.value}")
}
resource "aws_s3_object" "o" {
  for_each = fileset("${path.root}/policy", "**")
  bucket   = "b"
  key      = each.key
  source   = "${path.root}/policy/${each.key}"
  etag     = filemd5("policy/${each.key}")
}
resource "aws_iam_policy" "filtered" {
  for_each = { for f in fileset("policy", "*.json") : trimsuffix(f, ".json") => f if f != "db.json" }
  policy   = file("policy/${each.value}")
}
resource "aws_iam_role" "chosen" {
  assume_role_policy = file(var.name == "app" ? "policy/app.json" : "policy/db.json")
  dynamic "inline_policy" {
    for_each = ["app", "db"]
    content {
      name   = inline_policy.value
      policy = file("${path.module}/policy/${inline_policy.value}.json")
    }
  }
}
resource "aws_iam_policy" "counted" {
  count  = 2
  policy = file("policy/${["app", "db"][count.index]}.json")
}
resource "aws_lambda_function" "f" {
  filename         = "${path.module}/f.zip"
  source_code_hash = filebase64sha256("${path.module}/f.zip")
}
resource "aws_lambda_function" "from_s3" {
  filename  = null
  s3_bucket = "b"
}
"#,
        ),
        ("live/dev/x/policy/app.json", "{}"),
        ("live/dev/x/policy/db.json", "{}"),
        ("live/dev/x/f.zip", "PK"),
        ("live/dev/x/t.tpl", "%{ for name in names ~}\n${upper(name)} $${literal}\n%{ endfor ~}\n"),
        ("shared/x.txt", "x"),
        ("live/dev/x/terraform.tfvars", "name = \"db\"\n"),
        ("live/dev/x/prod.tfvars", "name = \"app\"\n"),
        ("live/dev/x/.terraform.lock.hcl", "# lock\n"),
        ("live/dev/x/README.md", "# `terraform.d`\n"),
    ]);
}

#[test]
fn the_json_syntax() {
    admitted(&[(
        "live/dev/x/main.tf.json",
        r#"{
  "//": "generated",
  "provider": {"aws": [{"region": "eu-west-1", "default_tags": {"tags": {"team": "billing"}}},
                       {"alias": "us", "region": "us-east-1", "assume_role": [{"role_arn": "r"}]}]},
  "variable": {"name": {"type": "string", "default": "acme"}},
  "resource": {"aws_s3_bucket": {"b": {"bucket": "${var.name}", "tags": {"a b": "c"}, "lifecycle": {"prevent_destroy": true}}}},
  "output": {"arn": {"value": "${aws_s3_bucket.b.arn}"}}
}"#,
    )]);
}

#[test]
fn what_an_admin_lists_is_admitted() {
    let allow = AllowList {
        providers: [("hashicorp/random".to_owned(), ProviderRule::default())].into(),
        endpoints: vec!["http://127.0.0.1:5000".to_owned()],
        data_sources: vec!["aws_ecr_authorization_token".to_owned()],
        registry_modules: vec!["terraform-aws-modules/".to_owned()],
        ..AllowList::default()
    };
    let text = r#"
provider "aws" {
  region = "eu-west-1"
  endpoints {
    s3  = "http://127.0.0.1:5000"
    sts = "http://127.0.0.1:5000"
  }
}
resource "random_id" "r" { byte_length = 4 }
data "aws_ecr_authorization_token" "t" {}
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
}
"#;
    let tree = tree(&[("live/dev/x/main.tf", text)]);
    let admission = judge(&tree, "live/dev/x", &allow).unwrap();
    assert!(admission.is_admitted(), "{:#?}", admission.findings);
    assert_eq!(judge(&tree, "live/dev/x", &AllowList::default()).unwrap().findings.len(), 5);
}
