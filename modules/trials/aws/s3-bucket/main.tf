# moto: applied

variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/s3-bucket"

  name         = "acme-trial-invoices"
  owner        = "billing"
  versioning   = !var.changed
  cors_origins = ["https://shop.example.com"]
  tags         = { CostCenter = "4711" }
}
