# moto: planned, because moto forgets Performance Insights and invents a scaling configuration
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
  source = "../../../catalog/aws/aurora-cluster"

  name                = "acme-core"
  owner               = "core"
  subnet_ids          = aws_subnet.this[*].id
  allow_from          = [aws_security_group.clients.id]
  postgres_version    = "17.6"
  instances           = 2
  min_acu             = 0.5
  max_acu             = var.changed ? 8 : 4
  deletion_protection = false
  final_snapshot      = false
  tags                = { CostCenter = "4711" }
}

# MySQL on an instance class takes other ways through the module.
module "mysql" {
  source = "../../../catalog/aws/aurora-cluster"

  name           = "acme-cms"
  owner          = "web"
  subnet_ids     = aws_subnet.this[*].id
  engine         = "mysql"
  mysql_version  = "3.10.3"
  instance_class = "db.t4g.medium"
  instances      = 1
}
