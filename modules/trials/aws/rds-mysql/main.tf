# moto: planned, because moto forgets Performance Insights and which parameters of a group were set
variable "changed" {
  type    = bool
  default = false
}

resource "aws_vpc" "this" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_subnet" "this" {
  count = 2

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = ["eu-central-1a", "eu-central-1b"][count.index]
}

resource "aws_security_group" "clients" {
  name   = "clients"
  vpc_id = aws_vpc.this.id
}

module "trial" {
  source = "../../../catalog/aws/rds-mysql"

  name                  = "acme-shop"
  owner                 = "shop"
  subnet_ids            = aws_subnet.this[*].id
  allow_from            = [aws_security_group.clients.id]
  engine_version        = "8.4.7"
  instance_class        = "db.m8g.large"
  storage_gib           = 50
  max_storage_gib       = 200
  multi_az              = true
  backup_retention_days = var.changed ? 30 : 14
  deletion_protection   = false
  final_snapshot        = false
  tags                  = { CostCenter = "4711" }
}
