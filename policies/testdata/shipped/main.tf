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

module "s3_bucket" {
  source     = "../../../modules/catalog/aws/s3-bucket"
  name       = "acme-invoices"
  owner      = "billing"
  versioning = true
}
