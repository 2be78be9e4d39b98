# moto: planned, because moto forgets the tags that a stream is made with
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/kinesis-stream"

  name              = "shop-clicks"
  owner             = "shop"
  shard_count       = 2
  retention_hours   = var.changed ? 72 : 48
  consumers         = ["fraud-check"]
  alarm_topic_arns  = ["arn:aws:sns:eu-central-1:123456789012:alarms"]
  alarm_age_minutes = var.changed ? 15 : 30
  tags              = { CostCenter = "4711" }
}

module "plain" {
  source = "../../../catalog/aws/kinesis-stream"

  name          = "telemetry"
  owner         = "iot"
  shard_metrics = true
}
