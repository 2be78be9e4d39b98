terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "mock-access"
  secret_key                  = "mock-secret-literal"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
}

# Known after apply only.
resource "terraform_data" "late" {
  input = "late"
}

# The pieces are in different statements.
resource "aws_iam_policy" "good" {
  name = "good"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Deny", Action = "*", Resource = "*" },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:*"], Resource = "*" },
    ]
  })
}

resource "aws_iam_policy" "admin" {
  name   = "admin"
  policy = jsonencode({ Statement = { Effect = "Allow", Action = ["*"], Resource = ["*"] } })
}

# One part is known after apply, what it allows is in the code.
resource "aws_iam_policy" "wide" {
  name = "wide"
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::acme/*" },
      { Effect = "Allow", Action = "s3:GetObject", Resource = terraform_data.late.output },
    ]
  })
}

resource "aws_iam_policy" "late" {
  name   = "late"
  policy = terraform_data.late.output
}

data "aws_iam_policy_document" "admin" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = [terraform_data.late.output]
  }
}

resource "aws_iam_role_policy" "admin" {
  name   = "admin"
  role   = aws_iam_role.good.name
  policy = data.aws_iam_policy_document.admin.json
}

resource "aws_iam_role" "good" {
  name = "good"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "bad" {
  name = "bad"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = ["arn:aws:iam::123456789012:root"] } }]
  })
  inline_policy {
    name   = "admin"
    policy = jsonencode({ statement = [{ effect = "Allow", action = "*:*", resource = "*" }] })
  }
}

resource "aws_iam_role_policy_attachment" "good" {
  role       = aws_iam_role.good.name
  policy_arn = aws_iam_policy.good.arn
}

resource "aws_iam_role_policy_attachment" "bad" {
  role       = aws_iam_role.good.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role_policy_attachment" "late" {
  role       = aws_iam_role.good.name
  policy_arn = terraform_data.late.output
}
