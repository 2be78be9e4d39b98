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

resource "aws_kms_key" "good" {
  enable_key_rotation = true
}

resource "aws_kms_key" "bad" {
}

resource "aws_kms_key" "late" {
  enable_key_rotation = terraform_data.late.output == "late"
}

# Cannot be rotated.
resource "aws_kms_key" "asymmetric" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_dynamodb_table" "good" {
  name         = "good"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.good.arn
  }
}

resource "aws_dynamodb_table" "bad" {
  name         = "bad"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_secretsmanager_secret" "good" {
  name       = "good"
  kms_key_id = aws_kms_key.good.key_id
}

resource "aws_secretsmanager_secret" "bad" {
  name = "bad"
}

resource "aws_cloudwatch_log_group" "good" {
  name       = "good"
  kms_key_id = aws_kms_key.good.arn
}

resource "aws_cloudwatch_log_group" "bad" {
  name = "bad"
}
