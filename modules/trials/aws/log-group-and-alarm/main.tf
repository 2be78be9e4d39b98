# moto: applied
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/log-group-and-alarm"

  name             = "shop-api"
  owner            = "shop"
  path             = "/acme/shop"
  retention_days   = var.changed ? 60 : 30
  pattern          = "?ERROR ?FATAL"
  alarm_threshold  = var.changed ? 10 : 5
  alarm_minutes    = 15
  alarm_topic_arns = ["arn:aws:sns:eu-central-1:123456789012:alarms"]
  kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  tags             = { CostCenter = "4711" }
}

# Counted without an alarm, and not counted at all.
module "counted" {
  source = "../../../catalog/aws/log-group-and-alarm"

  name    = "ingest"
  owner   = "analytics"
  pattern = "REJECTED"
  alarm   = false
}

module "plain" {
  source = "../../../catalog/aws/log-group-and-alarm"

  name  = "batch"
  owner = "data"
}
