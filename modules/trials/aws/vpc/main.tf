# moto: applied

variable "changed" {
  description = "Whether the inputs are those of the change."
  type        = bool
  default     = false
}

module "trial" {
  source = "../../../catalog/aws/vpc"

  name          = "trial-net"
  owner         = "platform"
  cidr          = "10.20.0.0/16"
  zones         = 3
  nat           = "single"
  flow_log_days = var.changed ? 90 : 30
  tags          = { CostCenter = "4711" }
}
