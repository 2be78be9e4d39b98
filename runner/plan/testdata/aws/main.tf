terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "mock-access"
  secret_key                  = "mock-secret-literal"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
  default_tags { tags = { CostCenter = "42" } }
}

variable "db_password" {
  type      = string
  sensitive = true
  default   = "hunter2-correct-horse"
}

# Replaced: the zone cannot change in place. A dependent asks for create before destroy, which propagates.
resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1b"
  size              = 20
  tags              = { Name = "data" }
}

resource "aws_instance" "web" {
  ami               = "ami-0123456789abcdef0"
  instance_type     = "t3.medium"
  availability_zone = "us-east-1a"
  user_data         = "password=${var.db_password}"
  tags              = { Name = "web", Peer = aws_ebs_volume.data.id }
  lifecycle { create_before_destroy = true }
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "web"
  vpc_id      = "vpc-1"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# Rules live elsewhere: nothing inline.
resource "aws_security_group" "bare" {
  name   = "bare"
  vpc_id = "vpc-1"
}

resource "aws_vpc_security_group_ingress_rule" "bare" {
  security_group_id = aws_security_group.bare.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "${aws_eip.nat.public_ip}/32"
}

resource "aws_eip" "nat" {}

# Blocks from a list that is known only at apply.
resource "aws_security_group" "dynamic" {
  name   = "dynamic"
  vpc_id = "vpc-1"
  dynamic "ingress" {
    for_each = toset(split(",", aws_eip.nat.public_ip))
    content {
      from_port   = 443
      to_port     = 443
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_iam_policy" "app" {
  name = "app"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Write", Effect = "Allow", Action = ["s3:PutObject"], Resource = "arn:aws:s3:::acme-invoices/*" },
      { Sid = "Read", Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = "*" },
    ]
  })
}

# One unknown part makes the whole document unknown.
resource "aws_iam_policy" "unknown" {
  name = "unknown"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = aws_ebs_volume.data.arn }]
  })
}

resource "aws_ssm_parameter" "pw" {
  name  = "/app/password"
  type  = "SecureString"
  value = var.db_password
}

module "svc" {
  for_each = toset(["a2"])
  source   = "./svc"
  queue    = "queue-${each.key}"
}

moved {
  from = module.svc["a"]
  to   = module.svc["a2"]
}

removed {
  from = aws_iam_policy.old
  lifecycle { destroy = false }
}

resource "aws_s3_bucket" "invoices" {
  bucket = "acme-invoices"
}

data "aws_iam_policy_document" "later" {
  statement {
    actions   = ["s3:GetObject"]
    resources = [aws_s3_bucket.invoices.arn]
  }
}

resource "aws_s3_bucket_policy" "invoices" {
  bucket = aws_s3_bucket.invoices.id
  policy = data.aws_iam_policy_document.later.json
}

check "queue_is_named" {
  assert {
    condition     = var.db_password == ""
    error_message = "the queue has no name"
  }
}

output "bucket_arn" { value = aws_s3_bucket.invoices.arn }
output "password" {
  value     = var.db_password
  sensitive = true
}
