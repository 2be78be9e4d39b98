locals {
  tags = merge(var.tags, { Owner = var.owner, Name = var.name })

  # AWS's own policies have the same IDs in every account.
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  security_headers  = "67f7725c-6f97-4210-82d7-5512b31e9d03"

  with_function = var.folder_index && !var.single_page_app
}

# The bucket answers only what this signs.
resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  comment             = var.name
  aliases             = var.domains
  default_root_object = var.index_document
  http_version        = "http2and3"
  is_ipv6_enabled     = true
  price_class         = var.price_class
  web_acl_id          = var.web_acl_arn
  tags                = local.tags

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id       = "bucket"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD"]
    compress               = true

    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = local.security_headers

    dynamic "function_association" {
      for_each = aws_cloudfront_function.folder_index

      content {
        event_type   = "viewer-request"
        function_arn = function_association.value.arn
      }
    }
  }

  # S3 answers 403 where there is no file, because nobody may list the bucket.
  dynamic "custom_error_response" {
    for_each = [403, 404]

    content {
      error_code            = custom_error_response.value
      response_code         = var.single_page_app ? 200 : 404
      response_page_path    = "/${var.single_page_app ? var.index_document : var.error_document}"
      error_caching_min_ttl = 10
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
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

# A bucket knows files and no folders.
resource "aws_cloudfront_function" "folder_index" {
  count = local.with_function ? 1 : 0

  name    = var.name
  runtime = "cloudfront-js-2.0"
  comment = "Folders of ${var.name} answer with their index document"

  code = <<-JS
    function handler(event) {
      var request = event.request;
      if (request.uri.endsWith("/")) {
        request.uri += ${jsonencode(var.index_document)};
      } else if (!request.uri.split("/").pop().includes(".")) {
        request.uri += "/" + ${jsonencode(var.index_document)};
      }
      return request;
    }
  JS

  # A function that a distribution still calls cannot be deleted: the distribution changes first.
  lifecycle {
    create_before_destroy = true
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
