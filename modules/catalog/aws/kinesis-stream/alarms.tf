resource "aws_cloudwatch_metric_alarm" "refused" {
  count = length(var.alarm_topic_arns) == 0 ? 0 : 1

  alarm_name        = "${var.name}-writers-refused"
  alarm_description = "Kinesis refuses records for the stream ${var.name}: its shards are full."
  tags              = local.tags

  namespace           = "AWS/Kinesis"
  metric_name         = "WriteProvisionedThroughputExceeded"
  dimensions          = { StreamName = aws_kinesis_stream.this.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # Nothing written is nothing refused.
  treat_missing_data = "notBreaching"

  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns
}

resource "aws_cloudwatch_metric_alarm" "behind" {
  count = length(var.alarm_topic_arns) == 0 ? 0 : 1

  alarm_name        = "${var.name}-readers-behind"
  alarm_description = "Records of the stream ${var.name} wait for their readers for more than ${var.alarm_age_minutes} minutes."
  tags              = local.tags

  namespace           = "AWS/Kinesis"
  metric_name         = "GetRecords.IteratorAgeMilliseconds"
  dimensions          = { StreamName = aws_kinesis_stream.this.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarm_age_minutes * 60000
  # A stream that nobody reads yet is no trouble.
  treat_missing_data = "notBreaching"

  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns
}
