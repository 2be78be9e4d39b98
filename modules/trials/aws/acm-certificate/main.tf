# moto: applied
variable "changed" {
  type    = bool
  default = false
}

# Moto issues a certificate after a minute, which is not waited for, and makes an RSA key whatever is asked.
module "trial" {
  source = "../../../catalog/aws/acm-certificate"

  name                = "shop-example-com"
  owner               = "shop"
  domain              = "shop.example.com"
  more_domains        = ["*.shop.example.com", "www.example.com"]
  zone_id             = trimspace(aws_route53_zone.this.zone_id)
  wait_for_validation = false
  tags                = { CostCenter = var.changed ? "4712" : "4711" }
}

# One with the least that a request may say.
module "least" {
  source = "../../../catalog/aws/acm-certificate"

  name   = "least"
  owner  = "shop"
  domain = "least.example.com"
}

# Its ID goes through trimspace so that Terraform knows before the apply that it is not null.
resource "aws_route53_zone" "this" {
  name = "example.com"
}
