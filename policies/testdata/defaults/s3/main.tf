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

# With everything of its own: by its id, by its name, by way of a local and of another resource.
resource "aws_s3_bucket" "full" {
  bucket = "acme-full"
}

resource "aws_s3_bucket_public_access_block" "full" {
  bucket                  = aws_s3_bucket.full.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "full" {
  bucket = aws_s3_bucket_public_access_block.full.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_versioning" "full" {
  bucket = "acme-full"
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_logging" "full" {
  bucket        = local.full
  target_bucket = "acme-logs"
  target_prefix = "full/"
}

locals {
  full = aws_s3_bucket.full.id
}

resource "aws_s3_bucket_lifecycle_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = 90
    }
  }
}

resource "aws_s3_bucket_notification" "full" {
  bucket      = aws_s3_bucket.full.id
  eventbridge = true
}

resource "aws_s3_bucket_replication_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  role   = "arn:aws:iam::123456789012:role/replication"
  rule {
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::acme-copy"
    }
  }
}

# By way of modules.
module "block" {
  source = "./block"
  bucket = module.bucket.id
}

module "bucket" {
  source = "./bucket"
}

# With nothing.
resource "aws_s3_bucket" "bare" {
  bucket = "acme-bare"
}

# Of several, one is left out.
resource "aws_s3_bucket" "many" {
  for_each = toset(["a", "b"])
  bucket   = "acme-many-${each.key}"
}

resource "aws_s3_bucket_versioning" "many" {
  for_each = { a = "Enabled", b = "Suspended" }
  bucket   = aws_s3_bucket.many[each.key].id
  versioning_configuration {
    status = each.value
  }
}

resource "aws_s3_bucket_public_access_block" "many" {
  bucket                  = aws_s3_bucket.many["a"].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
