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

provider "aws" {
  alias                       = "far"
  region                      = local.far
  access_key                  = "mock-access"
  secret_key                  = "mock-secret-literal"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
}

provider "aws" {
  alias                       = "given"
  region                      = var.region
  access_key                  = "mock-access"
  secret_key                  = "mock-secret-literal"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
}

locals { far = "us-east-${1}" }

variable "region" { default = "eu-west-1" }

resource "aws_sqs_queue" "home" {
  name = "home"
}

# The plan shows only that the region refers to `local.far`.
resource "aws_sqs_queue" "far" {
  provider = aws.far
  name     = "far"
}

resource "aws_sqs_queue" "given" {
  provider = aws.given
  name     = "given"
}

# In no region.
resource "aws_iam_group" "all" {
  provider = aws.far
  name     = "all"
}

# A copy elsewhere.
resource "aws_dynamodb_table" "copied" {
  name             = "copied"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "id"
    type = "S"
  }
  replica { region_name = "us-west-2" }
}
