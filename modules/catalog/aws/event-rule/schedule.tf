locals {
  time = var.daily_at == null ? [] : split(":", var.daily_at)

  expressions = compact([
    var.every_minutes == null ? null : "rate(${var.every_minutes} ${var.every_minutes == 1 ? "minute" : "minutes"})",
    var.daily_at == null ? null : "cron(${parseint(try(local.time[1], "0"), 10)} ${parseint(try(local.time[0], "0"), 10)} * * ? *)",
    var.schedule,
  ])
}

resource "aws_scheduler_schedule" "this" {
  count = local.on_schedule ? 1 : 0

  name  = var.name
  state = var.enabled ? "ENABLED" : "DISABLED"

  schedule_expression          = one(local.expressions)
  schedule_expression_timezone = var.time_zone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.target_arn
    role_arn = aws_iam_role.this[0].arn
    input    = var.payload

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

    dynamic "sqs_parameters" {
      for_each = local.to_fifo ? [var.name] : []

      content {
        message_group_id = sqs_parameters.value
      }
    }

    dynamic "kinesis_parameters" {
      for_each = local.kind == "kinesis" ? [var.name] : []

      content {
        partition_key = kinesis_parameters.value
      }
    }
  }

  lifecycle {
    precondition {
      condition     = length(local.expressions) == 1
      error_message = "Say in one way when the target is called: schedule, every_minutes, daily_at or event_pattern."
    }
  }

  # The first call may be due at once.
  depends_on = [aws_iam_role_policy.this]
}
