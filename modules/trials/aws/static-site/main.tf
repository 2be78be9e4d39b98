# moto: planned, because moto answers with forwarded values and a default certificate that were never set
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/static-site"

  name            = "acme-handbook"
  owner           = "docs"
  domains         = ["handbook.example.com"]
  certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
  zone_id         = trimspace(aws_route53_zone.this.zone_id)
  error_document  = var.changed ? "fehler.html" : "404.html"
  price_class     = "PriceClass_All"
  tags            = { CostCenter = "4711" }
}

# Its ID goes through trimspace so that Terraform knows before the apply that it is not null.
resource "aws_route53_zone" "this" {
  name = "example.com"
}
