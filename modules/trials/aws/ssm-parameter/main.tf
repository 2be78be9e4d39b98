# moto: applied
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/ssm-parameter"

  name            = "max-upload-size"
  owner           = "web"
  value           = var.changed ? "20971520" : "10485760"
  path            = "/shop/dev"
  description     = "largest upload in bytes"
  tier            = "Advanced"
  allowed_pattern = "^[0-9]+$"
  tags            = { CostCenter = "4711" }
}

module "list" {
  source = "../../../catalog/aws/ssm-parameter"

  name  = "allowed-countries"
  owner = "web"
  type  = var.changed ? "StringList" : "String"
  value = "DE,AT,CH"
}
