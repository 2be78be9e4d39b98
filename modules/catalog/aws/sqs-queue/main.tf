locals {
  suffix = var.fifo ? ".fifo" : ""
  tags   = merge(var.tags, { Owner = var.owner })

  # The keys are known before the queues exist, so that for_each can be planned.
  queues = merge(
    { main = aws_sqs_queue.this },
    var.dead_letter_queue ? { dead = aws_sqs_queue.dead[0] } : {},
  )
}

resource "aws_sqs_queue" "this" {
  name = "${var.name}${local.suffix}"
  tags = local.tags

  fifo_queue                  = var.fifo
  content_based_deduplication = var.fifo ? var.content_based_deduplication : null

  delay_seconds              = var.delay_seconds
  message_retention_seconds  = var.retention_days * 86400
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = var.visibility_timeout_seconds

  kms_master_key_id       = var.kms_key_arn
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null
}

resource "aws_sqs_queue" "dead" {
  count = var.dead_letter_queue ? 1 : 0

  name = "${var.name}-dead${local.suffix}"
  tags = local.tags

  fifo_queue = var.fifo

  # The longest SQS offers: a message keeps the age it had in the main queue.
  message_retention_seconds = 1209600

  kms_master_key_id       = var.kms_key_arn
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null
}

# A resource of its own: each queue names the other one, which inside the queues would be a cycle.
resource "aws_sqs_queue_redrive_policy" "this" {
  count = var.dead_letter_queue ? 1 : 0

  queue_url = aws_sqs_queue.this.id
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[0].arn
    maxReceiveCount     = var.max_receives
  })
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.queues

  queue_url = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = each.value.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
