# moto: applied
variable "changed" {
  type    = bool
  default = false
}

# Moto forgets the days between rotations, so none are given.
module "trial" {
  source = "../../../catalog/aws/kms-key"

  name                 = "shop-data"
  owner                = "shop"
  description          = var.changed ? "data of the shop" : "data of the web shop"
  deletion_window_days = 7
  users                = ["arn:aws:iam::123456789012:role/shop-worker"]
  administrators       = ["arn:aws:iam::123456789012:role/security"]
  services             = var.changed ? ["logs", "sns", "cloudwatch"] : ["logs"]
  tags                 = { CostCenter = "4711" }
}

# One with the least that a request may say.
module "least" {
  source = "../../../catalog/aws/kms-key"

  name  = "least"
  owner = "shop"
}
