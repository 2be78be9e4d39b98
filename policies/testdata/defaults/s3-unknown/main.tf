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

# The bucket of this block cannot be told, so that nothing can be said to be missing.
resource "terraform_data" "late" {
  input = "acme-late"
}

resource "aws_s3_bucket" "late" {
  bucket = "acme-late"
}

resource "aws_s3_bucket_public_access_block" "late" {
  bucket                  = terraform_data.late.output
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "late" {
  bucket = aws_s3_bucket.late.id
  versioning_configuration {
    status = terraform_data.late.output
  }
}
