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
  default_tags { tags = { CostCenter = "42" } }
}

# Both required tags, one of them from the provider.
resource "aws_sqs_queue" "good" {
  name = "good"
  tags = { Owner = "billing" }
}

resource "aws_sqs_queue" "bare" {
  name = "bare"
}

# One unknown value: the plan forgets every key, the code does not.
resource "aws_sqs_queue" "half" {
  name = "half"
  tags = merge({ Owner = "billing" }, { Peer = aws_sqs_queue.good.arn })
}

# The same without the key.
resource "aws_sqs_queue" "lost" {
  name = "lost"
  tags = { Peer = aws_sqs_queue.good.arn }
}

# Keys that nobody knows before apply.
resource "aws_sqs_queue" "open" {
  name = "open"
  tags = { (aws_sqs_queue.good.arn) = "x" }
}

resource "aws_sqs_queue" "wrong" {
  name = "wrong"
  tags = { Owner = "x", CostCenter = "none" }
}

# Through a module, with an unknown value in it; three instances are one finding.
module "worker" {
  source = "./module"
  count  = 3
  name   = "worker-${count.index}"
  tags   = { Peer = aws_sqs_queue.good.arn }
}

# No tags to carry.
resource "aws_sqs_queue_policy" "good" {
  queue_url = aws_sqs_queue.good.url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [] })
}
