output "name" {
  description = "Name of the log group, with its path."
  value       = aws_cloudwatch_log_group.this.name
}

output "arn" {
  description = "ARN of the log group, for policies; its streams are below it, at :*."
  value       = aws_cloudwatch_log_group.this.arn
}

output "metric_namespace" {
  description = "Namespace of the metric that counts matching entries; null without a pattern."
  value       = local.counts ? local.namespace : null
}

output "metric_name" {
  description = "Name of the metric that counts matching entries; null without a pattern."
  value       = local.counts ? var.name : null
}

output "alarm_arn" {
  description = "ARN of the alarm; null without one."
  value       = one(aws_cloudwatch_metric_alarm.this[*].arn)
}
