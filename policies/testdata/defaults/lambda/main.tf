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

resource "aws_lambda_function" "good" {
  function_name                  = "good"
  role                           = "arn:aws:iam::123456789012:role/lambda"
  package_type                   = "Image"
  image_uri                      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/x:1"
  reserved_concurrent_executions = 2

  environment {
    variables = {
      TABLE        = terraform_data.late.output
      API_TOKEN    = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token"
      TOKEN_LENGTH = "32"
    }
  }
  dead_letter_config {
    target_arn = "arn:aws:sqs:eu-central-1:123456789012:dead"
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = ["subnet-0123456789abcdef0"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }
}

locals {
  settings = { DB_PASSWORD = "hunter2", PEER = terraform_data.late.output }
}

resource "aws_lambda_function" "bad" {
  function_name = "bad"
  role          = "arn:aws:iam::123456789012:role/lambda"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/x:1"

  environment {
    variables = merge(local.settings, { KEY = "AKIAIOSFODNN7EXAMPLE" })
  }
}

resource "aws_lambda_function" "late" {
  function_name                  = "late"
  role                           = "arn:aws:iam::123456789012:role/lambda"
  package_type                   = "Image"
  image_uri                      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/x:1"
  reserved_concurrent_executions = length(terraform_data.late.output)

  environment {
    variables = { DB_PASSWORD = terraform_data.late.output }
  }
}
