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

resource "aws_cloudtrail" "good" {
  name                       = "good"
  s3_bucket_name             = "acme-trail"
  kms_key_id                 = "arn:aws:kms:eu-central-1:123456789012:key/1"
  enable_log_file_validation = true
  is_multi_region_trail      = true
}

resource "aws_cloudtrail" "bad" {
  name           = "bad"
  s3_bucket_name = "acme-trail"
}

resource "aws_cloudtrail" "late" {
  name                       = "late"
  s3_bucket_name             = "acme-trail"
  kms_key_id                 = "arn:aws:kms:eu-central-1:123456789012:key/1"
  enable_log_file_validation = terraform_data.late.output == "late"
  is_multi_region_trail      = terraform_data.late.output == "late"
}
