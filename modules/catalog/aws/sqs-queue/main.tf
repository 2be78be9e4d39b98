data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  suffix    = var.fifo ? ".fifo" : ""
  name      = "${var.name}${local.suffix}"
  dead_name = "${var.name}-dead${local.suffix}"
  tags      = merge(var.tags, { Owner = var.owner })

  # Put together here, the ARNs are known before the queues exist: the policies can be read in the plan instead of
  # being "known after apply", and they are set together with the queue.
  arns = "arn:${data.aws_partition.current.partition}:sqs:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  policies = {
    for name in [local.name, local.dead_name] : name => jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "DenyWithoutTls"
          Effect    = "Deny"
          Principal = "*"
          Action    = "sqs:*"
          Resource  = "${local.arns}:${name}"
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ]
    })
  }
}

resource "aws_sqs_queue" "this" {
  name   = local.name
  policy = local.policies[local.name]
  tags   = local.tags

  fifo_queue                  = var.fifo
  content_based_deduplication = var.fifo ? var.content_based_deduplication : null

  delay_seconds              = var.delay_seconds
  message_retention_seconds  = var.retention_days * 86400
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = var.visibility_timeout_seconds

  kms_master_key_id       = var.kms_key_arn
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null

  redrive_policy = var.dead_letter_queue ? jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[0].arn
    maxReceiveCount     = var.max_receives
  }) : null
}

resource "aws_sqs_queue" "dead" {
  count = var.dead_letter_queue ? 1 : 0

  name   = local.dead_name
  policy = local.policies[local.dead_name]
  tags   = local.tags

  fifo_queue = var.fifo

  # The longest SQS offers: a message keeps the age it had in the main queue.
  message_retention_seconds = 1209600

  kms_master_key_id       = var.kms_key_arn
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null
}
