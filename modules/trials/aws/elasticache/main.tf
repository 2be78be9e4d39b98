# moto: planned, because moto has no parameter groups of ElastiCache and cannot modify a replication group
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
  source = "../../../catalog/aws/elasticache"

  name                    = "acme-sessions"
  owner                   = "shop"
  subnet_ids              = aws_subnet.this[*].id
  allow_from              = [aws_security_group.clients.id]
  engine                  = "redis"
  engine_version          = "7.1"
  node_type               = "cache.t4g.medium"
  shards                  = 2
  replicas                = var.changed ? 2 : 1
  eviction_policy         = "allkeys-lru"
  snapshot_retention_days = 7
  user_group_id           = "acme-app"
  tags                    = { CostCenter = "4711" }
}

# What a request of one line gets.
module "plain" {
  source = "../../../catalog/aws/elasticache"

  name       = "acme-carts"
  owner      = "shop"
  subnet_ids = aws_subnet.this[*].id
}
