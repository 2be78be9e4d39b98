# moto: applied
variable "changed" {
  type    = bool
  default = false
}

data "aws_caller_identity" "current" {}

module "trial" {
  source = "../../../catalog/aws/sns-topic"

  name                = "alarms"
  owner               = "platform"
  display_name        = var.changed ? "Alarms of all shops" : "Alarms"
  email_subscribers   = var.changed ? ["oncall@example.com", "lead@example.com"] : ["oncall@example.com"]
  https_endpoints     = ["https://events.example.com/integration/1234"]
  queue_arns          = ["arn:aws:sqs:eu-central-1:${data.aws_caller_identity.current.account_id}:alarms"]
  raw_messages        = true
  publishing_services = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
  kms_key_arn         = "arn:aws:kms:eu-central-1:${data.aws_caller_identity.current.account_id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  tags                = { CostCenter = "4711" }
}

module "ordered" {
  source = "../../../catalog/aws/sns-topic"

  name                        = "orders"
  owner                       = "shop"
  fifo                        = true
  content_based_deduplication = var.changed
}
