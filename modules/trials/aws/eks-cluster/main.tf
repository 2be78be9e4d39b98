# moto: planned, because it has no managed policies, add-ons and access entries, and adds a block to launch templates

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

module "trial" {
  source = "../../../catalog/aws/eks-cluster"

  name                = "trial-apps"
  owner               = "platform"
  subnet_ids          = slice(sort(data.aws_subnets.default.ids), 0, 2)
  instance_type       = "m7g.large"
  nodes               = var.changed ? 3 : 2
  public_access_cidrs = ["203.0.113.0/24"]
  admin_role_arns     = ["arn:aws:iam::111122223333:role/platform-admin"]
  log_days            = var.changed ? 180 : 90
  tags                = { CostCenter = "4711" }
}
