# moto: planned, because moto answers with forwarded values and a default certificate that were never set
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/cloudfront-distribution"

  name                = "shop-api-cdn"
  owner               = "shop"
  origin_domain       = "api.example.net"
  origin_path         = "/v1"
  domains             = ["shop.example.com", "www.example.com"]
  certificate_arn     = "arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
  zone_id             = trimspace(aws_route53_zone.this.zone_id)
  caching             = false
  writes              = true
  default_root_object = "index.html"
  price_class         = var.changed ? "PriceClass_200" : "PriceClass_100"
  countries           = ["AT", "DE"]
  tags                = { CostCenter = "4711" }
}

# One with the least that a request may say.
module "least" {
  source = "../../../catalog/aws/cloudfront-distribution"

  name          = "least"
  owner         = "shop"
  origin_domain = "least.example.net"
}

# Its ID goes through trimspace so that Terraform knows before the apply that it is not null.
resource "aws_route53_zone" "this" {
  name = "example.com"
}
