output "name" {
  description = "Name of the rule or schedule."
  value       = var.name
}

output "arn" {
  description = "ARN of the rule or schedule; the policy of a queue or topic that a rule calls names it."
  value       = local.on_schedule ? one(aws_scheduler_schedule.this[*].arn) : one(aws_cloudwatch_event_rule.this[*].arn)
}

output "role_arn" {
  description = "ARN of the role that calls the target; null where the target's own policy lets the rule in."
  value       = one(aws_iam_role.this[*].arn)
}
