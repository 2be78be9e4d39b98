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

resource "aws_s3_bucket" "good" {
  bucket = "acme-dev-invoices"
}

resource "aws_s3_bucket" "bad" {
  bucket = "Invoices"
}

# The provider makes one up.
resource "aws_s3_bucket" "made_up" {
}

# Another name with the pattern inside is no match.
resource "aws_sqs_queue" "inside" {
  name = "x-acme-dev-y"
}

# Known from the code, though the plan has an unknown part before it.
resource "aws_sns_topic" "late" {
  name = "acme-dev-${aws_s3_bucket.made_up.id}"
}
