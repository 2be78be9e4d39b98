# moto: applied
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/dynamodb-table"

  name                = "shop-orders"
  owner               = "shop"
  partition_key       = "customer"
  sort_key            = "placed_at"
  number_keys         = ["placed_at", "amount"]
  indexes             = ["email", "status/amount"]
  ttl_attribute       = "expires_at"
  stream              = var.changed
  deletion_protection = !var.changed
  tags                = { CostCenter = "4711" }
}

# The smallest request, and provisioned capacity.
module "plain" {
  source = "../../../catalog/aws/dynamodb-table"

  name                = "sessions"
  owner               = "web"
  read_capacity       = var.changed ? 10 : 5
  deletion_protection = false
}
