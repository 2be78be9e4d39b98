locals {
  tags    = merge(var.tags, { Owner = var.owner, Name = var.name })
  domains = distinct(concat([var.domain], var.more_domains))

  # A wildcard is proved by the same record as the domain below it; one record for both.
  proved = toset(var.zone_id == null ? [] : [for domain in local.domains : trimprefix(domain, "*.")])
}

resource "aws_acm_certificate" "this" {
  domain_name               = var.domain
  subject_alternative_names = local.domains
  validation_method         = "DNS"
  key_algorithm             = var.key_algorithm
  tags                      = local.tags

  # A certificate in use cannot be deleted: its successor comes first.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  for_each = local.proved

  zone_id = var.zone_id
  name    = local.proofs[each.key].resource_record_name
  type    = local.proofs[each.key].resource_record_type
  records = [local.proofs[each.key].resource_record_value]
  ttl     = 60

  # An account proves a domain with the same record in every region and for every certificate.
  allow_overwrite = true
}

locals {
  proofs = {
    for domain in local.proved : domain => [
      for option in aws_acm_certificate.this.domain_validation_options : option if trimprefix(option.domain_name, "*.") == domain
    ][0]
  }
}

resource "aws_acm_certificate_validation" "this" {
  count = var.zone_id != null && var.wait_for_validation ? 1 : 0

  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}
