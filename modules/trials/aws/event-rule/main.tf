# moto: applied
variable "changed" {
  type    = bool
  default = false
}

data "aws_caller_identity" "current" {}

locals {
  here = "eu-central-1:${data.aws_caller_identity.current.account_id}"
}

# Every morning, to a queue that keeps an order.
module "trial" {
  source = "../../../catalog/aws/event-rule"

  name                  = "nightly-report"
  owner                 = "analytics"
  target_arn            = "arn:aws:sqs:${local.here}:reports.fifo"
  daily_at              = var.changed ? "7" : "06:30"
  time_zone             = "Europe/Berlin"
  payload               = jsonencode({ report = "daily" })
  retries               = 3
  dead_letter_queue_arn = "arn:aws:sqs:${local.here}:undelivered"
  target_kms_key_arn    = "arn:aws:kms:${local.here}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  tags                  = { CostCenter = "4711" }
}

module "often" {
  source = "../../../catalog/aws/event-rule"

  name          = "clean-up"
  owner         = "shop"
  target_arn    = "arn:aws:lambda:${local.here}:function:clean-up"
  every_minutes = 5
  enabled       = !var.changed
}

module "events" {
  source = "../../../catalog/aws/event-rule"

  name          = "new-files"
  owner         = "media"
  target_arn    = "arn:aws:sns:${local.here}:new-files"
  event_pattern = jsonencode({ source = ["aws.s3"], "detail-type" = ["Object Created"] })
}

module "records" {
  source = "../../../catalog/aws/event-rule"

  name          = "audit"
  owner         = "security"
  target_arn    = "arn:aws:kinesis:${local.here}:stream/audit"
  event_pattern = jsonencode({ source = [{ prefix = "aws." }] })
}
