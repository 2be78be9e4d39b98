data "aws_region" "current" {}

# Local Zones and the like have to be opted into and lack much; only the region's own zones count.
data "aws_availability_zones" "available" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  # A zone keeps its number when zones are added, and with it the ranges of its subnets.
  zones = { for number, zone in slice(sort(data.aws_availability_zones.available.names), 0, min(var.zones, length(data.aws_availability_zones.available.names))) : zone => number }

  public    = var.public_subnets ? local.zones : {}
  nat       = var.public_subnets ? var.nat : "none"
  nat_zones = { for zone, number in local.public : zone => number if local.nat == "per-zone" || local.nat == "single" && number == 0 }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = merge(local.tags, { Name = var.name })

  lifecycle {
    precondition {
      condition     = var.zones <= length(data.aws_availability_zones.available.names)
      error_message = "The region has ${length(data.aws_availability_zones.available.names)} availability zones."
    }
  }
}

# The group that AWS gives to whatever names no other: without rules it lets nothing in or out.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = merge(local.tags, { Name = "${var.name}-default-closed" })
}

# Load balancers of Kubernetes find their subnets by the tags kubernetes.io/role/…
resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.cidr, 4, each.value)
  tags              = merge(local.tags, { Name = "${var.name}-private-${each.key}", "kubernetes.io/role/internal-elb" = "1" })
}

# Public subnets start at the middle of the range. Nothing in them gets a public address without asking for one.
resource "aws_subnet" "public" {
  for_each = local.public

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.cidr, 4, 8 + each.value)
  tags              = merge(local.tags, { Name = "${var.name}-public-${each.key}", "kubernetes.io/role/elb" = "1" })
}

# One table per zone, so that a zone can have a NAT gateway of its own.
resource "aws_route_table" "private" {
  for_each = local.zones

  vpc_id = aws_vpc.this.id
  tags   = merge(local.tags, { Name = "${var.name}-private-${each.key}" })
}

resource "aws_route_table_association" "private" {
  for_each = local.zones

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_vpc_endpoint" "this" {
  for_each = toset(var.gateway_endpoints ? ["s3", "dynamodb"] : [])

  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  tags              = merge(local.tags, { Name = "${var.name}-${each.key}" })
}
