output "name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "arn" {
  description = "ARN of the service, for policies."
  value       = aws_ecs_service.this.id
}

output "cluster" {
  description = "Name or ARN of the cluster it runs in, for further services."
  value       = local.cluster
}

output "task_role_arn" {
  description = "ARN of the role that the container has, for policies of what it uses."
  value       = aws_iam_role.task.arn
}

output "task_role_name" {
  description = "Name of the role that the container has, for further policies."
  value       = aws_iam_role.task.name
}

output "start_role_arn" {
  description = "ARN of the role that starts tasks, for grants on KMS keys of secrets and images."
  value       = aws_iam_role.start.arn
}

output "security_group_id" {
  description = "ID of the tasks' security group, for rules of what they use."
  value       = aws_security_group.this.id
}

output "log_group" {
  description = "Log group of the container."
  value       = aws_cloudwatch_log_group.this.name
}
