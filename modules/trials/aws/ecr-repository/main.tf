# moto: applied

variable "changed" {
  description = "Whether the inputs are those of the change."
  type        = bool
  default     = false
}

module "trial" {
  source = "../../../catalog/aws/ecr-repository"

  name             = "trial-api"
  owner            = "shop"
  immutable_tags   = !var.changed
  untagged_days    = 7
  keep_images      = var.changed ? 20 : 50
  pull_account_ids = ["444455556666"]
  tags             = { CostCenter = "4711" }
}
