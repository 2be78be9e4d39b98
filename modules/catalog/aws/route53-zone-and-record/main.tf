locals {
  tags    = merge(var.tags, { Owner = var.owner, Name = var.name })
  zone_id = one(concat(aws_route53_zone.this[*].zone_id, data.aws_route53_zone.given[*].zone_id))
  domain  = coalesce(var.domain, one(data.aws_route53_zone.given[*].name))
}

resource "aws_route53_zone" "this" {
  count = var.domain == null ? 0 : 1

  name    = var.domain
  comment = "Answered for by ${var.owner}"
  tags    = local.tags

  # A zone that still holds records made elsewhere stays.
  force_destroy = false

  dynamic "vpc" {
    for_each = toset(var.vpc_ids)

    content {
      vpc_id = vpc.value
    }
  }

  lifecycle {
    precondition {
      condition     = var.zone_id == null
      error_message = "Give either domain, which makes a zone, or zone_id, which uses one that exists."
    }
  }
}

data "aws_route53_zone" "given" {
  count = var.domain == null ? 1 : 0

  zone_id = var.zone_id

  lifecycle {
    precondition {
      condition     = var.zone_id != null
      error_message = "Give domain, which makes a zone, or zone_id, which uses one that exists."
    }

    precondition {
      condition     = length(var.vpc_ids) == 0
      error_message = "VPCs are given to a new zone: give domain instead of zone_id, or leave them out."
    }
  }
}
