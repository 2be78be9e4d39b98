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
  default_tags { tags = { CostCenter = "42" } }
}

# Resized in place: 30.37 before, 60.74 after.
resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.large"
}

# Replaced, and larger.
resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1b"
  size              = 40
  type              = "gp3"
}

# Only its tags change; that it has no price does not matter.
resource "aws_db_instance" "db" {
  identifier          = "db"
  instance_class      = "db.t3.medium"
  engine              = "postgres"
  allocated_storage   = 20
  username            = "admin1"
  password            = "mock-password"
  skip_final_snapshot = true
  tags                = { Owner = "billing" }
}

# New, its root volume nobody knows.
resource "aws_instance" "new" {
  count         = 2
  ami           = "ami-0123456789abcdef0"
  instance_type = "m7g.large"
}

resource "aws_nat_gateway" "out" {
  subnet_id     = "subnet-1"
  allocation_id = aws_eip.out.id
}

resource "aws_eip" "out" {
  domain = "vpc"
}

resource "aws_dynamodb_table" "events" {
  name         = "events"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_kms_key" "key" {}

resource "aws_iam_group" "all" {
  name = "all"
}

# Not in the book.
resource "aws_mq_broker" "queue" {
  broker_name        = "queue"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin1"
    password = "mock-password-12"
  }
}

# Stays managed as it is.
resource "aws_secretsmanager_secret" "kept" {
  name = "kept"
}

# Leaves management and is billed on.
removed {
  from = aws_secretsmanager_secret.old
  lifecycle { destroy = false }
}

# Destroyed, as they are not written any more: aws_lb.gone.

# Moved, nothing else.
moved {
  from = aws_kms_key.before
  to   = aws_kms_key.key
}
