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

resource "aws_sns_topic" "good" {
  name              = "good"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic" "bad" {
  name = "bad"
}

resource "aws_sqs_queue" "good" {
  name = "good"
}

resource "aws_sqs_queue" "bad" {
  name                    = "bad"
  sqs_managed_sse_enabled = false
}

resource "aws_sqs_queue" "late" {
  name                    = "late"
  sqs_managed_sse_enabled = terraform_data.late.output == "late"
}
