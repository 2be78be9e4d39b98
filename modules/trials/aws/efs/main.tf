# moto: planned, because moto cannot delete the policy of a file system, and makes no backup policies
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
  source = "../../../catalog/aws/efs"

  name                  = "acme-media"
  owner                 = "media"
  subnet_ids            = aws_subnet.this[*].id
  allow_from            = [aws_security_group.clients.id]
  infrequent_after_days = var.changed ? 60 : 30
  root_access           = false
  access_point_path     = "/data"
  tags                  = { CostCenter = "4711" }
}
