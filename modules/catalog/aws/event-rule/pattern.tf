resource "aws_cloudwatch_event_rule" "this" {
  count = local.on_schedule ? 0 : 1

  name           = var.name
  event_bus_name = var.event_bus
  event_pattern  = var.event_pattern
  state          = var.enabled ? "ENABLED" : "DISABLED"
  tags           = local.tags

  lifecycle {
    precondition {
      condition     = length(local.expressions) == 0
      error_message = "Say in one way when the target is called: with an event_pattern, leave out every_minutes, daily_at and schedule."
    }
  }
}

resource "aws_cloudwatch_event_target" "this" {
  count = local.on_schedule ? 0 : 1

  rule           = aws_cloudwatch_event_rule.this[0].name
  event_bus_name = var.event_bus
  target_id      = "target"
  arn            = var.target_arn
  role_arn       = one(aws_iam_role.this[*].arn)
  input          = var.payload

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = var.retries
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_queue_arn == null ? [] : [var.dead_letter_queue_arn]

    content {
      arn = dead_letter_config.value
    }
  }

  dynamic "sqs_target" {
    for_each = local.to_fifo ? [var.name] : []

    content {
      message_group_id = sqs_target.value
    }
  }

  # Events that come before the target lets them in would be lost.
  depends_on = [
    aws_iam_role_policy.this,
    aws_lambda_permission.this,
  ]
}

resource "aws_lambda_permission" "this" {
  count = !local.on_schedule && local.kind == "lambda" ? 1 : 0

  statement_id  = "rule-${var.name}"
  action        = "lambda:InvokeFunction"
  function_name = var.target_arn
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[0].arn
}
