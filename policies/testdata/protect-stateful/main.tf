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
}

# Replaced: the zone cannot change in place. Its dependent makes it create before destroy.
resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1b"
  size              = 20
}

# Moved and replaced in one step.
module "svc" {
  for_each = toset(["a2"])
  source   = "./svc"
  queue    = "queue-${each.key}"
}

moved {
  from = module.svc["a"]
  to   = module.svc["a2"]
}

# Leaves management.
removed {
  from = aws_s3_bucket.old
  lifecycle { destroy = false }
}

# Destroyed, as it is not written any more: aws_sqs_queue.gone, aws_iam_group.gone.

# Changed in place.
resource "aws_sqs_queue" "kept" {
  name                       = "kept"
  visibility_timeout_seconds = 60
}
