# moto: applied
# Without a dead letter queue: moto puts spaces into the redrive policy, which would be a difference in every plan.
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/sqs-queue"

  name                        = "acme-orders"
  owner                       = "shop"
  fifo                        = true
  content_based_deduplication = true
  visibility_timeout_seconds  = 120
  retention_days              = 7
  delay_seconds               = 10
  dead_letter_queue           = false
  kms_key_arn                 = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  tags                        = { CostCenter = var.changed ? "4712" : "4711" }
}

module "plain" {
  source = "../../../catalog/aws/sqs-queue"

  name              = "mail-jobs"
  owner             = "web"
  dead_letter_queue = false
}
