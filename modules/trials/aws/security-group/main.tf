# moto: applied

variable "changed" {
  description = "Whether the inputs are those of the change."
  type        = bool
  default     = false
}

data "aws_vpc" "default" {
  default = true
}

# No rule with a group on its other side: moto forgets the descriptions of those.
module "trial" {
  source = "../../../catalog/aws/security-group"

  name    = "trial-web"
  owner   = "shop"
  vpc_id  = data.aws_vpc.default.id
  ports   = ["8080", "8443-8444"]
  sources = ["10.0.0.0/8", "192.168.0.0/16"]
  ingress = concat(["https from 0.0.0.0/0", "icmp from 10.0.0.0/8", "udp/53 from 2001:db8::/32"], var.changed ? ["Postgres from 10.30.0.0/16"] : [])
  egress  = ["443 to 0.0.0.0/0", "all to 10.0.0.0/8"]
  tags    = { CostCenter = var.changed ? "4712" : "4711" }
}
