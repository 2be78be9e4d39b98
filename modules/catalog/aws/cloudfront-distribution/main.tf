locals {
  # AWS's own policies have the same IDs in every account.
  caching_optimized   = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  caching_disabled    = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_but_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
  security_headers    = "67f7725c-6f97-4210-82d7-5512b31e9d03"

  reading = ["GET", "HEAD", "OPTIONS"]
  writing = ["DELETE", "PATCH", "POST", "PUT"]
}

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  comment             = var.name
  aliases             = var.domains
  default_root_object = var.default_root_object
  http_version        = "http2and3"
  is_ipv6_enabled     = true
  price_class         = var.price_class
  web_acl_id          = var.web_acl_arn
  tags                = merge(var.tags, { Owner = var.owner, Name = var.name })

  origin {
    origin_id   = "origin"
    domain_name = var.origin_domain
    origin_path = var.origin_path

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "origin"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = var.writes ? concat(local.reading, local.writing) : local.reading
    cached_methods         = ["GET", "HEAD"]
    compress               = true

    cache_policy_id = var.caching ? local.caching_optimized : local.caching_disabled

    # Whatever is cached must not depend on what one viewer sent.
    origin_request_policy_id = var.caching ? null : local.all_but_host_header

    # Headers that the origin sends itself stay as they are.
    response_headers_policy_id = local.security_headers
  }

  restrictions {
    geo_restriction {
      restriction_type = length(var.countries) == 0 ? "none" : "whitelist"
      locations        = var.countries
    }
  }

  # With its own host name CloudFront decides about TLS alone.
  viewer_certificate {
    cloudfront_default_certificate = var.certificate_arn == null ? true : null
    acm_certificate_arn            = var.certificate_arn
    ssl_support_method             = var.certificate_arn == null ? null : "sni-only"
    minimum_protocol_version       = var.certificate_arn == null ? null : "TLSv1.2_2021"
  }

  lifecycle {
    precondition {
      condition     = (length(var.domains) == 0) == (var.certificate_arn == null)
      error_message = "Domains and a certificate go together: give both or neither."
    }

    precondition {
      condition     = var.zone_id == null || length(var.domains) > 0
      error_message = "A zone gets records for domains: give domains, or leave the zone out."
    }
  }
}

resource "aws_route53_record" "this" {
  for_each = var.zone_id == null ? {} : merge([
    for domain in var.domains : { for type in ["A", "AAAA"] : "${type} ${domain}" => { domain = domain, type = type } }
  ]...)

  zone_id = var.zone_id
  name    = each.value.domain
  type    = each.value.type

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
