# moto: planned, because the provider looks for a new domain after ten minutes only, on moto too
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

resource "aws_iam_role" "admin" {
  name = "search-admin"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

module "trial" {
  source = "../../../catalog/aws/opensearch-domain"

  name           = "acme-search"
  owner          = "search"
  subnet_ids     = aws_subnet.this[*].id
  admin_role_arn = aws_iam_role.admin.arn
  allow_from     = [aws_security_group.clients.id]
  engine_version = "2.19"
  instance_type  = "m7g.large.search"
  instances      = var.changed ? 4 : 2
  storage_gib    = 50
  tags           = { CostCenter = "4711" }
}
