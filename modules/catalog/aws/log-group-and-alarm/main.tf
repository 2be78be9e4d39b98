locals {
  name      = var.path == "" ? var.name : "${var.path}/${var.name}"
  namespace = "LogEntries"
  tags      = merge(var.tags, { Owner = var.owner })

  counts = var.pattern != null
  alarms = local.counts && var.alarm
}

resource "aws_cloudwatch_log_group" "this" {
  name              = local.name
  retention_in_days = var.retention_days
  kms_key_id        = var.kms_key_arn
  tags              = local.tags

  lifecycle {
    precondition {
      condition     = local.alarms || length(var.alarm_topic_arns) == 0
      error_message = "There is nothing to tell the topics of: give a pattern and keep alarm on, or leave out alarm_topic_arns."
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  count = local.counts ? 1 : 0

  name           = var.name
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = var.pattern

  metric_transformation {
    namespace = local.namespace
    name      = var.name
    value     = "1"
    # Entries that do not match count as none, so that the metric has no gaps while something is logged.
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  count = local.alarms ? 1 : 0

  alarm_name        = "${var.name}-log"
  alarm_description = "The log group ${local.name} has ${var.alarm_threshold} or more entries that match ${var.pattern} within ${var.alarm_minutes} minutes."
  tags              = local.tags

  namespace           = local.namespace
  metric_name         = var.name
  statistic           = "Sum"
  period              = var.alarm_minutes * 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.alarm_threshold
  # Nothing logged is nothing to be alarmed about.
  treat_missing_data = "notBreaching"

  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns

  # The metric exists from the filter on.
  depends_on = [aws_cloudwatch_log_metric_filter.this]
}
