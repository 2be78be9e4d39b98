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

resource "aws_db_instance" "good" {
  identifier                  = "good"
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  username                    = "postgres"
  manage_master_user_password = true
  storage_encrypted           = true
  deletion_protection         = true
  backup_retention_period     = 7
}

resource "aws_db_instance" "bad" {
  identifier                  = "bad"
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  username                    = "postgres"
  manage_master_user_password = true
  backup_retention_period     = 0
}

resource "aws_db_instance" "late" {
  identifier                  = "late"
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  username                    = "postgres"
  manage_master_user_password = true
  storage_encrypted           = terraform_data.late.output == "late"
  deletion_protection         = terraform_data.late.output == "late"
  backup_retention_period     = length(terraform_data.late.output)
}

# Encrypted and backed up as its source is.
resource "aws_db_instance" "replica" {
  identifier          = "replica"
  replicate_source_db = aws_db_instance.good.identifier
  instance_class      = "db.t4g.micro"
  deletion_protection = true
}

# Encrypted as the snapshot is.
resource "aws_db_instance" "restored" {
  identifier              = "restored"
  snapshot_identifier     = "acme-snapshot"
  instance_class          = "db.t4g.micro"
  deletion_protection     = true
  backup_retention_period = 7
}

resource "aws_rds_cluster" "good" {
  cluster_identifier          = "good"
  engine                      = "aurora-postgresql"
  master_username             = "postgres"
  manage_master_user_password = true
  storage_encrypted           = true
  deletion_protection         = true
}

resource "aws_rds_cluster" "bad" {
  cluster_identifier          = "bad"
  engine                      = "aurora-postgresql"
  master_username             = "postgres"
  manage_master_user_password = true
}
