# moto: applied

variable "changed" {
  description = "Whether the inputs are those of the change."
  type        = bool
  default     = false
}

data "aws_subnets" "default" {
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

resource "aws_acm_certificate" "trial" {
  domain_name       = "shop.example.com"
  validation_method = "DNS"
}

module "trial" {
  source = "../../../catalog/aws/load-balancer"

  name                = "trial-web"
  owner               = "shop"
  subnet_ids          = slice(sort(data.aws_subnets.default.ids), 0, 2)
  certificate_arn     = aws_acm_certificate.trial.arn
  target_port         = 3000
  health_check_path   = var.changed ? "/healthz" : "/"
  deletion_protection = false
  tags                = { CostCenter = "4711" }
}
