data "aws_caller_identity" "current" {}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  on_schedule = var.event_pattern == null
  kind        = split(":", var.target_arn)[2]
  to_fifo     = endswith(var.target_arn, ".fifo")

  # A rule on events is let in by the policies of functions, queues and topics themselves, and AWS advises against a
  # role there. A schedule always has one.
  needs_role = local.on_schedule || contains(["kinesis", "states"], local.kind)

  # One action for each kind of target, and no more.
  actions = {
    kinesis = "kinesis:PutRecord"
    lambda  = "lambda:InvokeFunction"
    sns     = "sns:Publish"
    sqs     = "sqs:SendMessage"
    states  = "states:StartExecution"
  }

  call_target = {
    Sid      = "CallTarget"
    Effect   = "Allow"
    Action   = local.actions[local.kind]
    Resource = var.target_arn
  }
  keep_undelivered = {
    Sid      = "KeepUndelivered"
    Effect   = "Allow"
    Action   = "sqs:SendMessage"
    Resource = var.dead_letter_queue_arn
  }
  encrypt_for_target = {
    Sid      = "EncryptForTarget"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = var.target_kms_key_arn
  }
}

resource "aws_iam_role" "this" {
  count = local.needs_role ? 1 : 0

  name        = "events-${var.name}"
  description = "Lets EventBridge call the target of ${var.name}"
  tags        = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = local.on_schedule ? "scheduler.amazonaws.com" : "events.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  count = local.needs_role ? 1 : 0

  name = "target"
  role = aws_iam_role.this[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.call_target],
      [for statement in [local.keep_undelivered] : statement if var.dead_letter_queue_arn != null],
      [for statement in [local.encrypt_for_target] : statement if var.target_kms_key_arn != null],
    )
  })
}
